import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { detachEvent, type Event, Slots } from '#model/event.ts';
import type { Source } from '#model/source.ts';
import { readRecords } from './read-records.ts';
import { SeenKeys } from './seen-keys.ts';
import type { Span } from './span.ts';

/** Reads CSV with columns `time,id,text` and objects with the same members; `time` is ms. */
const plain: Source = {
  name: 'plain',
  title: 'Plain log',
  lag: 'none',
  longestLagMs: 0,
  readCsv: (header) =>
    header.join() === 'time,id,text' ? (cells) => readPlain(cells.at(0), `${cells.at(1)}|${cells.at(2)}`) : undefined,
  acceptsObject: (value) => 'time' in value && 'id' in value,
  readObject: (value) => readPlain(value['time'], String(value['id'])),
};
const other: Source = {
  name: 'other',
  title: 'Other log',
  lag: 'none',
  longestLagMs: 0,
  readCsv: (header) => (header[0] === 'when' ? (cells) => readPlain(cells.at(0), String(cells.at(0))) : undefined),
  acceptsObject: (value) => 'when' in value,
  readObject: (value) => readPlain(value['when'], String(value['when'])),
};
const sources = [plain, other];

function readPlain(time: unknown, key: string) {
  const value = Number(time);
  return Number.isNaN(value) ? { invalid: `time is "${time}", expected ms` } : { time: value, key, slots: new Slots() };
}

async function spansOf(text: string | Buffer, chunkBytes = 1 << 20): Promise<readonly Span[]> {
  const bytes = Buffer.from(text as string);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) chunks.push(bytes.subarray(at, at + chunkBytes));
  const spans: Span[] = [];
  for await (const batch of readRecords(chunks, { file: 'log', sources, seen: new SeenKeys([1, 2]) }))
    spans.push(...batch);
  let offset = 0;
  for (const span of spans) {
    assert.equal(span.offset, offset);
    offset += span.bytes;
  }
  assert.equal(offset, bytes.length);
  return spans;
}

const fates = (spans: readonly Span[]): string => spans.map((span) => span.fate[0]).join('');
const keysOf = (spans: readonly Span[]): readonly string[] => eventsOf(spans).map((event) => event.key);
const eventsOf = (spans: readonly Span[]): readonly Event[] =>
  spans.flatMap((span) => (span.fate === 'accepted' ? [span.event] : []));
const reasonsOf = (spans: readonly Span[]): readonly string[] =>
  spans.flatMap((span) => (span.fate === 'quarantined' ? [span.reason] : []));

describe('CSV', () => {
  it('reads quoted cells with commas, doubled quotes and line ends, and keeps the row byte for byte', async () => {
    const row = '1,"a,""b""\r\nc",Zoë';
    const spans = await spansOf(`\ufeff"time","id","text"\r\n${row}\r\n\r\n2,b,\n`);
    assert.equal(fates(spans), 'fafa');
    assert.deepEqual(keysOf(spans), ['plain:a,"b"\r\nc|Zoë', 'plain:b|']);
    const [first] = eventsOf(spans);
    assert.equal(first!.raw, row);
    assert.deepEqual(first!.origin, { file: 'log', offset: 23, bytes: Buffer.byteLength(row) });
  });

  it('quarantines stray header rows and goes on under another header', async () => {
    const spans = await spansOf('time,id,text\n1,a,x\ntime,id,text\n2,b,y\nwhen,what\n3,c\nwhen,what\n');
    assert.equal(fates(spans), 'faqafaq');
    assert.deepEqual(reasonsOf(spans), ['stray header row', 'stray header row']);
    assert.deepEqual(
      eventsOf(spans).map((event) => event.source),
      ['plain', 'plain', 'other'],
    );
  });

  it('says how many cells it found, and what the source expected', async () => {
    const spans = await spansOf('time,id,text\n1,a\nx,b,c\n2,c,d');
    assert.deepEqual(reasonsOf(spans), ['found 2 cells, expected 3', 'time is "x", expected ms']);
    assert.equal(fates(spans), 'fqqa');
  });

  it('loses one line to an open quote, not the file', async () => {
    const rows = Array.from({ length: 50 }, (_, index) => `"${index}","k${index}","t"`);
    rows[10] = '"10","k10,"t"';
    rows[20] = '"20","k20","t';
    rows[30] = '30,"k30,t';
    const spans = await spansOf(`time,id,text\n${rows.join('\n')}\n`);
    assert.equal(eventsOf(spans).length, 47);
    assert.equal(reasonsOf(spans).length, 3);
  });

  it('is back in step after a quote that stays open for more than 1 MB, and after a line that long', async () => {
    const plainRows = Array.from({ length: 120_000 }, (_, index) => `${index},k${index},tttt`);
    plainRows[5] = '5,"k5,t';
    plainRows[9] = `9,k9,${'x'.repeat(3_000_000)}`;
    const spans = await spansOf(`time,id,text\n${plainRows.join('\n')}`);
    assert.equal(eventsOf(spans).length, 119_998);
    assert.deepEqual(reasonsOf(spans).length, 2);
  });

  it('finds the header behind a damaged beginning', async () => {
    const spans = await spansOf('\u0000\u0001 rubbish\ntime,id,text\n1,a,x\n');
    assert.equal(fates(spans), 'qfa');
  });

  it('counts the same row once', async () => {
    assert.equal(fates(await spansOf('time,id,text\n1,a,x\n2,b,y\n1,a,x\n')), 'faad');
  });
});

