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
  const turned = v128.load(marks);
  const backslashes = v128.load(marks, 16);
  const most = v128.load(marks, 32);
  while (true) {
    let found = <u64>endsOf(at, turned, backslashes, most);
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

/**
 * What may end a string, sixteen bytes of each, in memory because they are loaded sooner than made. First for telling all
 * at once: what turns bit 7 and the bit of two, so that a quote and what is not above 31 are below the third; a backslash.
 * Then a quote alone and the last control character.
 */
export const marks = memory.data<u32>(
  [
    0x8282_8282, 0x8282_8282, 0x8282_8282, 0x8282_8282, 0x5c5c_5c5c, 0x5c5c_5c5c, 0x5c5c_5c5c, 0x5c5c_5c5c, 0xa1a1_a1a1,
    0xa1a1_a1a1, 0xa1a1_a1a1, 0xa1a1_a1a1, 0x2222_2222, 0x2222_2222, 0x2222_2222, 0x2222_2222, 0x1f1f_1f1f, 0x1f1f_1f1f,
    0x1f1f_1f1f, 0x1f1f_1f1f,
  ],
  16,
);

/** A bit for each of the 32 bytes at `at` that is a quote, a backslash or a control character. */
export function endsOf(at: usize, turned: v128, backslashes: v128, most: v128): u32 {
  const low = ends(v128.load(at), turned, backslashes, most);
  return low | (ends(v128.load(at, 16), turned, backslashes, most) << 16);
}

function ends(text: v128, turned: v128, backslashes: v128, most: v128): u32 {
  return i8x16.bitmask(v128.or(i8x16.gt_s(most, v128.xor(text, turned)), i8x16.eq(text, backslashes)));
}

/** `"` and `/`, then from 64 on `\` `b` `f` `n` `r` `t`: a bit for each. */
const escapesBelow64: u64 = (1 << 34) | (1 << 47);
const escapesFrom64: u64 = (1 << 28) | (1 << 34) | (1 << 38) | (1 << 46) | (1 << 50) | (1 << 52);

/** Whether this byte behind a backslash makes an escape of two. */
export function isShortEscape(byte: u8): bool {
  const escapes = byte < 64 ? escapesBelow64 : byte < 128 ? escapesFrom64 : 0;
  return ((escapes >> (byte & 63)) & 1) !== 0;
}

/** Whether what is behind a backslash makes an escape. */
function isEscape(at: usize): bool {
  if (isShortEscape(load<u8>(at))) return true;
  if (load<u8>(at) !== 117) return false;
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

/** The same for 32 bytes at least. */
export function sameText(a: usize, b: usize, length: usize): bool {
  const last = length - 32;
  let same = same32(a + last, b + last);
  for (let index: usize = 0; index < last; index += 32) same = v128.and(same, same32(a + index, b + index));
  return i8x16.bitmask(same) === 0xffff;
}

function same32(a: usize, b: usize): v128 {
  return v128.and(i8x16.eq(v128.load(a), v128.load(b)), i8x16.eq(v128.load(a, 16), v128.load(b, 16)));
}

/** A bit for each of the 32 bytes at `a` that is not the same as in `b`. */
export function otherBytes(a: usize, low: v128, high: v128): u32 {
  const lowSame = <u32>i8x16.bitmask(i8x16.eq(v128.load(a), low));
  return ~(lowSame | ((<u32>i8x16.bitmask(i8x16.eq(v128.load(a, 16), high))) << 16));
}

/** A bit for each of the 16 bytes at `a` that is the same. */
export function sameBytes16(a: usize, low: v128): u32 {
  return <u32>i8x16.bitmask(i8x16.eq(v128.load(a), low));
}

/** The same of 16 bytes without the quotes. */
export function oddBytes(text: v128, backslashes: v128, most: v128): u32 {
  return i8x16.bitmask(v128.or(i8x16.eq(i8x16.min_u(text, most), text), i8x16.eq(text, backslashes)));
}
