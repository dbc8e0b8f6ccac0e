import type { Hours } from './policy.ts';

const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const dayMinutes = 1440;
const weekMinutes = 7 * dayMinutes;

/** Clocks are changed at times that this divides; so a zone's offset is constant within one. */
const quarterMs = 900_000;

type Stretch = Hours['open'][number];

/** `Mon-Fri 07:00-20:00` · `Sat, Sun 22:00-04:00` · `every day 01:00-05:00` */
const form = /^(every day|[a-z, -]+?) (\d{2}):(\d{2}) ?(?:-|to) ?(\d{2}):(\d{2})$/i;

/** Minutes of the week of one line of hours; past midnight they go on into the next day. Undefined when it is none. */
export function parseStretches(line: string): readonly Stretch[] | undefined {
  const parts = form.exec(line.trim());
  if (parts === null) return undefined;
  const [, names, fromHour, fromMinute, toHour, toMinute] = parts;
  const open = daysOf(names!);
  const from = minuteOf(fromHour!, fromMinute!);
  const to = minuteOf(toHour!, toMinute!);
  if (open === undefined || from === undefined || to === undefined || from === to || from === dayMinutes) {
    return undefined;
  }
  const length = to > from ? to - from : to + dayMinutes - from;
  return joinStretches(open.flatMap((day) => wrap(day * dayMinutes + from, length)));
}

function minuteOf(hour: string, minute: string): number | undefined {
  const time = Number(hour) * 60 + Number(minute);
  return Number(minute) < 60 && time <= dayMinutes ? time : undefined;
}

function daysOf(names: string): readonly number[] | undefined {
  if (names.toLowerCase() === 'every day') return days.map((_, day) => day);
  const open: number[] = [];
  for (const part of names.split(',')) {
    const [first, last, ...more] = part.split('-').map(dayOf);
    if (first === undefined || more.length > 0 || (part.includes('-') && last === undefined)) return undefined;
    for (let day = first; ; day = (day + 1) % 7) {
      open.push(day);
      if (day === (last ?? first)) break;
    }
  }
  return open;
}

function dayOf(name: string): number | undefined {
  const word = name.trim().toLowerCase();
  const day = days.findIndex((each) => each.toLowerCase() === word.slice(0, 3));
  const whole = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'][day];
  return word.length === 3 || word === whole ? (day < 0 ? undefined : day) : undefined;
}

function wrap(from: number, length: number): readonly Stretch[] {
  const to = from + length;
  if (to <= weekMinutes) return [{ from, to }];
  return [
    { from, to: weekMinutes },
    { from: 0, to: to - weekMinutes },
  ];
}

/** Sorted, and apart from each other. */
export function joinStretches(stretches: readonly Stretch[]): readonly Stretch[] {
  const joined: { from: number; to: number }[] = [];
  for (const { from, to } of [...stretches].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}

/** What is in `these` and not in `those`. */
export function subtractStretches(these: readonly Stretch[], those: readonly Stretch[]): readonly Stretch[] {
  let rest = these;
  for (const { from, to } of those) {
    rest = rest.flatMap((each) =>
      [
        { from: each.from, to: Math.min(each.to, from) },
        { from: Math.max(each.from, to), to: each.to },
      ].filter((piece) => piece.from < piece.to),
    );
  }
  return rest;
}

export const isWholeWeek = (stretches: readonly Stretch[]): boolean =>
  stretches.length === 1 && stretches[0]!.from === 0 && stretches[0]!.to === weekMinutes;

/** Lines that `parseStretches` reads back. */
export function printStretches(stretches: readonly Stretch[]): readonly string[] {
  const byTimes = new Map<string, number[]>();
  for (const { from, to } of stretches.flatMap(splitAtMidnights)) {
    const day = Math.floor(from / dayMinutes);
    const start = from - day * dayMinutes;
    const end = to - day * dayMinutes;
    const times = `${printMinute(start)}-${printMinute(end > dayMinutes ? end - dayMinutes : end)}`;
    byTimes.set(times, [...(byTimes.get(times) ?? []), day]);
  }
  return [...byTimes].map(([times, open]) => `${printDays(open)} ${times}`);
}

/** A stretch of more than a day cannot be said in one line. */
function splitAtMidnights({ from, to }: Stretch): readonly Stretch[] {
  const isSayable = to - from < dayMinutes;
  const midnight = (Math.floor(from / dayMinutes) + 1) * dayMinutes;
  if (isSayable || to <= midnight) return [{ from, to }];
  return [{ from, to: midnight }, ...splitAtMidnights({ from: midnight, to })];
}

const printMinute = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

function printDays(open: readonly number[]): string {
  if (open.length === 7) return 'every day';
  const runs: number[][] = [];
  for (const day of open) {
    const run = runs.at(-1);
    if (run?.at(-1) === day - 1) run.push(day);
    else runs.push([day]);
  }
  return runs
    .map((run) => (run.length > 2 ? `${days[run[0]!]}-${days[run.at(-1)!]}` : run.map((day) => days[day]).join(', ')))
    .join(', ');
}

/** The zone's name as the IANA database spells it; undefined when there is no such zone. */
export function zoneNamed(name: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** Tells for a time (ms since 1970 UTC) whether it lies within the hours; half a microsecond within one quarter hour. */
export function judgeHours(hours: 'always' | Hours): (at: number) => boolean {
  if (hours === 'always') return () => true;
  const minuteOfWeek = weekClock(hours.zone);
  return (at) => {
    const minute = minuteOfWeek(at);
    return hours.open.some(({ from, to }) => minute >= from && minute < to);
  };
}

/** Minute of the week in a zone, Monday 00:00 being 0. */
export function weekClock(zone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  let quarter = Number.NaN;
  let first = 0;
  return (at) => {
    const its = Math.floor(at / quarterMs);
    if (its !== quarter) {
      const parts = Object.fromEntries(format.formatToParts(its * quarterMs).map(({ type, value }) => [type, value]));
      first = (dayOf(parts['weekday'] ?? '') ?? 0) * dayMinutes + Number(parts['hour']) * 60 + Number(parts['minute']);
      quarter = its;
    }
    return first + Math.floor((at - quarter * quarterMs) / 60_000);
  };
}
