import type { OpenPath, Operation } from '../requests/policy-view.ts';
import type { BudgetLimit } from './budget-limit.ts';

export interface ObjectPolicy {
  /** As written; compared without case, like every name of the CRM. */
  readonly name: string;
  /** The fields that may leave; `all`: whatever is not denied. */
  readonly fields: 'all' | readonly string[];
  /** Never leave, wherever in a query they stand. Stronger than `fields`. */
  readonly denied: readonly string[];
  /** The field that leads to the customer, `Id` when the record is one; undefined: every record counts as a new customer. */
  readonly customer: string | undefined;
  /** Name of a relationship, to a parent or of children, and the object it leads to: `Account` → `Account`. */
  readonly relationships: ReadonlyMap<string, string>;
  /**
   * Holds nobody's data (`RecordType`, `Store__c`): may stand in a CSV as a relation's column, without an id of its own,
   * and its records stand for no customer (`countsCustomers` says where they count as one all the same).
   */
  readonly isReference: boolean;
}

/** Minutes of the week in a zone; 0 is Monday 00:00, `to` exclusive and up to 10,080. Sorted, apart from each other. */
export interface Hours {
  /** IANA name: `Europe/Paris`. */
  readonly zone: string;
  readonly open: readonly { readonly from: number; readonly to: number }[];
}

/** What one integration may do. What is not in here is refused. */
export interface Policy {
  readonly integration: string;
  readonly why: string;
  readonly objects: readonly ObjectPolicy[];
  readonly operations: readonly Operation[];
  readonly hours: 'always' | Hours;
  /** CIDR blocks. */
  readonly networks: 'any' | readonly string[];
  /** All of them hold at once. Empty: unlimited. */
  readonly budgets: readonly BudgetLimit[];
  /** Answers of these paths leave uncounted, which makes the exposure unbounded. */
  readonly uncounted: readonly OpenPath[];
  /** Reports what it would refuse, and refuses nothing. */
  readonly dryRun: boolean;
}
