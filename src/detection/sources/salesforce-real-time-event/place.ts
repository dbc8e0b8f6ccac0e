import { z } from 'zod';
import { present } from '#lib/present.ts';
import type { Cursor, Gap } from '#model/live-source.ts';

/** How far a topic was read. */
export interface Place {
  /** Raw bytes in base64, as the vendor gave them; undefined: before the earliest event that is kept. */
  readonly replayId?: string;
  /** Newest event time that was read, ms since 1970 UTC. */
  readonly newest?: number;
  /** When the event bus last had nothing more, real time, ms. */
  readonly quietAt?: number;
}

const schema = z
  .object({ replayId: z.base64(), newest: z.number(), quietAt: z.number() })
  .partial()
  .transform((found): Place => present(found));

/** A cursor that cannot be read counts as none: then everything that is kept is read again. */
export const placeOf = (cursor: Cursor | undefined): Place => schema.safeParse(cursor ?? {}).data ?? {};

export const cursorOf = (place: Place): Cursor => ({ ...place });

/** Events come nearly in the order of their times: they are published from many places. */
const disorderMs = 5 * 60_000;
/** What the vendor's own models suspect they say hours later. */
const longestDelayMs = 86_400_000;

/**
 * What may be missing when reading begins anew with the earliest event that is kept, whose times are `times`; undefined
 * where those reach back behind what was read before. Without any, all up to now may be.
 */
export function gapBefore(
  place: Place,
  since: number,
  times: readonly number[],
  now: number,
): Pick<Gap, 'from' | 'to'> | undefined {
  const earliest = times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
  if (place.newest !== undefined && earliest <= place.newest) return undefined;
  const known = Math.max(
    (place.newest ?? Number.NEGATIVE_INFINITY) - disorderMs,
    (place.quietAt ?? Number.NEGATIVE_INFINITY) - longestDelayMs,
    since,
  );
  const to = Math.max(Math.min(earliest + disorderMs, now), known);
  return { from: Math.min(known, to), to };
}
