import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { indexName } from './answers/index-file.ts';
import type { Indexes } from './answers/indexes.ts';
import type { Tombstone } from './log/entries.ts';
import { noHash } from './log/frame.ts';
import { type Log, segmentName } from './log/log.ts';
import type { LogDisk } from './log/log-disk.ts';
import type { SegmentDirectory } from './segment-directory.ts';
import type { SegmentSummary, Segments } from './segments.ts';

export interface DropSources {
  readonly directory: string;
  readonly disk: LogDisk;
  readonly clock: () => number;
  readonly log: Log;
  readonly segments: Segments;
  readonly indexes: Indexes;
}

/**
 * Drops the oldest segments in which nothing is as young as `before` (ms since 1970 UTC), the one being written too: it is
 * sealed first, and what is reserved stands in the next. A tombstone says what went, when, why and how much, and holds the
 * two ends of the chain; it is durable before the first file goes. Undefined when nothing is old enough.
 */
export async function dropSegments(
  sources: DropSources,
  { before, why }: { readonly before: number; readonly why: string },
): Promise<Tombstone | undefined> {
  const { directory, disk, log, segments, clock } = sources;
  await sealOld(sources, before);
  const summaries = segments.summaries();
  const young = summaries.findIndex(({ isSealed, to }) => !isSealed || to >= before);
  const old = young === -1 ? summaries.slice(0, -1) : summaries.slice(0, young);
  if (old.length === 0) return undefined;
  const directories = [];
  for (const { segment } of old) directories.push(await segments.directoryOf(segment));
  const tombstone = describe(old, directories, segments.tombstones, { at: clock(), why });
  log.prepare();
  // Those that go with their segments stay in force.
  for (const { tombstones } of directories) {
    for (const value of tombstones) log.writeEntry({ kind: 'tombstone', value }, clock());
  }
  log.writeEntry({ kind: 'tombstone', value: tombstone }, clock());
  await log.flush();
  for (const dropped of directories) {
    await removeSegment(directory, disk, dropped.segment);
    segments.forget(dropped);
    sources.indexes.forget(dropped.segment);
  }
  await disk.syncDirectory(directory);
  return tombstone;
}

/** Nobody may write again for long, or ever: then no write would seal it. */
async function sealOld({ log, segments, indexes }: DropSources, before: number): Promise<void> {
  await log.flush();
  const { current } = segments;
  const isEmpty = current === undefined || current.from > current.to;
  if (isEmpty || current.isSealed || current.to >= before) return;
  log.seal();
  await log.flush();
  // Its index is being made, and must not be made after it went.
  await indexes.settle();
}

/** The segment's file, then its index, which no one can ask any more. */
export async function removeSegment(directory: string, disk: LogDisk, segment: number): Promise<void> {
  await disk.remove(join(directory, segmentName(segment)));
  await rm(join(directory, indexName(segment)), { force: true });
}

function describe(
  old: readonly SegmentSummary[],
  directories: readonly SegmentDirectory[],
  before: readonly Tombstone[],
  { at, why }: { readonly at: number; readonly why: string },
): Tombstone {
  const first = old[0]!.segment;
  const times = old.flatMap(({ from, to }) => (from <= to ? [from, to] : []));
  const sum = (of: (summary: SegmentSummary) => number) => old.reduce((total, summary) => total + of(summary), 0);
  return {
    at,
    why,
    firstSegment: first,
    lastSegment: old.at(-1)!.segment,
    hashBefore:
      before.find(({ lastSegment }) => lastSegment === first - 1)?.hashAfter ?? Buffer.from(noHash).toString('hex'),
    hashAfter: old.at(-1)!.hash,
    from: times.length === 0 ? at : Math.min(...times),
    to: times.length === 0 ? at : Math.max(...times),
    bytes: sum(({ bytes }) => bytes),
    releases: sum(({ releases }) => releases),
    records: sum(({ records }) => records),
    unknownUpTo: directories.flatMap(({ lapses }) => lapses).reduce((total, { upTo }) => total + upTo, 0),
  };
}
