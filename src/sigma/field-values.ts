/** Lists within lists beyond it are not looked into: whoever writes a log must not exhaust the stack. */
const maximumDepth = 64;

/** Whether a value, or any member of a list, passes. */
export function holds(value: unknown, test: (member: unknown) => boolean, depth = 0): boolean {
  if (!Array.isArray(value)) return test(value);
  if (depth > maximumDepth) return false;
  for (const member of value) if (holds(member, test, depth + 1)) return true;
  return false;
}

/** A value as Sigma compares it: as text. Undefined for what has none: absent, null, objects. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
    ? String(value)
    : undefined;
}

/** Logs in CSV have numbers as text, so text that is a decimal number counts as one. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.length > 40) return undefined;
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(value) ? Number(value) : undefined;
}
