/** Reading times of logs without a regular expression: these run once for every event. */

/** Two decimal digits at `at`, or NaN. */
function two(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

const monthLengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** ms since 1970 UTC, or undefined when a part is no number or out of range; months are 1 to 12. */
export function civilTime(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  ms = 0,
): number | undefined {
  const isInRange =
    year >= 1900 &&
    year <= 9999 &&
    day >= 1 &&
    day <= (monthLengths[month - 1] ?? 0) &&
    hour >= 0 &&
    hour <= 23 &&
    minute >= 0 &&
    minute <= 59 &&
    second >= 0 &&
    second <= 60;
  return isInRange ? Date.UTC(year, month - 1, day, hour, minute, second, ms) : undefined;
}

const dot = 46;
const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** Where the digits from `at` end. */
function digitsEnd(text: string, at: number): number {
  let end = at;
  while (isDigit(text.charCodeAt(end))) end++;
  return end;
}

/** ms of the decimal digits in [from, to), cut after three. */
function fractionMs(text: string, from: number, to: number): number {
  let ms = 0;
  for (let index = 0; index < 3; index++) ms = ms * 10 + (from + index < to ? text.charCodeAt(from + index) - 48 : 0);
  return ms;
}

/** `20231218054831.655` (`YYYYMMDDhhmmss.SSS`, UTC) as ms since 1970 UTC; undefined for anything else. */
export function parseCompactInstant(text: string): number | undefined {
  let ms = 0;
  if (text.length !== 14) {
    const end = digitsEnd(text, 15);
    if (text.charCodeAt(14) !== dot || end !== text.length || end === 15) return undefined;
    ms = fractionMs(text, 15, end);
  }
  const year = two(text, 0) * 100 + two(text, 2);
  return civilTime(year, two(text, 4), two(text, 6), two(text, 8), two(text, 10), two(text, 12), ms);
}

/**
 * An ISO 8601 date and time with a zone, as ms since 1970 UTC: `2026-11-23T10:00:00Z`, `….049Z`, `….000+0000`,
 * `…+02:00`, also with a space for `T`. Undefined for anything else, also where no zone is stated.
 */
export function parseInstant(text: string): number | undefined {
  if (text[4] !== '-' || text[7] !== '-' || (text[10] !== 'T' && text[10] !== ' ') || text[13] !== ':')
    return undefined;
  const hasSeconds = text[16] === ':';
  let at = hasSeconds ? 19 : 16;
  let ms = 0;
  if (hasSeconds && text.charCodeAt(at) === dot) {
    const end = digitsEnd(text, at + 1);
    if (end === at + 1) return undefined;
    ms = fractionMs(text, at + 1, end);
    at = end;
  }
  const offsetMinutes = parseOffset(text, at);
  const year = two(text, 0) * 100 + two(text, 2);
  const second = hasSeconds ? two(text, 17) : 0;
  const time = civilTime(year, two(text, 5), two(text, 8), two(text, 11), two(text, 14), second, ms);
  return time === undefined || offsetMinutes === undefined ? undefined : time - offsetMinutes * 60_000;
}

/** Minutes east of UTC of the rest of the text: `Z`, `+0000`, `+02:00`, `-08`. */
function parseOffset(text: string, at: number): number | undefined {
  const sign = text[at];
  if (sign === 'Z' || sign === 'z') return text.length === at + 1 ? 0 : undefined;
  if (sign !== '+' && sign !== '-') return undefined;
  const minutesAt = text[at + 3] === ':' ? at + 4 : at + 3;
  const hours = two(text, at + 1);
  const minutes = text.length === at + 3 ? 0 : two(text, minutesAt);
  if (text.length !== at + 3 && text.length !== minutesAt + 2) return undefined;
  if (!(hours <= 14 && minutes <= 59)) return undefined;
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes);
}
