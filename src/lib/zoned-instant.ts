import { civilTime } from './instant.ts';

/** Hours east of UTC of the zone names that vendors print; names used on several continents have their American meaning. */
const zoneHours: Readonly<Record<string, number>> = {
  UTC: 0,
  GMT: 0,
  Z: 0,
  HST: -10,
  AKST: -9,
  AKDT: -8,
  PST: -8,
  PDT: -7,
  MST: -7,
  MDT: -6,
  CST: -6,
  CDT: -5,
  EST: -5,
  EDT: -4,
  AST: -4,
  ADT: -3,
  BRT: -3,
  ART: -3,
  WET: 0,
  WEST: 1,
  BST: 1,
  CET: 1,
  CEST: 2,
  EET: 2,
  EEST: 3,
  MSK: 3,
  TRT: 3,
  GST: 4,
  IST: 5.5,
  ICT: 7,
  SGT: 8,
  HKT: 8,
  AWST: 8,
  JST: 9,
  KST: 9,
  ACST: 9.5,
  ACDT: 10.5,
  AEST: 10,
  AEDT: 11,
  NZST: 12,
  NZDT: 13,
};

/** Zones whose people write the month first. */
const american = /^(?:HST|AK[SD]T|P[SD]T|M[SD]T|C[SD]T|E[SD]T)$/;

/** `9/10/2026, 4:21:14 AM PDT` · `12/31/2025 13:02:03 PST` · `2025-12-31 13:02:03 GMT+01:00` */
const form =
  /^(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4}),?[ \u202f](\d{1,2}):(\d{2})(?::(\d{2}))?(?:[ \u202f]?([AP])\.?M\.?)?[ \u202f]([A-Z]{1,4})?(?:([+-])(\d{1,2})(?::?(\d{2}))?)?$/i;

/**
 * A time as a vendor's web page or its CSV download prints it: a date, a time of day and the name of a zone or an
 * offset. Undefined for anything else, and where day and month could be either: `05/04/2026 13:02 GMT` (with AM or PM,
 * or a zone of the United States, the month stands first).
 */
export function parseZonedInstant(text: string): number | undefined {
  const parts = form.exec(text.trim());
  if (parts === null) return undefined;
  const [, first, separator, second, third, hour, minute, seconds, half, zone, sign, offsetHours, offsetMinutes] =
    parts;
  const date = orderDate(first!, separator!, Number(second), third!, half !== undefined || american.test(zone ?? ''));
  const hours = half === undefined ? Number(hour) : to24Hours(Number(hour), half);
  const zoneOffset = zone === undefined ? undefined : zoneHours[zone.toUpperCase()];
  if (date === undefined || hours === undefined || (zone === undefined ? sign === undefined : zoneOffset === undefined))
    return undefined;
  const shift = (sign === '-' ? -1 : 1) * (Number(offsetHours ?? 0) + Number(offsetMinutes ?? 0) / 60);
  const local = civilTime(date.year, date.month, date.day, hours, Number(minute), Number(seconds ?? 0));
  return local === undefined ? undefined : local - ((zoneOffset ?? 0) + shift) * 3_600_000;
}

function to24Hours(hour: number, half: string): number | undefined {
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (half.toUpperCase() === 'P' ? 12 : 0);
}

function orderDate(
  first: string,
  separator: string,
  second: number,
  third: string,
  isMonthFirst: boolean,
): { readonly year: number; readonly month: number; readonly day: number } | undefined {
  if (first.length === 4) return { year: Number(first), month: second, day: Number(third) };
  if (third.length !== 4 || first.length > 2) return undefined;
  const year = Number(third);
  const dayFirst = { year, month: second, day: Number(first) };
  const monthFirst = { year, month: Number(first), day: second };
  if (separator === '.' || Number(first) > 12) return dayFirst;
  return isMonthFirst || second > 12 ? monthFirst : undefined;
}
