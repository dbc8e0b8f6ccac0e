import { detach } from '#lib/detach.ts';
import { networkOf } from '#lib/network.ts';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** The last `limit` to twice `limit` answers of a function of one string, so that hot values are computed once. */
export function remember<Value>(compute: (text: string) => Value, limit: number): (text: string) => Value {
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();
  return (text) => {
    const known = young.get(text);
    if (known !== undefined || young.has(text)) return known as Value;
    const kept = detach(text);
    const value = old.has(kept) ? (old.get(kept) as Value) : compute(kept);
    if (young.size >= limit) {
      old = young;
      young = new Map();
    }
    young.set(kept, value);
    return value;
  };
}

/** The last question put to a function of one string, with its answer. */
export class LastAnswer {
  #question: string | undefined = undefined;
  #answer: string | undefined = undefined;

  of(question: string | undefined, compute: (question: string) => string | undefined): string | undefined {
    if (question === undefined) return undefined;
    if (question === this.#question) return this.#answer;
    this.#answer = compute(question);
    this.#question = detach(question);
    return this.#answer;
  }
}

export const createNetworkOf = (): ((address: string) => string | undefined) => remember(networkOf, 20_000);

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
