import { splitId } from '#lib/salesforce-id-number.ts';
import type { IdBatch } from '#model/release.ts';
import { noId, type PrefixRun, type ScannedIds, type ScannedRecords } from '#scan/scan.ts';
import type { ExpectedRecords } from '../../call.ts';
import type { Wanted } from '../../parts.ts';
import type { AllowedObjects } from './judge-record.ts';

/** The records of one object in an answer. The ids are copies: they outlive the scanner's next page. */
export interface RecordGroup {
  readonly expected: ExpectedRecords;
  readonly wanted: Wanted;
}

/** The records of a judged page by object; undefined when the field that leads to the customer holds no id. */
export function groupRecords(
  bytes: Buffer,
  scanned: ScannedRecords,
  allowed: AllowedObjects,
): readonly RecordGroup[] | undefined {
  const groups: RecordGroup[] = [];
  for (const [type, name] of scanned.types.entries()) {
    const { expected } = allowed.get(name.toLowerCase())!;
    const indices = scanned.types.length === 1 ? undefined : indicesOf(scanned, type);
    const count = indices?.length ?? scanned.count;
    if (count === 0) continue;
    const ids = indices === undefined ? copy(scanned.ids) : pick(scanned.ids, indices);
    const customers = customersOf(bytes, scanned, indices, expected.customerField);
    if (customers === 'malformed') return undefined;
    groups.push({
      expected,
      wanted: { object: expected.object, prefix: ids.runs, numbers: ids.numbers, customers },
    });
  }
  return groups;
}

/** One batch for each prefix, as the ledger takes them; places without an id are left out. */
export function batchesOf(ids: {
  readonly runs: readonly PrefixRun[];
  readonly numbers: BigUint64Array;
}): readonly IdBatch[] {
  return ids.runs.flatMap(({ from, prefix }, index) => {
    const part = ids.numbers.subarray(from, ids.runs[index + 1]?.from ?? ids.numbers.length);
    const numbers = part.includes(noId) ? part.filter((number) => number !== noId) : part;
    return numbers.length === 0 ? [] : [{ prefix, numbers }];
  });
}

function indicesOf(scanned: ScannedRecords, type: number): number[] {
  const indices: number[] = [];
  for (let index = 0; index < scanned.count; index++) if (scanned.typeOf[index] === type) indices.push(index);
  return indices;
}

const copy = (ids: ScannedIds): ScannedIds => ({ numbers: ids.numbers.slice(), runs: [...ids.runs] });

function pick(ids: ScannedIds, indices: readonly number[]): ScannedIds {
  const numbers = new BigUint64Array(indices.length);
  const runs: PrefixRun[] = [];
  let run = 0;
  for (const [at, index] of indices.entries()) {
    while (run + 1 < ids.runs.length && ids.runs[run + 1]!.from <= index) run++;
    const { prefix } = ids.runs[run]!;
    if (runs.at(-1)?.prefix !== prefix) runs.push({ from: at, prefix });
    numbers[at] = ids.numbers[index]!;
  }
  return { numbers, runs };
}

/** The customer of each record, read from its field; undefined where the record is its own or none is known. */
function customersOf(
  bytes: Buffer,
  scanned: ScannedRecords,
  indices: readonly number[] | undefined,
  field: string | undefined,
): ScannedIds | undefined | 'malformed' {
  if (field === undefined || field.toLowerCase() === 'id') return undefined;
  const path = field.toLowerCase().split('.');
  const count = indices?.length ?? scanned.count;
  const numbers = new BigUint64Array(count);
  const runs: PrefixRun[] = [];
  for (let at = 0; at < count; at++) {
    const index = indices?.[at] ?? at;
    const record: unknown = JSON.parse(bytes.toString('utf8', scanned.starts[index], scanned.ends[index]));
    const value = follow(record, path);
    const split = typeof value === 'string' ? splitId(value) : undefined;
    if (split === undefined && value !== null && value !== undefined) return 'malformed';
    numbers[at] = split?.number ?? noId;
    if (runs.length === 0 || (split !== undefined && runs.at(-1)!.prefix !== split.prefix)) {
      runs.push({ from: at, prefix: split?.prefix ?? '' });
    }
  }
  return { numbers, runs };
}

function follow(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((current, name) => {
    if (typeof current !== 'object' || current === null) return undefined;
    return Object.entries(current).find(([key]) => key.toLowerCase() === name)?.[1];
  }, value);
}
