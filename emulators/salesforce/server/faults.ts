import type { Answer } from './answer.ts';

/** Something that goes wrong on purpose. */
export type Fault =
  /** Refuses in the CRM's shape instead of answering. */
  | {
      readonly kind: 'refuse';
      readonly status: number;
      readonly errorCode: string;
      readonly message: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Waits before the first byte. */
  | { readonly kind: 'slow'; readonly delayMs: number; readonly bytesPerSecond?: number }
  /** Ends the connection without the end of the answer, after so many bytes of its (uncompressed) body. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** Sends so many bytes of the (uncompressed) body, and then nothing, on a connection that stays open. */
  | { readonly kind: 'stall'; readonly afterBytes: number }
  /** Sends something else than was asked for. */
  | { readonly kind: 'reshape'; readonly reshape: (body: string) => string }
  /** Changes headers; undefined takes one away. */
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string | undefined>> };

export interface Injection {
  readonly fault: Fault;
  readonly method?: string;
  /** Matched against the path; any when absent. */
  readonly path?: RegExp;
  /** How often; once when absent. */
  readonly times?: number;
  /** Only each so-manieth call that matches; each when absent. */
  readonly every?: number;
}

/** Faults that wait for their calls, oldest first. */
export class Faults {
  #waiting: { readonly injection: Injection; left: number; matched: number }[] = [];

  inject(injection: Injection): void {
    this.#waiting.push({ injection, left: injection.times ?? 1, matched: 0 });
  }

  clear(): void {
    this.#waiting = [];
  }

  /** The fault for this call, which is thereby used once. */
  take(method: string, path: string): Fault | undefined {
    const found = this.#waiting.find(
      (waiting) =>
        (waiting.injection.method === undefined || waiting.injection.method === method) &&
        waiting.injection.path?.test(path) !== false &&
        ++waiting.matched % (waiting.injection.every ?? 1) === 0,
    );
    if (found === undefined) return undefined;
    found.left--;
    this.#waiting = this.#waiting.filter(({ left }) => left > 0);
    return found.injection.fault;
  }
}

/** What of the fault changes the answer itself; the rest happens while it is sent. */
export async function applyFault(answer: Answer, fault: Fault | undefined): Promise<Answer> {
  if (fault?.kind === 'headers') {
    const headers = Object.entries({ ...answer.headers, ...fault.headers });
    return {
      ...answer,
      headers: Object.fromEntries(headers.filter((entry): entry is [string, string] => entry[1] !== undefined)),
    };
  }
  if (fault?.kind !== 'reshape' || answer.body === undefined) return answer;
  let text = '';
  if (typeof answer.body === 'string') text = answer.body;
  else for await (const piece of answer.body) text += piece;
  return { ...answer, body: fault.reshape(text) };
}
