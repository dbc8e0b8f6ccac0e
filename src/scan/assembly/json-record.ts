/** What makes an object a record: its `attributes`, its `Id` and its customer's. */
import { isLong, notAnId, readId, readPrefix, wrongCheck } from './id.ts';
import {
  Frame,
  fail,
  isAggregate,
  isRecord,
  mix,
  notJson,
  oddAttributes,
  oddName,
  otherId,
  repeatedMember,
  tooManyTypes,
  wrongCustomer,
  wrongUrl,
  wrongUrlCheck,
} from './json-frame.ts';
import { findType, noId } from './json-results.ts';
import { hash, readName, sameBytes, skipScalar, skipSpace, skipString } from './json-text.ts';

const quote: u8 = 34;
const comma: u8 = 44;
const colon: u8 = 58;
const openBrace: u8 = 123;
const closeBrace: u8 = 125;

const aggregateType = memory.data<u8>([65, 103, 103, 114, 101, 103, 97, 116, 101, 82, 101, 115, 117, 108, 116]);

export function beginRecord(record: Frame, start: usize): void {
  record.kind = isRecord;
  record.start = start;
  record.shape = record.path;
  record.lastShape = 0;
  record.customer = noId;
  record.hasId = false;
  record.hasCustomer = false;
  record.lastChild = -1;
}

/** The object with `type` and `url`, from its brace on; whatever else is in it are strings, numbers or words. */
export function readAttributes(at: usize, record: Frame): usize {
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
export function toValue(at: usize): usize {
  if (load<u16>(at) === 0x3a22 && load<u8>(at, 2) > 32) return at + 2;
  const next = skipSpace(at + 1);
  return load<u8>(next) === colon ? skipSpace(next + 1) : fail(notJson, next);
}

/** Whether the two letters of a name are `Id`, in whatever case. */
export function isId(name: usize): bool {
  return (load<u16>(name) | 0x2020) === 0x6469;
}

/** The member `Id` must be the id in the url; answers what lies behind. */
export function readOwnId(record: Frame, name: usize, value: usize): usize {
  if (record.hasId) return fail(repeatedMember, name);
  record.hasId = true;
  return isSameId(value, record) ? behindId(value) : fail(otherId, value);
}

/** The member that leads to the customer, an id or null; answers what lies behind. */
export function readCustomer(record: Frame, name: usize, value: usize): usize {
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
