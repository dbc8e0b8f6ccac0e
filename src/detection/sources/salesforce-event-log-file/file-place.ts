import { z } from 'zod';
import type { Cursor } from '#model/live-source.ts';
import { type FileInterval, fileIntervals, type LogFile } from './log-files.ts';

/** Ids that a cursor holds at most; files beyond are downloaded again, which the keys of their rows tell. */
const mostIds = 2000;

const schema = z.object({
  /** Nothing that appeared before (ms) is asked for any more. */
  from: z.number(),
  /** Files that appeared since and were read: when they appeared (ms) by their ids. */
  read: z.record(z.string(), z.number()),
  /** The newest file that was read: as long as the org shows it, nothing newer can have been pruned. */
  newest: z.object({ id: z.string(), createdAt: z.number(), eventType: z.string().default('') }).optional(),
  /** Of which interval all these are. */
  interval: z.enum(fileIntervals).optional(),
});

/**
 * Where in the list of files reading stands. By when files appeared, not by their hour: files of old hours appear late,
 * and several of one hour.
 */
export type FilePlace = Readonly<z.infer<typeof schema>>;

export const placeFrom = (from: number): FilePlace => ({ from, read: {} });

/** The place that a cursor tells of; undefined where there is none. */
export const placeOf = (cursor: Cursor | undefined): FilePlace | undefined => schema.safeParse(cursor).data;

export const cursorOf = ({ from, read, newest, interval }: FilePlace): Cursor => ({
  from,
  read,
  ...(newest && { newest }),
  ...(interval && { interval }),
});

/**
 * The same place in the list of another interval: its files tell of the same time, but appeared at others, so that what
 * appeared up to `beforeMs` before the last file is read too. Keys tell the rows that both have.
 */
export function placeIn(interval: FileInterval, place: FilePlace, beforeMs: number): FilePlace {
  if (place.interval === interval) return place;
  if (place.interval === undefined) return { ...place, interval };
  return { from: Math.min(place.from, (place.newest?.createdAt ?? place.from) - beforeMs), read: {}, interval };
}

/** A clock that was set back had passed over what had not appeared yet. */
export const placeBy = (now: number, place: FilePlace, overlapMs: number): FilePlace =>
  place.from > now ? { ...place, from: now - overlapMs } : place;

/** Files that appeared before `to` (ms) are done with; never back. */
export function moveTo(place: FilePlace, to: number): FilePlace {
  const from = Math.max(place.from, to);
  const known = Object.entries(place.read).filter(([, createdAt]) => createdAt >= from);
  return { ...place, from, read: Object.fromEntries(known.slice(-mostIds)) };
}

/** The file was read. Files come in the order in which they appeared. */
export function addFile(place: FilePlace, { id, createdAt, eventType }: LogFile): FilePlace {
  const newest = createdAt >= (place.newest?.createdAt ?? 0) ? { id, createdAt, eventType } : place.newest;
  return { ...place, read: { ...place.read, [id]: createdAt }, ...(newest && { newest }) };
}

/** The newest file is no longer shown: it can tell of no further gap. */
export function forgetNewest(place: FilePlace, id: string | undefined): FilePlace {
  if (place.newest?.id !== id) return place;
  const { newest, ...rest } = place;
  return rest;
}

export const isRead = (place: FilePlace, { id, createdAt }: LogFile): boolean =>
  createdAt < place.from || Object.hasOwn(place.read, id);
