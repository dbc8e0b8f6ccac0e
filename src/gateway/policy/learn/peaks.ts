import { inWords } from '#lib/words.ts';
import { Spending } from '../../budget/spending.ts';
import type { BudgetKind, BudgetLimit } from '../budget-limit.ts';
import { printWindow } from '../budget-limit.ts';
import type { ObjectPolicy } from '../policy.ts';
import type { SeenCall, SeenRead } from './seen-call.ts';

const hourMs = 3_600_000;
const dayMs = 86_400_000;

export interface Peaks {
  /** In the order of time. */
  add(call: SeenCall): void;
  /** Budgets of `headroom` times the highest seen in any hour and any day, each with a comment that says so. */
  propose(
    headroom: number,
    hasCounts: boolean,
  ): { readonly budgets: readonly BudgetLimit[]; readonly comments: readonly string[] };
}

/** The highest of one kind in any sliding hour and day. */
class Peak {
  readonly spending = new Spending(0);
  readonly highest = [0, 0];
  readonly kind: BudgetKind;
  readonly object: string | undefined;
  #now = 0;

  constructor(kind: BudgetKind, object: string | undefined) {
    this.kind = kind;
    this.object = object;
    const unlimited = { kind, limit: Number.POSITIVE_INFINITY, object };
    this.spending.limit(
      [hourMs, dayMs].map((windowMs) => ({ ...unlimited, windowMs })),
      0,
    );
  }

  at(time: number): number {
    this.#now = Math.max(this.#now, time);
    this.spending.expire(this.#now);
    return this.#now;
  }

  note(): void {
    this.spending.windows.forEach(({ count }, index) => {
      this.highest[index] = Math.max(this.highest[index]!, count);
    });
  }
}

export function createPeaks(objects: readonly ObjectPolicy[]): Peaks {
  const records = new Peak('records', undefined);
  const customers = new Peak('customers', undefined);
  const counts = new Peak('counts', undefined);
  const ofObjects = new Map(objects.map(({ name }) => [name.toLowerCase(), new Peak('records', name)]));
  const customerFields = new Map(objects.map(({ name, customer }) => [name.toLowerCase(), customer]));
  const references = new Set(objects.filter(({ isReference }) => isReference).map(({ name }) => name.toLowerCase()));
  let areCustomersKnown = true;

  const add = (peak: Peak, at: number, count: number): void => {
    if (count === 0) return;
    peak.spending.add(count, peak.at(at));
    peak.note();
  };
  const addCustomers = (at: number, read: SeenRead): void => {
    if (references.has(read.object.toLowerCase())) return;
    const field = customerFields.get(read.object.toLowerCase());
    const ids = field?.toLowerCase() === 'id' && read.wanted ? ownIds(read.wanted) : read.wanted?.customers;
    if (ids !== undefined) customers.spending.charge(ids, read.records, customers.at(at), 0, false);
    else {
      if (field !== undefined && read.records > 0) areCustomersKnown = false;
      add(customers, at, read.records);
    }
    customers.note();
  };
  return {
    add({ at, reads, counts: rows }) {
      for (const read of reads) {
        add(records, at, read.records);
        add(ofObjects.get(read.object.toLowerCase())!, at, read.records);
        addCustomers(at, read);
      }
      add(counts, at, rows);
    },
    propose(headroom, hasCounts) {
      const chosen = [...(areCustomersKnown ? [customers] : []), records];
      if (ofObjects.size > 1) chosen.push(...[...ofObjects.values()].filter(({ highest }) => highest[1]! > 0));
      if (hasCounts) chosen.push(counts);
      const limits = chosen.flatMap((peak) => limitsOf(peak, headroom));
      return { budgets: limits.map(({ limit }) => limit), comments: limits.map(({ comment }) => comment) };
    },
  };
}

const ownIds = ({ prefix, numbers }: NonNullable<SeenRead['wanted']>) => ({ runs: prefix, numbers });

function limitsOf({ kind, object, highest }: Peak, headroom: number) {
  return [hourMs, dayMs].map((windowMs, index) => {
    const limit = roundUp(highest[index]! * headroom);
    const of = object === undefined ? '' : ` of ${object}`;
    const comment = `At most ${inWords(highest[index]!)} ${kind}${of} in any ${printWindow(windowMs)}; times ${headroom} is ${inWords(limit)}.`;
    return { limit: { kind, limit, object, windowMs }, comment };
  });
}

/** Up to two digits that people can remember; never under 10. */
function roundUp(value: number): number {
  const unit = 10 ** Math.max(0, Math.ceil(Math.log10(Math.max(value, 1))) - 2);
  return Math.max(10, Math.ceil(value / unit) * unit);
}
