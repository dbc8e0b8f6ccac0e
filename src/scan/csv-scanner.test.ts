import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toLongId } from '#lib/salesforce-id.ts';
import { joinId } from '#lib/salesforce-id-number.ts';
import { createCsvScanner } from './csv-scanner.ts';
import { type ReferenceRecord, readCsv } from './references-for-tests/read-csv.ts';
import type { CsvScanOptions, CsvStep, PrefixRun, ScanFault, ScannedIds } from './scan.ts';
import { createScannerPool, type ScannerPool } from './scanner-pool.ts';

const runs = Number(process.env['CORDON_FUZZ_RUNS'] ?? 400);
const tiny = createScannerPool({ bufferBytes: 512, buffers: 3 });
const delimiters = [',', '^', '`', '|', ';', '\t'] as const;

interface Scanned {
  readonly records: ReferenceRecord[];
  readonly released: Buffer;
  readonly fault: ScanFault | undefined;
}

/** Runs the scanner over the bytes in pieces of these lengths, freeing regions as late as it can. */
function scanInPieces(
  bytes: Uint8Array,
  options: CsvScanOptions,
  lengths: readonly number[],
  pool: ScannerPool,
): Scanned {
  const scanner = createCsvScanner(options, pool);
  const records: ReferenceRecord[] = [];
  const regions: Buffer[] = [];
  const waiting: { step: CsvStep; copy: Buffer }[] = [];
  let fault: ScanFault | undefined;
  const freeOne = (): boolean => {
    const first = waiting.shift();
    if (first === undefined) return false;
    assert.deepEqual(Buffer.from(first.step.region), first.copy, 'a region changed before it was freed');
    scanner.free(first.step);
    return true;
  };
  const keep = (step: CsvStep | ScanFault): boolean => {
    if ('fault' in step) {
      fault = step;
      return false;
    }
    records.push(...recordsOf(step, Buffer.concat(regions).length));
    const copy = Buffer.from(step.region);
    regions.push(copy);
    waiting.push({ step, copy });
    return true;
  };
  let at = 0;
  for (let piece = 0; at < bytes.length; piece++) {
    let room = scanner.room();
    while (room === undefined) {
      assert.ok(freeOne(), 'no room, and nothing waits to be freed');
      room = scanner.room();
    }
    const length = Math.min(lengths[piece % lengths.length]!, room.length, bytes.length - at);
    room.set(bytes.subarray(at, at + length));
    at += length;
    if (!keep(scanner.take(length))) break;
  }
  if (fault === undefined) keep(scanner.end());
  while (freeOne());
  scanner.close();
  return { records, released: Buffer.concat(regions), fault };
}

function recordsOf(step: CsvStep, offset: number): ReferenceRecord[] {
  assert.equal(step.starts.length, step.count);
  assert.equal(step.ids.numbers.length, step.count);
  return Array.from({ length: step.count }, (_, index) => ({
    start: offset + step.starts[index]!,
    id: idAt(step.ids, index),
    customer: step.customers === undefined ? { prefix: '', number: 2n ** 64n - 1n } : idAt(step.customers, index),
  }));
}

function idAt({ numbers, runs }: ScannedIds, index: number): { prefix: string; number: bigint } {
  const number = numbers[index]!;
  const run: PrefixRun | undefined = runs.findLast(({ from }) => from <= index);
  return number === 2n ** 64n - 1n ? { prefix: '', number } : { prefix: run?.prefix ?? 'no run', number };
}

const idNumber = fc.bigInt({ min: 0n, max: 62n ** 9n - 1n });
const id = fc
  .tuple(fc.constantFrom('003Jx0', '003Jx1', '001Ab0', '00Qzz9'), idNumber, fc.boolean())
  .map(([prefix, number, isLong]) => (isLong ? joinId(prefix, number) : joinId(prefix, number).slice(0, 15)));
