import type { IncomingHttpHeaders } from 'node:http';

/** One request that came, and how it was answered; never what stood in the answer. */
export interface LoggedRequest {
  readonly at: number;
  readonly method: string;
  /** As it came: leading slashes, query and all. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly address: string;
  /** The app whose token it bore. */
  readonly app: string | undefined;
  /** 0 until it is answered. */
  status: number;
  /** Records in the answer, had it been read to its end. */
  records: number;
  /** Sent to its end. */
  isComplete: boolean;
}

const mostKept = 10_000;

/** The last 10,000 requests. */
export class RequestLog {
  #entries: LoggedRequest[] = [];

  add(entry: LoggedRequest): void {
    this.#entries.push(entry);
    if (this.#entries.length > mostKept * 2) this.#entries = this.#entries.slice(-mostKept);
  }

  list(): readonly LoggedRequest[] {
    return this.#entries.slice(-mostKept);
  }

  clear(): void {
    this.#entries = [];
  }
}
