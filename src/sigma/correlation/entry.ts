import type { SigmaEvent } from '../event.ts';

/** One occurrence of a referred rule within a group. */
export interface Entry {
  /** ms */
  readonly time: number;
  /** Place of the rule among those referred to. */
  readonly rule: number;
  /** What `value_count` counts, each once. */
  readonly values: readonly string[];
  /** What sums, averages and percentiles are made of. */
  readonly numbers: readonly number[];
  /** Retained ones. */
  readonly events: readonly SigmaEvent[];
}
