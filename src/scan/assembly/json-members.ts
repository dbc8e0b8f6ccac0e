/**
 * Follows members that have the names of those before them at the same places, as the records of one page have: names
 * are compared, values passed over. It knows no faults: whatever is not at once seen to be right is left to the walk.
 */
import { isLong, readId, wrongCheck } from './id.ts';
import { Frame, multiplier } from './json-frame.ts';
import { KnownName, leadsToCustomer, nameBytes, ownId, plain } from './json-names.ts';
import { endsOf, isShortEscape, marks, oddBytes, otherBytes, sameBytes16 } from './json-text.ts';

const quote: u8 = 34;
const comma: u8 = 44;
const minus: u8 = 45;
const point: u8 = 46;
const nought: u8 = 48;
const openBracket: u8 = 91;
const backslash: u8 = 92;
const openBrace: u8 = 123;
const closeBrace: u8 = 125;

/** The name of the member whose value, an object or a list, `followMembers` answered; nought when it answered another place. */
export let opening: usize = 0;

/**
 * From behind a value in the present object; answers where it no longer goes as before, behind a value too, or where a
 * value opens that has parts of its own.
 */
export function followMembers(at: usize, within: Frame, named: Frame): usize {
  const quotes = v128.load(marks, 48);
  const spaces = v128.load(marks, 64);
  const turned = v128.load(marks);
  const backslashes = v128.load(marks, 16);
  const most = v128.load(marks, 32);
  const use = within.use;
  const factor = multiplier;
  let next = within.nextName;
  let shape = named.shape;
  opening = 0;
  while (true) {
    const known = changetype<KnownName>(next);
    const mask = known.mask;
    if ((sameBytes16(at, known.low) & mask) !== mask && (otherBytes(at, known.low, known.high) & mask) !== 0) break;
    const value = at + known.length;
    const role = known.use ^ use;
    if (role === plain && load<u8>(value) === quote) {
      const low = v128.load(value, 1);
      const high = v128.load(value, 17);
      const found = <u32>i8x16.bitmask(i8x16.eq(low, quotes)) | ((<u32>i8x16.bitmask(i8x16.eq(high, quotes))) << 16);
      const odd = oddBytes(low, backslashes, spaces) | (oddBytes(high, backslashes, spaces) << 16);
      if (found !== 0 && (odd & (found ^ (found - 1))) === 0) at = value + <usize>ctz(found) + 2;
      else {
        const behind = longString(value + 1, found | odd, turned, backslashes, most);
        if (behind === 0) break;
        at = behind;
      }
    } else {
      const behind = otherValue(value, role, within);
      if (behind === 0) break;
      at = behind;
    }
    shape = rotl<u64>((shape + known.hash) * factor, 29);
    next += nameBytes;
    if (at === value) {
      opening = changetype<usize>(known);
      break;
    }
  }
  within.nextName = next;
  named.shape = shape;
  return at;
}

/** Answers the value itself where it opens. */
function otherValue(value: usize, role: u32, within: Frame): usize {
  if (role === ownId) return sameId(value, within);
  if (role === leadsToCustomer) return customerId(value, within);
  if (role !== plain) return 0;
  const byte = load<u8>(value);
  return byte === openBrace || byte === openBracket ? value : shortScalar(value, byte);
}

/** A string that does not end within its first 32 bytes, or only behind an escape. */
function longString(at: usize, found: u32, turned: v128, backslashes: v128, most: v128): usize {
  while (true) {
    if (found === 0) {
      at += 32;
      found = endsOf(at, turned, backslashes, most);
      continue;
    }
    const place = ctz(found);
    const here = at + <usize>place;
    const byte = load<u8>(here);
    if (byte === quote) return here + 1;
    if (byte !== backslash || !isShortEscape(load<u8>(here, 1))) return 0;
    // What is marked in the escape's second byte ends nothing.
    if (place === 31) {
      at += 33;
      found = endsOf(at, turned, backslashes, most);
    } else found &= (<u32>-4) << place;
  }
}

/** A word, or a number without exponent that ends its member. */
function shortScalar(at: usize, byte: u8): usize {
  const word = load<u32>(at);
  if (word === 0x6c6c_756e || word === 0x6575_7274) return at + 4;
  if (word === 0x736c_6166) return load<u8>(at, 4) === 101 ? at + 5 : 0;
  const start = at + <usize>(byte === minus);
  let end = behindDigits(start);
  if (end === start || (end > start + 1 && load<u8>(start) === nought)) return 0;
  if (load<u8>(end) === point) {
    const part = end + 1;
    end = behindDigits(part);
    if (end === part) return 0;
  }
  const behind = load<u8>(end);
  return behind === comma || behind === closeBrace ? end : 0;
}

function behindDigits(at: usize): usize {
  while (<u8>(load<u8>(at) - nought) < 10) at++;
  return at;
}

/** The record's own id once more, of 18 characters as in its url, and a quote behind both. */
function sameId(at: usize, record: Frame): usize {
  const low = i8x16.eq(v128.load(at, 1), v128.load(record.idAt));
  const high = i8x16.eq(v128.load(at, 4), v128.load(record.idAt, 3));
  const isSame = i8x16.bitmask(v128.and(low, high)) === 0xffff && load<u8>(at) === quote;
  if (!isSame || record.hasId || load<u8>(record.idAt, 15) === quote) return 0;
  record.hasId = true;
  return at + 20;
}

/** An id of 18 characters, or null. */
function customerId(at: usize, record: Frame): usize {
  if (record.hasCustomer) return 0;
  if (load<u32>(at) === 0x6c6c_756e) {
    record.hasCustomer = true;
    return at + 4;
  }
  const id = readId(at + 1);
  if (id >= wrongCheck || (id & isLong) === 0 || load<u8>(at) !== quote || load<u8>(at, 19) !== quote) return 0;
  record.hasCustomer = true;
  record.customer = id & ~isLong;
  record.customerAt = at + 1;
  return at + 20;
}
