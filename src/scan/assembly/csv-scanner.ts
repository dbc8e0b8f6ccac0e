/**
 * Finds the records of CSV 64 bytes at a time: quotes become a bit mask, its running exclusive-or says which bytes lie in
 * quoted cells, and what is left of delimiters and line ends outside of them are the table's own. Ids are read as soon
 * as their cells begin; the rest of a record is only measured.
 */
import { isLong, notAnId, readId, readPrefix, wrongCheck } from './id.ts';

// What `scan` answers; csv-scanner.ts says it in words.
const fine: i32 = 0;
const strayQuote: i32 = 1;
const textAfterQuote: i32 = 2;
const loneReturn: i32 = 3;
const wrongCells: i32 = 4;
const wrongId: i32 = 5;
const wrongIdCheck: i32 = 6;
const wrongCustomer: i32 = 7;
const wrongCustomerCheck: i32 = 8;

const noId: u64 = u64.MAX_VALUE;
const quote: u8 = 34;
/** The longest id cell with both its quotes and what follows it. */
const idCell: usize = 21;
const none: i32 = -1;

// The table's form.
let delimiter: u8 = 0;
let columns: i32 = 0;
let idColumn: i32 = 0;
/** The earlier and the later of the two columns. */
let firstColumn: i32 = 0;
let secondColumn: i32 = none;

// Where the results of one step go.
let numbersAt: usize = 0;
let customersAt: usize = 0;
let startsAt: usize = 0;
let idRunsAt: usize = 0;
let customerRunsAt: usize = 0;
let regionAt: usize = 0;
let counted: i32 = 0;
let idRuns: i32 = 0;
let idPrefix: u64 = 0;
let customerRuns: i32 = 0;
let customerPrefix: u64 = 0;

// The record under way.
let recordAt: usize = 0;
/** Delimiters seen in it. */
let cells: i32 = 0;
/** How many of the wanted cells were read: the record counts when it is `wanted`. */
let read: i32 = 0;
let wanted: i32 = 1;
/** Where a wanted cell begins that could not be read yet, by its order. */
let firstCellAt: usize = 0;
let secondCellAt: usize = 0;

// What the byte before the next block was.
let withinQuotes: u64 = 0;
let afterDivider: u64 = 1;
let afterQuote: u64 = 0;
let afterReturn: u64 = 0;

let wrongAt: usize = 0;

/** First address that callers may use. */
export function firstFree(): usize {
  return (__heap_base + 15) & ~15;
}

/** Columns are counted from nought; `customer` -1 for none. Begins a new input. */
export function describe(delimiterByte: u8, columnCount: i32, id: i32, customer: i32): void {
  delimiter = delimiterByte;
  columns = columnCount;
  idColumn = id;
  wanted = customer === none ? 1 : 2;
  firstColumn = customer === none ? id : min<i32>(id, customer);
  secondColumn = customer === none ? none : max<i32>(id, customer);
}

/** Where results go: two lists of u64, one of u32, two of pairs (index u32 in 8 bytes, prefix u64). */
export function place(numbers: usize, customers: usize, starts: usize, runs: usize, runsOfCustomers: usize): void {
  numbersAt = numbers;
  customersAt = customers;
  startsAt = starts;
  idRunsAt = runs;
  customerRunsAt = runsOfCustomers;
}

/** Begins a step: empties the results; starts of records are measured from `region`. */
export function beginStep(region: usize): void {
  regionAt = region;
  counted = 0;
  idRuns = 0;
  idPrefix = 0;
  customerRuns = 0;
  customerPrefix = 0;
}

export function count(): i32 {
  return counted;
}

export function idRunCount(): i32 {
  return idRuns;
}

export function customerRunCount(): i32 {
  return customerRuns;
}

/** Whether the ids of the record under way are known, so that its bytes may leave. */
export function isCounted(): bool {
  return read === wanted;
}

export function isWithinQuotes(): bool {
  return withinQuotes !== 0;
}

/** Where the record under way begins; nought when that was before the last `scan`. */
export function recordStart(): usize {
  return recordAt;
}

export function faultAt(): usize {
  return wrongAt;
}

/**
 * Scans `[from, end)`; `fresh`: a record begins at `from`, otherwise the one under way goes on there. The 64 bytes
 * behind `end` are cleared.
 */
