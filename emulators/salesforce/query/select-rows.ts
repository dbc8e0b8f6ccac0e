import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Value } from '../objects/table.ts';
import { compare } from './literal.ts';
import { type Candidates, sizeOf } from './narrow.ts';
import { type Problem, problem } from './problem.ts';
import type { Column } from './scope.ts';

/** The rows that answer a query, in its order: few of them in memory, the others found again when they are asked for. */
export interface Selected {
  readonly size: number;
  /** Rows from the `from`th on, at most `count`, in portions. */
  readonly portions: (from: number, count: number) => AsyncGenerator<readonly number[]>;
}

export interface SortKey extends Column<number> {
  readonly isDescending: boolean;
  readonly nullsFirst: boolean;
}

export interface Selection {
  readonly candidates: Candidates;
  /** Undefined: every candidate belongs to the answer. */
  readonly test: ((row: number) => boolean) | undefined;
  /** In the order of the rows, or against it. */
  readonly isBackward: boolean;
  readonly sortKeys: readonly SortKey[];
  readonly offset: number;
  /** Infinity without LIMIT. */
  readonly limit: number;
}

const portionRows = 512;
/** Rows that a query may sort without LIMIT; beyond, the CRM gives up as well. */
const mostSorted = 1_000_000;
const checkpointRows = 1_000;
const mostKept = 20_000;

/**
 * Gives way to other work every few milliseconds: a fast reader's socket takes all at once, so that a long export would
 * otherwise never come back to the event loop.
 */
function createPause(): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < 8) return undefined;
    return nextTurn().then(() => {
      since = performance.now();
    });
  };
}

/** Which rows answer: counts them by the way, so that their number can be told before the first of them is. */
export async function selectRows(selection: Selection, signal?: AbortSignal): Promise<Selected | Problem> {
  if (selection.sortKeys.length > 0) return sortRows(selection, signal);
  const { candidates, test, offset, limit } = selection;
  if (test === undefined) {
    const size = Math.max(0, Math.min(limit, sizeOf(candidates) - offset));
    return listed(size, (at) => rowAt(selection, offset + at));
  }
  return scanRows(selection, test, signal);
}

function rowAt({ candidates, isBackward }: Selection, position: number): number {
  const at = isBackward ? sizeOf(candidates) - 1 - position : position;
  return candidates.kind === 'list' ? candidates.rows[at]! : candidates.from + at;
}

function listed(size: number, row: (at: number) => number): Selected {
  async function* portions(from: number, count: number): AsyncGenerator<readonly number[]> {
    const end = Math.min(size, from + count);
    const pause = createPause();
    for (let at = from; at < end; at += portionRows) {
      await pause();
      const length = Math.min(portionRows, end - at);
      yield Array.from({ length }, (_, step) => row(at + step));
    }
  }
  return { size, portions };
}

const selectListed = (rows: readonly number[] | Uint32Array): Selected => listed(rows.length, (at) => rows[at]!);

async function scanRows(
  selection: Selection,
  test: (row: number) => boolean,
  signal: AbortSignal | undefined,
): Promise<Selected> {
  const { offset, limit } = selection;
  const total = sizeOf(selection.candidates);
  const pause = createPause();
  const kept: number[] = [];
  const checkpoints: number[] = [];
  let found = 0;
  for (let position = 0; position < total && found < offset + limit; position++) {
    if (position % portionRows === 0) {
      await pause();
      signal?.throwIfAborted();
    }
    const row = rowAt(selection, position);
    if (!test(row)) continue;
    const place = found++ - offset;
    if (place < 0) continue;
    if (place % checkpointRows === 0) checkpoints.push(position);
    if (place < mostKept) kept.push(row);
  }
  const size = Math.max(0, found - offset);
  return size <= mostKept
    ? selectListed(Uint32Array.from(kept))
    : { size, portions: rescan(selection, test, size, checkpoints) };
}

/** Goes on from the nearest checkpoint. */
function rescan(
  selection: Selection,
  test: (row: number) => boolean,
  size: number,
  checkpoints: readonly number[],
): Selected['portions'] {
  return async function* portions(from, count) {
    const end = Math.min(size, from + count);
    const pause = createPause();
    let place = Math.floor(from / checkpointRows) * checkpointRows;
    let portion: number[] = [];
    for (let position = checkpoints[place / checkpointRows] ?? 0; place < end; position++) {
      if (position % portionRows === 0) await pause();
      const row = rowAt(selection, position);
      if (!test(row)) continue;
      if (place++ < from) continue;
      portion.push(row);
      if (portion.length < portionRows && place < end) continue;
      yield portion;
      portion = [];
    }
  };
}

interface Entry {
  readonly row: number;
  readonly keys: readonly Value[];
}

async function sortRows(selection: Selection, signal: AbortSignal | undefined): Promise<Selected | Problem> {
  const { sortKeys, test, offset, limit } = selection;
  const wanted = offset + limit;
  const total = sizeOf(selection.candidates);
  if (test === undefined && Math.min(wanted, total) > mostSorted) return tooLong();
  const order = compareEntries(sortKeys);
  const pause = createPause();
  let entries: Entry[] = [];
  for (let position = 0; position < total; position++) {
    if (position % portionRows === 0) {
      await pause();
      signal?.throwIfAborted();
    }
    const row = rowAt(selection, position);
    if (test?.(row) === false) continue;
    entries.push({ row, keys: sortKeys.map(({ value }) => value(row)) });
    // Only the first so many are wanted: the rest is dropped now and then, so that few are ever held.
    if (entries.length > 4 * wanted + 10_000) entries = entries.sort(order).slice(0, wanted);
    if (entries.length > mostSorted) return tooLong();
  }
  return selectListed(Uint32Array.from(entries.sort(order).slice(offset, wanted), ({ row }) => row));
}

const tooLong = (): Problem => problem('QUERY_TIMEOUT', 'Your query request was running for too long.');

/** Rows with equal keys stay in the order of their ids. */
function compareEntries(keys: readonly SortKey[]): (one: Entry, other: Entry) => number {
  return (one, other) => {
    for (const [at, key] of keys.entries()) {
      const order = compareByKey(key, one.keys[at]!, other.keys[at]!);
      if (order !== 0) return order;
    }
    return one.row - other.row;
  };
}

export function compareByKey(key: Omit<SortKey, 'value'>, one: Value, other: Value): number {
  if (one === other) return 0;
  if (one === null || other === null) return (one === null) === key.nullsFirst ? -1 : 1;
  const order =
    typeof one === 'string' && typeof other === 'string' && key.type !== 'id' && key.type !== 'reference'
      ? compare(one.toLowerCase(), other.toLowerCase())
      : compare(one, other);
  return key.isDescending ? -order : order;
}