const record = (index: number): object => ({ time: index, id: `k${index}`, nest: { list: [{ a: 1 }, '}{"'] } });
const records = (count: number): readonly object[] => Array.from({ length: count }, (_, index) => record(index));

describe('JSON', () => {
  const line = (each: object): string => JSON.stringify(each);
  const pretty = (each: object): string => JSON.stringify(each, null, 2);
  const shapes: Record<string, string> = {
    lines: records(5).map(line).join('\n'),
    'lines of two objects': `${line(record(0))} ${line(record(1))}\n${line(record(2))}${line(record(3))},${line(record(4))}`,
    'pretty objects': records(5).map(pretty).join('\n'),
    array: JSON.stringify(records(5)),
    'pretty array': JSON.stringify(records(5), null, 4),
    'query result': JSON.stringify({ totalSize: 5, done: true, records: records(5) }),
    'pretty query result': JSON.stringify(
      { totalSize: 5, done: false, records: records(5), nextRecordsUrl: '/x' },
      null,
      1,
    ),
    'event hook': JSON.stringify({ eventType: 'hook', data: { events: records(5) }, when_: 1 }),
    'two arrays in one envelope': JSON.stringify({
      records: records(2),
      other: [{ a: 1 }],
      events: records(5).slice(2),
    }),
    'graph page': JSON.stringify({ '@odata.context': 'x', value: records(5) }),
  };
  for (const [name, text] of Object.entries(shapes))
    it(`reads ${name}, whatever way it is cut into chunks`, async () => {
      for (const chunkBytes of [1, 7, 1 << 20]) {
        const spans = await spansOf(text, chunkBytes);
        assert.deepEqual(
          keysOf(spans),
          records(5).map((_, index) => `plain:k${index}`),
        );
        assert.deepEqual(reasonsOf(spans), []);
        for (const event of eventsOf(spans)) {
          assert.deepEqual(JSON.parse(event.raw), record(event.time));
          assert.equal(text.slice(event.origin.offset, event.origin.offset + event.origin.bytes), event.raw);
        }
      }
    });

  it('reads an envelope and an array of more than a window', async () => {
    for (const text of [JSON.stringify({ records: records(60_000) }), JSON.stringify(records(60_000), null, 1)]) {
      const spans = await spansOf(text, 50_000);
      assert.equal(eventsOf(spans).length, 60_000);
      assert.deepEqual(reasonsOf(spans), []);
    }
  });

  it('mixes sources line by line and quarantines what none reads', async () => {
    const spans = await spansOf(
      '{"time":1,"id":"a"}\n{"when":2}\n{"strange":1}\n{"time":"x","id":"b"}\n{"time":3,"id":"c"}\n',
    );
    assert.deepEqual(
      eventsOf(spans).map((event) => event.source),
      ['plain', 'other', 'plain'],
    );
    assert.match(reasonsOf(spans)[0]!, /no source reads this object: it looks like JSON with strange/);
    assert.equal(reasonsOf(spans)[1], 'time is "x", expected ms');
  });

  it('takes a row of names for a stray header row', async () => {
    assert.deepEqual(reasonsOf(await spansOf('{"time":1,"id":"a"}\n{"time":"TIME","id":"ID"}\n')), [
      'stray header row',
    ]);
  });

  it('goes on at the next record after damage', async () => {
    const damaged: Record<string, string> = {
      lines: records(9).map(line).join('\n').replace('"k3"', '"k3'),
      pretty: records(9).map(pretty).join('\n').replace('"k3"', 'k3"'),
      array: JSON.stringify(records(9)).replace('"k3"', '"k3'),
      envelope: JSON.stringify({ records: records(9) }).replace('"k3"', '"k3'),
      'brace lost': JSON.stringify(records(9), null, 1).replace('{\n  "time": 3', '\n  "time": 3'),
    };
    for (const [name, text] of Object.entries(damaged)) {
      const keys = keysOf(await spansOf(text));
      assert.ok(keys.length === 8 && !keys.includes('plain:k3'), `${name}: ${keys}`);
    }
  });

  it('passes over an object of more than 1 MB', async () => {
    const spans = await spansOf(
      `${line(record(1))}\n${JSON.stringify({ ...record(2), text: 'x'.repeat(2_000_000) })}\n${line(record(3))}\n`,
    );
    assert.deepEqual(keysOf(spans), ['plain:k1', 'plain:k3']);
    assert.deepEqual(reasonsOf(spans), ['the object is over 1 MB long']);
  });

  it('takes time in proportion to the input when that is written to mislead', async () => {
    const megabyte = (piece: string): string => piece.repeat(Math.ceil((1 << 20) / piece.length));
    for (const piece of [
      '{\n',
      '{"a":',
      '[{',
      '{"a":"\n',
      '{"a"}\n',
      '{}\n',
      '{"records":[{',
      ',{"',
      `{\n{\n${line(record(1))}\n`,
      '"\n',
      '{"a":1}',
    ]) {
      const begin = performance.now();
      await spansOf(megabyte(piece));
      const ms = performance.now() - begin;
      assert.ok(ms < 10_000, `1 MB of ${JSON.stringify(piece)} took ${Math.round(ms)} ms`);
    }
  });
});