export function scan(from: usize, end: usize, fresh: bool): i32 {
  recordAt = 0;
  if (fresh) {
    idRuns = dropRun(idRunsAt, idRuns);
    customerRuns = dropRun(customerRunsAt, customerRuns);
    idPrefix = 0;
    customerPrefix = 0;
    withinQuotes = 0;
    afterDivider = 1;
    afterQuote = 0;
    afterReturn = 0;
    const wrong = beginRecord(from, end);
    if (wrong !== fine) return wrong;
  }
  let within = withinQuotes;
  let divider = afterDivider;
  let closed = afterQuote;
  let returned = afterReturn;
  clearBehind(end);
  for (let block = from; block < end; block += 64) {
    const a = v128.load(block);
    const b = v128.load(block, 16);
    const c = v128.load(block, 32);
    const d = v128.load(block, 48);
    const quotes = matches(a, b, c, d, quote);
    const inside = runningParity(quotes) ^ within;
    const delimiters = matches(a, b, c, d, delimiter) & ~inside;
    const lines = matches(a, b, c, d, 10) & ~inside;
    let returns: u64 = 0;
    let lone: u64 = 0;
    if (hasAny(a, b, c, d, 13) || returned !== 0) {
      returns = matches(a, b, c, d, 13) & ~inside;
      lone = ((returns << 1) | returned) & ~lines;
    }

    const dividers = delimiters | lines;
    const opening = quotes & inside;
    const closing = quotes & ~inside;
    const behindQuote = (closing << 1) | closed;
    const stray = opening & ~((dividers << 1) | divider | behindQuote);
    const text = behindQuote & ~(dividers | opening | returns);
    const length = min<usize>(64, end - block);
    if ((stray | text | lone) !== 0) {
      const wrong = misquoted(block, <u64>length, stray, text, lone);
      if (wrong !== fine) return wrong;
    }
    const last = <u64>length - 1;
    within = <u64>(<i64>inside >> 63);
    divider = (dividers >> last) & 1;
    closed = (closing >> last) & 1;
    returned = (returns >> last) & 1;
    if (lines !== 0 || read < wanted) {
      const wrong = readRecords(delimiters, lines, block, end);
      if (wrong !== fine) return wrong;
    } else cells += <i32>popcnt(delimiters);
  }
  withinQuotes = within;
  afterDivider = divider;
  afterQuote = closed;
  afterReturn = returned;
  return fine;
}

/** The records that end, begin or still lack an id in a block with these delimiters and line ends. */
function readRecords(delimiters: u64, lines: u64, block: usize, end: usize): i32 {
  while (lines !== 0) {
    const through = lines ^ (lines - 1);
    const wrong = endRecord(block, delimiters & through, block + <usize>ctz(lines), end);
    if (wrong !== fine) return wrong;
    delimiters &= ~through;
    lines &= lines - 1;
  }
  if (read < wanted) {
    const wrong = seekCells(delimiters, block, end);
    if (wrong !== fine) return wrong;
  }
  cells += <i32>popcnt(delimiters);
  return fine;
}

/** What is wrong first among the first `length` bytes: what the last of them may need is not there yet. */
function misquoted(block: usize, length: u64, stray: u64, text: u64, lone: u64): i32 {
  const wrong = (stray | text | lone) & (u64.MAX_VALUE >> (64 - length));
  if (wrong === 0) return fine;
  const bit = wrong & (0 - wrong);
  wrongAt = block + <usize>ctz(wrong);
  return stray & bit ? strayQuote : text & bit ? textAfterQuote : loneReturn;
}

/** The last block reaches past the end: noughts there are neither quotes nor delimiters nor line ends. */
function clearBehind(end: usize): void {
  for (let at: usize = 0; at < 64; at += 16) v128.store(end + at, i64x2.splat(0));
}

function beginRecord(at: usize, end: usize): i32 {
  recordAt = at;
  cells = 0;
  read = 0;
  firstCellAt = 0;
  secondCellAt = 0;
  if (firstColumn !== 0) return fine;
  if (at + idCell <= end) return readCell(at, 0);
  firstCellAt = at;
  return fine;
}

/** The record ends with the line end at `line`; the next begins behind it. */
function endRecord(block: usize, delimiters: u64, line: usize, end: usize): i32 {
  if (read < wanted) {
    const wrong = finishCells(delimiters, block, end);
    if (wrong !== fine) return wrong;
  }
  if (cells + <i32>popcnt(delimiters) + 1 !== columns) {
    wrongAt = line;
    return wrongCells;
  }
  return beginRecord(line + 1, end);
}

/** Reads what wanted cells are left of a record whose end is known; too few cells leave some unread. */
function finishCells(delimiters: u64, block: usize, end: usize): i32 {
  const wrong = seekCells(delimiters, block, end);
  if (wrong !== fine) return wrong;
  if (read === 0 && firstCellAt !== 0) {
    const wrongFirst = readCell(firstCellAt, 0);
    if (wrongFirst !== fine) return wrongFirst;
  }
  if (read === 1 && secondCellAt !== 0) return readCell(secondCellAt, 1);
  return fine;
}

