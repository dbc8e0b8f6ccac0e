import type { GapRecords, HookRecords } from '#model/records.ts';
import type { Database } from './schema.ts';
import type { Writer } from './write-together.ts';

export function createGapRecords(reading: Database, writer: Writer): GapRecords {
  return {
    keep: ({ from, to, toldAt, hidesRows, ...gap }) =>
      writer.write(async (transaction) => {
        const { numInsertedOrUpdatedRows } = await transaction
          .insertInto('gaps')
          .values({
            reading: gap.reading,
            stream: gap.stream,
            source: gap.source,
            why: gap.why,
            from_time: from,
            to_time: to,
            told_at: toldAt,
            hides_rows: Number(hidesRows),
          })
          .onConflict((conflict) => conflict.columns(['reading', 'stream', 'from_time', 'to_time']).doNothing())
          .executeTakeFirstOrThrow();
        return numInsertedOrUpdatedRows === 1n;
      }),
    touching: async (from, to) => {
      const rows = await reading
        .selectFrom('gaps')
        .selectAll()
        .where('to_time', '>=', from)
        .where('from_time', '<=', to)
        .orderBy('from_time')
        .orderBy('reading')
        .orderBy('stream')
        .execute();
      return rows.map(({ from_time, to_time, told_at, hides_rows, ...gap }) => ({
        ...gap,
        from: from_time,
        to: to_time,
        toldAt: told_at,
        hidesRows: hides_rows === 1,
      }));
    },
  };
}

export function createHookRecords(reading: Database, writer: Writer): HookRecords {
  return {
    keep: (pieces) =>
      writer.write(async (transaction) => {
        if (pieces.length === 0) return [];
        const rows = await transaction
          .insertInto('hook_pieces')
          .values(
            pieces.map((piece) => ({
              reading: piece.reading,
              name: piece.name,
              content: piece.content,
              arrived_at: piece.arrivedAt,
            })),
          )
          .returning('id')
          .execute();
        return rows.map(({ id }) => id);
      }),
    waiting: async () => {
      const rows = await reading.selectFrom('hook_pieces').selectAll().orderBy('id').execute();
      return rows.map(({ arrived_at, ...piece }) => ({ ...piece, arrivedAt: arrived_at }));
    },
    forget: (ids) =>
      writer.write(async (transaction) => {
        if (ids.length > 0) await transaction.deleteFrom('hook_pieces').where('id', 'in', ids).execute();
      }),
  };
}
