/**
 * Walks one whole JSON text, strictly (RFC 8259), and writes down the records in it: objects whose first member is
 * `attributes`. At least 32 noughts follow the text: they end every part of it, so nothing asks whether it is over.
 */
import { isLong, readId, wrongCheck } from './id.ts';
import {
  beginText,
  Frame,
  fail,
  failed,
  faultAt,
  firstFault,
  isAggregate,
  isArray,
  isObject,
  isRecord,
  lateAttributes,
  mix,
  mixed,
  noAttributes,
  notJson,
  oddName,
  recordInAggregate,
  tooDeep,
} from './json-frame.ts';
import { beginRecord, readAttributes, readField, toValue } from './json-record.ts';
import {
  addRecord,
  chain,
  count,
  customerFieldLength,
  customerRunCount,
  idRunCount,
  isCustomerItself,
  place,
  placeCustomerFields,
  typeCount,
  typeTableAddress,
} from './json-results.ts';
import {
  hash,
  keyAddress,
  readName,
  sameBytes,
  sameText,
  skipScalar,
  skipSpace,
  skipString,
  startsAlike,
} from './json-text.ts';

export {
  count,
  customerRunCount,
  faultAt,
  idRunCount,
  keyAddress,
  place,
  placeCustomerFields,
  typeCount,
  typeTableAddress,
};

const quote: u8 = 34;
const comma: u8 = 44;
const colon: u8 = 58;
const openBracket: u8 = 91;
const closeBracket: u8 = 93;
const openBrace: u8 = 123;
const closeBrace: u8 = 125;

/** What the hash of names takes for the braces of objects that are no records. */
const opened: u64 = 1;
const closed: u64 = 2;

const attributesName = memory.data<u8>([97, 116, 116, 114, 105, 98, 117, 116, 101, 115]);
const recordsName = memory.data<u8>([114, 101, 99, 111, 114, 100, 115]);

const maxDepth: usize = 64;
/** Frames lie one behind the other, the outermost second: the first stands for the text itself. */
const frames = memory.data(65 * 128, 8);
const frameBytes: usize = 128;

/**
 * The names of the last objects at each depth, by their place: address of the quote, length, hash. An object like the
 * one before has the same name there, which is seen sooner than a name is read.
 */
const maxKnown: usize = 32;
const nameBytes: usize = 16;
const knownNames = memory.data(65 * 32 * 16, 8);

let frame: usize = frames;
let aggregates: i32 = 0;
/** Whether the last member read is called `records`. */
let isRecords: bool = false;
let memberHash: u64 = 0;

/** First address that callers may use. */
export function firstFree(): usize {
  return (__heap_base + 15) & ~15;
}

export function aggregateCount(): i32 {
  return aggregates;
}

/** Scans the text in `[from, end)`. `odd`: a random odd number, part of the key. */
export function scan(from: usize, end: usize, odd: u64): i32 {
  beginText(odd);
  frame = frames;
  aggregates = 0;
  memory.fill(frames, 0, 65 * frameBytes);
  const outermost = changetype<Frame>(frame);
  outermost.kind = isArray;
  outermost.path = odd;
  const behind = walk(skipSpace(from));
  if (behind !== 0 && behind !== end) fail(notJson, behind);
  return firstFault();
}

/** From the first byte of the outermost value to behind all space after it. */
function walk(at: usize): usize {
  while (true) {
    const start = at;
    const byte = load<u8>(at);
    if (byte === quote) at = skipString(at + 1);
    else if (byte === openBrace) {
      at = openObject(at);
      if (at === 0) return 0;
      if (load<u8>(at) === quote) {
        at = readMembers(at);
        if (at === 0) return 0;
        if (opens(load<u8>(at))) continue;
      }
    } else if (byte === openBracket) {
      at = openArray(at);
      if (at === 0) return 0;
      if (load<u8>(at) !== closeBracket) continue;
    } else at = skipScalar(at);
    if (at === 0) return fail(notJson, start);
    at = closeUntilNext(at);
    if (at === 0 || frame === frames) return at;
  }
}

