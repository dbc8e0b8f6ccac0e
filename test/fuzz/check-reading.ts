import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readRecords } from '#detection/sources/read-records.ts';
import { SeenKeys } from '#detection/sources/seen-keys.ts';
import { maxRecordBytes, type Span } from '#detection/sources/span.ts';
import type { Source } from '#model/source.ts';
import { type Damage, type Damaged, damage, inflict } from './damage.ts';
import { logShapes, type SampleLog } from './log-shapes.ts';

/** A reading that takes longer than this is counted as hanging. */
const longestMs = 5000;

interface Case {
  readonly shape: number;
  readonly records: number;
  readonly damages: readonly Damage[];
  readonly chunkBytes: number;
}

const someCase: fc.Arbitrary<Case> = fc.record({
  shape: fc.integer({ min: 0, max: logShapes.length - 1 }),
  records: fc.oneof(
    { weight: 60, arbitrary: fc.integer({ min: 1, max: 30 }) },
    { weight: 1, arbitrary: fc.integer({ min: 2500, max: 4000 }) },
  ),
  damages: fc.array(damage, { minLength: 0, maxLength: 4 }),
  chunkBytes: fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 100_000, max: 700_000 })),
});

/** Damages logs of every source in every shape, `runs` times, and checks each time what reading promises. */
export async function checkDamagedLogs(sources: readonly Source[], runs: number, seed: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(someCase, (each) => checkCase(each, sources)),
    { numRuns: runs, seed, endOnFailure: false },
  );
}

async function checkCase({ shape, records, damages, chunkBytes }: Case, sources: readonly Source[]): Promise<void> {
  const log = logShapes[shape]!.build(records);
  const damaged = inflict(log.bytes, damages);
  // At most 5,000 chunks: what is timed is the reading, not the handing over of single bytes.
  const begin = performance.now();
  const spans = await readSpans(damaged.bytes, Math.max(chunkBytes, Math.ceil(damaged.bytes.length / 5000)), sources);
  assert.ok(
    performance.now() - begin < longestMs,
    `reading ${damaged.bytes.length} bytes took ${performance.now() - begin} ms`,
  );
  checkTiling(spans, damaged.bytes);
  checkSoundParts(spans, log, damaged);
}

export async function readSpans(
  bytes: Buffer,
  chunkBytes: number,
  sources: readonly Source[],
): Promise<readonly Span[]> {
  const spans: Span[] = [];
  for await (const batch of readRecords(chunksOf(bytes, chunkBytes), { file: 'log', sources, seen: new SeenKeys() }))
    spans.push(...batch);
  return spans;
}

function* chunksOf(bytes: Buffer, chunkBytes: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

/** Every byte belongs to exactly one span, and events carry the very bytes they were read from. */
export function checkTiling(spans: readonly Span[], bytes: Buffer): void {
  let offset = 0;
  for (const span of spans) {
    assert.equal(span.offset, offset, `a ${span.fate} span stands at ${span.offset}, expected ${offset}`);
    assert.ok(span.bytes > 0, `a ${span.fate} span at ${offset} has ${span.bytes} bytes`);
    offset += span.bytes;
    if (span.fate === 'accepted') {
      const { origin, raw } = span.event;
      assert.equal(raw, bytes.toString('utf8', origin.offset, origin.offset + origin.bytes));
      assert.ok(origin.offset === span.offset && origin.bytes <= span.bytes && origin.bytes <= maxRecordBytes);
    }
    if (span.fate === 'quarantined') assert.ok(span.reason.length > 0);
  }
  assert.equal(offset, bytes.length);
}

/** What lies before the damage, and from 1 MB behind it on, is read as if there were none. */
function checkSoundParts(spans: readonly Span[], log: SampleLog, { bytes, from, untilEnd }: Damaged): void {
  if (from < log.headBytes) return;
  const read = new Set(
    spans.filter((span) => span.fate !== 'quarantined' && span.fate !== 'frame').map((span) => span.offset),
  );
  const shift = bytes.length - log.bytes.length;
  for (const record of log.records) {
    // One byte of distance: what stands right behind a record may make it another.
    const isBefore = record.offset + record.bytes + 1 < from;
    const isBehind = record.offset > log.bytes.length - untilEnd + maxRecordBytes;
    if (isBefore)
      assert.ok(read.has(record.offset), `the record at ${record.offset}, before the damage at ${from}, is not read`);
    else if (isBehind)
      assert.ok(
        read.has(record.offset + shift),
        `the record at ${record.offset + shift}, 1 MB behind the damage, is not read`,
      );
  }
}
