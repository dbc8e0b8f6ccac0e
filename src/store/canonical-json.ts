/**
 * One text for one value: object keys sorted by UTF-16 code units, no white space, numbers and strings as JSON.stringify
 * writes them (RFC 8785, but keys that look like array indexes come first, ascending). `undefined` members are left out.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
