/**
 * The names of the last objects at each depth, by their place. An object like the one before has the same name there,
 * which is seen sooner than a name is read.
 */
import { Frame, fail, isRecord, lateAttributes, notJson, oddName } from './json-frame.ts';
import { isId, toValue } from './json-record.ts';
import { isCustomerField } from './json-results.ts';
import { hash, otherBytes, readName, sameBytes } from './json-text.ts';

const quote: u8 = 34;
const comma: u8 = 44;
const colon: u8 = 58;

/** What a member is to its record. */
export const plain: u32 = 0;
export const ownId: u32 = 1;
export const leadsToCustomer: u32 = 2;
const unknown: u32 = u32.MAX_VALUE;

@unmanaged
export class KnownName {
  /** The bytes from the comma before it on, as far as `mask` has bits. */
  low: v128;
  high: v128;
  /** A bit for each byte up to the colon that must be the same. */
  mask: u32;
  /** From the comma to behind the colon, where no space is between. */
  length: u32;
  hash: u64;
  /** What the member is to the records for which it was learnt, added to their `use`; `unknown` where it is read each time. */
  use: u32;
  role: u32;
  /** Whether its value is a list of records. */
  isRecords: bool;
}

export const nameBytes: usize = 64;
/** At each depth; the entry behind them is for all further ones. */
const maxKnown: usize = 64;
const longestKnown: usize = 32;
const knownNames = memory.data(65 * 65 * 64, 16);

const attributesName = memory.data<u8>([97, 116, 116, 114, 105, 98, 117, 116, 101, 115]);
const recordsName = memory.data<u8>([114, 101, 99, 111, 114, 100, 115]);

/** Forgets the names of all depths; the next object at one learns them anew. */
export function forgetNames(): void {
  for (let depth: usize = 0; depth <= 64; depth++) changetype<KnownName>(namesAt(depth)).use = unknown;
}

/** The entry of the first name at a depth. */
export function namesAt(depth: usize): usize {
  return knownNames + depth * (maxKnown + 1) * nameBytes;
}

/** The entry of all names at a depth that come behind those that are kept. */
export function spareName(depth: usize): usize {
  return namesAt(depth) + maxKnown * nameBytes;
}

/** Whether the name whose quote is at `at` is the known one, and is the same to its record. */
export function isKnown(at: usize, known: KnownName, use: u32): bool {
  const isSame = (otherBytes(at - 1, known.low, known.high) & known.mask & ~1) === 0;
  return isSame && (known.use ^ use) === known.role;
}

/** Reads the name whose quote is at `at` into an entry; answers the member's value, nought for a name that may not be. */
export function learnName(at: usize, known: KnownName, within: Frame): usize {
  if (load<u8>(at) !== quote) return fail(notJson, at);
  const end = readName(at + 1);
  if (end === 0) return fail(oddName, at);
  const length = end - at - 1;
  if (length === 10 && sameBytes(at + 1, attributesName, 10)) return fail(lateAttributes, at + 1);
  const depth = changetype<usize>(known) - namesAt(within.depth);
  if (depth >= within.knownNames && depth < maxKnown * nameBytes) {
    within.knownNames = depth + nameBytes;
    changetype<KnownName>(changetype<usize>(known) + nameBytes).use = unknown;
  }
  const whole = length + 4;
  const isCompared = whole <= longestKnown && depth < maxKnown * nameBytes && load<u8>(end, 1) === colon;
  known.low = i8x16.replace_lane(v128.load(at - 1), 0, comma);
  known.high = v128.load(at, 15);
  known.mask = <u32>(((<u64>1) << whole) - 1);
  known.length = <u32>whole;
  known.hash = hash;
  known.role = roleOf(at + 1, length, within);
  known.use = isCompared ? within.use | known.role : unknown;
  known.isRecords = length === 7 && sameBytes(at + 1, recordsName, 7);
  return toValue(end);
}

function roleOf(name: usize, length: usize, within: Frame): u32 {
  if (within.kind !== isRecord) return plain;
  if (length === 2 && isId(name)) return ownId;
  return isCustomerField(within.type, name, length) ? leadsToCustomer : plain;
}
