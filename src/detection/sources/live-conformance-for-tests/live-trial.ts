/** Test-only: what the emulator of a vendor must offer so that the conformance suite can try a live source on it. */

/** Until `mend()`, unless said otherwise. */
export type TrialFault =
  /** What was delivered is delivered again: overlapping pages, the same event twice in one answer. */
  | 'duplicates'
  /** Events come in another order than they happened in, as far as this vendor may do that. */
  | 'reordering'
  /**
   * At once: what was put and not fetched yet is forgotten, as by a retention that ran out, and cursors given out before
   * are refused or lead behind it. The stream must tell a gap that covers the times of what was lost.
   */
  | 'gap'
  /** Every second request, or each begun stream once, is told to wait: 429 with Retry-After 1, RESOURCE_EXHAUSTED. */
  | 'throttled'
  /** Every second request fails: 500, 503 without a wait, a connection cut in the middle of an answer, UNAVAILABLE. */
  | 'broken'
  /** At once: cursors given out before are refused; the vendor still has every event. */
  | 'expired-cursor'
  /** Connections are taken and stay open, and nothing comes by them, neither answer nor keep-alive. */
  | 'half-open'
  /** At once: killed and started again at the same address; its events are kept, its connections are gone. */
  | 'restart';

/** A log as `cordon scan` reads it from a file. */
export interface TrialFile {
  /** Last part of a path: `okta.ndjson`. */
  readonly name: string;
  readonly content: string;
}

export interface RunningTrial {
  /**
   * The source's block in cordon.yaml, without `source` and `name`; secrets as `{ env: NAME }`. It asks again after at
   * most 200 ms when there was nothing new, and takes a connection for dead after at most 2 s.
   */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The secrets by the names in `settings`. */
  readonly environment: Readonly<Record<string, string>>;
  /** One new event for each event time (ms since 1970 UTC), fetched in this order; spread over the source's streams. */
  put(times: readonly number[]): Promise<void>;
  /** All that was ever put, lost or not, in the source's format. From it the suite knows the keys to expect. */
  files(): readonly TrialFile[];
  /** The event times of what `gap` made unreachable. */
  lost(): readonly number[];
  fault(kind: TrialFault): Promise<void>;
  /** Ends every lasting fault. */
  mend(): Promise<void>;
  close(): Promise<void>;
}

export interface LiveTrial {
  /** Starts the emulator, with no event, on a free port of 127.0.0.1. */
  start(): Promise<RunningTrial>;
  /** Faults that this vendor cannot have, each with why. The suite shows them as skipped. */
  readonly cannot?: Readonly<Partial<Record<TrialFault, string>>>;
}
