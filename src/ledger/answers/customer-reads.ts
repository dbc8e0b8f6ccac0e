import { splitId } from '#lib/salesforce-id-number.ts';
import type { Release } from '#model/release.ts';
import { failure, type Result, success } from '#model/result.ts';
import type { ReleaseEnd } from '../ledger.ts';
import { decodeIds, hasLowHalf, isScattered } from '../log/id-codec.ts';
import type { IdFrame, SegmentDirectory } from '../segment-directory.ts';
import type { SegmentSummary, Segments } from '../segments.ts';
import type { Role } from './index-file.ts';
import type { Indexes } from './indexes.ts';
import { readFrames } from './read-frames.ts';
import { isWithin, meets, type Selection } from './select-frames.ts';

/** One time that somebody was given a record, or a record that belongs to the customer. */
export interface CustomerRead {
  readonly release: Release;
  /** When it was written down that it leaves, ms since 1970 UTC. */
  readonly at: number;
  /** Whether the id was the record's own, or that of the customer the record belongs to. */
  readonly role: Role;
  readonly ended: ReleaseEnd | undefined;
}

/**
 * Who read what of one customer, oldest first: the answer to an access request. `id`: 15 or 18 characters; `invalid` when
 * it is none.
 */
export async function readsOfCustomer(
  sources: { readonly directory: string; readonly segments: Segments; readonly indexes: Indexes | undefined },
  id: string,
  window: Pick<Selection, 'from' | 'to'>,
): Promise<Result<readonly CustomerRead[]>> {
  const split = splitId(id);
  if (split === undefined) {
    return failure({ kind: 'invalid', where: 'the customer id', found: id, expected: 'an id of 15 or 18 characters' });
  }
  const { prefix, number } = split;
  const found = await Promise.all(
    sources.segments.summaries().map(async (summary) => {
      const range = summary.prefixes.get(prefix);
      if (range === undefined || number < range.min || number > range.max || !meets(summary, window)) return [];
      return readsInSegment(sources, summary, prefix, number, window);
    }),
  );
  return success(found.flat());
}

async function readsInSegment(
  sources: { readonly directory: string; readonly segments: Segments; readonly indexes: Indexes | undefined },
  summary: SegmentSummary,
  prefix: string,
  number: bigint,
  window: Pick<Selection, 'from' | 'to'>,
): Promise<readonly CustomerRead[]> {
  const segment = await sources.segments.directoryOf(summary.segment);
  const scattered = await sources.indexes?.ask(segment, (index) => index.scatteredWith(number));
  const named = scattered && new Set(scattered);
  const candidates = segment
    .framesAround(number)
    .filter(
      (frame) =>
        frame.prefix === prefix &&
        isWithin(frame.at, window) &&
        (named === undefined || named.has(frame.ordinal) || !isScattered(frame)),
    );
  const reads: CustomerRead[] = [];
  await readFrames(sources.directory, summary.segment, candidates, (frame, body) => {
    if (holds(frame, body, number)) reads.push(readIn(segment, frame));
  });
  return reads;
}

function readIn(segment: SegmentDirectory, { release, at, role }: IdFrame): CustomerRead {
  const part = segment.releases.get(release)!;
  return { release: part.release, at, role, ended: part.ended };
}

function holds({ range, count }: IdFrame, body: Uint8Array, number: bigint): boolean {
  if (number < range.min || number > range.max) return false;
  if (range.min >> 32n === range.max >> 32n) return hasLowHalf(body, range, count, Number(number & 0xffff_ffffn));
  const numbers = new BigUint64Array(count);
  decodeIds(body, range, numbers);
  return numbers.includes(number);
}
