/** Numbers, times and lists as people read them; English, UTC, the same on every machine. */

const grouped = new Intl.NumberFormat('en-GB');
export const inWords = (value: number): string => grouped.format(value);

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
/** `999 B`, `1.5 MB`: powers of 1,000. */
export function bytesInWords(bytes: number): string {
  const step = bytes < 1000 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return `${step === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${byteUnits[step]}`;
}

/** `1 event`, `2 events`. */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${inWords(count)} ${count === 1 ? noun : plural}`;

/** `at least 1,204 · at most 2,000`; the one number when both agree; says so when nothing bounds it. */
export function boundsInWords(bounds: { readonly atLeast: number; readonly atMost?: number | undefined }): string {
  if (bounds.atMost === bounds.atLeast) return inWords(bounds.atLeast);
  const atMost = bounds.atMost === undefined ? 'no upper bound is known' : `at most ${inWords(bounds.atMost)}`;
  return `at least ${inWords(bounds.atLeast)} · ${atMost}`;
}

/** `12 Aug 2026, 22:14:08` in UTC; the zone is named by the caller, once per table. */
export function momentInWords(time: number): string {
  const iso = new Date(time).toISOString();
  return `${dayInWords(time)}, ${iso.slice(11, 19)}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
export function dayInWords(time: number): string {
  const date = new Date(time);
  return `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** `3 min 22 s`, `5 days 4 h`: the two largest units. */
export function durationInWords(ms: number): string {
  const units: readonly (readonly [string, number])[] = [
    ['days', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
  ];
  if (ms < 1000) return 'under a second';
  const first = units.findIndex(([, size]) => ms >= size);
  const parts: string[] = [];
  let rest = ms;
  for (const [name, size] of units.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${name === 'days' && count === 1 ? 'day' : name}`);
  }
  return parts.join(' ');
}

/** `a, b and c`; after `most` of them, `and 4 more`. */
export function listInWords(items: readonly string[], most = 6): string {
  const shown = items.length > most ? [...items.slice(0, most), `${inWords(items.length - most)} more`] : [...items];
  const last = shown.pop();
  return shown.length === 0 ? (last ?? 'none') : `${shown.join(', ')} and ${last}`;
}
