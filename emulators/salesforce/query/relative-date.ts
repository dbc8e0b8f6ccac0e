import type { RelativeDate } from '#soql/query.ts';

const dayMs = 86_400_000;

interface Span {
  readonly from: number;
  /** Not in it any more. */
  readonly to: number;
}

type Unit = 'DAY' | 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR';

/** Start of the unit that `time` lies in, `steps` units on; weeks begin on Sunday (UTC). */
function startOf(unit: Unit, time: number, steps: number): number {
  const date = new Date(time);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  switch (unit) {
    case 'DAY':
      return (Math.floor(time / dayMs) + steps) * dayMs;
    case 'WEEK':
      return (Math.floor(time / dayMs) - date.getUTCDay() + 7 * steps) * dayMs;
    case 'MONTH':
      return Date.UTC(year, month + steps, 1);
    case 'QUARTER':
      return Date.UTC(year, Math.floor(month / 3) * 3 + 3 * steps, 1);
    case 'YEAR':
      return Date.UTC(year + steps, 0, 1);
  }
}

const fixed: Readonly<Record<string, readonly [from: number, to: number]>> = {
  YESTERDAY: [-1, 0],
  TODAY: [0, 1],
  TOMORROW: [1, 2],
  LAST_90_DAYS: [-90, 1],
  NEXT_90_DAYS: [1, 91],
};

/** The stretch of time that `LAST_N_DAYS:30` and its like name at `now`. "Date Formats and Date Literals", SOQL Reference. */
export function relativeDate({ name, count }: RelativeDate, now: number): Span | undefined {
  const days = fixed[name];
  const span = (unit: Unit, from: number, to: number): Span => ({
    from: startOf(unit, now, from),
    to: startOf(unit, now, to),
  });
  if (days !== undefined) return span('DAY', ...days);
  const [, when, , kind] = /^(LAST|THIS|NEXT|N)_(N_)?(?:FISCAL_)?([A-Z]+?)S?(?:_AGO)?$/.exec(name) ?? [];
  if (when === undefined || !isUnit(kind)) return undefined;
  const steps = Number(count ?? 1);
  if (when === 'THIS') return span(kind, 0, 1);
  if (when === 'N') return span(kind, -steps, 1 - steps);
  // LAST_N_DAYS reaches to the end of today; the longer ones stop where the present one begins.
  if (when === 'LAST') return span(kind, -steps, kind === 'DAY' ? 1 : 0);
  return span(kind, 1, steps + 1);
}

const isUnit = (text: string | undefined): text is Unit =>
  text !== undefined && ['DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'].includes(text);
