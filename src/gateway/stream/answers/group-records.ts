import type { IdBatch } from '#model/release.ts';
import type { ScannedAnswer } from '#scan/json-scanner.ts';
import { noId, type PrefixRun, type ScannedIds } from '#scan/scan.ts';
import type { ExpectedRecords } from '../../call.ts';
import type { Wanted } from '../../parts.ts';
import type { AllowedObjects } from './judge-record.ts';

/** The records of one object in an answer. */
export interface RecordGroup {
  readonly expected: ExpectedRecords;
  readonly wanted: Wanted;
}

/** The records of a judged page by object. */
export function groupRecords(scanned: ScannedAnswer, allowed: AllowedObjects): readonly RecordGroup[] {
  const { types } = scanned;
  if (scanned.count === 0) return [];
  return types.flatMap((name, type) => {
    const { expected } = allowed.get(name.toLowerCase())!;
    const indices = types.length === 1 ? undefined : indicesOf(scanned, type);
    if (indices?.length === 0) return [];
    const ids = indices === undefined ? scanned.ids : pick(scanned.ids, indices);
    const field = expected.customerField;
    const isOwn = field === undefined || field.toLowerCase() === 'id';
    const customers = isOwn ? undefined : indices === undefined ? scanned.customers : pick(scanned.customers, indices);
    return [{ expected, wanted: { object: expected.object, prefix: ids.runs, numbers: ids.numbers, customers } }];
  });
}

/** One batch for each prefix, as the ledger takes them; places without an id are left out. */
export function batchesOf(ids: ScannedIds): readonly IdBatch[] {
  return ids.runs.flatMap(({ from, prefix }, index) => {
    const part = ids.numbers.subarray(from, ids.runs[index + 1]?.from ?? ids.numbers.length);
    const numbers = part.includes(noId) ? part.filter((number) => number !== noId) : part;
    return numbers.length === 0 ? [] : [{ prefix, numbers }];
  });
}

function indicesOf(scanned: ScannedAnswer, type: number): number[] {
  const indices: number[] = [];
  for (let index = 0; index < scanned.count; index++) if (scanned.typeOf[index] === type) indices.push(index);
  return indices;
}

function pick(ids: ScannedIds, indices: readonly number[]): ScannedIds {
  const numbers = new BigUint64Array(indices.length);
  const runs: PrefixRun[] = [];
  let run = 0;
  for (const [at, index] of indices.entries()) {
    while (run + 1 < ids.runs.length && ids.runs[run + 1]!.from <= index) run++;
    const prefix = ids.runs[run]?.prefix ?? '';
    if (runs.at(-1)?.prefix !== prefix) runs.push({ from: at, prefix });
    numbers[at] = ids.numbers[index]!;
  }
  return { numbers, runs };
}
