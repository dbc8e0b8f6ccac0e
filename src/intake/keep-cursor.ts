import type { Cursor } from '#model/live-source.ts';
import type { Store } from '#model/records.ts';
import type { StreamNotes, StreamTally } from './stream-health.ts';

/** What is remembered of a stream under its name. */
interface Kept extends Partial<StreamTally> {
  /** Absent until the first step is durable. */
  readonly cursor?: Cursor;
  /** Where reading begins without a cursor: event time, ms. Settled at the very first start. */
  readonly since: number;
}

interface Step {
  readonly cursor: Cursor;
  isDurable: boolean;
}

/** The setting under which a stream's cursor is kept. */
export const cursorKeyOf = (reading: string, stream: string): string => `live:${reading}/${stream}`;

/** Reads what is kept of a stream, and settles where it begins when nothing is. */
export async function recall(settings: Store['settings'], key: string, since: number): Promise<Kept> {
  const kept = (await settings.get(key)) as Kept | undefined;
  if (kept !== undefined) return kept;
  await settings.set(key, { since });
  return { since };
}

/** Keeps the cursor of a step once everything in it and in all steps before it is durable. */
export class CursorKeeper {
  readonly #settings: Store['settings'];
  readonly #key: string;
  readonly #since: number;
  readonly #notes: StreamNotes;
  readonly #clock: () => number;
  readonly #steps: Step[] = [];
  #position: Cursor | undefined;
  #written: string | undefined;
  #writing: Promise<void> | undefined;
  #fault: unknown;

  constructor(settings: Store['settings'], key: string, kept: Kept, notes: StreamNotes, clock: () => number) {
    this.#settings = settings;
    this.#key = key;
    this.#since = kept.since;
    this.#position = kept.cursor;
    this.#written = kept.cursor === undefined ? undefined : JSON.stringify(kept.cursor);
    this.#notes = notes;
    this.#clock = clock;
  }

  /** The cursor of the last whole step, kept or soon to be: where this life goes on. */
  get position(): Cursor | undefined {
    return this.#position;
  }

  /** `durable` resolves when the step is. When it rejects, neither this step nor any after it is kept. */
  follow(cursor: Cursor, durable: Promise<unknown>): void {
    if (this.#fault !== undefined) throw this.#fault;
    const step: Step = { cursor, isDurable: false };
    this.#steps.push(step);
    this.#position = cursor;
    durable.then(
      () => {
        step.isDurable = true;
        this.#writing ??= this.#write();
      },
      () => undefined,
    );
  }

  /** Resolves when all that is durable by now is kept. */
  async settled(): Promise<void> {
    await this.#writing;
    if (this.#fault !== undefined) throw this.#fault;
  }

  async #write(): Promise<void> {
    // Steps that become durable together are kept together.
    await Promise.resolve();
    try {
      for (let cursor = this.#takeDurable(); cursor !== undefined; cursor = this.#takeDurable()) {
        const written = JSON.stringify(cursor);
        if (written !== this.#written)
          await this.#settings.set(this.#key, { cursor, since: this.#since, ...this.#notes.tally() } satisfies Kept);
        this.#written = written;
        this.#notes.cursorKept(this.#clock());
      }
    } catch (error) {
      this.#fault = error;
    }
    this.#writing = undefined;
  }

  /** The cursor of the last step up to which all are durable. */
  #takeDurable(): Cursor | undefined {
    let cursor: Cursor | undefined;
    while (this.#steps[0]?.isDurable === true) cursor = this.#steps.shift()!.cursor;
    return cursor;
  }
}
