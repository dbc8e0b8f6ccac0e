import type { ZodType } from 'zod';
import type { Failure } from './result.ts';

/** What a stream must be given back to go on where it was: plain JSON, opaque to everybody else. */
export type Cursor = string | number | boolean | null | readonly Cursor[] | { readonly [name: string]: Cursor };

/**
 * What a vendor sent, in the very format in which `source.ts` reads it from a file: NDJSON, a JSON array or an envelope
 * of one, CSV with its header. So live reading and `cordon scan` cannot differ.
 */
export interface LivePiece {
  /** Stands in the events' origin, e.g. `okta-system-log: https://brand.okta.com/api/v1/logs`; no secrets. */
  readonly name: string;
  /**
   * Whole, or in chunks where it may be large; read once. Chunks that throw broke off: what was read stays, the step is
   * not complete, and the stream is read again from the cursor before it.
   */
  readonly content: Uint8Array | AsyncIterable<Uint8Array>;
  /** When the vendor made it available or it was received, ms since 1970 UTC. */
  readonly arrivedAt: number;
}

/** Events that were or may have been in the vendor's log and that Cordon will never see. */
export interface Gap {
  /** Event times, ms since 1970 UTC. */
  readonly from: number;
  readonly to: number;
  /** One sentence: what happened and what may be missing. */
  readonly why: string;
}

export type Step =
  /**
   * `cursor` is kept once everything in `pieces` is durable; after a restart reading goes on behind it. Without pieces
   * it says that the stream lives and where it stands. `reachedUntil`: all that the vendor will ever show up to this
   * event time (ms) was yielded, as far as the vendor lets one know.
   */
  | {
      readonly kind: 'read';
      readonly pieces: readonly LivePiece[];
      readonly cursor: Cursor;
      readonly reachedUntil?: number;
    }
  /** Told and kept before what follows it. The same gap (stream, from, to) told again is one gap. */
  | { readonly kind: 'gap'; readonly gap: Gap; readonly cursor: Cursor }
  /** The stream rests until this instant (ms) as the vendor asked or its pace demands; it goes on by itself. */
  | {
      readonly kind: 'rest';
      readonly until: number;
      readonly why: string;
      /** The vendor gave no answer, so that this is no sign of its life. */
      readonly isUnanswered?: boolean;
    }
  /**
   * The stream ends here. `later` and `broken` are tried again, from the last cursor yielded (after a restart: kept),
   * after `afterMs` or a growing wait; `refused`, `gone` and `invalid` too, at the longest wait, since people mend settings and rights.
   */
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface LiveStream {
  /** Stable over restarts, unique in its source: `ApiEventStream`, `signIns`. The cursor is kept under it. */
  readonly name: string;
  /** Set where no record of it tells how much was read out of the CRM: a gap in it then leaves incidents their upper bounds. */
  readonly tellsNoRows?: boolean;
  /**
   * Reads on from `cursor`, or, where there is none, from `since` (event time, ms) as far as the vendor reaches back;
   * `signal` ends it. The next step is asked for before earlier ones are durable, but only so many: whoever holds a
   * connection open asks its vendor for more only when asked for the next step. Throws only for bugs.
   */
  read(cursor: Cursor | undefined, since: number): AsyncIterable<Step>;
}

export interface Surroundings {
  /** Real time, ms since 1970 UTC. */
  readonly clock: () => number;
  /** Resolves after so many ms, or rejects when the signal is aborted. */
  readonly sleep: (ms: number) => Promise<void>;
  /** From 0 to 1, for the spread of waits. */
  readonly random: () => number;
  /** Aborted when Cordon closes. */
  readonly signal: AbortSignal;
}

/** A request that a vendor sends us. Header names are lower case. */
export interface HookRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

export type HookAnswer =
  /** Nothing to take in, e.g. a verification. */
  | { readonly kind: 'reply'; readonly status: number; readonly body: string; readonly contentType: string }
  /** 200 only once the pieces are durable; 503 otherwise, so that the vendor sends again. */
  | { readonly kind: 'take'; readonly pieces: readonly LivePiece[] };

/**
 * A vendor's log read while it is written: over its API, its stream, or by requests it sends us. Stands in the folder of
 * its format, `detection/sources/<name>/live.ts`, exported as `live`, found by directory. Holds no state between runs
 * but its cursors.
 */
export interface LiveSource<Settings = unknown> {
  /** Equals the folder's name. */
  readonly name: string;
  /** Its block in cordon.yaml, where secrets stand as references; here they are resolved to text. */
  readonly settings: ZodType<Settings>;
  /** Independent of each other; each keeps its own pace and fails alone. */
  streams(settings: Settings, surroundings: Surroundings): readonly LiveStream[];
  /** Answers what the vendor sends to this source's hook address; absent where it sends nothing. */
  hook?(settings: Settings, request: HookRequest, surroundings: Surroundings): HookAnswer;
}
