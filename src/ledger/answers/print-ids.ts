import { toLongId } from '#lib/salesforce-id.ts';

const digits = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'];
const fiveDigits = 62 ** 5;

/** All pairs of digits, ascending. */
const pairs = digits.flatMap((first) => digits.map((second) => first + second));

/**
 * The 18-character id whose number is given in two halves of 32 bits. As `joinId` of lib, without BigInt: millions of ids
 * are printed. 62⁵ divides both halves within what a double holds.
 */
export function printId(prefix: string, high: number, low: number): string {
  const upper = high * 65_536 + (low >>> 16);
  const quotient = Math.floor(upper / fiveDigits);
  const lower = (upper - quotient * fiveDigits) * 65_536 + (low & 0xffff);
  const rest = Math.floor(lower / fiveDigits);
  return toLongId(prefix + fourDigits(quotient * 65_536 + rest) + fiveOf(lower - rest * fiveDigits));
}

const fourDigits = (value: number): string => pairs[Math.floor(value / 3844)]! + pairs[value % 3844]!;
const fiveOf = (value: number): string => digits[Math.floor(value / 14_776_336)]! + fourDigits(value % 14_776_336);