/** Looks for the wanted cells behind these delimiters; reads those whose bytes are all there. */
function seekCells(delimiters: u64, block: usize, end: usize): i32 {
  if (read === 0 && firstCellAt === 0) {
    firstCellAt = cellStart(delimiters, block, firstColumn);
    if (firstCellAt !== 0 && firstCellAt + idCell <= end) {
      const wrong = readCell(firstCellAt, 0);
      if (wrong !== fine) return wrong;
    }
  }
  if (wanted === 2 && secondCellAt === 0) {
    secondCellAt = cellStart(delimiters, block, secondColumn);
    if (read === 1 && secondCellAt !== 0 && secondCellAt + idCell <= end) return readCell(secondCellAt, 1);
  }
  return fine;
}

/** Where the cell of this column begins, or nought when its delimiter is not among these. */
function cellStart(delimiters: u64, block: usize, column: i32): usize {
  let before = column - cells - 1;
  if (before < 0 || before >= <i32>popcnt(delimiters)) return 0;
  for (; before > 0; before--) delimiters &= delimiters - 1;
  return block + <usize>ctz(delimiters) + 1;
}

function readCell(at: usize, order: i32): i32 {
  const column = order === 0 ? firstColumn : secondColumn;
  if (column === idColumn) return readIdCell(at);
  return readCustomerCell(at);
}

function readIdCell(at: usize): i32 {
  const id = readWholeCell(at);
  if (id >= wrongCheck) {
    wrongAt = at;
    return id === wrongCheck ? wrongIdCheck : wrongId;
  }
  const prefix = readPrefix(textStart(at));
  if (prefix !== idPrefix) {
    addRun(idRunsAt, idRuns++, prefix);
    idPrefix = prefix;
  }
  store<u64>(numbersAt + ((<usize>counted) << 3), id);
  countCell();
  return fine;
}

function readCustomerCell(at: usize): i32 {
  const isEmpty = load<u8>(at) === quote ? load<u8>(at, 1) === quote && endsCell(at + 2) : endsCell(at);
  let id = noId;
  if (!isEmpty) {
    id = readWholeCell(at);
    if (id >= wrongCheck) {
      wrongAt = at;
      return id === wrongCheck ? wrongCustomerCheck : wrongCustomer;
    }
    const prefix = readPrefix(textStart(at));
    if (prefix !== customerPrefix) {
      addRun(customerRunsAt, customerRuns++, prefix);
      customerPrefix = prefix;
    }
  }
  store<u64>(customersAt + ((<usize>counted) << 3), id);
  countCell();
  return fine;
}

function countCell(): void {
  read++;
  if (read < wanted) return;
  store<u32>(startsAt + ((<usize>counted) << 2), <u32>(recordAt - regionAt));
  counted++;
}

function addRun(runs: usize, index: i32, prefix: u64): void {
  const at = runs + ((<usize>index) << 4);
  store<u32>(at, counted);
  store<u64>(at, prefix, 8);
}

/** A line that is begun again, or was the header, leaves no run behind. */
function dropRun(runs: usize, length: i32): i32 {
  return length > 0 && load<u32>(runs + ((<usize>(length - 1)) << 4)) === <u32>counted ? length - 1 : length;
}

/** The id that fills the cell at `at`, quoted or not. */
function readWholeCell(at: usize): u64 {
  const isQuoted = load<u8>(at) === quote;
  const text = textStart(at);
  const id = readId(text);
  if (id >= wrongCheck) return id;
  const end = text + ((id & isLong) !== 0 ? 18 : 15);
  if (isQuoted ? load<u8>(end) !== quote || !endsCell(end + 1) : !endsCell(end)) return notAnId;
  return id & ~isLong;
}

function textStart(at: usize): usize {
  return load<u8>(at) === quote ? at + 1 : at;
}

function endsCell(at: usize): bool {
  const byte = load<u8>(at);
  return byte === delimiter || byte === 10 || byte === 13;
}

function matches(a: v128, b: v128, c: v128, d: v128, byte: u8): u64 {
  const wanted = i8x16.splat(byte);
  const low = <u64>i8x16.bitmask(i8x16.eq(a, wanted)) | ((<u64>i8x16.bitmask(i8x16.eq(b, wanted))) << 16);
  const high = <u64>i8x16.bitmask(i8x16.eq(c, wanted)) | ((<u64>i8x16.bitmask(i8x16.eq(d, wanted))) << 16);
  return low | (high << 32);
}

function hasAny(a: v128, b: v128, c: v128, d: v128, byte: u8): bool {
  const wanted = i8x16.splat(byte);
  const low = v128.or(i8x16.eq(a, wanted), i8x16.eq(b, wanted));
  return v128.any_true(v128.or(low, v128.or(i8x16.eq(c, wanted), i8x16.eq(d, wanted))));
}

/** Bit n is the exclusive-or of bits 0 to n: set from each opening quote to before its closing one. */
function runningParity(bits: u64): u64 {
  bits ^= bits << 1;
  bits ^= bits << 2;
  bits ^= bits << 4;
  bits ^= bits << 8;
  bits ^= bits << 16;
  return bits ^ (bits << 32);
}
