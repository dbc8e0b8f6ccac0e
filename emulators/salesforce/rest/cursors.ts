import { salesforceId } from '#emulators/house/salesforce-id.ts';
import type { Table } from '../objects/table.ts';
import type { Selected } from '../query/select-rows.ts';
import type { ShapePart } from '../query/shape.ts';

/** An answer of which further pages can be fetched. */
export interface Cursor {
  readonly id: string;
  readonly userId: string;
  readonly table: Table;
  readonly parts: readonly ShapePart[];
  readonly selected: Selected;
  readonly openedAt: number;
}

/** Beyond, the oldest is given up: a client that comes back for it is told that its locator is not valid. */
const mostOpen = 1_000;
/** "A query cursor is good for two days", SOAP API Developer Guide, queryMore(). */
const lifeMs = 2 * 86_400_000;

export class Cursors {
  readonly #clock: () => number;
  readonly #cursors = new Map<string, Cursor>();
  #opened = 0;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  open(cursor: Omit<Cursor, 'id' | 'openedAt'>): Cursor {
    this.#opened++;
    // Not guessable from the one before: the number is spread over the id's ten digits.
    const id = salesforceId('01g', (this.#opened * 5_700_357_409_661) % 8e14);
    const opened = { ...cursor, id, openedAt: this.#clock() };
    this.#cursors.set(id, opened);
    const [oldest] = this.#cursors.keys();
    if (this.#cursors.size > mostOpen && oldest !== undefined) this.#cursors.delete(oldest);
    return opened;
  }

  /** Every locator given out is refused from now on. */
  expire(): void {
    this.#cursors.clear();
  }

  find(id: string, userId: string): Cursor | undefined {
    const cursor = this.#cursors.get(id);
    return cursor?.userId === userId && cursor.openedAt > this.#clock() - lifeMs ? cursor : undefined;
  }
}
