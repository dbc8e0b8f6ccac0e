import type { Field, FieldType, Reference, Value } from './table.ts';

type Extra = Partial<Omit<Field, 'name' | 'value' | 'type'>>;
type Maker = (name: string, value: (row: number) => Value, extra?: Extra) => Field;

/** `MailingPostalCode` → `Mailing Postal Code`, `TotalSpend__c` → `Total Spend`, `AccountId` → `Account ID`. */
const labelOf = (name: string): string =>
  name
    .replace(/__c$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/ Id$/, ' ID')
    .replace(/^Id$/, 'Record ID');

const maker =
  (type: FieldType, length: number): Maker =>
  (name, value, extra = {}) => ({ name, label: labelOf(name), type, length, isNillable: true, value, ...extra });

export const text = maker('string', 255);
export const area = maker('textarea', 32_000);
export const picklist = maker('picklist', 255);
export const email = maker('email', 80);
export const phone = maker('phone', 40);
export const yesNo: Maker = (name, value, extra) => maker('boolean', 0)(name, value, { isNillable: false, ...extra });
export const whole = maker('int', 0);
export const money = maker('currency', 0);
export const date = maker('date', 0);
export const dateTime = maker('datetime', 0);

export const idField = (idAt: (row: number) => string): Field => ({
  ...maker('id', 18)('Id', idAt),
  isAscending: true,
  isNillable: false,
});

/** A field that holds the id of a row of another object. */
export const pointer = (
  name: string,
  reference: Reference,
  idAt: (row: number) => string,
  rowsWith?: (id: string) => readonly number[],
): Field => ({
  ...maker('reference', 18)(name, (row) => {
    const target = reference.rowOf(row);
    return target === undefined ? null : idAt(target);
  }),
  reference,
  ...(rowsWith === undefined ? {} : { rowsWith }),
});
