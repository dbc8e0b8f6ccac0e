import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildIndex } from './answers/build-index.ts';
import { indexName } from './answers/index-file.ts';
import type { LogEnd } from './log/log.ts';
import { replayAll } from './log/replay-all.ts';
import { SegmentDirectory } from './segment-directory.ts';

/** A head of the chain that was kept elsewhere: the hash after so many frames since the beginning. */
export interface LedgerHead {
  readonly sequence: number;
  readonly hash: string;
}

export type LedgerVerdict =
  | {
      readonly ok: true;
      /** Frames since the beginning; those dropped by policy are vouched for by their tombstones. */
      readonly entries: number;
      /** Anchors that were held against a frame; those of dropped segments cannot be. */
      readonly anchors: number;
    }
  | {
      readonly ok: false;
      /** The frame, counted from the beginning, and where it lies. */
      readonly sequence: number;
      readonly segment: number;
      readonly offset: number;
      readonly found: string;
      readonly expected: string;
    };

/**
 * Reads the whole ledger again from the disk: every checksum, the chain from end to end, the anchors, and each index
 * against its segment. `end`: how far the log must reach at least.
 */
export async function verifyLedger(
  directory: string,
  anchors: readonly LedgerHead[],
  end: LogEnd | undefined,
): Promise<LedgerVerdict> {
  const expected = new Map(anchors.map(({ sequence, hash }) => [sequence, hash]));
  const sealed: SegmentDirectory[] = [];
  let wrong: LedgerVerdict | undefined;
  let [sequence, held] = [0, 0];
  let current: SegmentDirectory | undefined;
  const replay = await replayAll(
    directory,
    (frame) => {
      if (frame.segment !== current?.segment) current = new SegmentDirectory(frame.segment);
      current.add(frame);
      if (current.isSealed) sealed.push(current);
      if (frame.entry?.kind === 'segment') sequence = frame.entry.value.framesBefore;
      sequence += 1;
      const anchor = expected.get(sequence);
      if (anchor === undefined) return;
      const hash = Buffer.from(frame.hash).toString('hex');
      held += 1;
      if (hash === anchor) return;
      const place = { sequence, segment: frame.segment, offset: frame.offset };
      wrong ??= { ok: false, ...place, found: `hash ${hash}`, expected: `${anchor}, as anchored` };
    },
    false,
  );
  const damage = replay.damages[0];
  if (damage !== undefined) {
    const { segment, offset, why } = damage;
    return {
      ok: false,
      sequence: sequence + 1,
      segment,
      offset,
      found: why,
      expected: 'the frame that was written there',
    };
  }
  if (wrong !== undefined) return wrong;
  const place = { sequence, segment: replay.end?.segment ?? 0, offset: replay.end?.length ?? 0 };
  const last = Math.max(
    0,
    ...anchors.map((anchor) => anchor.sequence),
    end === undefined ? 0 : end.framesBefore + end.frames,
  );
  if (last > sequence) return { ok: false, ...place, found: 'the end of the log', expected: `${last} frames` };
  return (await findWrongIndex(directory, sealed)) ?? { ok: true, entries: sequence, anchors: held };
}

/** A missing index is built when it is needed; one that is there must say what its segment says. */
async function findWrongIndex(
  directory: string,
  sealed: readonly SegmentDirectory[],
): Promise<LedgerVerdict | undefined> {
  for (const segment of sealed) {
    const found = await readFile(join(directory, indexName(segment.segment))).catch(() => undefined);
    if (found === undefined || found.equals(await buildIndex(directory, segment))) continue;
    const expected = 'the index of its segment; remove the file and it is made again';
    return { ok: false, sequence: 0, segment: segment.segment, offset: 0, found: 'another index', expected };
  }
  return undefined;
}
