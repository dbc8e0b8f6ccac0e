export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

/** The ms by which local clocks in this IANA zone are ahead of UTC at `time`. */
export type ZoneClock = (zone: string, time: number) => number;

/** A zone clock that keeps its formatters, which are dear to make. */
export function createZoneClock(): ZoneClock {
  const formats = new Map<string, Intl.DateTimeFormat>();
  return (zone, time) => {
    const format =
      formats.get(zone) ?? new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'longOffset' });
    formats.set(zone, format);
    const name = format.formatToParts(time).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
    // `GMT`, `GMT+02:00`, `GMT-03:30`
    const [, sign = '+', hours = '0', minutes = '0'] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(name) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours) * hourMs + Number(minutes) * minuteMs);
  };
}

/**
 * How busy the house is on a day, 1 on an ordinary one: Saturdays and the sales, end of year above all. `day` is any
 * time of that day, UTC.
 */
export function busyness(day: number): number {
  const date = new Date(day);
  const weekday = [0.62, 0.9, 0.95, 0.97, 1.02, 1.14, 1.4][date.getUTCDay()]!;
  return weekday * season(date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCDay());
}

function season(month: number, date: number, weekday: number): number {
  if (month === 12 && date >= 5 && date <= 24) return 1.5;
  if (month === 11 && date === 11) return 1.35;
  // Black Friday and the weekend after it: the Friday after the fourth Thursday.
  if (month === 11 && date >= 23 && (weekday === 5 || weekday === 6 || weekday === 0)) return 1.45;
  if ((month === 1 && date >= 7 && date <= 24) || (month === 7 && date <= 14)) return 1.25;
  if (month === 8) return 0.85;
  return 1;
}

/** The share of the house's shops that is open at this hour of UTC, as parts of a day's work: they sum to 1. */
export function shopRhythm(utcHour: number): number {
  return rhythm[utcHour]! / rhythmTotal;
}

// Asia opens after midnight UTC, Europe carries the middle of the day, America the evening.
const rhythm = [3, 4, 5, 5, 4, 4, 4, 5, 8, 10, 11, 11, 10, 11, 12, 12, 12, 11, 8, 6, 5, 5, 4, 3] as const;
const rhythmTotal = rhythm.reduce((sum: number, part) => sum + part, 0);