function opens(byte: u8): bool {
  return byte === openBrace || byte === openBracket;
}

/** From behind a value to the first byte of the next that is to be looked at, over whatever ends between them. */
function closeUntilNext(at: usize): usize {
  while (true) {
    at = skipSpace(at);
    if (frame === frames) return at;
    const within = changetype<Frame>(frame);
    const byte = load<u8>(at);
    if (byte === comma && within.kind === isArray) {
      at = skipSpace(at + 1);
      return within.holdsRecords && load<u8>(at) !== openBrace ? fail(noAttributes, at) : at;
    }
    if (byte === comma) {
      at = readMembers(skipSpace(at + 1));
      if (at === 0 || opens(load<u8>(at))) return at;
      continue;
    }
    if (byte !== (within.kind === isArray ? closeBracket : closeBrace)) return fail(notJson, at);
    close(within, at + 1);
    at++;
  }
}

function close(within: Frame, end: usize): void {
  frame -= frameBytes;
  if (within.kind === isAggregate) aggregates++;
  else if (within.kind === isRecord) closeRecord(within, end);
  else if (within.kind === isObject && within.owner !== 0) mix(changetype<Frame>(within.owner), closed);
}

function closeRecord(record: Frame, end: usize): void {
  record.end = end;
  if (isCustomerItself(record.type)) {
    record.customer = record.id;
    record.customerAt = record.idAt;
  }
  const index = addRecord(record);
  if (record.owner === 0) return;
  const owner = changetype<Frame>(record.owner);
  owner.lastChild = chain(index, owner.lastChild);
  if (owner.lastShape !== record.shape) mix(owner, record.shape);
  owner.lastShape = record.shape;
}

/** A new frame within the present one; null when there are too many. */
function push(at: usize, kind: i32): usize {
  if (frame === frames + maxDepth * frameBytes) return fail(tooDeep, at);
  const around = changetype<Frame>(frame);
  frame += frameBytes;
  const within = changetype<Frame>(frame);
  within.kind = kind;
  within.holdsRecords = false;
  within.members = 0;
  within.path = around.kind === isArray ? around.path : mixed(around.path, memberHash);
  within.owner = around.kind >= isRecord ? changetype<usize>(around) : around.owner;
  return frame;
}

/** Answers the first element, or the closing bracket. */
function openArray(at: usize): usize {
  const holdsRecords = isRecords && changetype<Frame>(frame).kind !== isArray;
  if (push(at, isArray) === 0) return 0;
  changetype<Frame>(frame).holdsRecords = holdsRecords;
  const first = skipSpace(at + 1);
  const byte = load<u8>(first);
  if (holdsRecords && byte !== openBrace && byte !== closeBracket) return fail(noAttributes, first);
  return first;
}

/** Answers the quote of the first member; of a record, and where there is none, the comma or brace behind it. */
function openObject(at: usize): usize {
  const mustBeRecord = changetype<Frame>(frame).holdsRecords;
  if (push(at, isObject) === 0) return 0;
  const behind = openLikeBefore(at);
  if (behind !== 0) return behind;
  const first = skipSpace(at + 1);
  const byte = load<u8>(first);
  if (byte === quote && load<u8>(first, 11) === quote && sameBytes(first + 1, attributesName, 10)) {
    return openRecord(at, first + 12);
  }
  if (mustBeRecord) return fail(noAttributes, at);
  if (byte !== quote && byte !== closeBrace) return fail(notJson, first);
  const owner = changetype<Frame>(frame).owner;
  if (owner !== 0) mix(changetype<Frame>(owner), opened);
  return first;
}

/** The record at `at` if it begins as the one before; nought otherwise. */
function openLikeBefore(at: usize): usize {
  const record = changetype<Frame>(frame);
  const length = record.likeBytes;
  if (length === 0 || !sameText(at, record.likeAt, length)) return 0;
  const id = readId(at + length);
  if (id >= wrongCheck || (id & isLong) === 0 || load<u16>(at + length, 18) !== 0x7d22) return 0;
  beginRecord(record, at);
  record.id = id & ~isLong;
  record.idAt = at + length;
  mix(record, record.likeHash);
  return behindAttributes(record, at + length + 20);
}

