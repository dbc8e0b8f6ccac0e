/** What `readId` answers where no id stands, and where its three check characters are wrong. Ids are below 2⁵⁴. */
export const notAnId: u64 = u64.MAX_VALUE;
export const wrongCheck: u64 = u64.MAX_VALUE - 1;

/** Set in the answer for an id of 18 characters. */
export const isLong: u64 = 1 << 63;

const checkCharacters = memory.data<u8>([
  65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 48, 49, 50,
  51, 52, 53,
]);

/**
 * The last nine of the fifteen characters at `at` as a number of base 62 (digits `0-9A-Za-z`). Reads 19 bytes. What
 * follows a 15-character id must not be a letter or digit, or it is taken for one of 18.
 */
export function readId(at: usize): u64 {
  const text = v128.load(at);
  const fromDigit = i8x16.sub(text, i8x16.splat(48));
  const isUpper = i8x16.lt_u(i8x16.sub(text, i8x16.splat(65)), i8x16.splat(26));
  const isLower = i8x16.lt_u(i8x16.sub(text, i8x16.splat(97)), i8x16.splat(26));
  const isDigit = i8x16.lt_u(fromDigit, i8x16.splat(10));
  const known = i8x16.bitmask(v128.or(isDigit, v128.or(isUpper, isLower)));
  if ((known & 0x7fff) !== 0x7fff) return notAnId;
  let long: u64 = 0;
  if (known & 0x8000) {
    const capitals = i8x16.bitmask(isUpper);
    const check =
      <u32>load<u8>(checkCharacters + (capitals & 31)) |
      ((<u32>load<u8>(checkCharacters + ((capitals >> 5) & 31))) << 8) |
      ((<u32>load<u8>(checkCharacters + ((capitals >> 10) & 31))) << 16);
    if ((load<u32>(at + 15) & 0xff_ffff) !== check) return wrongCheck;
    long = isLong;
  }
  // '0' to 0, 'A' to 10, 'a' to 36: 7 and 13 characters of ASCII lie between the ranges and their digits.
  const gaps = v128.or(v128.and(isUpper, i8x16.splat(7)), v128.and(isLower, i8x16.splat(13)));
  return readNumber(i8x16.sub(fromDigit, gaps)) | long;
}

/** Lanes 6 to 14 as nine digits: pairs first, then fours, by multiplying lanes in parallel. */
function readNumber(digits: v128): u64 {
  // Lane 15 shifted out, one nought before the nine: 0 d6 d7 d8 | d9 d10 d11 d12 | d13 d14.
  const ten = i8x16.shuffle(digits, i64x2.splat(0), 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 16, 16, 16, 16, 16);
  const weights = i8x16(62, 1, 62, 1, 62, 1, 62, 1, 62, 1, 62, 1, 62, 1, 62, 1);
  const low = i32x4.extadd_pairwise_i16x8_u(i16x8.extmul_low_i8x16_u(ten, weights));
  const high = i32x4.extadd_pairwise_i16x8_u(i16x8.extmul_high_i8x16_u(ten, weights));
  const fours = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_s(low, low), i16x8(3844, 1, 3844, 1, 3844, 1, 3844, 1));
  const first = <u64>i32x4.extract_lane(fours, 0);
  const second = <u64>i32x4.extract_lane(fours, 1);
  return (first * 14_776_336 + second) * 3844 + <u64>i32x4.extract_lane(high, 0);
}

/** The first six characters as they lie in memory. */
export function readPrefix(at: usize): u64 {
  return load<u64>(at) & 0xffff_ffff_ffff;
}
