import { type Event, type SlotName, Slots } from '#model/event.ts';

export type Read = (event: Event) => unknown;

const emptySlots = new Slots();

export const isSlot = (name: string): name is SlotName => Object.hasOwn(emptySlots, name);

/**
 * How a rule's field is read: `time` is the event's own time, a slot's name (OCSF path) its slot, any other name a
 * field of the vendor's record. A slot without value and an empty slot list are absent: undefined.
 */
export function readField(name: string): Read {
  if (name === 'time') return (event) => event.time;
  if (!isSlot(name)) return (event) => event.native(name);
  if (!Array.isArray(emptySlots[name])) return (event) => event.slots[name];
  return (event) => {
    const value = event.slots[name] as readonly string[];
    return value.length === 0 ? undefined : value;
  };
}

/** Whether a value, or any member of a list, passes. */
export function holds(value: unknown, test: (member: unknown) => boolean): boolean {
  if (!Array.isArray(value)) return test(value);
  for (const member of value) if (holds(member, test)) return true;
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

/** Each text of a value or list, for grouping and counting; empty and absent ones are left out. */
export function textsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  const text = textOf(value);
  return text === undefined || text === '' ? [] : [text];
}
