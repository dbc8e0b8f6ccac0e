/** What goes wrong with the event bus on purpose, for as long as it stands here. */
export type PubSubFault =
  /** Each event comes twice, and a stream that is taken up again begins some events too early. */
  | 'duplicates'
  /** Every second stream that is opened is refused: RESOURCE_EXHAUSTED. */
  | 'exhausted'
  /** Every second stream breaks: UNAVAILABLE, in turn at once and after its first answer. */
  | 'unavailable'
  /** Calls are taken, and nothing comes of them, not even a keep-alive. */
  | 'half-open';

/** The faults that stand, and how many streams were opened since. */
export class StandingFaults {
  readonly #standing = new Set<PubSubFault>();
  #opened = 0;

  set(fault: PubSubFault, stands: boolean): void {
    if (stands) this.#standing.add(fault);
    else this.#standing.delete(fault);
    this.#opened = 0;
  }

  clear(): void {
    this.#standing.clear();
  }

  has(fault: PubSubFault): boolean {
    return this.#standing.has(fault);
  }

  /** What happens to a stream that opens now. */
  ofStream(): { readonly refusal?: 'exhausted' | 'unavailable'; readonly breaksAfter: number } {
    const count = this.#opened++;
    if (this.has('exhausted') && count % 2 === 0)
      return { refusal: 'exhausted', breaksAfter: Number.POSITIVE_INFINITY };
    if (!this.has('unavailable') || count % 2 === 1) return { breaksAfter: Number.POSITIVE_INFINITY };
    return count % 4 === 0 ? { refusal: 'unavailable', breaksAfter: 0 } : { breaksAfter: 1 };
  }
}