const plainText = fc.string({ unit: fc.constantFrom('a', 'Z', '0', ' ', 'é', '_'), maxLength: 12 });
const anyText = fc.oneof(
  plainText,
  fc.string({ unit: fc.constantFrom('a', '"', '\n', '\r', ',', '|', ';', '\t', '^', '`', 'ü'), maxLength: 90 }),
);

interface Table {
  readonly options: CsvScanOptions;
  readonly text: string;
}

/** Tables as Bulk 2.0 writes them, and all that RFC 4180 allows beyond: cells quoted or not, either line end, no last one. */
const table: fc.Arbitrary<Table> = fc
  .record({
    delimiter: fc.constantFrom(...delimiters),
    others: fc.integer({ min: 0, max: 5 }),
    idPlace: fc.nat(),
    customerPlace: fc.option(fc.nat(), { nil: undefined }),
    crlf: fc.boolean(),
    quotesAll: fc.boolean(),
    lastEnd: fc.boolean(),
    isHeaderUpper: fc.boolean(),
  })
  .chain((form) => {
    const columns = Array.from({ length: form.others }, (_, index) => `Field${index}__c`);
    const idColumn = form.idPlace % (columns.length + 1);
    columns.splice(idColumn, 0, 'Id');
    const customers = columns.map((_, index) => index).filter((index) => index !== idColumn);
    const customerColumn =
      form.customerPlace === undefined || customers.length === 0
        ? undefined
        : customers[form.customerPlace % customers.length]!;
    const cell = (column: number): fc.Arbitrary<string> =>
      column === idColumn
        ? id
        : column === customerColumn
          ? fc.oneof(id, id, fc.constant(''))
          : form.quotesAll
            ? anyText
            : fc.oneof(plainText, anyText);
    const row = fc.tuple(...columns.map((_, column) => fc.tuple(cell(column), fc.boolean())));
    const line = fc.oneof({ weight: 12, arbitrary: row }, { weight: 1, arbitrary: fc.constant('header' as const) });
    return fc.array(line, { maxLength: 40 }).map((lines): Table => {
      const end = form.crlf ? '\r\n' : '\n';
      const write = (text: string, isQuoted: boolean): string =>
        isQuoted || form.quotesAll || /["\r\n]/.test(text) || text.includes(form.delimiter)
          ? `"${text.replaceAll('"', '""')}"`
          : text;
      const header = columns
        .map((name) => write(form.isHeaderUpper ? name.toUpperCase() : name, false))
        .join(form.delimiter);
      const written = lines.map((cells) =>
        cells === 'header' ? header : cells.map(([text, isQuoted]) => write(text, isQuoted)).join(form.delimiter),
      );
      return {
        options: {
          delimiter: form.delimiter,
          columns,
          idColumn,
          ...(customerColumn !== undefined && { customerColumn }),
        },
        text: [header, ...written].join(end) + (form.lastEnd ? end : ''),
      };
    });
  });

const pieces = fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 600 })), { minLength: 1 });
const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');

test('finds what a slow reader finds, however the bytes are cut', () => {
  fc.assert(
    fc.property(table, pieces, ({ options, text }, lengths) => {
      const expected = readCsv(text, options);
      assert.ok(expected !== undefined);
      const { records, released, fault } = scanInPieces(bytesOf(text), options, lengths, tiny);
      if (fault !== undefined) {
        assert.match(fault.fault, /are not within 512 bytes/);
        const next = expected.find(({ start }) => start > fault.at)?.start ?? text.length;
        assert.ok(next - fault.at > 512 - 21, 'the record is short enough');
        return;
      }
      assert.deepEqual(records, expected);
      assert.equal(released.toString('latin1'), text);
    }),
    { numRuns: runs },
  );
});

