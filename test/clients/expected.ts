import { createHouse, type House } from '#emulators/house/house.ts';
import { createStaff } from '#emulators/salesforce/objects/staff.ts';
import type { Table } from '#emulators/salesforce/objects/table.ts';
import { createTables } from '#emulators/salesforce/objects/tables.ts';

export type Row = Readonly<Record<string, unknown>>;

/** What the house's CRM holds, straight from where the emulator takes it: what every client must end up with. */
export interface Expected {
  readonly house: House;
  readonly table: (object: string) => Table;
  /** As REST gives it; not for fields whose value depends on the present. */
  readonly record: (object: string, row: number, fields: readonly string[]) => Row;
}

export function createExpected(seed: number, version: string): Expected {
  const house = createHouse({ seed });
  const tables = createTables(house, createStaff(house), Date.now());
  const table = (object: string): Table => tables.get(object.toLowerCase())!;
  const cell = (object: string, name: string, row: number) =>
    table(object)
      .fields.find((field) => field.name === name)!
      .value(row);
  return {
    house,
    table,
    record: (object, row, fields) => ({
      attributes: { type: object, url: `/services/data/v${version}/sobjects/${object}/${table(object).idAt(row)}` },
      ...Object.fromEntries(fields.map((name) => [name, cell(object, name, row)])),
    }),
  };
}
