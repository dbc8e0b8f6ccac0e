/**
 * Walks one whole JSON text, strictly (RFC 8259), and writes down the records in it: objects whose first member is
 * `attributes`. At least 32 noughts follow the text: they end every part of it, so nothing asks whether it is over.
 */
import { isLong, notAnId, readId, readPrefix, wrongCheck } from './id.ts';
import {
  addRecord,
  chain,
  count,
  customerFieldLength,
  customerRunCount,
  Found,
  findType,
  idRunCount,
  isCustomerField,
  isCustomerItself,
  noId,
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

export { count, customerRunCount, idRunCount, keyAddress, place, placeCustomerFields, typeCount, typeTableAddress };

// What `scan` answers; json-scanner.ts says it in words.
const fine: i32 = 0;
const notJson: i32 = 1;
const tooDeep: i32 = 2;
const oddName: i32 = 3;
const lateAttributes: i32 = 4;
const oddAttributes: i32 = 5;
const noAttributes: i32 = 6;
const wrongUrl: i32 = 7;
const wrongUrlCheck: i32 = 8;
const otherId: i32 = 9;
const wrongCustomer: i32 = 10;
const repeatedMember: i32 = 11;
const tooManyTypes: i32 = 12;
const recordInAggregate: i32 = 13;

const quote: u8 = 34;
const comma: u8 = 44;
const colon: u8 = 58;
const openBracket: u8 = 91;
const closeBracket: u8 = 93;
const openBrace: u8 = 123;
const closeBrace: u8 = 125;

const attributesName = memory.data<u8>([97, 116, 116, 114, 105, 98, 117, 116, 101, 115]);
const recordsName = memory.data<u8>([114, 101, 99, 111, 114, 100, 115]);
const aggregateType = memory.data<u8>([65, 103, 103, 114, 101, 103, 97, 116, 101, 82, 101, 115, 117, 108, 116]);

const isArray: i32 = 0;
const isObject: i32 = 1;
const isRecord: i32 = 2;
const isAggregate: i32 = 3;

/** An object or array that is open; of records also what is known of them. */
@unmanaged
class Frame extends Found {
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
  /** How many members were read of it, and how many names of objects before it at this depth are known. */
  members: usize;
  knownNames: usize;
}

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
let multiplier: u64 = 1;
/** Whether the last member read is called `records`. */
let isRecords: bool = false;
let memberHash: u64 = 0;

let fault: i32 = fine;
let wrongAt: usize = 0;

/** First address that callers may use. */
export function firstFree(): usize {
  return (__heap_base + 15) & ~15;
}

export function aggregateCount(): i32 {
  return aggregates;
}

export function faultAt(): usize {
  return wrongAt;
}

/** Scans the text in `[from, end)`. `odd`: a random odd number, part of the key. */
export function scan(from: usize, end: usize, odd: u64): i32 {
  multiplier = odd;
  frame = frames;
  aggregates = 0;
  fault = fine;
  memory.fill(frames, 0, 65 * frameBytes);
  const outermost = changetype<Frame>(frame);
  outermost.kind = isArray;
  outermost.path = odd;
  const behind = walk(skipSpace(from));
  if (behind !== 0 && behind !== end) fail(notJson, behind);
  return fault;
}

function fail(code: i32, at: usize): usize {
  if (fault === fine) {
    fault = code;
    wrongAt = at;
  }
  return 0;
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
  else if (within.kind === isObject && within.owner !== 0) mix(changetype<Frame>(within.owner), ~multiplier);
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

function mix(record: Frame, word: u64): void {
  record.shape = mixed(record.shape, word);
}

function mixed(before: u64, word: u64): u64 {
  return rotl<u64>((before + word) * multiplier, 29);
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
  if (owner !== 0) mix(changetype<Frame>(owner), multiplier);
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

function beginRecord(record: Frame, start: usize): void {
  record.kind = isRecord;
  record.start = start;
  record.shape = record.path;
  record.lastShape = 0;
  record.customer = noId;
  record.hasId = false;
  record.hasCustomer = false;
  record.lastChild = -1;
}

function behindAttributes(record: Frame, at: usize): usize {
  const isWithinAggregate = record.owner !== 0 && changetype<Frame>(record.owner).kind === isAggregate;
  if (isWithinAggregate) return fail(recordInAggregate, record.start);
  const next = skipSpace(at);
  const byte = load<u8>(next);
  return byte === comma || byte === closeBrace ? next : fail(notJson, next);
}

/** The object with `type` and `url`, from its brace on; whatever else is in it are strings, numbers or words. */
function readAttributes(at: usize, record: Frame): usize {
  if (load<u8>(at) !== openBrace) return fail(oddAttributes, at);
  const start = at;
  let type: usize = 0;
  let url: usize = 0;
  let byte = comma;
  while (byte === comma) {
    at = skipSpace(at + 1);
    const name = at + 1;
    if (load<u8>(at) !== quote) return fail(notJson, at);
    const end = readName(name);
    if (end === 0) return fail(oddName, at);
    const length = end - name;
    const value = toValue(end);
    if (value === 0) return 0;
    const isType = length === 4 && load<u32>(name) === 0x6570_7974;
    const isUrl = length === 3 && (load<u32>(name) & 0xff_ffff) === 0x6c_7275;
    if (isType || isUrl) {
      if ((isType ? type : url) !== 0) return fail(repeatedMember, name);
      if (load<u8>(value) !== quote) return fail(oddAttributes, value);
      if (isType) type = value + 1;
      else url = value + 1;
    } else mix(record, hash);
    at = load<u8>(value) === quote ? skipString(value + 1) : skipScalar(value);
    if (at === 0) return fail(oddAttributes, value);
    if (isUrl && !readUrl(url, at - 1, record)) return 0;
    at = skipSpace(at);
    byte = load<u8>(at);
  }
  if (byte !== closeBrace) return fail(notJson, at);
  return type !== 0 && setType(type, url, record) ? at + 1 : fail(oddAttributes, start);
}

/** Whether type and url go together; without a url only an AggregateResult is known. */
function setType(at: usize, url: usize, record: Frame): bool {
  const end = readName(at);
  if (end === 0 || end === at) return false;
  if (end - at === 15 && sameBytes(at, aggregateType, 15)) {
    record.kind = isAggregate;
    return true;
  }
  if (url === 0) return false;
  record.likeHash = hash;
  mix(record, hash);
  record.type = findType(at, end - at);
  if (record.type >= 0) return true;
  fail(tooManyTypes, at);
  return false;
}

/** The id is what follows the last slash of the path in `[at, end)`. */
function readUrl(at: usize, end: usize, record: Frame): bool {
  const length = end - at;
  const id =
    length > 18 && load<u8>(end - 19) === 47 ? end - 18 : length > 15 && load<u8>(end - 16) === 47 ? end - 15 : 0;
  const number = id === 0 ? notAnId : readId(id);
  if (number >= wrongCheck) {
    fail(number === wrongCheck ? wrongUrlCheck : wrongUrl, at);
    return false;
  }
  if (end - id !== ((number & isLong) !== 0 ? 18 : 15)) {
    fail(wrongUrl, at);
    return false;
  }
  record.id = number & ~isLong;
  record.idAt = id;
  return true;
}

/** From behind a name, at its closing quote, to its value. */
function toValue(at: usize): usize {
  if (load<u16>(at) === 0x3a22 && load<u8>(at, 2) > 32) return at + 2;
  const next = skipSpace(at + 1);
  return load<u8>(next) === colon ? skipSpace(next + 1) : fail(notJson, next);
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

function failed(code: i32, at: usize): bool {
  return fail(code, at) !== 0;
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

/** Checks the record's own id and reads its customer's; answers what lies behind, or the value of any other field. */
function readField(record: Frame, name: usize, length: usize, value: usize): usize {
  if (length === 2 && (load<u16>(name) | 0x2020) === 0x6469) {
    if (record.hasId) return fail(repeatedMember, name);
    record.hasId = true;
    return isSameId(value, record) ? behindId(value) : fail(otherId, value);
  }
  if (!isCustomerField(record.type, name, length)) return value;
  if (record.hasCustomer) return fail(repeatedMember, name);
  record.hasCustomer = true;
  if (load<u32>(value) === 0x6c6c_756e) return value + 4;
  record.customer = stringId(value);
  record.customerAt = value + 1;
  return record.customer < wrongCheck ? behindId(value) : fail(wrongCustomer, value);
}

/** A string with an id in it takes 17 or 20 bytes. */
function behindId(at: usize): usize {
  return load<u8>(at, 16) === quote ? at + 17 : at + 20;
}

function isSameId(at: usize, record: Frame): bool {
  const text = at + 1;
  const isSame = !v128.any_true(v128.xor(v128.load(text), v128.load(record.idAt)));
  const isRest = load<u16>(text, 16) === load<u16>(record.idAt, 16) && load<u8>(text, 18) === quote;
  if (isSame && isRest && load<u8>(at) === quote) return true;
  return stringId(at) === record.id && readPrefix(text) === readPrefix(record.idAt);
}

/** The id that is the whole of the string at `at`. */
function stringId(at: usize): u64 {
  if (load<u8>(at) !== quote) return notAnId;
  const id = readId(at + 1);
  if (id >= wrongCheck) return id;
  const end = at + 1 + ((id & isLong) !== 0 ? 18 : 15);
  return load<u8>(end) === quote ? id & ~isLong : notAnId;
}
