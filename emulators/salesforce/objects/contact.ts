import { populations } from '#emulators/house/customers.ts';
import type { House } from '#emulators/house/house.ts';
import { brands, countries } from '#emulators/house/places.ts';
import { accountOfContact, contactsOfAccount } from './account.ts';
import { casesOfContact } from './case.ts';
import { agesOf, dayOf, drawOf } from './draws.ts';
import { area, date, dateTime, email, idField, money, phone, picklist, pointer, text, yesNo } from './field.ts';
import { idsOf, rowOfId } from './record-ids.ts';
import { createSpend } from './spend.ts';
import type { Staff } from './staff.ts';
import { childRows, type Field, keepLast, type Table } from './table.ts';

const size = populations.Contact;
const dayMs = 86_400_000;
const languages: Readonly<Record<string, string>> = { FR: 'fr', IT: 'it', DE: 'de', ES: 'es', JP: 'ja', CN: 'zh' };
const streets = [
  'rue des Lilas',
  'Via Garibaldi',
  'High Street',
  'Lindenallee',
  'Calle Mayor',
  'Station Road',
] as const;
const sources = ['Boutique', 'Web', 'Private event', 'Referral', 'Phone', 'Partner'] as const;
const remarks = [
  'Prefers to be called "Madame"; allergic to lilies.',
  'Ring size 52, wrist 16,5 cm.\nAnniversary in June.',
  'Asked twice about the vermeil line; send the catalogue.',
  'Signature: "L.";\r\nnever on Mondays',
] as const;

/** Rows whose e-mail address may be this one: the house writes the customer's number into it. */
function rowsWithEmail(address: string): readonly number[] {
  const number = /\.([0-9a-z]{1,5})@/i.exec(address)?.[1];
  const row = number === undefined ? Number.NaN : Number.parseInt(number, 36);
  return row < size ? [row] : [];
}

export function createContacts(house: House, staff: Staff, now: number): Table {
  const contact = keepLast(house.contact);
  const countryOf = new Map(countries.map((country) => [country.iso, country]));
  const draw = (field: string) => drawOf(house.seed, 'Contact', field);
  const [street, remark, birth, consent, source] = ['street', 'remark', 'birth', 'consent', 'source'].map(draw);
  const ages = agesOf(draw('age'), now, size, 12, 150);
  const spend = createSpend(house);
  const idAt = idsOf('003');
  const country = (row: number) => countryOf.get(contact(row).country)!;
  const fullName = (row: number): string => `${contact(row).firstName} ${contact(row).lastName}`;
  const purchase = (row: number): number => dayOf(Math.max(ages.createdAt(row), ages.changedAt(row) - dayMs));
  const postalCode = (row: number): string => String(10_000 + street!.below(row, 89_999));
  // One in five addresses has a second line: real ones do, and it puts line ends into the cells of an export.
  const address = (row: number): string =>
    `${1 + street!.below(row, 220)} ${street!.pick(row, streets)}${street!.word(row) % 5 === 0 ? '\nApt. 4' : ''}`;
  const born = (row: number): number => dayOf(Date.UTC(1938, 0, 1) + birth!.below(row, 66 * 365) * dayMs);
  const account = { relationship: 'Account', table: 'Account', rowOf: accountOfContact } as const;
  const accountId = idsOf('001');
  const rowsOfAccount = (id: string): readonly number[] => {
    const row = rowOfId('001', populations.Account, id);
    return row === undefined ? [] : contactsOfAccount(row);
  };
  const fields: Field[] = [
    idField(idAt),
    yesNo('IsDeleted', () => false),
    pointer('AccountId', account, accountId, rowsOfAccount),
    text('LastName', (row) => contact(row).lastName, { isNillable: false, length: 80 }),
    text('FirstName', (row) => contact(row).firstName, { length: 40 }),
    picklist('Salutation', (row) => source!.pick(row, ['Ms.', 'Mr.', 'Mrs.', 'Dr.', null])),
    text('Name', fullName, { isNillable: false, length: 121 }),
    area('MailingStreet', address, { length: 255 }),
    text('MailingCity', (row) => country(row).city, { length: 40 }),
    text('MailingState', () => null, { length: 80 }),
    text('MailingPostalCode', postalCode, { length: 20 }),
    text('MailingCountry', (row) => country(row).name, { length: 80 }),
    phone('Phone', (row) => contact(row).phone),
    phone('MobilePhone', (row) => (consent!.word(row) % 3 === 0 ? null : contact(row).phone)),
    email('Email', (row) => contact(row).email, { rowsWith: rowsWithEmail }),
    text('Title', () => null, { length: 128 }),
    picklist('LeadSource', (row) => source!.pick(row, sources), { values: sources }),
    date('Birthdate', (row) => (birth!.word(row) % 4 === 0 ? born(row) : null)),
    area('Description', (row) => (remark!.word(row) % 10 === 0 ? remark!.pick(row, remarks) : null)),
    pointer('OwnerId', staff.adviser('Owner', 'Contact'), staff.idAt),
    yesNo('HasOptedOutOfEmail', (row) => consent!.word(row) % 7 === 0),
    dateTime('CreatedDate', ages.createdAt, { isNillable: false, isAscending: true }),
    pointer('CreatedById', staff.adviser('CreatedBy', 'ContactMaker'), staff.idAt),
    dateTime('LastModifiedDate', ages.changedAt, { isNillable: false }),
    dateTime('SystemModstamp', ages.changedAt, { isNillable: false }),
    text('IndividualId', idsOf('0PK'), { length: 18 }),
    text('LoyaltyNumber__c', (row) => `MO${String(row).padStart(9, '0')}`, {
      length: 11,
      isExternalId: true,
      isAscending: true,
    }),
    picklist('Brand__c', (row) => contact(row).brand, { values: brands }),
    text('PreferredLanguage__c', (row) => languages[contact(row).country] ?? 'en', { length: 2 }),
    money('TotalSpend__c', spend),
    date('LastPurchaseDate__c', purchase),
  ];
  const cases = (row: number) => childRows(casesOfContact(row));
  return {
    name: 'Contact',
    label: 'Contact',
    plural: 'Contacts',
    keyPrefix: '003',
    size,
    fields,
    children: [{ relationship: 'Cases', table: 'Case', field: 'ContactId', of: cases }],
    idAt,
    rowOf: (id) => rowOfId('003', size, id),
  };
}
