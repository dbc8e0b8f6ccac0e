import { populations } from '#emulators/house/customers.ts';
import type { House } from '#emulators/house/house.ts';
import { accountOfContact, contactsOfAccount } from './account.ts';
import { agesOf, drawOf } from './draws.ts';
import { area, dateTime, email, idField, phone, picklist, pointer, text, yesNo } from './field.ts';
import { idsOf, rowOfId } from './record-ids.ts';
import type { Staff } from './staff.ts';
import { type Field, keepLast, type Table } from './table.ts';

const size = populations.Case;
const dayMs = 86_400_000;
/** Six cases for every twenty customers: three of the first, two of the eighth, one of the fourteenth. */
const asker = [0, 0, 0, 7, 7, 13] as const;

const subjects = ['Resizing of a ring', 'Delivery is late', 'Invoice wanted', 'Clasp came loose', 'Wrong engraving'];
const letters = [
  'Good morning,\n\nthe clasp of my bracelet "Lune" came loose yesterday. Can the boutique repair it?\n\nKind regards',
  'Bonjour, je voudrais une copie de ma facture.\r\nMerci',
  'My parcel was to come on Tuesday; it is Friday now, and nobody answers "the line".',
  'Please change the engraving: it must read "À toi, 1998" and not "A toi, 1989".',
];
const states = ['New', 'Working', 'Escalated', 'Closed'] as const;
const origins = ['Email', 'Web', 'Phone', 'Boutique', 'Chat'] as const;

const contactOfCase = (row: number): number => Math.floor(row / 6) * 20 + asker[row % 6]!;

export function casesOfContact(contact: number): readonly number[] {
  const first = Math.floor(contact / 20) * 6;
  return asker.flatMap((place, number) => (place === contact % 20 ? [first + number] : [])).filter((row) => row < size);
}

export function createCases(house: House, staff: Staff, now: number): Table {
  const contact = keepLast((row) => house.contact(contactOfCase(row)));
  const [kind, letter] = ['kind', 'letter'].map((field) => drawOf(house.seed, 'Case', field));
  const ages = agesOf(drawOf(house.seed, 'Case', 'age'), now, size, 4, 200);
  const idAt = idsOf('500');
  const isClosed = (row: number): boolean => ages.createdAt(row) < now - 9 * dayMs;
  const toContact = { relationship: 'Contact', table: 'Contact', rowOf: contactOfCase } as const;
  const account = (row: number): number => accountOfContact(contactOfCase(row));
  const toAccount = { relationship: 'Account', table: 'Account', rowOf: account } as const;
  const rowsOfContact = (id: string): readonly number[] => {
    const row = rowOfId('003', populations.Contact, id);
    return row === undefined ? [] : casesOfContact(row);
  };
  const rowsOfAccount = (id: string): readonly number[] => {
    const row = rowOfId('001', populations.Account, id);
    return row === undefined ? [] : contactsOfAccount(row).flatMap(casesOfContact);
  };
  const fields: Field[] = [
    idField(idAt),
    yesNo('IsDeleted', () => false),
    text('CaseNumber', (row) => String(row).padStart(8, '0'), { length: 30, isNillable: false, isAscending: true }),
    pointer('ContactId', toContact, idsOf('003'), rowsOfContact),
    pointer('AccountId', toAccount, idsOf('001'), rowsOfAccount),
    text('SuppliedName', (row) => `${contact(row).firstName} ${contact(row).lastName}`, { length: 80 }),
    email('SuppliedEmail', (row) => contact(row).email),
    phone('SuppliedPhone', () => null),
    text('SuppliedCompany', () => null, { length: 80 }),
    picklist('Type', (row) => kind!.pick(row, ['Question', 'Problem', null])),
    picklist('Status', (row) => (isClosed(row) ? 'Closed' : kind!.pick(row, states)), { values: states }),
    picklist('Reason', () => null),
    picklist('Origin', (row) => letter!.pick(row, origins), { values: origins }),
    text('Subject', (row) => kind!.pick(row, subjects)),
    picklist('Priority', (row) => (kind!.word(row) % 9 === 0 ? 'High' : 'Medium'), {
      values: ['High', 'Medium', 'Low'],
    }),
    area('Description', (row) => letter!.pick(row, letters)),
    area('Comments', () => null),
    yesNo('IsClosed', isClosed),
    dateTime('ClosedDate', (row) => (isClosed(row) ? ages.createdAt(row) + dayMs : null)),
    email('ContactEmail', (row) => contact(row).email),
    phone('ContactPhone', (row) => contact(row).phone),
    pointer('OwnerId', staff.adviser('Owner', 'Case'), staff.idAt),
    dateTime('CreatedDate', ages.createdAt, { isNillable: false, isAscending: true }),
    pointer('CreatedById', staff.adviser('CreatedBy', 'CaseMaker'), staff.idAt),
    dateTime('LastModifiedDate', ages.changedAt, { isNillable: false }),
    dateTime('SystemModstamp', ages.changedAt, { isNillable: false }),
  ];
  return {
    name: 'Case',
    label: 'Case',
    plural: 'Cases',
    keyPrefix: '500',
    size,
    fields,
    children: [],
    idAt,
    rowOf: (id) => rowOfId('500', size, id),
  };
}
