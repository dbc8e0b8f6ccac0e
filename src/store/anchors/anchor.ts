import type { Result } from '#model/result.ts';

/** The head of the audit log at a moment, kept where whoever can rewrite the log cannot reach. */
export interface Anchor {
  readonly sequence: number;
  readonly hash: string;
  /** When it was taken, ms since 1970 UTC. */
  readonly at: number;
}

/** A place outside the store. */
export interface AnchorTarget {
  /** For people: `file /media/worm/anchors.jsonl`. */
  readonly name: string;
  /** `later` when it should be tried again. */
  write(anchor: Anchor): Promise<Result<void>>;
}
