/**
 * Ids on disk: differences as LEB128 varints, each from the id before, the first from the smallest of the batch. A batch
 * that never descends is written as it is; any other zigzag-wise (0, -1, 1, -2, …). No BigInt in the loops: an id is two
 * halves of 32 bits, and a difference a double wherever it fits one.
 */

/** What a frame's header says of its ids. */
export interface IdRange {
  readonly min: bigint;
  readonly max: bigint;
  readonly isAscending: boolean;
}

/** Room that `count` ids need at most: 54 bits and a sign are 8 bytes of 7 bits. */
export const encodedBytesAtMost = (count: number): number => count * 8;

const word = 2 ** 32;
/** Differences up to here, doubled for the sign, are exact in a double. */
const exact = 2 ** 52;

/** Smallest, largest, and whether none is smaller than the one before. `numbers` must not be empty. */
export function rangeOf(numbers: BigUint64Array): IdRange {
  const halves = halvesOf(numbers);
  let [minLow, minHigh] = [halves[0]!, halves[1]!];
  let [maxLow, maxHigh] = [minLow, minHigh];
  let [lastLow, lastHigh] = [minLow, minHigh];
  let isAscending = true;
  for (let at = 2; at < halves.length; at += 2) {
    const low = halves[at]!;
    const high = halves[at + 1]!;
    if (high < lastHigh || (high === lastHigh && low < lastLow)) isAscending = false;
    if (high < minHigh || (high === minHigh && low < minLow)) [minLow, minHigh] = [low, high];
    if (high > maxHigh || (high === maxHigh && low > maxLow)) [maxLow, maxHigh] = [low, high];
    lastLow = low;
    lastHigh = high;
  }
  return { min: joined(minHigh, minLow), max: joined(maxHigh, maxLow), isAscending };
}

/** Writes the ids from `at` on and answers where they end. */
export function encodeIds(numbers: BigUint64Array, range: IdRange, into: Uint8Array, at: number): number {
  const halves = halvesOf(numbers);
  let end = at;
  let low = Number(range.min & 0xffff_ffffn);
  let high = Number(range.min >> 32n);
  for (let index = 0; index < halves.length; index += 2) {
    const nextLow = halves[index]!;
    const nextHigh = halves[index + 1]!;
    const difference = (nextHigh - high) * word + (nextLow - low);
    low = nextLow;
    high = nextHigh;
    if (range.isAscending && difference < 128) {
      into[end++] = difference;
    } else if (difference < exact && difference > -exact) {
      end = writeVarint(range.isAscending ? difference : zigzag(difference), into, end);
    } else {
      const from = index === 0 ? range.min : numbers[index / 2 - 1]!;
      end = writeLargeVarint(numbers[index / 2]! - from, range.isAscending, into, end);
    }
  }
  return end;
}

/**
 * Reads `into.length` ids from `body`. False when they do not fill it exactly, or leave the range: then the bytes are not
 * what this module wrote.
 */
export function decodeIds(body: Uint8Array, range: IdRange, into: BigUint64Array): boolean {
  const halves = halvesOf(into);
  const { isAscending } = range;
  let low = Number(range.min & 0xffff_ffffn);
  let high = Number(range.min >> 32n);
  let at = 0;
  for (let index = 0; index < halves.length; index += 2) {
    let byte = body[at++];
    if (byte === undefined) return false;
    let value = byte & 127;
    for (let scale = 128; byte >= 128; scale *= 128) {
      byte = body[at++];
      if (byte === undefined || scale > word * word) return false;
      value += (byte & 127) * scale;
    }
    if (value >= exact) return decodeLarge(body, range, into);
    if (!isAscending) value = value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    const sum = low + value;
    if (sum >= 0 && sum < word) {
      low = sum;
    } else {
      const carry = Math.floor(sum / word);
      low = sum - carry * word;
      high += carry;
    }
    halves[index] = low;
    halves[index + 1] = high;
  }
  return at === body.length;
}

/** Only the lower halves, where all ids share their upper one: what a bitmap of 32 bits takes. Sound frames only. */
export function decodeLowHalves(body: Uint8Array, range: IdRange, into: Uint32Array): void {
  let low = Number(range.min & 0xffff_ffffn);
  let at = 0;
  for (let index = 0; index < into.length; index++) {
    let byte = body[at++]!;
    let value = byte & 127;
    for (let scale = 128; byte >= 128; scale *= 128) {
      byte = body[at++]!;
      value += (byte & 127) * scale;
    }
    low += range.isAscending ? value : value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    into[index] = low;
  }
}

/** Differences beyond 2⁵²: with BigInt, since they are rare. */
function decodeLarge(body: Uint8Array, range: IdRange, into: BigUint64Array): boolean {
  let id = range.min;
  let at = 0;
  for (let index = 0; index < into.length; index++) {
    let value = 0n;
    let shift = 0n;
    let byte = 128;
    while (byte >= 128) {
      if (at >= body.length || shift > 63n) return false;
      byte = body[at++]!;
      value |= BigInt(byte & 127) << shift;
      shift += 7n;
    }
    id += range.isAscending ? value : value & 1n ? -((value + 1n) >> 1n) : value >> 1n;
    if (id < range.min || id > range.max) return false;
    into[index] = id;
  }
  return at === body.length;
}

const zigzag = (difference: number): number => (difference < 0 ? -2 * difference - 1 : 2 * difference);

function writeVarint(value: number, into: Uint8Array, at: number): number {
  let rest = value;
  let end = at;
  while (rest >= word / 2) {
    const upper = Math.floor(rest / 128);
    into[end++] = (rest - upper * 128) | 128;
    rest = upper;
  }
  while (rest >= 128) {
    into[end++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  into[end++] = rest;
  return end;
}

function writeLargeVarint(difference: bigint, isAscending: boolean, into: Uint8Array, at: number): number {
  let rest = isAscending ? difference : difference < 0n ? -2n * difference - 1n : 2n * difference;
  let end = at;
  for (; rest >= 128n; rest >>= 7n) into[end++] = Number(rest & 127n) | 128;
  into[end++] = Number(rest);
  return end;
}

/** Lower and upper half of each id in turn: every platform that Node runs on is little-endian. */
const halvesOf = (numbers: BigUint64Array): Uint32Array =>
  new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length * 2);

const joined = (high: number, low: number): bigint => (BigInt(high) << 32n) | BigInt(low);
