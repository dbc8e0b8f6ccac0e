/**
 * The parts of JSON that hold nothing (RFC 8259, sections 2, 3, 6 and 7). Each function takes the address where its part
 * begins and answers the one behind it; nought where it is not well-formed. Noughts behind the text end all of them.
 */

const quote: u8 = 34;
const backslash: u8 = 92;

export function skipSpace(at: usize): usize {
  while (true) {
    const byte = load<u8>(at);
    if (byte > 32) return at;
    if (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9) return at;
    at++;
  }
}

/** The string whose first character, behind its quote, is at `at`. */
export function skipString(at: usize): usize {
  const quotes = v128.load(marks);
  const backslashes = v128.load(marks, 16);
  const controls = v128.load(marks, 32);
  while (true) {
    const low = ends(v128.load(at), quotes, backslashes, controls);
    const high = ends(v128.load(at, 16), quotes, backslashes, controls);
    let found = <u64>(low | (high << 16));
    let next = at + 32;
    while (found !== 0) {
      const place = ctz(found);
      const here = at + <usize>place;
      const byte = load<u8>(here);
      if (byte === quote) return here + 1;
      if (byte !== backslash || !isEscape(here + 1)) return 0;
      // What is marked in the escape's second byte ends nothing.
      found &= -4 << place;
      if (place === 31) next++;
    }
    at = next;
  }
}

/** The same where most strings end soon: looks at 32 bytes before it does more. */
export function skipShortString(at: usize): usize {
  const quotes = v128.load(marks);
  const backslashes = v128.load(marks, 16);
  const controls = v128.load(marks, 32);
  const low = ends(v128.load(at), quotes, backslashes, controls);
  const high = ends(v128.load(at, 16), quotes, backslashes, controls);
  const here = at + <usize>ctz<u32>(low | (high << 16));
  return load<u8>(here) === quote ? here + 1 : skipString(at);
}

/** What may end a string, sixteen of each: a quote, a backslash, or what is not above 31. In memory: loaded at once. */
const marks = memory.data<u8>([
  34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 92, 92, 92, 92, 92, 92, 92, 92, 92, 92, 92, 92, 92,
  92, 92, 92, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31,
]);

/** Where a quote, a backslash or a control character stands. */
function ends(text: v128, quotes: v128, backslashes: v128, controls: v128): u32 {
  const found = v128.or(i8x16.eq(text, quotes), i8x16.eq(text, backslashes));
  return i8x16.bitmask(v128.or(found, i8x16.eq(text, i8x16.min_u(text, controls))));
}

/** `"` and `/`, then from 64 on `\` `b` `f` `n` `r` `t`: a bit for each. */
const escapesBelow64: u64 = (1 << 34) | (1 << 47);
const escapesFrom64: u64 = (1 << 28) | (1 << 34) | (1 << 38) | (1 << 46) | (1 << 50) | (1 << 52);

/** Whether what is behind a backslash makes an escape. */
function isEscape(at: usize): bool {
  const byte = load<u8>(at);
  const escapes = byte < 64 ? escapesBelow64 : byte < 128 ? escapesFrom64 : 0;
  if (((escapes >> (byte & 63)) & 1) !== 0) return true;
  if (byte !== 117) return false;
  for (let digit: usize = 1; digit <= 4; digit++) {
    const code = load<u8>(at + digit);
    if (!isDigit(code) && !(<u8>((code | 32) - 97) < 6)) return false;
  }
  return true;
}

/** `true`, `false`, `null` or a number. */
export function skipScalar(at: usize): usize {
  const byte = load<u8>(at);
  if (byte === 45 || isDigit(byte)) return skipNumber(at);
  const word = load<u32>(at);
  if (word === 0x6c6c_756e || word === 0x6575_7274) return at + 4;
  return word === 0x736c_6166 && load<u8>(at, 4) === 101 ? at + 5 : 0;
}

function skipNumber(at: usize): usize {
  if (load<u8>(at) === 45) at++;
  if (load<u8>(at) === 48) at++;
  else at = skipDigits(at);
  if (at !== 0 && load<u8>(at) === 46) at = skipDigits(at + 1);
  if (at === 0 || (load<u8>(at) | 32) !== 101) return at;
  const sign = load<u8>(at, 1);
  return skipDigits(sign === 43 || sign === 45 ? at + 2 : at + 1);
}

