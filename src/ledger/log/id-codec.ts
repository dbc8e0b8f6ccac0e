/**
 * Ids on disk: differences as LEB128 varints, each from the id before, the first from the smallest of the batch. A batch
 * that never descends is written as it is, so that steps up to 127 take one byte; any other zigzag-wise (0, -1, 1, …).
 * An id is read as two halves of 32 bits and a difference is a double where it fits one: no BigInt in the loops.
 */

/** What a frame's header says of its ids. */
export interface IdRange {
  readonly min: bigint;
  readonly max: bigint;
  readonly isAscending: boolean;
}

/** Whether the range of so many ids says little about which they are. */
export const isScattered = ({ range, count }: { readonly range: IdRange; readonly count: number }): boolean =>
  range.max - range.min > BigInt(count) * 1024n;

/** Room that `count` ids need at most: 54 bits and a sign are 8 bytes of 7 bits. */
export const encodedBytesAtMost = (count: number): number => count * 8;

const word = 2 ** 32;
/** Differences up to here, doubled for the sign, are exact in a double. */
const exact = 2 ** 52;

/** Writes the ids, under 2⁵⁵ and not none, from `at` on; answers what a reader must know, and where they end. */
export function encodeIds(numbers: BigUint64Array, into: Uint8Array, at: number): IdRange & { readonly end: number } {
  const end = encodeAscending(numbers, into, at);
  if (end >= 0) return { min: numbers[0]!, max: numbers[numbers.length - 1]!, isAscending: true, end };
  const { min, max } = boundsOf(numbers);
  return { min, max, isAscending: false, end: encodeAny(numbers, min, into, at) };
}

/** -1 as soon as an id is smaller than the one before. */
function encodeAscending(numbers: BigUint64Array, into: Uint8Array, at: number): number {
  const halves = halvesOf(numbers);
  let end = at;
  let low = halves[0]!;
  let high = halves[1]!;
  for (let index = 0; index < halves.length; index += 2) {
    const nextLow = halves[index]!;
    const nextHigh = halves[index + 1]!;
    if (nextHigh === high && nextLow >= low) {
      let rest = (nextLow - low) >>> 0;
      for (; rest >= 128; rest >>>= 7) into[end++] = (rest & 127) | 128;
      into[end++] = rest;
    } else {
      if (nextHigh <= high) return -1;
      const difference = (nextHigh - high) * word + (nextLow - low);
      end =
        difference < exact
          ? writeVarint(difference, into, end)
          : writeLargeVarint(numbers[index / 2]! - numbers[index / 2 - 1]!, into, end);
    }
    low = nextLow;
    high = nextHigh;
  }
  return end;
}

function encodeAny(numbers: BigUint64Array, min: bigint, into: Uint8Array, at: number): number {
  const halves = halvesOf(numbers);
  let end = at;
  let low = Number(min & 0xffff_ffffn);
  let high = Number(min >> 32n);
  for (let index = 0; index < halves.length; index += 2) {
    const difference = (halves[index + 1]! - high) * word + (halves[index]! - low);
    low = halves[index]!;
    high = halves[index + 1]!;
    if (difference < 0x3fff_ffff && difference > -0x3fff_ffff) {
      let rest = (difference << 1) ^ (difference >> 31);
      for (; rest >= 128; rest >>= 7) into[end++] = (rest & 127) | 128;
      into[end++] = rest;
    } else if (difference < exact && difference > -exact) {
      end = writeVarint(difference < 0 ? -2 * difference - 1 : 2 * difference, into, end);
    } else {
      const step = numbers[index / 2]! - (index === 0 ? min : numbers[index / 2 - 1]!);
      end = writeLargeVarint(step < 0n ? -2n * step - 1n : 2n * step, into, end);
    }
  }
  return end;
}

function boundsOf(numbers: BigUint64Array): { readonly min: bigint; readonly max: bigint } {
  const halves = halvesOf(numbers);
  let [minLow, minHigh] = [halves[0]!, halves[1]!];
  let [maxLow, maxHigh] = [minLow, minHigh];
  for (let at = 2; at < halves.length; at += 2) {
    const low = halves[at]!;
    const high = halves[at + 1]!;
    if (high < minHigh || (high === minHigh && low < minLow)) {
      minLow = low;
      minHigh = high;
    } else if (high > maxHigh || (high === maxHigh && low > maxLow)) {
      maxLow = low;
      maxHigh = high;
    }
  }
  return { min: (BigInt(minHigh) << 32n) | BigInt(minLow), max: (BigInt(maxHigh) << 32n) | BigInt(maxLow) };
}

/** Reads `into.length` ids; false when they do not fill `body` exactly: then this module did not write it. */
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
    const sum = low + (isAscending ? value : value % 2 === 0 ? value / 2 : -(value + 1) / 2);
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

/** Only the lower halves, where all ids share their upper one: what a bitmap of 32 bits takes. */
export function decodeLowHalves(body: Uint8Array, range: IdRange, into: Uint32Array): void {
  let low = Number(range.min & 0xffff_ffffn) >>> 0;
  let at = 0;
  for (let index = 0; index < into.length; index++) {
    let byte = body[at++]!;
    let value = byte & 127;
    for (let scale = 128; byte >= 128; scale *= 128) {
      byte = body[at++]!;
      value += (byte & 127) * scale;
    }
    low = (low + (range.isAscending ? value : value % 2 === 0 ? value / 2 : -(value + 1) / 2)) >>> 0;
    into[index] = low;
  }
}

/** Whether `low` is among the ids, all sharing their upper half. */
export function hasLowHalf(body: Uint8Array, range: IdRange, count: number, wanted: number): boolean {
  let low = Number(range.min & 0xffff_ffffn) >>> 0;
  let at = 0;
  for (let index = 0; index < count; index++) {
    let byte = body[at++]!;
    let value = byte & 127;
    for (let scale = 128; byte >= 128; scale *= 128) {
      byte = body[at++]!;
      value += (byte & 127) * scale;
    }
    low = (low + (range.isAscending ? value : value % 2 === 0 ? value / 2 : -(value + 1) / 2)) >>> 0;
    if (low === wanted) return true;
  }
  return false;
}

/** With differences beyond 2⁵²: in BigInt, since they are rare. */
function decodeLarge(body: Uint8Array, range: IdRange, into: BigUint64Array): boolean {
  let id = range.min;
  let at = 0;
  for (let index = 0; index < into.length; index++) {
    let value = 0n;
    let byte = 128;
    for (let shift = 0n; byte >= 128; shift += 7n) {
      if (at >= body.length || shift > 63n) return false;
      byte = body[at++]!;
      value |= BigInt(byte & 127) << shift;
    }
    id += range.isAscending ? value : value & 1n ? -((value + 1n) >> 1n) : value >> 1n;
    into[index] = id;
  }
  return at === body.length;
}

function writeVarint(value: number, into: Uint8Array, at: number): number {
  let rest = value;
  let end = at;
  while (rest >= 128) {
    const upper = Math.floor(rest / 128);
    into[end++] = (rest - upper * 128) | 128;
    rest = upper;
  }
  into[end++] = rest;
  return end;
}

function writeLargeVarint(value: bigint, into: Uint8Array, at: number): number {
  let rest = value;
  let end = at;
  for (; rest >= 128n; rest >>= 7n) into[end++] = Number(rest & 127n) | 128;
  into[end++] = Number(rest);
  return end;
}

/** Lower and upper half of each id in turn: every platform that Node runs on is little-endian. */
const halvesOf = (numbers: BigUint64Array): Uint32Array =>
  new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length * 2);
