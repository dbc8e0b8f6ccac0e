import { detach } from '#lib/detach.ts';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** A text in memory of its own, and what a function makes of it. */
export interface Answer<Value = string | undefined> {
  readonly text: string;
  readonly answer: Value;
}

/** Remembers the last `limit` to twice `limit` answers of a function of one string: hot values are computed once. */
export function remember<Value>(compute: (text: string) => Value, limit = 20_000): (text: string) => Answer<Value> {
  let young = new Map<string, Answer<Value>>();
  let old = new Map<string, Answer<Value>>();
  return (text) => {
    const known = young.get(text);
    if (known !== undefined) return known;
    const kept = detach(text);
    const answer = old.get(kept) ?? { text: kept, answer: compute(kept) };
    if (young.size >= limit) {
      old = young;
      young = new Map();
    }
    young.set(kept, answer);
    return answer;
  };
}

/** As `ask`, without asking when the text is that of the last answer. */
export function askAgain(
  last: Answer | undefined,
  text: string | undefined,
  ask: (text: string) => Answer,
): Answer | undefined {
  if (text === undefined) return undefined;
  return last?.text === text ? last : ask(text);
}

/**
 * The product a user agent names, without versions, so that an update is not a new tool:
 * `python-requests/2.32.4` → `python-requests`, `Mozilla/5.0 (X11; Linux x86_64) … Chrome/126.0 Safari/537.36` →
 * `Mozilla Chrome Safari`, `Java/17.0.2` → `Java`.
 */
export function agentFamily(userAgent: string): string {
  const products = userAgent
    .replace(/\([^)]*\)/g, ' ')
    .split(/\s+/)
    .map((product) => product.replace(/[/_ -]?v?\d[\w.+-]*$/, ''))
    .filter((product) => product !== '' && product !== '/');
  return products.length === 0 ? userAgent : [...new Set(products)].join(' ');
}

/** Place of a time in a table of 24 hours of weekdays followed by 24 of the weekend, UTC. */
export function hourOfWeek(time: number): number {
  const day = Math.floor(time / dayMs);
  // 1 January 1970 was a Thursday: days 2 and 3 after it are Saturday and Sunday.
  const isWeekend = (day + 4) % 7 === 6 || (day + 4) % 7 === 0;
  return Math.floor((time % dayMs) / hourMs) + (isWeekend ? 24 : 0);
}
