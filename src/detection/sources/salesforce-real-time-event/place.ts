import { z } from 'zod';
import { present } from '#lib/present.ts';
import type { Cursor, Gap } from '#model/live-source.ts';

/** How far a topic was read. */
export interface Place {
  /** Raw bytes in base64, as the vendor gave them; undefined: before the earliest event that is kept. */
  readonly replayId?: string;
  /** Newest event time that was read, ms since 1970 UTC. */
  readonly newest?: number;
  /** The vendor's id of the event that was read last. */
  readonly last?: string;
  /** When the event bus last had nothing more, real time, ms. */
  readonly quietAt?: number;
}

const schema = z
  .object({ replayId: z.base64(), newest: z.number(), last: z.string(), quietAt: z.number() })
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
 * What may be missing when reading begins anew with the earliest events that are kept, of which these are the first. It is
 * undefined only where they prove that nothing is: the event read last is among them, or they reach back so far that
 * they were published before the newest one was. Without any, all up to now may be missing.
 */
export function gapBefore(
  place: Place,
  since: number,
  first: readonly { readonly id: string; readonly time: number | undefined }[],
  now: number,
): Pick<Gap, 'from' | 'to'> | undefined {
  const { newest = Number.NEGATIVE_INFINITY, quietAt = Number.NEGATIVE_INFINITY, last } = place;
  const earliest = first.reduce((least, { time = least }) => Math.min(least, time), Number.POSITIVE_INFINITY);
  if (earliest + disorderMs <= newest || first.some(({ id }) => id === last)) return undefined;
  const known = Math.max(newest - disorderMs, quietAt - longestDelayMs, since);
  const to = Math.max(Math.min(earliest + disorderMs, now), known);
  return { from: known, to };
}
