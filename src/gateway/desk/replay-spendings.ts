import type { Spending } from '#ledger/answers/spendings.ts';
import type { IdBatch } from '#model/release.ts';
import { noId } from '#scan/scan.ts';
import type { Spent } from '../budget/open-budget.ts';
import type { Wanted } from '../parts.ts';

/** What the ledger wrote down, as the budget counts it. Records without a customer come last: which they were it need not know. */
export function spentOf({ integration, at, object, records, customers }: Omit<Spending, 'release' | 'token'>): Spent {
  const all = joined(records);
  const wanted: Wanted = {
    object,
    prefix: all.runs,
    numbers: all.numbers,
    customers: customers && padded(joined(customers), all.numbers.length),
  };
  return { integration, at, wanted };
}

interface Joined {
  readonly runs: readonly { readonly from: number; readonly prefix: string }[];
  readonly numbers: BigUint64Array;
}

function joined(batches: readonly IdBatch[]): Joined {
  const numbers = new BigUint64Array(batches.reduce((sum, batch) => sum + batch.numbers.length, 0));
  const runs: { from: number; prefix: string }[] = [];
  let from = 0;
  for (const batch of batches) {
    runs.push({ from, prefix: batch.prefix });
    numbers.set(batch.numbers, from);
    from += batch.numbers.length;
  }
  return { runs, numbers };
}

function padded({ runs, numbers }: Joined, length: number): Joined {
  const all = new BigUint64Array(length).fill(noId);
  all.set(numbers.subarray(0, length));
  return { runs, numbers: all };
}
