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
 * Sixteen bytes of each, in memory because they are loaded sooner than made: `0`, `A`, `a`; the last digit and the last
 * letter counted from those; what lies in ASCII between `9` and `A`, and between `9` and `Z` and `a`, so that `A` comes
 * to 10 and `a` to 36.
 */
const lanes = memory.data<u32>(
  [
    0x3030_3030, 0x3030_3030, 0x3030_3030, 0x3030_3030, 0x4141_4141, 0x4141_4141, 0x4141_4141, 0x4141_4141, 0x6161_6161,
    0x6161_6161, 0x6161_6161, 0x6161_6161, 0x0909_0909, 0x0909_0909, 0x0909_0909, 0x0909_0909, 0x1919_1919, 0x1919_1919,
    0x1919_1919, 0x1919_1919, 0x0707_0707, 0x0707_0707, 0x0707_0707, 0x0707_0707, 0x0d0d_0d0d, 0x0d0d_0d0d, 0x0d0d_0d0d,
    0x0d0d_0d0d,
  ],
  16,
);

/** What a character counts within its pair: 62 and 1; the six before the number and the one behind it nothing. */
const inPairs = memory.data<u8>([0, 0, 0, 0, 0, 0, 62, 1, 62, 1, 62, 1, 62, 1, 1, 0], 16);
/** The pairs within fours and, at the end, within three: 3844 and 1, 62 and 1. */
const inFours = memory.data<u16>([0, 0, 0, 1, 3844, 1, 62, 1], 16);

/**
 * The last nine of the fifteen characters at `at` as a number of base 62 (digits `0-9A-Za-z`). Reads 19 bytes. What
 * follows a 15-character id must not be a letter or digit, or it is taken for one of 18.
 */
export function readId(at: usize): u64 {
  const text = v128.load(at);
  const digits = i8x16.sub(text, v128.load(lanes));
  const isDigit = isUpTo(digits, v128.load(lanes, 48));
  const isUpper = isUpTo(i8x16.sub(text, v128.load(lanes, 16)), v128.load(lanes, 64));
  const isLower = isUpTo(i8x16.sub(text, v128.load(lanes, 32)), v128.load(lanes, 64));
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
  const gaps = v128.or(v128.and(isUpper, v128.load(lanes, 80)), v128.and(isLower, v128.load(lanes, 96)));
  return readNumber(i8x16.sub(digits, gaps)) | long;
}

/** Which bytes, taken without sign, are not above those of `most`. */
function isUpTo(bytes: v128, most: v128): v128 {
  return i8x16.eq(i8x16.min_u(bytes, most), bytes);
}

/** Lanes 6 to 14 as nine digits: 6 and 7, 8 to 11, 12 to 14, each of the three by multiplying lanes in parallel. */
function readNumber(digits: v128): u64 {
  const pairs = i16x8.relaxed_dot_i8x16_i7x16_s(digits, v128.load(inPairs));
  const fours = i32x4.dot_i16x8_s(pairs, v128.load(inFours));
  const first = <u64>i32x4.extract_lane(fours, 1);
  const second = <u64>i32x4.extract_lane(fours, 2);
  return first * 3_521_614_606_208 + second * 238_328 + <u64>i32x4.extract_lane(fours, 3);
}

/** The first six characters as they lie in memory. */
export function readPrefix(at: usize): u64 {
  return load<u64>(at) & 0xffff_ffff_ffff;
}
