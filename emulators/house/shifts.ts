import { hashOf, randomOf } from '#lib/random.ts';
import { busyness, dayMs, hourMs, minuteMs } from './calendar.ts';
import type { House } from './house.ts';
import type { Person, Role } from './people.ts';
import { addressIn } from './places.ts';

/** One person's working day, ms UTC, and the address they work from. */
export interface Shift {
  readonly person: Person;
  readonly start: number;
  readonly end: number;
  readonly address: string;
  readonly where: 'work' | 'home' | 'mobile';
}

/** Whether this person belongs to the share of the staff that a thinned life plays; the same people every day. */
export function isPlayed(house: House, person: Person, share: number): boolean {
  if (person.role === 'crm-admin' || person.role === 'help-desk') return true;
  return hashOf(house.seed, 'played', person.index) < share * 0x1_0000_0000;
}

/** Who works on the local date that `day` (midnight UTC) names, wherever they are. */
export function planShifts(house: House, day: number, share: number): readonly Shift[] {
  const shifts: Shift[] = [];
  for (const person of house.people) {
    if (day < person.joinedAt || day >= person.leftAt || !isPlayed(house, person, share)) continue;
    const shift = planShift(house, person, day);
    if (shift !== undefined) shifts.push(shift);
  }
  return shifts;
}

const inShops: ReadonlySet<Role> = new Set(['client-adviser', 'boutique-manager']);

function planShift(house: House, person: Person, day: number): Shift | undefined {
  const random = randomOf(house.seed, 'shift', person.index, day);
  const weekday = new Date(day).getUTCDay();
  if (!random.chance(presence(person, weekday, day))) return undefined;
  const opens = opening(person, random.fraction());
  const start =
    day + opens * hourMs - house.zoneClock(person.zone, day + 12 * hourMs) + random.integer(-9, 14) * minuteMs;
  const hours = random.integer(7, 9);
  const where = place(person, random.fraction());
  const address =
    where === 'work'
      ? person.workAddress
      : where === 'home'
        ? person.homeAddress
        : addressIn(person.mobileBlock, random.uint32());
  // Signing in takes some minutes and stays within one hour of the clock.
  const begins = start + random.integer(0, 59_999) - (start % hourMs > 50 * minuteMs ? 9 * minuteMs : 0);
  return { person, start: begins, end: begins + hours * hourMs, address, where };
}

function presence(person: Person, weekday: number, day: number): number {
  if (person.role === 'care-agent') return 0.71;
  if (person.shop === undefined) return weekday === 0 || weekday === 6 ? 0.03 : 0.9;
  if (person.shop.country.closedOn.includes(weekday)) return 0;
  return Math.min(0.92, 0.68 * busyness(day) ** 0.5);
}

/** Local hour of beginning: shops open in the morning and hand over at midday, care works round the clock. */
function opening(person: Person, draw: number): number {
  if (person.role === 'care-agent') return draw < 0.45 ? 7 : draw < 0.85 ? 13 : 20;
  if (person.shop === undefined) return 8 + Math.round(draw * 2) / 2;
  const late = inShops.has(person.role) && draw > 0.6;
  return late ? person.shop.closes - 8 : person.shop.opens - 0.25;
}

function place(person: Person, draw: number): Shift['where'] {
  if (person.shop !== undefined) return draw < 0.93 ? 'work' : 'mobile';
  return draw < 0.6 ? 'work' : draw < 0.95 ? 'home' : 'mobile';
}

/** The days whose shifts may reach into the hour: Sydney's mornings are yesterday in UTC, California's evenings tomorrow. */
export const daysAround = (hour: number): readonly number[] => {
  const day = Math.floor(hour / dayMs) * dayMs;
  return [day - dayMs, day, day + dayMs];
};
