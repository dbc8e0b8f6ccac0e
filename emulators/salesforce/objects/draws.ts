import { hashOf, mix } from '#lib/random.ts';

const dayMs = 86_400_000;

/** Repeatable draws for the cells that the house itself does not tell: one stream per field. */
export interface Draw {
  /** 0 to 2³² − 1. */
  readonly word: (row: number) => number;
  /** 0 ≤ x < 1. */
  readonly fraction: (row: number) => number;
  readonly below: (row: number, limit: number) => number;
  readonly pick: <Item>(row: number, items: readonly Item[]) => Item;
}

export function drawOf(seed: number, object: string, field: string): Draw {
  const salt = hashOf(seed, object, field);
  const word = (row: number): number => mix(mix(row ^ salt) + Math.imul(row, 0x9e3779b1) + salt);
  const fraction = (row: number): number => word(row) / 0x1_0000_0000;
  const below = (row: number, limit: number): number => Math.floor(fraction(row) * limit);
  return { word, fraction, below, pick: (row, items) => items[below(row, items.length)]! };
}

/** When rows came to be and when they last changed, before `now` (ms UTC). */
export interface Ages {
  /** Rises with the row, evenly over the years. */
  readonly createdAt: (row: number) => number;
  readonly changedAt: (row: number) => number;
}

/** `meanDays`: between two changes of one row; 7.4 million rows at 150 days are some 49,000 changes a day. */
export function agesOf(draw: Draw, now: number, size: number, years: number, meanDays: number): Ages {
  const span = years * 365.25 * dayMs;
  const inSeconds = (time: number): number => Math.floor(time / 1000) * 1000;
  const createdAt = (row: number): number => inSeconds(now - span + (span * row) / size);
  const changedAt = (row: number): number => {
    const age = -meanDays * dayMs * Math.log(1 - draw.fraction(row));
    return Math.max(createdAt(row), inSeconds(now - age));
  };
  return { createdAt, changedAt };
}

/** Midnight UTC of the day. */
export const dayOf = (time: number): number => Math.floor(time / dayMs) * dayMs;
