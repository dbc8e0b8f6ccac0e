import type { House } from '#emulators/house/house.ts';
import { salesforceId } from '#emulators/house/salesforce-id.ts';
import { toLongId } from '#lib/salesforce-id.ts';
import { drawOf } from './draws.ts';
import { dateTime, email, idField, phone, picklist, text, yesNo } from './field.ts';
import { idsOf, rowOfId } from './record-ids.ts';
import type { Field, Reference, Table } from './table.ts';

/** One user of the CRM: an integration's own, or a member of staff. */
export interface User {
  readonly id: string;
  readonly username: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly title: string;
  readonly country: string;
  readonly city: string;
  readonly joinedAt: number;
  readonly leftAt: number;
}

/** Everybody who may sign in to the CRM, in the order of their ids. */
export interface Staff {
  readonly users: readonly User[];
  readonly idAt: (row: number) => string;
  /** A pointer to one of the staff who look after customers, a different one for each `salt`. */
  readonly adviser: (relationship: string, salt: string) => Reference;
}

const companyStart = Date.UTC(2015, 0, 5);

export function createStaff(house: House): Staff {
  const people = house.people.filter(({ usesCrm }) => usesCrm);
  const ids = new Set(people.map(({ userId }) => userId));
  const integrations = house.integrations
    .filter(({ user }) => !ids.has(user.userId))
    .map(({ user, app }) => ({ id: user.userId, username: user.email, lastName: app.name }));
  const users: User[] = [
    ...integrations.map((user) => ({
      ...user,
      firstName: 'Integration',
      title: 'Integration user',
      country: 'France',
      city: 'Paris',
      joinedAt: companyStart,
      leftAt: Number.POSITIVE_INFINITY,
    })),
    ...people.map((person) => ({
      id: person.userId,
      username: person.email,
      firstName: person.name.split(' ')[0] ?? '',
      lastName: person.name.split(' ').slice(1).join(' '),
      title: person.role,
      country: person.country,
      city: person.city,
      joinedAt: Math.max(companyStart, person.joinedAt),
      leftAt: person.leftAt,
    })),
  ];
  users.sort((one, other) => (one.id < other.id ? -1 : 1));
  const advisers = users.flatMap(({ title }, row) => (title === 'client-adviser' ? [row] : []));
  const adviser = (relationship: string, salt: string): Reference => {
    const draw = drawOf(house.seed, 'owner', salt);
    return { relationship, table: 'User', rowOf: (row) => draw.pick(row, advisers) };
  };
  return { users, idAt: (row) => users[row]!.id, adviser };
}

export function createUsers(house: House, staff: Staff, now: number): Table {
  const { users, idAt } = staff;
  const rows = new Map(users.map(({ id }, row) => [id, row]));
  const draw = drawOf(house.seed, 'User', 'sign-in');
  const user = (row: number): User => users[row]!;
  const isActive = (row: number): boolean => user(row).leftAt > now;
  const lastLogin = (row: number): number | null =>
    draw.word(row) % 40 === 0
      ? null
      : Math.floor((Math.min(now, user(row).leftAt) - draw.below(row, 4e8)) / 1000) * 1000;
  const changedAt = (row: number): number => Math.max(user(row).joinedAt, now - draw.below(row, 3e10) - 1e6);
  const fields: Field[] = [
    idField(idAt),
    text('Username', (row) => user(row).username, { length: 80, isNillable: false, isExternalId: true }),
    text('LastName', (row) => user(row).lastName, { length: 80, isNillable: false }),
    text('FirstName', (row) => user(row).firstName, { length: 40 }),
    text('Name', (row) => `${user(row).firstName} ${user(row).lastName}`, { length: 121, isNillable: false }),
    text('CompanyName', () => house.name, { length: 80 }),
    text('Division', () => null, { length: 80 }),
    text('Department', (row) => user(row).title, { length: 80 }),
    text('Title', (row) => user(row).title, { length: 80 }),
    text('City', (row) => user(row).city, { length: 40 }),
    text('Country', (row) => user(row).country, { length: 80 }),
    email('Email', (row) => user(row).username, { isNillable: false }),
    phone('Phone', () => null),
    phone('MobilePhone', () => null),
    text('Alias', (row) => user(row).username.slice(0, 8), { length: 8 }),
    yesNo('IsActive', isActive),
    picklist('UserType', () => 'Standard'),
    text('ProfileId', (row) => salesforceId('00e', user(row).firstName === 'Integration' ? 2 : 1), { length: 18 }),
    picklist('TimeZoneSidKey', () => 'Europe/Paris'),
    picklist('LocaleSidKey', () => 'fr_FR'),
    picklist('LanguageLocaleKey', () => 'en_US'),
    picklist('EmailEncodingKey', () => 'UTF-8'),
    dateTime('LastLoginDate', lastLogin),
    dateTime('CreatedDate', (row) => user(row).joinedAt, { isNillable: false }),
    dateTime('LastModifiedDate', changedAt, { isNillable: false }),
    dateTime('SystemModstamp', changedAt, { isNillable: false }),
  ];
  return {
    name: 'User',
    label: 'User',
    plural: 'Users',
    keyPrefix: '005',
    size: users.length,
    fields,
    children: [],
    idAt,
    rowOf: (id) => rows.get(toLongId(id)),
  };
}

