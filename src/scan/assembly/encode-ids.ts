/** Numbers as the zig-zag varints (LEB128) of what each adds to the one before, modulo 2⁶⁴. */

let least: u64 = u64.MAX_VALUE;
let greatest: u64 = 0;

/** First address that callers may use. */
export function firstFree(): usize {
  return (__heap_base + 15) & ~15;
}

/** Smallest and largest number of the last `encode`. */
export function min(): u64 {
  return least;
}

export function max(): u64 {
  return greatest;
}

/** Reads `count` u64 at `from`, writes at most ten bytes each at `to`; answers how many bytes. */
export function encode(from: usize, count: usize, to: usize): usize {
  const end = from + (count << 3);
  let at = to;
  let before: u64 = 0;
  let low: u64 = u64.MAX_VALUE;
  let high: u64 = 0;
  for (; from < end; from += 8) {
    const number = load<u64>(from);
    low = lesser(low, number);
    high = greater(high, number);
    const step = <i64>(number - before);
    let rest = <u64>((step << 1) ^ (step >> 63));
    for (; rest >= 0x80; rest >>= 7) store<u8>(at++, <u8>(rest | 0x80));
    store<u8>(at++, <u8>rest);
    before = number;
  }
  least = low;
  greatest = high;
  return at - to;
}

function lesser(a: u64, b: u64): u64 {
  return select(a, b, a < b);
}

function greater(a: u64, b: u64): u64 {
  return select(a, b, a > b);
}

/** Writes `count` u64 at `to`; false unless the bytes are exactly so many numbers, none longer than it need be. */
export function decode(from: usize, bytes: usize, to: usize, count: usize): bool {
  const end = from + bytes;
  const last = to + (count << 3);
  let before: u64 = 0;
  for (; to < last; to += 8) {
    if (from >= end) return false;
    let byte = <u64>load<u8>(from++);
    let zigzag = byte & 0x7f;
    for (let shift: u64 = 7; byte >= 0x80; shift += 7) {
      if (from >= end) return false;
      byte = <u64>load<u8>(from++);
      if (shift === 63 ? byte !== 1 : byte === 0) return false;
      zigzag |= (byte & 0x7f) << shift;
    }
    before += (zigzag >> 1) ^ (0 - (zigzag & 1));
    store<u64>(to, before);
  }
  return from === end;
}
