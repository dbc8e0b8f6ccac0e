/**
 * Walks one whole JSON text, strictly (RFC 8259), and writes down the records in it: objects whose first member is
 * `attributes`. At least 32 noughts follow the text: they end every part of it, so nothing asks whether it is over.
 */
import { isLong, readId, wrongCheck } from './id.ts';
import {
  beginText,
  Frame,
  fail,
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
import { beginRecord, isId, readAttributes, readCustomer, readOwnId, toValue } from './json-record.ts';
import {
  addRecord,
  chain,
  count,
  customerFieldLength,
  customerRunCount,
  idRunCount,
  isCustomerField,
  isCustomerItself,
  place,
  placeCustomerFields,
  typeCount,
  typeTableAddress,
} from './json-results.ts';
import {
  hash,
  keyAddress,
  otherBytes,
  readName,
  sameBytes,
  sameText,
  skipScalar,
  skipShortString,
  skipSpace,
  skipString,
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

/** What the hash of names takes for the braces of objects that are no records, and for the brackets of lists. */
const opened: u64 = 1;
const closed: u64 = 2;
const listOpened: u64 = 3;
const listClosed: u64 = 4;

const attributesName = memory.data<u8>([97, 116, 116, 114, 105, 98, 117, 116, 101, 115]);
const recordsName = memory.data<u8>([114, 101, 99, 111, 114, 100, 115]);

const maxDepth: usize = 64;
/** Frames lie one behind the other, the outermost second: the first stands for the text itself. */
const frames = memory.data(65 * 128, 8);
const frameBytes: usize = 128;

/**
 * The names of the last objects at each depth, by their place. An object like the one before has the same name there,
 * which is seen sooner than a name is read.
 */
@unmanaged
class KnownName {
  /** Of the quote before it. */
  at: u32;
  /** A bit for each byte up to the colon that must be the same; nought for what is read each time. */
  mask: u32;
  /** From the quote to behind the colon, where no space is between. */
  length: u32;
  /** One more than the type whose customer it was seen to lead to; nought before. */
  customerOf: i32;
  hash: u64;
}

const nameBytes: usize = 24;
/** At each depth; the entry behind them is for all further ones. */
const maxKnown: usize = 32;
const longestKnown: usize = 32;
const knownNames = memory.data(65 * 33 * 24, 8);

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
  else if (within.owner !== 0) {
    mix(changetype<Frame>(within.owner), within.kind === isObject ? closed : listClosed);
  }
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
  within.nextName = 0;
  within.path = around.kind === isArray ? around.path : mixed(around.path, memberHash);
  within.owner = around.kind >= isRecord ? changetype<usize>(around) : around.owner;
  return frame;
}

/** Answers the first element, or the closing bracket. */
function openArray(at: usize): usize {
  const holdsRecords = isRecords && changetype<Frame>(frame).kind !== isArray;
  if (push(at, isArray) === 0) return 0;
  const within = changetype<Frame>(frame);
  within.holdsRecords = holdsRecords;
  if (within.owner !== 0) mix(changetype<Frame>(within.owner), listOpened);
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

/** Reads the name whose quote is at `at` into an entry; answers the member's value, nought for a name that may not be. */
function learnName(at: usize, known: KnownName): usize {
  if (load<u8>(at) !== quote) return fail(notJson, at);
  const end = readName(at + 1);
  if (end === 0) return fail(oddName, at);
  const length = end + 2 - at;
  if (length === 13 && sameBytes(at + 1, attributesName, 10)) return fail(lateAttributes, at + 1);
  known.at = <u32>at;
  known.mask = length > longestKnown || load<u8>(end, 1) !== colon ? 0 : <u32>(((<u64>1) << length) - 1);
  known.length = <u32>length;
  known.customerOf = 0;
  known.hash = hash;
  return toValue(end);
}

/**
 * Members of the present object from the quote of a name on; answers where a value opens that has parts of its own, or
 * the brace behind the last member.
 */
function readMembers(at: usize): usize {
  const within = changetype<Frame>(frame);
  const named = changetype<Frame>(within.kind >= isRecord ? frame : within.owner !== 0 ? within.owner : frames);
  const idLength: usize = within.kind === isRecord ? 5 : 0;
  const customerLength = within.kind === isRecord ? customerFieldLength(within.type) + 3 : 0;
  const names = knownNames + ((frame - frames) / frameBytes) * (maxKnown + 1) * nameBytes;
  const spare = names + maxKnown * nameBytes;
  const end = names + within.knownNames;
  let next = names + within.nextName;
  let shape = named.shape;
  while (true) {
    const known = changetype<KnownName>(next);
    const mask = next < end ? known.mask : 0;
    let value = at + known.length;
    if (mask === 0 || (otherBytes(at, known.at) & mask) !== 0 || load<u8>(value) <= 32) {
      value = learnName(at, known);
      if (value === 0) return 0;
    }
    shape = mixed(shape, known.hash);
    const length = <usize>known.length;
    next = min<usize>(next + nameBytes, spare);
    let behind = value;
    if (length === idLength && isId(at + 1)) behind = readOwnId(within, at + 1, value);
    else if (length === customerLength && isCustomerName(known, within.type)) {
      behind = readCustomer(within, at + 1, value);
    }
    if (behind === value) {
      const byte = load<u8>(value);
      if (byte === quote) behind = skipShortString(value + 1);
      else if (opens(byte)) {
        keepNames(within, next - names, named, shape);
        memberHash = known.hash;
        isRecords = length === 10 && sameBytes(at + 1, recordsName, 7);
        return value;
      } else behind = skipScalar(value);
      if (behind === 0) return fail(notJson, value);
    } else if (behind === 0) return 0;
    at = behind + 1;
    // A comma and a quote.
    if (load<u16>(behind) === 0x222c) continue;
    at = skipSpace(behind);
    if (load<u8>(at) !== comma) {
      keepNames(within, next - names, named, shape);
      return load<u8>(at) === closeBrace ? at : fail(notJson, at);
    }
    at = skipSpace(at + 1);
  }
}

function isCustomerName(known: KnownName, type: i32): bool {
  if (known.customerOf === type + 1) return true;
  if (!isCustomerField(type, known.at + 1, known.length - 3)) return false;
  known.customerOf = type + 1;
  return true;
}

function keepNames(within: Frame, next: usize, named: Frame, shape: u64): void {
  named.shape = shape;
  within.nextName = next;
  within.knownNames = max<usize>(within.knownNames, next);
}
