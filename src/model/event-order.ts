import { type Activity, activities } from './activity.ts';
import type { Event } from './event.ts';

const ranks = new Map(Object.keys(activities).map((activity, rank) => [activity as Activity, rank]));

/**
 * The order in which events are to be seen, however they came: by event time; at one instant as the vocabulary of
 * activities has it (who signs in before what they do, a job's creation before its end), then by source and key.
 */
export function compareEvents(one: Event, other: Event): number {
  if (one.time !== other.time) return one.time - other.time;
  const rank = ranks.get(one.slots.activity_name)! - ranks.get(other.slots.activity_name)!;
  if (rank !== 0) return rank;
  if (one.source !== other.source) return one.source < other.source ? -1 : 1;
  const [key, otherKey] = [one.key, other.key];
  return key === otherKey ? 0 : key < otherKey ? -1 : 1;
}
