import type { IdBatch } from '#model/release.ts';
import type { ScannedAnswer } from '#scan/json-scanner.ts';
import { noId, type PrefixRun, type ScannedIds, type ScannedIdsByType } from '#scan/scan.ts';
import type { ExpectedRecords } from '../../call.ts';
import type { Wanted } from '../../parts.ts';
import type { AllowedObjects } from './judge-record.ts';

/** The records of one object in an answer. */
export interface RecordGroup {
  readonly expected: ExpectedRecords;
  readonly wanted: Wanted;
}

/**
 * The records of a judged page by object: copies, for the ledger writes them down long after the scanner's memory holds
 * another page.
 */
export function groupRecords(scanned: ScannedAnswer, allowed: AllowedObjects): readonly RecordGroup[] {
  const { types } = scanned;
  if (scanned.count === 0) return [];
  return types.flatMap((name, type) => {
    const { expected } = allowed.get(name.toLowerCase())!;
    const indices = types.length === 1 ? undefined : indicesOf(scanned, type);
    if (indices?.length === 0) return [];
    const ids = pick(scanned.ids, type, indices);
    const field = expected.customerField;
    const isOwn = field === undefined || field.toLowerCase() === 'id';
    const customers = isOwn ? undefined : pick(scanned.customers, type, indices);
    return [{ expected, wanted: { object: expected.object, prefix: ids.runs, numbers: ids.numbers, customers } }];
  });
}

/** One batch for each prefix, as the ledger takes them; places without an id are left out. */
export function batchesOf(ids: ScannedIds): readonly IdBatch[] {
  const [run, other] = ids.runs;
  const isOne = run?.from === 0 && other === undefined && !ids.numbers.includes(noId);
  if (isOne) return ids.numbers.length === 0 ? [] : [{ prefix: run.prefix, numbers: ids.numbers }];
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

/** The ids of one type's records, whose indices these are; without them all are of that type. */
function pick(ids: ScannedIdsByType, type: number, indices: readonly number[] | undefined): ScannedIds {
  const typed = ids.runs[type]!;
  if (indices === undefined) return { numbers: ids.numbers.slice(), runs: typed };
  const numbers = new BigUint64Array(indices.length);
  const runs: PrefixRun[] = [];
  for (let at = 0; at < indices.length; at++) {
    const index = indices[at]!;
    // A run of a type begins at a record of that type.
    if (typed[runs.length]?.from === index) runs.push({ from: at, prefix: typed[runs.length]!.prefix });
    numbers[at] = ids.numbers[index]!;
  }
  return { numbers, runs };
}
