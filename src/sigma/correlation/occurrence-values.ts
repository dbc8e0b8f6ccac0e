import { createHash } from 'node:crypto';
import type { Read, SigmaEvent } from '../event.ts';
import { numberOf, textOf } from '../field-values.ts';
import { largestNumber } from './compile-condition.ts';

/** Most values, tuples or groups that one occurrence stands for. Attackers write lists too. */
const maximumValues = 1000;

/** Members of nested lists that are looked at. */
const maximumMembers = 10_000;

/** Longer texts are kept as their beginning and a hash: what is compared stays apart, what is kept stays small. */
const maximumText = 512;

/** Values of one field; `isWhole` is false where there were more, or ones that could not be taken. */
export interface Values<Value> {
  readonly values: readonly Value[];
  readonly isWhole: boolean;
}

/** Each text that a field of these events has, once; absent, empty and unreadable ones are left out. */
export function textsIn(events: readonly SigmaEvent[], read: Read): Values<string> {
  if (events.length === 1) {
    const value = read(events[0]!);
    if (!Array.isArray(value)) {
      const text = textOf(value);
      return { values: text === undefined || text === '' ? [] : [shorten(text)], isWhole: true };
    }
  }
  const texts = new Set<string>();
  const isWhole = visit(events, read, (member) => {
    const text = textOf(member);
    if (text !== undefined && text !== '') texts.add(shorten(text));
    return texts.size <= maximumValues;
  });
  return { values: [...texts].slice(0, maximumValues), isWhole };
}

/** Every number that a field of these events has. Absent and empty members are none; anything else that is no number spoils all. */
export function numbersIn(events: readonly SigmaEvent[], read: Read): Values<number> {
  const numbers: number[] = [];
  const isWhole = visit(events, read, (member) => {
    if (member === undefined || member === null || member === '') return true;
    const number = typeof member === 'bigint' ? Number(member) : numberOf(member);
    if (number === undefined || !(Math.abs(number) <= largestNumber)) return false;
    numbers.push(number);
    return true;
  });
  return { values: isWhole ? numbers : [], isWhole };
}

/** Every way to take one of each: `[['a','b'],['c']]` gives a,c and b,c; none where one is empty. */
export function combine(choices: readonly Values<string>[]): Values<readonly string[]> {
  let isWhole = true;
  let tuples: readonly (readonly string[])[] = [[]];
  for (const choice of choices) {
    isWhole &&= choice.isWhole && tuples.length * choice.values.length <= maximumValues;
    const room = Math.max(1, Math.floor(maximumValues / Math.max(1, tuples.length)));
    const taken = choice.values.slice(0, room);
    tuples = tuples.flatMap((tuple) => taken.map((value) => [...tuple, value]));
  }
  return { values: tuples, isWhole };
}

/** Calls for each member of each list, however deep, until one is refused; whether all were taken. */
function visit(events: readonly SigmaEvent[], read: Read, take: (member: unknown) => boolean): boolean {
  let left = maximumMembers * events.length;
  for (const event of events) {
    const open: unknown[] = [read(event)];
    while (open.length > 0) {
      const member = open.pop();
      left -= 1;
      if (left < 0) return false;
      if (!Array.isArray(member)) {
        if (!take(member)) return false;
        continue;
      }
      if (member.length > left) return false;
      for (let index = member.length - 1; index >= 0; index -= 1) open.push(member[index]);
    }
  }
  return true;
}

function shorten(text: string): string {
  if (text.length <= maximumText) return text;
  return `${text.slice(0, 64)}… sha256:${createHash('sha256').update(text, 'utf16le').digest('hex')}`;
}