/** One digit at least. */
function skipDigits(at: usize): usize {
  const start = at;
  while (isDigit(load<u8>(at))) at++;
  return at === start ? 0 : at;
}

function isDigit(byte: u8): bool {
  return <u8>(byte - 48) < 10;
}

/** Random words, sixteen bytes for each sixteen of the longest name, and an odd one for its length. */
const longestName: usize = 256;
const keys = memory.data(264);

/** Where the 264 bytes of the random key go. */
export function keyAddress(): usize {
  return keys;
}

/** Sixteen bytes set, sixteen not: read `n` before the middle, the first n bytes are kept. */
const keepFirst = memory.data<u64>([u64.MAX_VALUE, u64.MAX_VALUE, 0, 0]);

/** Hash of the last name read, without its quotes. */
export let hash: u64 = 0;

/**
 * The name whose first character is at `at`; answers the address of its closing quote, nought for anything but plain
 * ASCII without escapes, of 255 characters at most. Its hash is NH (Black et al., UMAC, 1999): two names of equal
 * length fall together with a chance of 2^-32, whoever chooses them, as long as he does not know the key.
 */
export function readName(at: usize): usize {
  let sums = i64x2.splat(0);
  for (let read: usize = 0; read < longestName; read += 16) {
    const text = v128.load(at + read);
    const quotes = i8x16.bitmask(i8x16.eq(text, i8x16.splat(quote)));
    const escapes = v128.or(i8x16.eq(text, i8x16.splat(backslash)), i8x16.lt_s(text, i8x16.splat(32)));
    const odd = i8x16.bitmask(escapes);
    if (quotes === 0) {
      if (odd !== 0) return 0;
      sums = i64x2.add(sums, products(text, read));
      continue;
    }
    const length = <usize>ctz(quotes);
    if ((odd & ((1 << (<i32>length)) - 1)) !== 0) return 0;
    sums = i64x2.add(sums, products(v128.and(text, v128.load(keepFirst + 16 - length)), read));
    const lengths = <u64>(read + length) * (load<u64>(keys + longestName) | 1);
    hash = <u64>i64x2.extract_lane(sums, 0) + <u64>i64x2.extract_lane(sums, 1) + lengths;
    return at + read + length;
  }
  return 0;
}

function products(text: v128, read: usize): v128 {
  const words = i32x4.add(text, v128.load(keys + read));
  return i64x2.extmul_low_i32x4_u(words, i32x4.shuffle(words, words, 2, 3, 0, 1));
}

/** Whether these bytes are the lower-case letters, digits and underscores of `name`, in whatever case. */
export function sameLetters(at: usize, name: usize, length: usize): bool {
  for (let index: usize = 0; index < length; index++) {
    const byte = load<u8>(at + index);
    const lower = <u8>(byte - 65) < 26 ? byte | 32 : byte;
    if (lower !== load<u8>(name + index)) return false;
  }
  return true;
}

export function sameBytes(a: usize, b: usize, length: usize): bool {
  for (let index: usize = 0; index < length; index++) {
    if (load<u8>(a + index) !== load<u8>(b + index)) return false;
  }
  return true;
}

/** The same for 16 bytes at least. */
export function sameText(a: usize, b: usize, length: usize): bool {
  const last = length - 16;
  let other = v128.xor(v128.load(a + last), v128.load(b + last));
  for (let index: usize = 0; index < last; index += 16) {
    other = v128.or(other, v128.xor(v128.load(a + index), v128.load(b + index)));
  }
  return !v128.any_true(other);
}

/** A bit for each of the 32 bytes at `a` and `b` that are not the same. */
export function otherBytes(a: usize, b: usize): u32 {
  const low = <u32>i8x16.bitmask(i8x16.eq(v128.load(a), v128.load(b)));
  const high = <u32>i8x16.bitmask(i8x16.eq(v128.load(a, 16), v128.load(b, 16)));
  return ~(low | (high << 16));
}