test('spoilt bytes fault exactly where a strict reader refuses them, and release only what was counted', () => {
  const spoil = fc.array(fc.tuple(fc.nat(), fc.constantFrom(0x22, 0x0a, 0x0d, 0x2c, 0x41, 0x00, 0x7c, -1)), {
    minLength: 1,
    maxLength: 3,
  });
  let refused = 0;
  fc.assert(
    fc.property(table, pieces, spoil, ({ options, text }, lengths, changes) => {
      const bytes = [...bytesOf(text)];
      for (const [place, byte] of changes) {
        if (byte === -1) bytes.splice(place % bytes.length, 1);
        else bytes[place % bytes.length] = byte;
      }
      const spoilt = Buffer.from(bytes).toString('latin1');
      const expected = readCsv(spoilt, options);
      const { records, released, fault } = scanInPieces(Buffer.from(bytes), options, lengths, tiny);
      assert.ok(spoilt.startsWith(released.toString('latin1')), 'what was released is not what came');
      if (fault === undefined) assert.deepEqual(records, expected);
      else if (!/are not within/.test(fault.fault)) {
        assert.equal(expected, undefined, `${fault.fault} at ${fault.at}, where nothing is wrong`);
        refused += 1;
      }
    }),
    { numRuns: runs * 2 },
  );
  assert.ok(refused > runs / 10, `only ${refused} inputs were refused`);
});

test('any bytes at all: no crash, and a prefix of the input at most', () => {
  const options: CsvScanOptions = { delimiter: ',', columns: ['Id'], idColumn: 0 };
  const unit = fc.constantFrom('Id', '\n', '"', '\r', ',', '003000000000001', '003000000000001AAA', 'x', '\0');
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 40 }), pieces, (rest, lengths) => {
      const text = `Id\n${rest}`;
      const { records, released, fault } = scanInPieces(bytesOf(text), options, lengths, tiny);
      assert.ok(text.startsWith(released.toString('latin1')));
      if (fault === undefined) assert.deepEqual(records, readCsv(text, options));
      else assert.equal(readCsv(text, options), undefined, fault.fault);
    }),
    { numRuns: runs * 2 },
  );
});

test('what is released never names an id that was not counted', () => {
  fc.assert(
    fc.property(table, pieces, ({ options, text }, lengths) => {
      const scanner = createCsvScanner(options, tiny);
      const expected = readCsv(text, options)!;
      const bytes = bytesOf(text);
      let counted = 0;
      let released = 0;
      for (let at = 0, piece = 0; at < bytes.length; piece++) {
        const room = scanner.room()!;
        const length = Math.min(lengths[piece % lengths.length]!, room.length, bytes.length - at);
        room.set(bytes.subarray(at, at + length));
        at += length;
        const step = scanner.take(length);
        if ('fault' in step) break;
        scanner.free(step);
        counted += step.count;
        released += step.region.length;
        const begun = expected.filter(({ start }) => start < released).length;
        assert.ok(begun <= counted, `${begun} records begin in what was released, ${counted} were counted`);
      }
      scanner.close();
    }),
    { numRuns: runs },
  );
});

const contact: CsvScanOptions = {
  delimiter: ',',
  columns: ['Id', 'Name', 'AccountId'],
  idColumn: 0,
  customerColumn: 2,
};
const scan = (text: string, options = contact): Scanned => scanInPieces(bytesOf(text), options, [100], tiny);
const someId = toLongId('003Jx0000012abC');

test('each fault says what and where', () => {
  const head = 'Id,Name,AccountId\n';
  const cases: readonly (readonly [string, RegExp, number])[] = [
    ['Id,Name\n', /header/, 0],
    ['\u00ef\u00bb\u00bfId,Name,AccountId\n', /header/, 0],
    [`${head}${someId},a"b,\n`, /quote stands within/, 38],
    [`${head}${someId},"a"b,\n`, /text follows/, 40],
    [`${head}${someId},a\rb,\n`, /carriage return/, 39],
    [`${head}${someId},a\n`, /does not have 3 cells/, 38],
    [`${head}${someId},a,,\n`, /does not have 3 cells/, 40],
    [`${head}\n`, /no id/, 18],
    [`${head}short,a,\n`, /column 1 holds no id/, 18],
    [`${head}${someId}1,a,\n`, /column 1 holds no id/, 18],
    [`${head}${someId.slice(0, 17)}0,a,\n`, /wrong check characters/, 18],
    [`${head}${someId},a,x\n`, /column 3 holds neither/, 39],
    [`${head}${someId},"a`, /ends within a quoted cell/, 39],
    [`${head}${someId},${'a'.repeat(700)}`, /does not have 3 cells|not within 512/, 18],
  ];
  for (const [text, fault, at] of cases) {
    const result = scan(text);
    assert.match(result.fault?.fault ?? 'none', fault, JSON.stringify(text));
    if (text.length < 700) assert.equal(result.fault?.at, at, JSON.stringify(text));
  }
});