export function createOrganization(house: House): Table {
  const idAt = (): string => house.organizationId;
  const createdAt = (): number => companyStart;
  const fields: Field[] = [
    idField(idAt),
    text('Name', () => house.name, { length: 80, isNillable: false }),
    text('Division', () => null, { length: 80 }),
    text('City', () => 'Paris', { length: 40 }),
    text('Country', () => 'France', { length: 80 }),
    text('PrimaryContact', () => null, { length: 80 }),
    picklist('DefaultLocaleSidKey', () => 'fr_FR'),
    picklist('TimeZoneSidKey', () => 'Europe/Paris'),
    picklist('LanguageLocaleKey', () => 'en_US'),
    picklist('OrganizationType', () => 'Enterprise Edition'),
    text('NamespacePrefix', () => null, { length: 15 }),
    text('InstanceName', () => 'FRA214', { length: 5 }),
    yesNo('IsSandbox', () => false),
    yesNo('IsReadOnly', () => false),
    dateTime('TrialExpirationDate', () => null),
    dateTime('CreatedDate', createdAt, { isNillable: false }),
    dateTime('SystemModstamp', createdAt, { isNillable: false }),
  ];
  return {
    name: 'Organization',
    label: 'Organization',
    plural: 'Organizations',
    keyPrefix: '00D',
    size: 1,
    fields,
    children: [],
    idAt,
    rowOf: (id) => (toLongId(id) === house.organizationId ? 0 : undefined),
  };
}

const products = ['Ring', 'Bracelet', 'Necklace', 'Watch', 'Scarf', 'Handbag', 'Perfume', 'Candle'] as const;

export function createProducts(house: House, now: number): Table {
  const size = 4_800;
  const draw = drawOf(house.seed, 'Product2', 'kind');
  const idAt = idsOf('01t');
  const createdAt = (row: number): number => companyStart + row * 6e7;
  const fields: Field[] = [
    idField(idAt),
    text('Name', (row) => `${draw.pick(row, products)} no. ${row + 1}`, { isNillable: false }),
    text('ProductCode', (row) => `P${String(row).padStart(6, '0')}`, { isAscending: true, isExternalId: true }),
    text('Family', (row) => draw.pick(row, products)),
    yesNo('IsActive', (row) => createdAt(row) < now && draw.word(row) % 5 !== 0),
    yesNo('IsDeleted', () => false),
    dateTime('CreatedDate', createdAt, { isNillable: false, isAscending: true }),
    dateTime('SystemModstamp', createdAt, { isNillable: false, isAscending: true }),
  ];
  const rowOf = (id: string): number | undefined => rowOfId('01t', size, id);
  return {
    name: 'Product2',
    label: 'Product',
    plural: 'Products',
    keyPrefix: '01t',
    size,
    fields,
    children: [],
    idAt,
    rowOf,
  };
}
