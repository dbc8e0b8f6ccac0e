import type { Fingerprint } from '#lib/fingerprint.ts';
import type { Cells } from '#model/source.ts';
import type { CellBounds } from './csv-cells.ts';
import type { Window } from './window.ts';

const beyondAscii = /[\u0080-\u00ff]/;

/** The row of a window that `bounds` shows: its cells are cut out and decoded only when asked for. */
export class CsvRow implements Cells {
  readonly #window: Window;
  readonly #bounds: CellBounds;

  constructor(window: Window, bounds: CellBounds) {
    this.#window = window;
    this.#bounds = bounds;
  }

  get length(): number {
    return this.#bounds.count;
  }

  at(position: number): string | undefined {
    if (position >= this.length || position < 0) return undefined;
    const cell = this.#bounds.cut(this.#window.text, position);
    return this.#window.isPlain || !beyondAscii.test(cell) ? cell : Buffer.from(cell, 'latin1').toString('utf8');
  }

  texts(): readonly string[] {
    return Array.from({ length: this.length }, (_, position) => this.at(position) ?? '');
  }

  addTo(print: Fingerprint, seed: number, position: number): void {
    const bounds = this.#bounds;
    // What is no UTF-8 counts as it is decoded: read again from its text the row is the same row.
    if (bounds.doubled[position] !== 0 || !this.#window.isPlain) print.add(seed, this.at(position) ?? '');
    else print.addBytes(seed, this.#window.bytes, bounds.starts[position]!, bounds.ends[position]!);
  }
}

/** Cells that are texts already. */
export class CellList implements Cells {
  readonly #cells: readonly string[];

  constructor(cells: readonly string[]) {
    this.#cells = cells;
  }

  get length(): number {
    return this.#cells.length;
  }

  at(position: number): string | undefined {
    return this.#cells[position];
  }

  addTo(print: Fingerprint, seed: number, position: number): void {
    print.add(seed, this.#cells[position] ?? '');
  }
}
