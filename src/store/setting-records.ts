import type { Store } from '#model/records.ts';
import type { Database } from './schema.ts';
import type { Writer } from './write-together.ts';

export function createSettingRecords(reading: Database, writer: Writer): Store['settings'] {
  return {
    get: async (key) => {
      const row = await reading.selectFrom('settings').select('value').where('key', '=', key).executeTakeFirst();
      return row === undefined ? undefined : (JSON.parse(row.value) as unknown);
    },
    /** A value of `undefined` removes the setting. */
    set: (key, value) =>
      writer.write(async (transaction) => {
        if (value === undefined) {
          await transaction.deleteFrom('settings').where('key', '=', key).execute();
          return;
        }
        const row = { value: JSON.stringify(value) };
        await transaction
          .insertInto('settings')
          .values({ key, ...row })
          .onConflict((conflict) => conflict.column('key').doUpdateSet(row))
          .execute();
      }),
  };
}
