/** One event of a vendor's log. */
export interface LogEntry {
  /** From 0 on, in the order in which the vendor wrote them down; never given twice. */
  readonly order: number;
  /** Event time, ms since 1970 UTC. */
  readonly time: number;
  /** From when on the vendor shows it, ms since 1970 UTC. */
  readonly shownAt: number;
  /** Which of the vendor's logs it stands in. */
  readonly kind: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** A vendor's log: events become visible when their time has come and are forgotten when their retention ends. */
export class KeptLog {
  readonly #retentionMs: number;
  readonly #clock: () => number;
  #entries: LogEntry[] = [];
  #next = 0;
  readonly #delivered = new Set<number>();

  constructor(retentionMs: number, clock: () => number) {
    this.#retentionMs = retentionMs;
    this.#clock = clock;
  }

  add(time: number, kind: string, shownAt: number, value: LogEntry['value']): LogEntry {
    const entry = { order: this.#next++, time, shownAt, kind, value };
    this.#entries.push(entry);
    return entry;
  }

  /** These stand in an answer. */
  deliver(entries: readonly LogEntry[]): readonly Readonly<Record<string, unknown>>[] {
    for (const { order } of entries) this.#delivered.add(order);
    return entries.map(({ value }) => value);
  }

  /** As if the retention of everything had run out; returns what is gone and stood in no answer. */
  forget(): readonly LogEntry[] {
    const gone = this.#entries.filter(({ order }) => !this.#delivered.has(order));
    this.#entries = [];
    return gone;
  }

  /** What the vendor shows now, in the order in which it became visible. */
  shown(kind: string): readonly LogEntry[] {
    const now = this.#clock();
    return this.#entries
      .filter((entry) => entry.kind === kind && entry.shownAt <= now && entry.time >= now - this.#retentionMs)
      .sort((one, other) => one.shownAt - other.shownAt || one.order - other.order);
  }

  /** The number that the next event gets. */
  get next(): number {
    return this.#next;
  }
}