function openRecord(start: usize, behindName: usize): usize {
  const record = changetype<Frame>(frame);
  beginRecord(record, start);
  record.likeBytes = 0;
  const at = skipSpace(behindName);
  if (load<u8>(at) !== colon) return fail(notJson, at);
  const behind = readAttributes(skipSpace(at + 1), record);
  if (behind === 0) return 0;
  // `"}` follows an id of 18 characters, and nothing but type and url came before.
  const isPlain = record.shape === mixed(record.path, record.likeHash);
  if (record.kind === isRecord && isPlain && behind === record.idAt + 20 && load<u16>(behind - 2) === 0x7d22) {
    record.likeAt = start;
    record.likeBytes = record.idAt - start;
  }
  return behindAttributes(record, behind);
}

function behindAttributes(record: Frame, at: usize): usize {
  const isWithinAggregate = record.owner !== 0 && changetype<Frame>(record.owner).kind === isAggregate;
  if (isWithinAggregate) return fail(recordInAggregate, record.start);
  const next = skipSpace(at);
  const byte = load<u8>(next);
  return byte === comma || byte === closeBrace ? next : fail(notJson, next);
}

/** Reads the name whose quote is at `at` into an entry; false for a name that may not be. */
function learnName(at: usize, entry: usize): bool {
  if (load<u8>(at) !== quote) return failed(notJson, at);
  const end = readName(at + 1);
  if (end === 0) return failed(oddName, at);
  const length = end - at - 1;
  if (length === 10 && sameBytes(at + 1, attributesName, 10)) return failed(lateAttributes, at + 1);
  store<u32>(entry, <u32>at);
  store<u32>(entry, <u32>length, 4);
  store<u64>(entry, hash, 8);
  return true;
}

/**
 * Members of the present object from the quote of a name on; answers where a value opens that has parts of its own, or
 * the brace behind the last member.
 */
function readMembers(at: usize): usize {
  const within = changetype<Frame>(frame);
  const named = changetype<Frame>(within.kind >= isRecord ? frame : within.owner !== 0 ? within.owner : frames);
  const mayHoldIds = within.kind === isRecord;
  const customerLength = mayHoldIds ? customerFieldLength(within.type) : 0;
  const names = knownNames + ((frame - frames) / frameBytes) * maxKnown * nameBytes;
  let place = within.members;
  let shape = named.shape;
  while (true) {
    const known = names + min<usize>(place, maxKnown - 1) * nameBytes;
    const isKnown = place < within.knownNames && startsAlike(at, load<u32>(known), load<u32>(known, 4) + 2);
    if (!isKnown && !learnName(at, known)) return 0;
    const name = at + 1;
    const length = <usize>load<u32>(known, 4);
    const value = toValue(name + length);
    if (value === 0) return 0;
    shape = mixed(shape, load<u64>(known, 8));
    place++;
    let behind = value;
    if (mayHoldIds && (length === 2 || length === customerLength)) behind = readField(within, name, length, value);
    if (behind === 0) return 0;
    if (behind === value) {
      const byte = load<u8>(value);
      if (byte === quote) behind = skipString(value + 1);
      else if (opens(byte)) {
        keepMembers(within, place, named, shape);
        memberHash = load<u64>(known, 8);
        isRecords = length === 7 && sameBytes(name, recordsName, 7);
        return value;
      } else behind = skipScalar(value);
      if (behind === 0) return fail(notJson, value);
    }
    at = skipSpace(behind);
    if (load<u8>(at) !== comma) {
      keepMembers(within, place, named, shape);
      return load<u8>(at) === closeBrace ? at : fail(notJson, at);
    }
    at = skipSpace(at + 1);
  }
}

function keepMembers(within: Frame, place: usize, named: Frame, shape: u64): void {
  named.shape = shape;
  within.members = place;
  within.knownNames = max<usize>(within.knownNames, min<usize>(place, maxKnown));
}
