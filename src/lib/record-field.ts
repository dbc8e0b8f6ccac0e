type JsonObject = { readonly [name: string]: unknown };

/**
 * A field of a vendor's record by the vendor's name: exactly as written, else as a path (`actor.alternateId`,
 * `target.0.type`; a name applied to a list gives what its members have under it), else regardless of case, since
 * connectors lower-case column names, else without the spaces of the vendor's name, as Sigma writes it (`Threat Name`
 * is `ThreatName`). Steps of a path may be names with dots themselves. `undefined` when there is none.
 */
export function recordField(record: JsonObject, name: string): unknown {
  const whole = member(record, name);
  if (whole !== undefined || !name.includes('.')) return whole;
  return walk(record, name.split('.'), 0);
}

/** Names of more steps are taken step by step only: every way to join steps is tried. */
const mostJoinedSteps = 6;

/** Step by step, else with steps joined where a name within the record has dots itself. */
function walk(from: unknown, steps: readonly string[], at: number): unknown {
  const mostEnd = steps.length <= mostJoinedSteps ? steps.length : at + 1;
  for (let end = at + 1; end <= mostEnd; end += 1) {
    const name = end === at + 1 ? steps[at]! : steps.slice(at, end).join('.');
    const isPlace = Array.isArray(from) && /^\d+$/.test(name);
    const value = Array.isArray(from) && !isPlace ? membersOf(from, name) : member(from, name);
    const found = value === undefined || end === steps.length ? value : walk(value, steps, end);
    if (found !== undefined) return found;
  }
  return undefined;
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
