/**
 * A log line may hold U+0000: PostgreSQL's text cannot, and SQLite's LIKE stops at it, so that whoever writes one into
 * a user agent would hide from search. It is stored as a mark of the private use area and `0`; the mark, should it
 * occur, as itself twice.
 */
const mark = '\u{F0000}';
const zero = `${mark}0`;

export function toStored(value: unknown): unknown {
  if (typeof value !== 'string' || !(value.includes('\0') || value.includes(mark))) return value;
  return value.replaceAll(mark, mark + mark).replaceAll('\0', zero);
}

export const fromStored = (text: string): string =>
  text.includes(mark) ? text.replace(/\u{F0000}(.)/gsu, (_, next: string) => (next === '0' ? '\0' : mark)) : text;
