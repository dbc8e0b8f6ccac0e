import type { Expectation } from '../../call.ts';
import type { BodySink } from '../upstream/connection.ts';

export type CsvExpectation = Extract<Expectation, { kind: 'bulk-csv' }>;

/** Brings the bytes of the CRM to the meter, and what the meter releases to the client. */
export interface CsvIntake extends BodySink {
  /** The CRM's answer has ended. */
  finish(): void;
  /** Bytes that were accounted for: to be sent, or the share of compressed bytes that holds them. */
  release(bytes: Uint8Array, free: () => void): void;
  freed(): void;
  /** Whether nothing that came is kept back. */
  readonly isEmpty: boolean;
  close(): void;
}

/** What an intake may do to the answer. */
export interface CsvOutlet {
  /** Sends bytes to the client; `left` when the socket took them. */
  send(bytes: Uint8Array, left: () => void): void;
  fail(why: string): void;
}

/** What a meter tells whoever passes the bytes on. */
export interface MeterEvents {
  /** These bytes may leave now; they come in order. `free` is called once they left or never will. */
  release(bytes: Uint8Array, free: () => void): void;
  /** The budget ends here: what was released is all that may leave. */
  reached(): void;
  /** The last bytes were released, and the records were as many as the CRM said. */
  ended(): void;
  failed(why: string): void;
  /** Memory is free again: the scanner has room. */
  freed(): void;
}
