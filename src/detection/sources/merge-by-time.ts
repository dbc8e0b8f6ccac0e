import type { Event } from '#model/event.ts';
import { Heap } from './heap.ts';
import type { EventBatches } from './order-by-time.ts';

/** A file to merge: opened when the merge has come to its first event. */
export interface TimedFile {
  /** No event of the file is earlier, ms since 1970 UTC. */
  readonly firstTime: number;
  readonly open: () => EventBatches;
}

interface Cursor {
  readonly rank: number;
  readonly batches: AsyncIterator<readonly Event[]>;
  batch: readonly Event[];
  index: number;
}

const mergedBatch = 256;

/**
 * Merges files, each in order of time, into one stream in order of time; at equal times in the order of `files`. Only
 * files whose time has come are open.
 */
export async function* mergeByTime(files: readonly TimedFile[]): AsyncGenerator<readonly Event[], void, void> {
  const waiting = files
    .map((file, rank) => ({ ...file, rank }))
    .sort((a, b) => a.firstTime - b.firstTime || a.rank - b.rank);
  const open = new Heap<Cursor>(isEarlier);
  let opened = 0;
  let merged: Event[] = [];
  const all = new Set<Cursor>();
  try {
    for (;;) {
      const least = open.first;
      const next = waiting[opened];
      if (next !== undefined && (least === undefined || timeOf(least) >= next.firstTime)) {
        opened += 1;
        const cursor: Cursor = { rank: next.rank, batches: next.open()[Symbol.asyncIterator](), batch: [], index: 0 };
        all.add(cursor);
        if (await advance(cursor)) open.add(cursor);
        continue;
      }
      if (least === undefined) break;
      takeRun(least, open, next?.firstTime ?? Number.POSITIVE_INFINITY, merged);
      if (merged.length >= mergedBatch) {
        yield merged;
        merged = [];
      }
      if (least.index < least.batch.length || (await advance(least))) open.firstChanged();
      else {
        open.takeFirst();
        all.delete(least);
      }
    }
    if (merged.length > 0) yield merged;
  } finally {
    for (const cursor of all) await cursor.batches.return?.();
  }
}

const timeOf = (cursor: Cursor): number => cursor.batch[cursor.index]!.time;

const isEarlier = (one: Cursor, other: Cursor): boolean => {
  const difference = timeOf(one) - timeOf(other);
  return difference < 0 || (difference === 0 && one.rank < other.rank);
};

/** Moves events of the earliest cursor to `merged`, as long as no other open file and no waiting one has its turn. */
function takeRun(cursor: Cursor, open: Heap<Cursor>, firstWaiting: number, merged: Event[]): void {
  const { batch } = cursor;
  const rival = open.second;
  const limit = rival === undefined ? Number.POSITIVE_INFINITY : timeOf(rival);
  const mayTie = rival === undefined || cursor.rank < rival.rank;
  do {
    merged.push(batch[cursor.index]!);
    cursor.index += 1;
    if (cursor.index === batch.length || merged.length >= mergedBatch) return;
  } while (timeOf(cursor) < firstWaiting && (timeOf(cursor) < limit || (mayTie && timeOf(cursor) === limit)));
}

/** Loads the cursor's next batch that is not empty; false at the end of the file. */
async function advance(cursor: Cursor): Promise<boolean> {
  for (;;) {
    const next = await cursor.batches.next();
    if (next.done) return false;
    if (next.value.length === 0) continue;
    cursor.batch = next.value;
    cursor.index = 0;
    return true;
  }
}