describe('any input', () => {
  it('is quarantined whole when no framing fits, with what it looks like', async () => {
    assert.match(reasonsOf(await spansOf('%PDF-1.7\nxyz'))[0]!, /a PDF document/);
    assert.match(reasonsOf(await spansOf('a,b,c\n1,2,3\n'))[0]!, /CSV with columns a, b, c/);
    assert.deepEqual(await spansOf(''), []);
  });

  it('that breaks off is read to its end, and the error stands in quarantine', async () => {
    async function* chunks(): AsyncGenerator<Buffer> {
      yield Buffer.from('time,id,text\n1,a,x\n2,b');
      throw new Error('unexpected end of file');
    }
    const spans: Span[] = [];
    for await (const batch of readRecords(chunks(), { file: 'log', sources })) spans.push(...batch);
    assert.equal(fates(spans), 'faqq');
    assert.deepEqual(reasonsOf(spans), [
      'found 2 cells, expected 3',
      'the input breaks off here: unexpected end of file',
    ]);
  });

  it('is cut into the same records whatever the chunks', async () => {
    const token = fc.constantFrom(
      '"',
      '\n',
      ',',
      '1',
      'a',
      '{',
      '}',
      '[',
      ']',
      '{"time":1,"id":"a"}',
      '1,a,x\n',
      'time,id,text\n',
      '\r\n',
      '""',
      '{"records":[',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(token, { maxLength: 60 }),
        fc.integer({ min: 1, max: 50 }),
        async (tokens, chunkBytes) => {
          const text = `${tokens[0] === '{' ? '' : 'time,id,text\n'}${tokens.join('')}`;
          assert.deepEqual(fates(await spansOf(text, chunkBytes)), fates(await spansOf(text)));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('an event', () => {
  it('gives vendor fields by name, path and regardless of case, also when detached', async () => {
    const [object] = eventsOf(
      await spansOf('{"time":1,"id":"a","Actor":{"Name":"x","list":[{"n":1},{"n":2}]},"a.b":3}'),
    );
    for (const event of [object!, detachEvent(object!), { ...object! }]) {
      assert.equal(event.native('Actor.Name'), 'x');
      assert.equal(event.native('actor.name'), 'x');
      assert.deepEqual(event.native('Actor.list.n'), [1, 2]);
      assert.equal(event.native('Actor.list.1.n'), 2);
      assert.equal(event.native('a.b'), 3);
      assert.equal(event.native('missing.name'), undefined);
    }
    const [row] = eventsOf(await spansOf('time,id,text\n1,a,"x ""y"""'));
    assert.equal(row!.native('TEXT'), 'x "y"');
    assert.equal(detachEvent(row!).native('text'), 'x "y"');
  });

  it('arrives at its own time unless told otherwise', async () => {
    const text = Buffer.from('time,id,text\n1,a,x\n');
    for await (const [, span] of readRecords([text], { file: 'log', sources }))
      if (span?.fate === 'accepted') assert.equal(span.event.arrivedAt, 1);
    for await (const [, span] of readRecords([text], { file: 'log', sources, arrivalOf: () => 9 }))
      if (span?.fate === 'accepted') assert.equal(span.event.arrivedAt, 9);
  });
});