test('nothing, a header alone, and the header again are no records', () => {
  assert.deepEqual(scan(''), { records: [], released: Buffer.alloc(0), fault: undefined });
  for (const text of ['Id,Name,AccountId', 'Id,Name,AccountId\r\n', 'ID,"NAME",accountid\nID,"NAME",accountid\n']) {
    const { records, released, fault } = scan(text);
    assert.equal(fault, undefined);
    assert.equal(records.length, 0);
    assert.equal(released.toString(), text);
  }
});

test('ids beyond 2^53 are exact', () => {
  const { records } = scan(
    `Id,Name,AccountId\n${joinId('003Jx0', 62n ** 9n - 1n)},,${joinId('001Jx0', 2n ** 53n + 1n)}`,
  );
  assert.deepEqual(records[0]?.id, { prefix: '003Jx0', number: 62n ** 9n - 1n });
  assert.deepEqual(records[0]?.customer, { prefix: '001Jx0', number: 2n ** 53n + 1n });
});

test('a record whose id is known may be longer than a buffer', () => {
  const text = `Id,Name,AccountId\n${someId},"${'long "" \n'.repeat(300)}",\n`;
  const first: CsvScanOptions = { delimiter: ',', columns: ['Id', 'Name', 'AccountId'], idColumn: 0 };
  const { records, released, fault } = scan(text, first);
  assert.equal(fault, undefined);
  assert.equal(records.length, 1);
  assert.equal(released.toString(), text);
  assert.match(scan(text).fault?.fault ?? '', /not within 512 bytes/);
});

test('a record that goes on where it began in an earlier round of the buffers is still the same', () => {
  const scanner = createCsvScanner({ delimiter: ',', columns: ['Id', 'Name'], idColumn: 0 }, tiny);
  const bytes = Buffer.from(`Id,Name\n${someId},"${',\n'.repeat(400)}"\n${someId},\n`);
  let counted = 0;
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const room = scanner.room()!;
    // First a whole buffer, then as much as the header took: the next bytes lie where the record began.
    const length = Math.min(turn === 1 ? 'Id,Name\n'.length : room.length, bytes.length - at);
    room.set(bytes.subarray(at, at + length));
    at += length;
    const step = scanner.take(length);
    assert.ok(!('fault' in step), 'fault' in step ? step.fault : '');
    counted += step.count;
    scanner.free(step);
  }
  scanner.close();
  assert.equal(counted, 2);
});

test('room ends when no region was freed, and comes back with the first one', () => {
  const scanner = createCsvScanner({ delimiter: ',', columns: ['Id'], idColumn: 0 }, tiny);
  const steps: CsvStep[] = [];
  scanner.room()!.set(Buffer.from('Id\n'));
  steps.push(scanner.take(3) as CsvStep);
  let rest = Buffer.from(`${someId}\n`.repeat(1000));
  for (let room = scanner.room(); room !== undefined; room = scanner.room()) {
    room.set(rest.subarray(0, room.length));
    rest = rest.subarray(room.length);
    steps.push(scanner.take(room.length) as CsvStep);
  }
  assert.ok(steps.length >= 3);
  assert.throws(() => scanner.free(steps[1]!), /in the order/);
});
