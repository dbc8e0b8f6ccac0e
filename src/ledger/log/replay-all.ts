import type { Tombstone } from './entries.ts';
import { noHash } from './frame.ts';
import type { LogEnd } from './log.ts';
import { type Damage, listSegments, readSegment, type Visit, walkBehind, walkSegment } from './replay.ts';

/** What the segments of a directory are, taken together. */
export interface Replay {
  /** Where the log goes on; undefined in an empty directory. */
  readonly end: LogEnd | undefined;
  /** Every place that is not as it was written, in order; in the last segment a torn end is none. */
  readonly damages: readonly Damage[];
  /** Bytes at the end of the last segment that were never acknowledged. */
  readonly torn: (Damage & { readonly bytes: number }) | undefined;
  /** Segments that a tombstone names and that are still here. */
  readonly leftover: readonly number[];
}

/**
 * Walks all segments in order and holds each against the one before. With `isEvidence` it goes on behind damage, as far as
 * whole frames can be found; without, it stops at the first.
 */
export async function replayAll(directory: string, visit: Visit, isEvidence: boolean): Promise<Replay> {
  const segments = await listSegments(directory);
  const tombstones: Tombstone[] = [];
  const damages: Damage[] = [];
  const missing: { readonly before: number; readonly hashBefore: Uint8Array }[] = [];
  let end: LogEnd | undefined;
  let isKnown = true;
  let torn: Replay['torn'];
  const collect: Visit = (frame) => {
    if (frame.entry?.kind === 'tombstone') tombstones.push(frame.entry.value);
    visit(frame);
  };
  for (const segment of segments) {
    const bytes = await readSegment(directory, segment);
    const follows = end === undefined ? segment === 1 : segment === end.segment + 1;
    const before = follows && isKnown ? end : undefined;
    const walk = walkSegment(segment, bytes, follows && isKnown ? (end?.hash ?? noHash) : undefined, collect);
    isKnown = true;
    if (!follows) missing.push({ before: segment, hashBefore: walk.hashBefore });
    const isLast = segment === segments.at(-1);
    const problem = walk.damage ?? misfit(walk.end, before, isLast);
    end = isLast && walk.end.length === 0 ? end : walk.end;
    if (problem === undefined) continue;
    if (isLast && walk.isTorn) {
      torn = { ...problem, bytes: bytes.length - problem.offset };
      continue;
    }
    damages.push(problem);
    if (!isEvidence) return { end, damages, torn, leftover: [] };
    isKnown = false;
    walkBehind(problem, bytes, collect);
  }
  const covered = coveredBy(tombstones);
  for (const gap of missing) {
    if (isExplained(gap, tombstones, covered)) continue;
    damages.push({ segment: gap.before, offset: 0, why: 'segments before it are missing and no tombstone names them' });
  }
  return { end, damages, torn, leftover: segments.filter((segment) => segment <= covered) };
}

function misfit(here: LogEnd, before: LogEnd | undefined, isLast: boolean): Damage | undefined {
  const expected = before === undefined ? here.framesBefore : before.framesBefore + before.frames;
  const why =
    here.framesBefore !== expected && here.frames > 0
      ? `counts ${here.framesBefore} frames before it, not ${expected}`
      : isLast || here.isSealed
        ? undefined
        : 'ends without a seal although another segment follows';
  return why === undefined ? undefined : { segment: here.segment, offset: here.length, why };
}

/** The last segment up to which tombstones tell, without a gap from the first on, what was dropped. */
function coveredBy(tombstones: readonly Tombstone[]): number {
  let covered = 0;
  let hash = Buffer.from(noHash).toString('hex');
  for (const tombstone of [...tombstones].sort((a, b) => a.firstSegment - b.firstSegment)) {
    if (tombstone.firstSegment !== covered + 1 || tombstone.hashBefore !== hash) continue;
    covered = tombstone.lastSegment;
    hash = tombstone.hashAfter;
  }
  return covered;
}

function isExplained(
  gap: { readonly before: number; readonly hashBefore: Uint8Array },
  tombstones: readonly Tombstone[],
  covered: number,
): boolean {
  if (gap.before <= covered) return true;
  const hash = Buffer.from(gap.hashBefore).toString('hex');
  return gap.before === covered + 1 && tombstones.some((one) => one.lastSegment === covered && one.hashAfter === hash);
}
