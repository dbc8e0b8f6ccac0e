import type { Act } from './acts.ts';
import { administrationDay } from './administration.ts';
import { hourMs } from './calendar.ts';
import type { House } from './house.ts';
import { integrationHour } from './integration-life.ts';
import { daysAround, planShifts, type Shift } from './shifts.ts';
import { staffHour } from './staff-life.ts';

/** Lines that the whole house's life leaves on an ordinary weekday over all channels, measured (ordinary-life.test.ts). */
export const wholeHouseLines = 400_000;

/** The house's life, hour by hour. */
export interface Life {
  /** All acts of the hour that begins at `hour` (ms UTC, a whole hour), in time order. */
  readonly hour: (hour: number) => readonly Act[];
  /** Acts of `from` ≤ time < `to`, in time order. */
  readonly between: (from: number, to: number) => Iterable<Act>;
}

/**
 * Ordinary life at about `eventsPerDay` log lines a weekday over all channels. Below the whole house's 400,000 fewer
 * people are played and integrations make fewer calls per run, each kind remaining, so that it never falls under some
 * 6,000; above, everybody does more, up to eight times as much.
 */
export function createLife(house: House, eventsPerDay: number): Life {
  if (!(eventsPerDay > 0 && eventsPerDay <= 8 * wholeHouseLines)) {
    throw new RangeError(`${eventsPerDay} lines a day: a house has up to ${8 * wholeHouseLines}`);
  }
  const share = Math.min(1, eventsPerDay / wholeHouseLines);
  const busy = Math.max(1, eventsPerDay / wholeHouseLines);
  const days = new Map<number, Day>();
  const dayOf = (day: number): Day => {
    const known = days.get(day);
    if (known !== undefined) return known;
    const shifts = planShifts(house, day, share);
    const made = { shifts, administration: [...administrationDay(house, shifts, day, share)] };
    days.set(day, made);
    // Time moves forward: three days reach into an hour, a fourth is spare.
    if (days.size > 4) days.delete(days.keys().next().value!);
    return made;
  };
  const hour = (start: number): readonly Act[] =>
    [
      ...integrationHour(house, start, share * busy),
      ...peopleHour(house, daysAround(start).map(dayOf), start, busy),
    ].sort(byTime);
  let kept: { readonly start: number; readonly acts: readonly Act[] } | undefined;
  const keptHour = (start: number): readonly Act[] => {
    if (kept?.start !== start) kept = { start, acts: hour(start) };
    return kept.acts;
  };
  return { hour: keptHour, between: (from, to) => between(keptHour, from, to) };
}

interface Day {
  readonly shifts: readonly Shift[];
  readonly administration: readonly Act[];
}

const byTime = (one: Act, other: Act): number => one.time - other.time || one.serial - other.serial;

function* peopleHour(house: House, days: readonly Day[], hour: number, busy: number): Generator<Act> {
  const isInHour = ({ time }: Act): boolean => time >= hour && time < hour + hourMs;
  for (const day of days) {
    for (const shift of day.shifts) {
      if (shift.start < hour + hourMs && shift.end > hour) yield* staffHour(house, shift, hour, busy);
    }
    yield* day.administration.filter(isInHour);
  }
}

function* between(hour: Life['hour'], from: number, to: number): Generator<Act> {
  for (let start = Math.floor(from / hourMs) * hourMs; start < to; start += hourMs) {
    for (const act of hour(start)) if (act.time >= from && act.time < to) yield act;
  }
}

/** Several streams of acts, each in time order, as one. */
export function* merged(...streams: readonly Iterable<Act>[]): Generator<Act> {
  const heads = streams.map((stream) => {
    const iterator = stream[Symbol.iterator]();
    return { iterator, next: iterator.next() };
  });
  for (;;) {
    let first: (typeof heads)[number] | undefined;
    for (const head of heads) {
      if (
        head.next.done !== true &&
        (first?.next.value === undefined || byTime(head.next.value, first.next.value) < 0)
      ) {
        first = head;
      }
    }
    if (first === undefined || first.next.done === true) return;
    yield first.next.value;
    first.next = first.iterator.next();
  }
}
