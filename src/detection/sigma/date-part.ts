import type { DatePart } from './modifiers.ts';

const dayMs = 86_400_000;

/** A part of a date in UTC: of ms since 1970 or of ISO 8601 text (without an offset taken as UTC). */
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

function timeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && Math.abs(value) <= 8.64e15 ? value : undefined;
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
