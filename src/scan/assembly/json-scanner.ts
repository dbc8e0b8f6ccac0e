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
  mix,
  mixed,
  noAttributes,
  notJson,
  recordInAggregate,
  tooDeep,
} from './json-frame.ts';
import { followMembers, opening } from './json-members.ts';
import {
  forgetNames,
  isKnown,
  KnownName,
  leadsToCustomer,
  learnName,
  nameBytes,
  namesAt,
  ownId,
  spareName,
} from './json-names.ts';
import { beginRecord, readAttributes, readCustomer, readOwnId } from './json-record.ts';
import {
  addRecord,
  chain,
  count,
  customerRunCount,
  idRunCount,
  isCustomerItself,
  place,
  placeCustomerFields,
  typeCount,
  typeTableAddress,
} from './json-results.ts';
import { keyAddress, sameBytes, sameText, skipScalar, skipSpace, skipString } from './json-text.ts';

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

const maxDepth: usize = 64;
/** Frames lie one behind the other, the outermost second: the first stands for the text itself. */
const frames = memory.data(66 * 144, 8);
const frameBytes: usize = 144;

let frame: usize = frames;
let aggregates: i32 = 0;
/** The name of the member whose value opens now. */
let member: usize = 0;

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
  memory.fill(frames, 0, 66 * frameBytes);
  forgetNames();
  member = 0;
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
    if (byte === openBrace) {
      at = openObject(at);
      if (at === 0) return 0;
      if (member !== 0) continue;
    } else if (byte === openBracket) {
      at = openArray(at);
      if (at === 0) return 0;
      if (load<u8>(at) !== closeBracket) continue;
    } else {
      at = byte === quote ? skipString(at + 1) : skipScalar(at);
      if (at === 0) return fail(notJson, start);
    }
    at = closeUntilNext(at);
    if (at === 0 || frame === frames) return at;
  }
}

