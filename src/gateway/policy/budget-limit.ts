import { durationInWords, inWords } from '#lib/words.ts';

/** What a budget counts: records that leave, customers they belong to (each once in a window), or computed rows (COUNT). */
export const budgetKinds = ['records', 'customers', 'counts'] as const;
export type BudgetKind = (typeof budgetKinds)[number];

/** At most `limit` of `kind` in any stretch of `windowMs`, wherever it begins; of one object, or over all. */
export interface BudgetLimit {
  readonly kind: BudgetKind;
  readonly limit: number;
  readonly object: string | undefined;
  readonly windowMs: number;
}

const unitMs: Readonly<Record<string, number>> = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};

/** A year: what is longer is no budget but a licence. */
const longestWindowMs = 366 * 86_400_000;

/** `20,000 customers per day` · `500 records of Case per 15 minutes` */
const sentence =
  /^(\d{1,3}(?:,\d{3})+|\d+) (records?|customers?|counts?)(?: of ([A-Za-z]\w*))? per (?:(\d+) )?(second|minute|hour|day|week)s?$/;

/** Reads a budget as people say it; undefined when it is none. */
export function parseBudgetLimit(text: string): BudgetLimit | undefined {
  const parts = sentence.exec(text.trim().replace(/\s+/g, ' '));
  if (parts === null) return undefined;
  const [, amount, noun, object, times, unit] = parts;
  const limit = Number(amount!.replaceAll(',', ''));
  const windowMs = Number(times ?? 1) * unitMs[unit!]!;
  if (!Number.isSafeInteger(limit) || windowMs < 1000 || windowMs > longestWindowMs) return undefined;
  return { kind: budgetKinds.find((kind) => kind.startsWith(noun!.replace(/s$/, '')))!, limit, object, windowMs };
}

/** The sentence that `parseBudgetLimit` reads back. */
export function printBudgetLimit({ kind, limit, object, windowMs }: BudgetLimit): string {
  const noun = limit === 1 ? kind.slice(0, -1) : kind;
  return `${inWords(limit)} ${noun}${object === undefined ? '' : ` of ${object}`} per ${printWindow(windowMs)}`;
}

/** `day`, `15 minutes`; what no sentence can say, in words. */
export function printWindow(windowMs: number): string {
  for (const unit of ['week', 'day', 'hour', 'minute', 'second']) {
    const times = windowMs / unitMs[unit]!;
    if (Number.isInteger(times)) return times === 1 ? unit : `${times} ${unit}s`;
  }
  return durationInWords(windowMs);
}
