type JsonObject = { readonly [name: string]: unknown };

/**
 * A field of a vendor's record by the vendor's name: exactly as written, else as a path (`actor.alternateId`,
 * `target.0.type`; a name applied to a list gives what its members have under it), else regardless of case, since
 * connectors lower-case column names, else without the spaces of the vendor's name, as Sigma writes it (`Threat Name`
 * is `ThreatName`). `undefined` when there is none.
 */
export function recordField(record: JsonObject, name: string): unknown {
  const whole = member(record, name);
  if (whole !== undefined || !name.includes('.')) return whole;
  let value: unknown = record;
  for (const step of name.split('.')) {
    value = Array.isArray(value) && !/^\d+$/.test(step) ? membersOf(value, step) : member(value, step);
    if (value === undefined) return undefined;
  }
  return value;
}

/** Lists within lists beyond it are not looked into: whoever writes a log must not exhaust the stack. */
const maximumDepth = 64;

/** In lists within lists. Where no member has it, the field is absent. */
function membersOf(list: readonly unknown[], name: string, depth = 0): readonly unknown[] | undefined {
  if (depth > maximumDepth) return undefined;
  const found = list.flatMap((each) => {
    const value = Array.isArray(each) ? membersOf(each, name, depth + 1) : member(each, name);
    return value === undefined ? [] : [value];
  });
  return found.length === 0 ? undefined : found;
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as JsonObject;
  if (Object.hasOwn(record, name)) return record[name];
  const lower = name.toLowerCase();
  let spaced: string | undefined;
  for (const key of Object.keys(record)) {
    if (key.toLowerCase() === lower) return record[key];
    if (key.includes(' ') && key.replaceAll(' ', '').toLowerCase() === lower) spaced ??= key;
  }
  return spaced === undefined ? undefined : record[spaced];
}