/** From behind a value to the first byte of the next that is to be looked at, over whatever ends between them. */
function closeUntilNext(at: usize): usize {
  while (true) {
    at = skipSpace(at);
    if (frame === frames) return at;
    const within = changetype<Frame>(frame);
    const byte = load<u8>(at);
    if (within.kind === isArray) {
      if (byte === comma) {
        at = skipSpace(at + 1);
        return within.holdsRecords && load<u8>(at) !== openBrace ? fail(noAttributes, at) : at;
      }
      if (byte !== closeBracket) return fail(notJson, at);
    } else if (byte !== closeBrace) {
      at = readMembers(at, within);
      if (at === 0 || member !== 0) return at;
      continue;
    }
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
  const under = nameAround(around);
  frame += frameBytes;
  const within = changetype<Frame>(frame);
  within.kind = kind;
  within.holdsRecords = false;
  within.isReady = false;
  within.depth = around.depth + 1;
  within.under = under;
  within.path = around.kind === isArray ? around.path : mixed(around.path, under);
  within.owner = around.kind >= isRecord ? changetype<usize>(around) : around.owner;
  changetype<Frame>(frame + frameBytes).isReady = false;
  return frame;
}

/** Hash of the name under which a value opens now in this frame; nought in a list. */
function nameAround(around: Frame): u64 {
  return around.kind === isArray ? 0 : changetype<KnownName>(member).hash;
}

/** Answers the first element, or the closing bracket. */
function openArray(at: usize): usize {
  const isWithinArray = changetype<Frame>(frame).kind === isArray;
  const holdsRecords = !isWithinArray && changetype<KnownName>(member).isRecords;
  if (push(at, isArray) === 0) return 0;
  const within = changetype<Frame>(frame);
  within.holdsRecords = holdsRecords;
  if (within.owner !== 0) mix(changetype<Frame>(within.owner), listOpened);
  const first = skipSpace(at + 1);
  const byte = load<u8>(first);
  if (holdsRecords && byte !== openBrace && byte !== closeBracket) return fail(noAttributes, first);
  return first;
}

/** Answers where a value of a member opens, or the brace behind the last member. */
function openObject(at: usize): usize {
  const around = changetype<Frame>(frame);
  const before = changetype<Frame>(frame + frameBytes);
  if (before.isReady && before.under === nameAround(around)) {
    const behind = openLikeBefore(at, before);
    if (behind !== 0) {
      frame += frameBytes;
      return readMembers(behind, before);
    }
  }
  const mustBeRecord = around.holdsRecords;
  if (push(at, isObject) === 0) return 0;
  const within = changetype<Frame>(frame);
  const first = skipSpace(at + 1);
  const byte = load<u8>(first);
  if (byte === quote && load<u8>(first, 11) === quote && sameBytes(first + 1, attributesName, 10)) {
    const behind = openRecord(at, first + 12);
    return behind === 0 ? 0 : beginMembers(behind, within);
  }
  if (mustBeRecord) return fail(noAttributes, at);
  if (byte !== quote && byte !== closeBrace) return fail(notJson, first);
  if (within.owner !== 0) mix(changetype<Frame>(within.owner), opened);
  within.use = 0;
  within.named = within.owner !== 0 ? within.owner : frames;
  within.nextName = namesAt(within.depth);
  member = 0;
  if (byte === closeBrace) return first;
  const next = readMember(first, within);
  return next === 0 || member !== 0 ? next : readMembers(next, within);
}

/** The members of a record, from behind its attributes on. */
function beginMembers(at: usize, record: Frame): usize {
  if (record.owner !== 0 && changetype<Frame>(record.owner).kind === isAggregate) {
    return fail(recordInAggregate, record.start);
  }
  record.use = record.kind === isRecord ? (<u32>(record.type + 1)) << 2 : 0;
  record.named = changetype<usize>(record);
  record.nextName = namesAt(record.depth);
  return readMembers(at, record);
}

/** The record at `at` if it begins as the one before, which stood in this frame; nought otherwise. */
function openLikeBefore(at: usize, record: Frame): usize {
  const length = record.likeBytes;
  if (!sameText(at, record.likeAt, length)) return 0;
  const idAt = at + length;
  const id = readId(idAt);
  if (id >= wrongCheck || (id & isLong) === 0 || load<u16>(idAt, 18) !== 0x7d22) return 0;
  beginRecord(record, at);
  record.id = id & ~isLong;
  record.idAt = idAt;
  record.shape = mixed(record.path, record.likeHash);
  record.nextName = namesAt(record.depth);
  return idAt + 20;
}

function openRecord(start: usize, behindName: usize): usize {
  const record = changetype<Frame>(frame);
  beginRecord(record, start);
  const at = skipSpace(behindName);
  if (load<u8>(at) !== colon) return fail(notJson, at);
  const behind = readAttributes(skipSpace(at + 1), record);
  if (behind === 0) return 0;
  // `"}` follows an id of 18 characters, and nothing but type and url came before.
  const isPlain = record.shape === mixed(record.path, record.likeHash);
  if (record.kind === isRecord && isPlain && behind === record.idAt + 20 && load<u16>(behind - 2) === 0x7d22) {
    record.likeAt = start;
    record.likeBytes = record.idAt - start;
    record.isReady = true;
  }
  return behind;
}

/**
 * Further members of the present object, from behind what came before; answers where a value opens that has parts of its
 * own (then `member` is its name), or the brace behind the last member.
 */
function readMembers(at: usize, within: Frame): usize {
  const named = changetype<Frame>(within.named);
  while (true) {
    at = followMembers(at, within, named);
    member = opening;
    if (member !== 0 || load<u8>(at) === closeBrace) return at;
    at = skipSpace(at);
    const byte = load<u8>(at);
    if (byte === closeBrace) return at;
    if (byte !== comma) return fail(notJson, at);
    at = readMember(skipSpace(at + 1), within);
    if (at === 0 || member !== 0) return at;
  }
}

/** The member whose name's quote is at `at`; answers what lies behind, or where its value opens. */
function readMember(at: usize, within: Frame): usize {
  const known = changetype<KnownName>(within.nextName);
  const value = isKnown(at, known, within.use) ? skipSpace(at + known.length - 1) : learnName(at, known, within);
  if (value === 0) return 0;
  within.nextName = min<usize>(within.nextName + nameBytes, spareName(within.depth));
  mix(changetype<Frame>(within.named), known.hash);
  member = 0;
  const role = known.role;
  if (role === ownId) return readOwnId(within, at + 1, value);
  if (role === leadsToCustomer) return readCustomer(within, at + 1, value);
  const byte = load<u8>(value);
  if (byte === openBrace || byte === openBracket) {
    member = changetype<usize>(known);
    return value;
  }
  const behind = byte === quote ? skipString(value + 1) : skipScalar(value);
  return behind === 0 ? fail(notJson, value) : behind;
}
