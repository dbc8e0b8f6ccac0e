import { z } from 'zod';
import type { Cursor } from '#model/live-source.ts';
import type { LogFile } from './log-files.ts';

/** Ids that a cursor holds at most; files beyond are downloaded again, which the keys of their rows tell. */
const mostIds = 2000;

const schema = z.object({
  /** Nothing that appeared before (ms) is asked for any more. */
  from: z.number(),
  /** Files that appeared since and were read: when they appeared (ms) by their ids. */
  read: z.record(z.string(), z.number()),
  /** The newest file that was read: as long as the org shows it, nothing newer can have been pruned. */
  newest: z.object({ id: z.string(), createdAt: z.number() }).optional(),
});

/**
 * Where in the list of files reading stands. By when files appeared, not by their hour: files of old hours appear late,
 * and several of one hour.
 */
export type FilePlace = Readonly<z.infer<typeof schema>>;

export const placeFrom = (from: number): FilePlace => ({ from, read: {} });

/** The place that a cursor tells of; undefined where there is none. */
export const placeOf = (cursor: Cursor | undefined): FilePlace | undefined => schema.safeParse(cursor).data;

export const cursorOf = ({ from, read, newest }: FilePlace): Cursor => ({ from, read, ...(newest && { newest }) });

/** Files that appeared before `to` (ms) are done with; never back. */
export function moveTo(place: FilePlace, to: number): FilePlace {
  const from = Math.max(place.from, to);
  const known = Object.entries(place.read).filter(([, createdAt]) => createdAt >= from);
  return { ...place, from, read: Object.fromEntries(known.slice(-mostIds)) };
}

/** The file was read. Files come in the order in which they appeared. */
export function addFile(place: FilePlace, { id, createdAt }: LogFile): FilePlace {
  const newest = createdAt >= (place.newest?.createdAt ?? 0) ? { id, createdAt } : place.newest;
  return { from: place.from, read: { ...place.read, [id]: createdAt }, ...(newest && { newest }) };
}

/** The newest file is no longer shown: it can tell of no further gap. */
export function forgetNewest(place: FilePlace, id: string | undefined): FilePlace {
  return place.newest?.id === id ? { from: place.from, read: place.read } : place;
}

export const isRead = (place: FilePlace, { id, createdAt }: LogFile): boolean =>
  createdAt < place.from || Object.hasOwn(place.read, id);
