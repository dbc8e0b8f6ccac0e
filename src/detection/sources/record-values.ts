import type { Invalid, JsonObject } from '#model/source.ts';

/** Reading values out of JSON records whose connector may have made strings of numbers, or nulls of empty cells. */

/** Avro's JSON encoding of a nullable field: `{"string": "005…"}`. */
const avroKinds: ReadonlySet<string> = new Set(['string', 'int', 'long', 'float', 'double', 'boolean', 'bytes']);

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object under a name; undefined where there is none, or something else. */
export function partOf(value: JsonObject | undefined, name: string): JsonObject | undefined {
  const part = value?.[name];
  return isObject(part) ? part : undefined;
}

/** The objects of a list; none where it is no list. */
export const partsOf = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

/**
 * A list of names and values, as vendors write what differs from event to event (`[{"name": "USER_EMAIL", "value":
 * "anna@…"}]`), as one object; of names that stand twice the last.
 */
export function namedValues(
  list: unknown,
  nameOf: (entry: JsonObject) => unknown,
  contentOf: (entry: JsonObject) => unknown,
): JsonObject {
  const named = partsOf(list).flatMap((entry) => {
    const name = nameOf(entry);
    return typeof name === 'string' ? [[name, contentOf(entry)] as const] : [];
  });
  return Object.fromEntries(named);
}

/** What a time that cannot be read is called: `createdDateTime is "soon", expected an ISO 8601 time`. */
export function noTime(name: string, found: unknown, expected = 'an ISO 8601 time'): Invalid {
  return { invalid: `${name} is ${JSON.stringify(found ?? null).slice(0, 40)}, expected ${expected}` };
}

function plain(value: unknown): unknown {
  if (!isObject(value)) return value;
  const [entry, ...more] = Object.entries(value);
  return entry !== undefined && more.length === 0 && avroKinds.has(entry[0]) ? entry[1] : value;
}

/** A text or a number as text; undefined for null, an empty text, objects and lists. */
export function textOf(value: unknown): string | undefined {
  const known = typeof value === 'string' ? value : plain(value);
  if (typeof known === 'string') return known === '' ? undefined : known;
  return typeof known === 'number' || typeof known === 'boolean' || typeof known === 'bigint'
    ? String(known)
    : undefined;
}

/** As `textOf`, without the words by which Salesforce says that it does not know. */
export function knownTextOf(value: unknown): string | undefined {
  const text = textOf(value);
  return text === 'N/A' || text === 'Unknown' || text === 'null' ? undefined : text;
}

/** A count: a number, or a text of one, that is not negative (vendors write -1 for what they do not know). */
export function countOf(value: unknown): number | undefined {
  const known = plain(value);
  if (known === '' || (typeof known !== 'number' && typeof known !== 'string')) return undefined;
  const number = Number(known);
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}

/** `Contact, Account` · `[USERNAME, ACCOUNT.NAME]` · `"Contact;Account"` · a JSON list: its members. */
export function listOf(value: unknown): readonly string[] {
  const known = plain(value);
  if (Array.isArray(known)) return known.flatMap((each) => textOf(each) ?? []);
  const text = textOf(known);
  return text === undefined ? [] : splitList(text);
}

export function splitList(text: string): readonly string[] {
  return text
    .replace(/^["[{(\s]+|["\]})\s]+$/g, '')
    .split(/\s*[,;]\s*/)
    .map((member) => member.replace(/^"|"$/g, ''))
    .filter((member) => member !== '');
}
