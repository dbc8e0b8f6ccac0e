import assert from 'node:assert/strict';
import { test } from 'node:test';
import avro from 'avsc';
import fc from 'fast-check';
import { readRecords } from '../read-records.ts';
import { EventDecoder } from './decode-events.ts';
import { source } from './source.ts';

const schemaJson = JSON.stringify({
  name: 'ApiEventStream',
  type: 'record',
  fields: [
    { name: 'CreatedDate', type: 'long' },
    { name: 'EventDate', type: ['null', 'long'], default: null },
    { name: 'EventIdentifier', type: ['null', 'string'], default: null },
    { name: 'Query', type: ['null', 'string'], default: null },
    { name: 'RowsProcessed', type: ['null', 'double'], default: null },
    { name: 'IsScheduled', type: ['null', 'boolean'], default: null },
    { name: 'Either', type: ['null', 'int', 'long'], default: null },
    { name: 'Changed', type: ['null', { type: 'array', items: 'string' }], default: null },
  ],
});
const longs = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: BigInt,
  toJSON: String,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (one: bigint, other: bigint) => Number(one - other),
});
const type = avro.Type.forSchema(JSON.parse(schemaJson), { registry: { long: longs } });
const none = { CreatedDate: 0n, EventDate: null, EventIdentifier: null, Query: null, RowsProcessed: null };
const rest = { IsScheduled: null, Either: null, Changed: null };

const delivered = (payload: Buffer, schemaId = 's') => ({
  event: { id: 'uuid-1', schemaId, payload },
  replayId: Buffer.from([1, 2, 255]),
});
const linesOf = (payloads: readonly Buffer[]) =>
  new EventDecoder('/event/ApiEventStream').lines(
    payloads.map((payload) => delivered(payload)),
    async () => ({ schemaJson }),
  );

test('every value survives, the largest longs too', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.option(fc.string({ unit: 'binary' })),
      fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
      fc.option(fc.array(fc.string())),
      async (date, query, rows, changed) => {
        const record = { ...none, ...rest, CreatedDate: date, Query: query, RowsProcessed: rows, Changed: changed };
        const [line] = await linesOf([type.toBuffer(record)]);
        const { payload, replayId, topicName } = JSON.parse(line!.text);
        assert.equal(line!.isReadable, true);
        assert.equal(BigInt(payload.CreatedDate), date);
        assert.deepEqual([payload.Query, payload.Changed], [query, changed]);
        assert.equal(
          payload.RowsProcessed === null ? null : payload.RowsProcessed + 0,
          rows === null ? null : rows + 0,
        );
        assert.deepEqual([replayId, topicName, payload.EventUuid], ['AQL/', '/event/ApiEventStream', 'uuid-1']);
      },
    ),
  );
});

test('a long that JSON has no number for is a text, others are numbers', async () => {
  const [large, usual] = await linesOf([
    type.toBuffer({ ...none, ...rest, CreatedDate: 2n ** 53n, EventDate: 5n }),
    type.toBuffer({ ...none, ...rest, CreatedDate: 7n, Either: 2n ** 60n }),
  ]);
  assert.match(large!.text, /"CreatedDate":"9007199254740992"/);
  assert.equal(large!.time, 5);
  assert.match(usual!.text, /"CreatedDate":7,/);
  assert.match(usual!.text, /"Either":"1152921504606846976"/);
});

test('each schema is asked for once', async () => {
  const asked: string[] = [];
  const decoder = new EventDecoder('/event/ApiEventStream');
  const payload = type.toBuffer({ ...none, ...rest });
  for (let turn = 0; turn < 3; turn++)
    await decoder.lines([delivered(payload, 'a'), delivered(payload, 'b'), delivered(payload, 'a')], async (id) => {
      asked.push(id);
      return { schemaJson };
    });
  assert.deepEqual(asked, ['a', 'b']);
  await assert.rejects(
    decoder.lines([delivered(payload, 'c')], () => Promise.reject(new Error('no schema'))),
    /no schema/,
  );
});

test('what cannot be decoded goes into quarantine, whole, and takes nothing with it', async () => {
  const good = type.toBuffer({ ...none, ...rest, EventDate: BigInt(Date.UTC(2026, 10, 23)), EventIdentifier: 'x' });
  const decoder = new EventDecoder('/event/ApiEventStream');
  const lines = await decoder.lines(
    [delivered(good), delivered(good.subarray(0, 4)), delivered(good, 'no-avro')],
    async (id) => ({ schemaJson: id === 's' ? schemaJson : '{"type":"nothing"}' }),
  );
  assert.deepEqual(
    lines.map(({ isReadable }) => isReadable),
    [true, false, false],
  );
  assert.equal(JSON.parse(lines[2]!.text).undecoded, good.toString('base64'));
  for (const chosen of [lines, lines.slice(1)]) {
    const fates: string[] = [];
    const content = Buffer.from(chosen.map(({ text }) => `${text}\n`).join(''));
    for await (const spans of readRecords([content], { file: 'piece', sources: [source] }))
      fates.push(...spans.map(({ fate }) => fate).filter((fate) => fate !== 'frame'));
    assert.equal(fates.filter((fate) => fate === 'quarantined').length > 0, true, fates.join());
    assert.equal(fates.filter((fate) => fate === 'accepted').length, chosen.length - 2);
  }
});
