import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { type Event, Slots } from '#model/event.ts';
import { describeFailure } from '#model/result.ts';
import type { Source } from '#model/source.ts';
import { findSources } from './find-sources.ts';
import { type ReadingOptions, readLogs } from './read-logs.ts';
import type { ReadingSummary } from './reading-summary.ts';

const plain: Source = {
  name: 'plain',
  title: 'Plain log',
  lag: 'none',
  longestLagMs: 0,
  readCsv: (header) =>
    header.join() === 'time,id' ? (cells) => readPlain(cells.at(0), String(cells.at(1))) : undefined,
  acceptsObject: (value) => 'time' in value,
  readObject: (value) => readPlain(value['time'], String(value['id'])),
};
const readPlain = (time: unknown, key: string) =>
  Number.isNaN(Number(time)) ? { invalid: 'no time' } : { time: Number(time), key, slots: new Slots() };

const csvOf = (times: readonly number[], padding = ''): string =>
  `time,id\n${times.map((time) => `${time},k${time}${padding}`).join('\n')}\n`;
const linesOf = (times: readonly number[]): string =>
  times.map((time) => JSON.stringify({ time, id: `k${time}` })).join('\n');
const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cordon-read-logs-'));
});
after(() => rm(folder, { recursive: true, force: true }));

/** Writes files into a new directory; resolves to its path. */
async function directoryOf(files: Record<string, string | Buffer>): Promise<string> {
  const directory = await mkdtemp(join(folder, 'case-'));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(directory, name, '..'), { recursive: true });
    await writeFile(join(directory, name), content);
  }
  return directory;
}

async function read(
  paths: readonly string[],
  options: Partial<ReadingOptions> = {},
): Promise<{ readonly events: readonly Event[]; readonly times: readonly number[]; readonly summary: ReadingSummary }> {
  const reading = await readLogs(paths, { sources: [plain], ...options });
  if (!reading.ok) throw new Error(describeFailure(reading.failure));
  const events: Event[] = [];
  for await (const batch of reading.value.events) events.push(...batch);
  return { events, times: events.map((event) => event.time), summary: reading.value.summary };
}

async function refusal(paths: readonly string[]): Promise<string> {
  const reading = await readLogs(paths, { sources: [plain] });
  assert.ok(!reading.ok && reading.failure.kind === 'invalid');
  return describeFailure(reading.failure);
}

/** A zip archive of deflated members (PKWARE APPNOTE 4.3). */
function zipOf(members: Record<string, string | Buffer>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(members)) {
    const stored = deflateRawSync(content);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(8, 4);
    shared.writeUInt32LE(crc32(content), 10);
    shared.writeUInt32LE(stored.length, 14);
    shared.writeUInt32LE(Buffer.byteLength(content), 18);
    shared.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), shared, Buffer.from(name), stored]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\u0001\u0002'), Buffer.from([20, 0]), shared, rest, Buffer.from(name));
    parts.push(local);
    offset += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(Object.keys(members).length, 4);
  end.writeUInt16LE(Object.keys(members).length, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, listed, Buffer.from('PK\u0005\u0006'), end]);
}

