/** Whether a record is among those asked for. */
export type RecordFilter = (record: Readonly<Record<string, unknown>>) => boolean;

/** `createdDateTime ge 2026-11-23T10:00:00Z` */
const timeComparison = /^(createdDateTime|activityDateTime) (eq|ge|gt|le|lt) (\d{4}-\d\d-\d\dT[\d:.]+Z)$/;
/** `appId eq 'de8bc8b5-…'`, `status/errorCode eq 0` */
const comparison = /^([A-Za-z]+(?:\/[A-Za-z]+)*) eq ('(?:[^']|'')*'|\d+|true|false)$/;
/** `startsWith(appDisplayName,'Graph')` */
const beginning = /^startswith\(([A-Za-z]+), ?'((?:[^']|'')*)'\)$/i;
/** `signInEventTypes/any(t: t eq 'nonInteractiveUser')` */
const membership = /^([A-Za-z]+)\/any\(([a-z]+): ?\2 eq '([A-Za-z]+)'\)$/;

/** OData conditions joined by `and`, as far as these collections support them; undefined for what is not supported. */
export function readFilter(text: string): RecordFilter | undefined {
  if (text.trim() === '') return () => true;
  const parts = text
    .split(/ and (?=(?:[^']*'[^']*')*[^']*$)/)
    .map((part) => readPart(part.trim().replace(/^\((.*)\)$/, '$1')));
  return parts.every((part) => part !== undefined) ? (record) => parts.every((accepts) => accepts(record)) : undefined;
}

function readPart(text: string): RecordFilter | undefined {
  const time = timeComparison.exec(text);
  if (time !== null) return compareTimes(time[1]!, time[2]!, Date.parse(time[3]!));
  const member = membership.exec(text);
  if (member !== null) return (record) => [record[member[1]!]].flat().includes(member[3]);
  const begins = beginning.exec(text);
  if (begins !== null)
    return (record) =>
      String(record[begins[1]!] ?? '')
        .toLowerCase()
        .startsWith(unquoted(begins[2]!).toLowerCase());
  const equal = comparison.exec(text);
  if (equal === null) return undefined;
  const wanted = equal[2]!.startsWith("'") ? unquoted(equal[2]!.slice(1, -1)) : equal[2]!;
  return (record) => String(valueAt(record, equal[1]!.split('/'))) === wanted;
}

const unquoted = (text: string): string => text.replaceAll("''", "'");

function compareTimes(field: string, operator: string, wanted: number): RecordFilter | undefined {
  if (Number.isNaN(wanted)) return undefined;
  return (record) => {
    const time = Date.parse(String(record[field]));
    if (operator === 'eq') return time === wanted;
    if (operator === 'ge') return time >= wanted;
    if (operator === 'gt') return time > wanted;
    return operator === 'le' ? time <= wanted : time < wanted;
  };
}

const valueAt = (record: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? (value as Readonly<Record<string, unknown>>)[name]
        : undefined,
    record,
  );
