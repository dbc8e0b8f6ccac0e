import type { DatePart } from './item.ts';

const dayMs = 86_400_000;

/** Numbers below are seconds since 1970 (until the year 5138), others ms (since 1973): Zeek has the one, Okta's exports the other. */
const leastMs = 1e11;

/** A part of a date in UTC: of ms or seconds since 1970 or of ISO 8601 text (without an offset taken as UTC). */
export function datePartOf(value: unknown, part: DatePart): number | undefined {
  const time = timeOf(value);
  if (time === undefined) return undefined;
  const date = new Date(time);
  switch (part) {
    case 'minute':
      return date.getUTCMinutes();
    case 'hour':
      return date.getUTCHours();
    case 'day':
      return date.getUTCDate();
    case 'week':
      return isoWeekOf(date);
    case 'month':
      return date.getUTCMonth() + 1;
    case 'year':
      return date.getUTCFullYear();
  }
}

/** ms since 1970 UTC. */
export function timeOf(value: unknown): number | undefined {
  if (typeof value === 'number') {
    const time = Math.abs(value) < leastMs ? value * 1000 : value;
    return Math.abs(time) <= 8.64e15 ? time : undefined;
  }
  if (typeof value !== 'string' || value.length > 40 || !/^\d{4}-\d{2}-\d{2}/.test(value)) return undefined;
  const isZoned = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(value.slice(10));
  const time = Date.parse(isZoned || value.length === 10 ? value : `${value}Z`);
  return Number.isNaN(time) ? undefined : time;
}

/** ISO 8601: weeks begin on Monday, the first one holds 4 January. */
function isoWeekOf(date: Date): number {
  const weekday = (date.getUTCDay() + 6) % 7;
  const thursday = new Date(date.getTime() + (3 - weekday) * dayMs);
  return Math.floor((thursday.getTime() - Date.UTC(thursday.getUTCFullYear(), 0, 1)) / (7 * dayMs)) + 1;
}
