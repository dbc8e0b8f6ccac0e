/** Where what was found in a JSON text is written down. */
import { readPrefix } from './id.ts';
import { sameBytes, sameLetters } from './json-text.ts';

export const noId: u64 = u64.MAX_VALUE;
const noRecord: i32 = -1;

/** What one record comes to when it ends. Numbers of ids, and where their characters lie; nought for none. */
@unmanaged
export class Found {
  id: u64;
  idAt: usize;
  customer: u64;
  customerAt: usize;
  type: i32;
  shape: u64;
  /** Shape of the record within it that ended last: neighbours of one shape count once. */
  lastShape: u64;
  start: usize;
  end: usize;
  /** The last record that ended directly within it; the chain goes on in `parents`. */
  lastChild: i32;
}

let textAt: usize = 0;
let numbersAt: usize = 0;
let customersAt: usize = 0;
let shapesAt: usize = 0;
let startsAt: usize = 0;
let endsAt: usize = 0;
let parentsAt: usize = 0;
let typeOfAt: usize = 0;
let idRunsAt: usize = 0;
let customerRunsAt: usize = 0;

let counted: i32 = 0;
let idRuns: i32 = 0;
let customerRuns: i32 = 0;

/**
 * Where results go: lists of u64, of i32, of u16, and of runs (index u32, type u32, prefix u64), each long enough for
 * as many records as the text can hold.
 */
export function place(
  text: usize,
  numbers: usize,
  customers: usize,
  shapes: usize,
  starts: usize,
  ends: usize,
  parents: usize,
  typeOf: usize,
  runs: usize,
  runsOfCustomers: usize,
): void {
  textAt = text;
  numbersAt = numbers;
  customersAt = customers;
  shapesAt = shapes;
  startsAt = starts;
  endsAt = ends;
  parentsAt = parents;
  typeOfAt = typeOf;
  idRunsAt = runs;
  customerRunsAt = runsOfCustomers;
}

/** Begins a new text: what was found in the last one is forgotten. */
export function beginResults(): void {
  counted = 0;
  idRuns = 0;
  customerRuns = 0;
  types = 0;
  lastType = 0;
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

/** Writes a record down; answers its index. */
export function addRecord(record: Found): i32 {
  const index = counted++;
  const at = <usize>index;
  const type = typeEntry(record.type);
  const prefix = readPrefix(record.idAt);
  if (prefix !== load<u64>(type, 16)) {
    addRun(idRunsAt, idRuns++, index, record.type, prefix);
    store<u64>(type, prefix, 16);
  }
  if (record.customer !== noId) {
    const prefixOf = readPrefix(record.customerAt);
    if (prefixOf !== load<u64>(type, 24)) {
      addRun(customerRunsAt, customerRuns++, index, record.type, prefixOf);
      store<u64>(type, prefixOf, 24);
    }
  }
  store<u64>(numbersAt + (at << 3), record.id);
  store<u64>(customersAt + (at << 3), record.customer);
  store<u64>(shapesAt + (at << 3), record.shape);
  store<u32>(startsAt + (at << 2), <u32>(record.start - textAt));
  store<u32>(endsAt + (at << 2), <u32>(record.end - textAt));
  store<u16>(typeOfAt + (at << 1), <u16>record.type);
  store<i32>(parentsAt + (at << 2), noRecord);
  adopt(record.lastChild, index);
  return index;
}

/** Until its end, a record keeps those within it as a chain: each one's parent is the one before it. */
function adopt(child: i32, parent: i32): void {
  while (child !== noRecord) {
    const at = parentsAt + ((<usize>child) << 2);
    child = load<i32>(at);
    store<i32>(at, parent);
  }
}

/** Puts a record at the end of a chain. */
export function chain(index: i32, before: i32): i32 {
  store<i32>(parentsAt + ((<usize>index) << 2), before);
  return index;
}

function addRun(runs: usize, run: i32, from: i32, type: i32, prefix: u64): void {
  const at = runs + ((<usize>run) << 4);
  store<u32>(at, from);
  store<u32>(at, type, 4);
  store<u64>(at, prefix, 8);
}

// Types of records, 32 bytes each: address in the text and length of the name, address and length of the name of the
// field that leads to the customer, and the prefixes of the last id and the last customer, nought before the first.
const maxTypes: i32 = 256;
const typeTable = memory.data(8192, 8);
let types: i32 = 0;
let lastType: i32 = 0;

/** Four u32 each: type and field in lower case, address and length. */
let customerFieldsAt: usize = 0;
let customerFields: i32 = 0;

export function placeCustomerFields(at: usize, length: i32): void {
  customerFieldsAt = at;
  customerFields = length;
}

export function typeCount(): i32 {
  return types;
}

export function typeTableAddress(): usize {
  return typeTable;
}

/** Index of the type with this name; -1 when there are too many. */
export function findType(at: usize, length: usize): i32 {
  if (types > 0 && isType(lastType, at, length)) return lastType;
  lastType = 0;
  while (lastType < types && !isType(lastType, at, length)) lastType++;
  return lastType < types ? lastType : addType(at, length);
}

function typeEntry(index: i32): usize {
  return typeTable + ((<usize>index) << 5);
}

function isType(index: i32, at: usize, length: usize): bool {
  const entry = typeEntry(index);
  return load<u32>(entry, 4) === <u32>length && sameBytes(load<u32>(entry), at, length);
}

function addType(at: usize, length: usize): i32 {
  if (types === maxTypes) return -1;
  const entry = typeEntry(types);
  store<u32>(entry, <u32>at);
  store<u32>(entry, <u32>length, 4);
  memory.fill(entry + 8, 0, 24);
  for (let index = 0; index < customerFields; index++) {
    const field = customerFieldsAt + ((<usize>index) << 4);
    if (load<u32>(field, 4) === <u32>length && sameLetters(at, load<u32>(field), length)) {
      store<u64>(entry, load<u64>(field, 8), 8);
    }
  }
  return types++;
}

/** Length of the name of the type's field that leads to the customer; nought without one. */
export function customerFieldLength(type: i32): usize {
  return load<u32>(typeEntry(type), 12);
}

/** Whether this is the member of the type that leads to the customer. */
export function isCustomerField(type: i32, at: usize, length: usize): bool {
  const entry = typeEntry(type);
  return load<u32>(entry, 12) === <u32>length && length > 0 && sameLetters(at, load<u32>(entry, 8), length);
}

/** Whether the type's records are the customers themselves. */
export function isCustomerItself(type: i32): bool {
  const entry = typeEntry(type);
  const field = load<u32>(entry, 8);
  return load<u32>(entry, 12) === 2 && load<u16>(field) === 0x6469;
}
