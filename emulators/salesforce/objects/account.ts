import { populations } from '#emulators/house/customers.ts';
import type { House } from '#emulators/house/house.ts';
import { brands, countries } from '#emulators/house/places.ts';
import { agesOf, drawOf } from './draws.ts';
import { dateTime, idField, money, phone, picklist, pointer, text, whole, yesNo } from './field.ts';
import { ordersOfAccount } from './order.ts';
import { idsOf, rowOfId } from './record-ids.ts';
import { createSpend } from './spend.ts';
import type { Staff } from './staff.ts';
import { childRows, type Field, keepLast, type Table } from './table.ts';

const size = populations.Account;
/** The contacts beyond the accounts' number belong to households: every 23rd account has a second member. */
const householdStep = 23;
const segments = ['Private sale', 'Loyal', 'Occasional', 'Dormant'] as const;

/** Contact number `row` stands in the account of the same number, or in an earlier household. */
export const accountOfContact = (row: number): number => (row < size ? row : (row - size) * householdStep);

export function contactsOfAccount(row: number): readonly number[] {
  const second = size + row / householdStep;
  return Number.isInteger(second) && second < populations.Contact ? [row, second] : [row];
}

export function createAccounts(house: House, staff: Staff, now: number): Table {
  const holder = keepLast(house.contact);
  const countryOf = new Map(countries.map((country) => [country.iso, country]));
  const age = drawOf(house.seed, 'Account', 'age');
  const ages = agesOf(age, now, size, 12, 140);
  const idAt = idsOf('001');
  const country = (row: number) => countryOf.get(holder(row).country)!;
  const spend = createSpend(house);
  const segment = (row: number): string => {
    const totalSpend = spend(row);
    return totalSpend > 10_000 ? segments[0] : totalSpend > 2_000 ? segments[1] : segments[2 + (age.word(row) & 1)]!;
  };
  const fields: Field[] = [
    idField(idAt),
    yesNo('IsDeleted', () => false),
    text('Name', (row) => `${holder(row).firstName} ${holder(row).lastName}`, { isNillable: false }),
    picklist('Type', () => 'Customer', { values: ['Customer', 'Prospect'] }),
    text('BillingCity', (row) => country(row).city, { length: 40 }),
    text('BillingCountry', (row) => country(row).name, { length: 80 }),
    phone('Phone', (row) => holder(row).phone),
    text('Industry', () => null),
    text('AccountNumber', (row) => `A${String(row).padStart(8, '0')}`, { length: 40, isAscending: true }),
    pointer('OwnerId', staff.adviser('Owner', 'Account'), staff.idAt),
    dateTime('CreatedDate', ages.createdAt, { isNillable: false, isAscending: true }),
    pointer('CreatedById', staff.adviser('CreatedBy', 'AccountMaker'), staff.idAt),
    dateTime('LastModifiedDate', ages.changedAt, { isNillable: false }),
    dateTime('SystemModstamp', ages.changedAt, { isNillable: false }),
    picklist('Brand__c', (row) => holder(row).brand, { values: brands }),
    picklist('Segment__c', segment, { values: segments }),
    money('TotalSpend__c', (row) => spend(row)),
    money('SpendLastYear__c', (row) => Math.round(spend(row) * 0.6 * age.fraction(row))),
    whole('PurchaseCount__c', (row) => ordersOfAccount(row).length),
  ];
  return {
    name: 'Account',
    label: 'Account',
    plural: 'Accounts',
    keyPrefix: '001',
    size,
    fields,
    children: [
      {
        relationship: 'Contacts',
        table: 'Contact',
        field: 'AccountId',
        of: (row) => childRows(contactsOfAccount(row)),
      },
      { relationship: 'Orders', table: 'Order', field: 'AccountId', of: (row) => childRows(ordersOfAccount(row)) },
    ],
    idAt,
    rowOf: (id) => rowOfId('001', size, id),
  };
}
