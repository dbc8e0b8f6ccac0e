/** What the walk over a JSON text keeps of each object and array that is open, and of the first thing that is wrong. */
import { Found } from './json-results.ts';

// What `scan` answers; json-scanner.ts says it in words.
export const fine: i32 = 0;
export const notJson: i32 = 1;
export const tooDeep: i32 = 2;
export const oddName: i32 = 3;
export const lateAttributes: i32 = 4;
export const oddAttributes: i32 = 5;
export const noAttributes: i32 = 6;
export const wrongUrl: i32 = 7;
export const wrongUrlCheck: i32 = 8;
export const otherId: i32 = 9;
export const wrongCustomer: i32 = 10;
export const repeatedMember: i32 = 11;
export const tooManyTypes: i32 = 12;
export const recordInAggregate: i32 = 13;

export const isArray: i32 = 0;
export const isObject: i32 = 1;
export const isRecord: i32 = 2;
export const isAggregate: i32 = 3;

/** An object or array that is open; of records also what is known of them. */
@unmanaged
export class Frame extends Found {
  kind: i32;
  /** The value of a member `records`: all that is in it must be records. */
  holdsRecords: bool;
  hasId: bool;
  hasCustomer: bool;
  /** Hash of the names of members that lead here. */
  path: u64;
  /** The innermost record or aggregate around it, or nought. */
  owner: usize;
  /**
   * How the record before began that stood at this depth: where, how many bytes up to its id, and the hash of its type.
   * What begins with the same bytes has the same type; only its id is read. Nought bytes when there was none.
   */
  likeAt: usize;
  likeBytes: usize;
  likeHash: u64;
  /** Hash of the name of the member whose value it is; nought in a list. */
  under: u64;
  /** Whether all that does not change from record to record still stands here from the one before, in what is open still. */
  isReady: bool;
  /** How many objects and arrays are around it. */
  depth: usize;
  /** What its members' names go into: itself where it is a record, otherwise its owner. */
  named: usize;
  /** The type of a record and one more, four times; nought in other objects. Added to it, what a member is to it. */
  use: u32;
  /** The entry of its next member's name, and the bytes of those that are known at this depth. */
  nextName: usize;
  knownNames: usize;
}

export let multiplier: u64 = 1;
let fault: i32 = fine;
let wrongAt: usize = 0;

/** Begins a text. `odd`: a random odd number, part of the key. */
export function beginText(odd: u64): void {
  multiplier = odd;
  fault = fine;
}

/** What was wrong first, and where. */
export function firstFault(): i32 {
  return fault;
}

export function faultAt(): usize {
  return wrongAt;
}

/** Notes what is wrong if it is the first; answers nought. */
export function fail(code: i32, at: usize): usize {
  if (fault === fine) {
    fault = code;
    wrongAt = at;
  }
  return 0;
}

/** The same where a truth is to be answered. */
export function failed(code: i32, at: usize): bool {
  return fail(code, at) !== 0;
}

/** Adds a word to the record's shape. */
export function mix(record: Frame, word: u64): void {
  record.shape = mixed(record.shape, word);
}

export function mixed(before: u64, word: u64): u64 {
  return rotl<u64>((before + word) * multiplier, 29);
}