describe('reading logs', () => {
  it('merges files of all kinds in order of time', async () => {
    const directory = await directoryOf({
      'a.csv': csvOf(range(40, 60)),
      'sub/b.json': linesOf(range(0, 20)),
      'sub/c.bin': gzipSync(csvOf(range(20, 40))),
      'd.zip': zipOf({ 'in/e.csv': csvOf(range(60, 80)), 'f.gz': gzipSync(linesOf(range(80, 90))) }),
      'g.json': JSON.stringify({ records: range(90, 100).map((time) => ({ time, id: time })) }),
    });
    const { events, times, summary } = await read([directory]);
    assert.deepEqual(times, range(0, 100));
    assert.equal(events[60]!.origin.file, `${directory}/d.zip!in/e.csv`);
    assert.equal(summary.events, 100);
    assert.equal(summary.records, 100);
    assert.deepEqual([...summary.sources.keys()], ['plain']);
    assert.equal(summary.files.length, 6);
  });

  it('puts descending, shuffled and large files in order', async () => {
    const shuffled = range(0, 20_000).map((index) => (index * 7919) % 20_000);
    const large = range(0, 60_000);
    const padding = 'x'.repeat(90);
    const directory = await directoryOf({
      'a.csv': csvOf(range(0, 500).toReversed()),
      'b.csv': csvOf(shuffled.map((time) => time + 0.25)),
      'c.csv.gz': gzipSync(csvOf(shuffled.map((time) => time + 0.5))),
      'ascending.csv': csvOf(
        large.map((time) => time + 0.75),
        padding,
      ),
      'descending.csv': csvOf(
        large.map((time) => 60_000 - time + 0.1),
        padding,
      ),
      'two days.csv': csvOf(
        [...range(30_000, 60_000), ...range(0, 30_000)].map((time) => time + 0.2),
        padding,
      ),
    });
    const { times, summary } = await read([directory]);
    assert.equal(times.length, 220_500);
    assert.equal(summary.outOfOrder, 0);
    assert.ok(times.every((time, index) => index === 0 || times[index - 1]! <= time));
  });

  it('counts an event once, in whatever files it stands', async () => {
    const directory = await directoryOf({ 'daily.csv': csvOf(range(0, 100)), 'hourly.json': linesOf(range(50, 150)) });
    const { times, summary } = await read([directory, join(directory, 'daily.csv')]);
    assert.deepEqual(times, range(0, 150));
    assert.equal(summary.duplicates, 50);
    assert.deepEqual(
      summary.files.map((file) => [file.events, file.duplicates]),
      [
        [100, 0],
        [50, 50],
      ],
    );
  });

  it('keeps count of quarantined records with file, offset and reason', async () => {
    const directory = await directoryOf({ 'a.csv': 'time,id\n1,a\nx,b\ntime,id\n2,c\n' });
    const { summary } = await read([directory]);
    const file = join(directory, 'a.csv');
    assert.deepEqual(summary.quarantine, [
      { file, offset: 12, bytes: 4, reason: 'no time' },
      { file, offset: 16, bytes: 8, reason: 'stray header row' },
    ]);
    assert.equal(summary.records, 4);
    assert.equal(summary.quarantined, 2);
  });

  it('leaves out what is older than asked for, and takes the arrival from the clock when fed live', async () => {
    const directory = await directoryOf({ 'a.csv': csvOf(range(0, 10)) });
    const { times, events, summary } = await read([directory], { since: 4, now: () => 77 });
    assert.deepEqual(times, range(4, 10));
    assert.equal(summary.beforeSince, 4);
    assert.equal(events[0]!.arrivedAt, 77);
    assert.equal((await read([directory])).events[3]!.arrivedAt, 3);
  });

  it('tells its progress', async () => {
    const directory = await directoryOf({ 'a.csv': csvOf(range(0, 1000)), 'b.gz': gzipSync(csvOf(range(0, 1000))) });
    const shares: number[] = [];
    await read([directory], { onProgress: ({ bytesRead, bytesStored }) => shares.push(bytesRead / bytesStored) });
    assert.equal(shares.at(-1), 1);
    assert.ok(shares.every((share, index) => index === 0 || shares[index - 1]! <= share));
  });

  it('lists files that no source reads, and goes on', async () => {
    const directory = await directoryOf({
      'a.csv': csvOf([1]),
      'letter.txt': 'Dear all,\n',
      empty: '',
      'conn.log': '{"ts":1,"uid":"C","id.orig_h":"10.0.0.1","conn_state":"SF"}\n',
      'broken.zip': Buffer.from('PK\u0003\u0004 nothing more'),
    });
    const { summary } = await read([directory]);
    const looks = Object.fromEntries(
      summary.unknown.map(({ file, looksLike }) => [file.slice(directory.length + 1), looksLike]),
    );
    assert.match(looks['letter.txt']!, /plain text/);
    assert.equal(looks['empty'], 'an empty file');
    assert.equal(looks['conn.log'], 'Zeek conn log');
    assert.match(looks['broken.zip']!, /zip archive that cannot be opened/);
  });

  it('reads what there is of a file that is cut off', async () => {
    const whole = gzipSync(csvOf(range(0, 50_000)));
    const directory = await directoryOf({
      'a.gz': whole.subarray(0, whole.length / 2),
      'b.csv': `${csvOf(range(60_000, 60_010))}60`,
    });
    const { times, summary } = await read([directory]);
    assert.ok(times.length > 10_000 && times.length < 50_000);
    const reasons = summary.quarantine.map((entry) => entry.reason);
    assert.ok(
      reasons.some((reason) => /breaks off here: unexpected end of file/.test(reason)),
      reasons.join(),
    );
    assert.ok(reasons.includes('found 1 cells, expected 2'));
  });

  it('says what was expected and what was found when there is nothing to read', async () => {
    const directory = await directoryOf({ 'letter.txt': 'Dear all,\n', 'sub/x': '' });
    assert.match(
      await refusal([join(directory, 'letter.txt')]),
      /letter\.txt: found what looks like plain text beginning "Dear all,", expected one of: Plain log/,
    );
    assert.match(await refusal([directory]), /and 1 more that no source reads yet/);
    assert.match(
      await refusal([join(directory, 'missing')]),
      /missing: found nothing there, expected a readable log file/,
    );
    const bare = await directoryOf({});
    assert.match(await refusal([bare]), /found an empty directory, expected log files/);
    assert.match(await refusal([]), /found no path/);
    await symlink(join(directory, 'missing'), join(directory, 'link'));
    assert.match(await refusal([directory]), /link: found nothing there/);
  });

  it('refuses a file that it may not read', {
    skip: process.getuid?.() === 0 && 'root may read everything',
  }, async () => {
    const directory = await directoryOf({ 'a.csv': csvOf([1]), 'b.csv': csvOf([2]) });
    await chmod(join(directory, 'b.csv'), 0);
    assert.match(await refusal([directory]), /may not be read/);
  });
});

const corpus = fileURLToPath(new URL('../../../../shared/data/crm', import.meta.url));

describe('samples of real logs', { skip: !existsSync(corpus) && 'no corpus' }, () => {
  it('are read to the last record, but for the stray header row; other logs are named', async () => {
    const { summary } = await read([corpus], { sources: await findSources() });
    assert.deepEqual(
      summary.quarantine.map((entry) => entry.reason),
      ['stray header row'],
    );
    const looks = Object.fromEntries(
      summary.unknown.map(({ file, looksLike }) => [file.slice(corpus.length + 1), looksLike]),
    );
    const vendors = {
      'ocsf-examples/zeek': 'zeek',
      'tenzir-library/zeek': 'zeek',
      suricata: 'suricata-eve',
      okta: 'okta-system-log',
      'cribl-ms-graph/5THhyq': 'microsoft-graph-alert',
      'cribl-ms-graph/7cieEB': 'entra-',
      salesforce: 'salesforce',
    };
    for (const { file, sources } of summary.files) {
      const name = file.slice(corpus.length + 1);
      const [, source = 'none'] = Object.entries(vendors).find(([part]) => name.includes(part)) ?? [];
      assert.ok(sources.length > 0 && sources.every((each) => each.startsWith(source)), `${name}: ${sources}`);
    }
    assert.equal(looks['pub-sub-api/pubsub_api.proto'], 'a protocol-buffer interface file');
  });
});
