import type { JsonObject } from '#model/source.ts';

/**
 * A field of a vendor's record by the vendor's name: exactly as written, else as a path (`actor.alternateId`,
 * `target.0.type`; a name applied to a list gives the list of that field), else regardless of case, since connectors
 * lower-case column names. `undefined` when there is none.
 */
export function nativeField(record: JsonObject, name: string): unknown {
  const whole = member(record, name);
  if (whole !== undefined || !name.includes('.')) return whole;
  let value: unknown = record;
  for (const step of name.split('.')) {
    value = Array.isArray(value) && !/^\d+$/.test(step) ? value.map((each) => member(each, step)) : member(value, step);
    if (value === undefined) return undefined;
  }
  return value;
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as JsonObject;
  if (Object.hasOwn(record, name)) return record[name];
  const lower = name.toLowerCase();
  for (const key of Object.keys(record)) if (key.toLowerCase() === lower) return record[key];
  return undefined;
}
