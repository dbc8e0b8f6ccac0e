import type { Expectation, ExpectedRecords, Identity, Opening, Plan, Refusal, UnderstoodCall } from '../call.ts';
import type { KeepLatest } from '../keep-latest.ts';
import type { JudgedQuery } from './judged-query.ts';
import type { Openings } from './openings.ts';
import type { Operation, PolicyView } from './policy-view.ts';
import { refuseAsAbsent, refuseLocator, refuseOverBudget } from './refuse.ts';

/** Ids of 15 or 18 characters. */
export interface OwnUser {
  readonly organization: string;
  readonly user: string;
}

/** What a call is planned with. */
export interface Planning {
  readonly identity: Identity;
  /** Who the integration is at the CRM. */
  readonly user: OwnUser | undefined;
  readonly policy: PolicyView;
  /** `/services/data/v64.0` */
  readonly root: string;
  /** The page size that the call asks for. */
  readonly pageSize: number | undefined;
  /** Records of the object that may still leave; Infinity without a limit and in a dry run. */
  readonly remaining: (object: string) => number;
  readonly openings: Openings;
  readonly memory: PolicyMemory;
}

/** What was worked out under one policy before. The same objects come back, so that what answers taught stays known. */
export interface PolicyMemory {
  /** By their text; those for deleted records too (queryAll) apart. */
  readonly judgedQueries: KeepLatest<JudgedQuery | Refusal>;
  readonly judgedForAll: KeepLatest<JudgedQuery | Refusal>;
  /** What became of a judged query the last time. */
  readonly drafts: WeakMap<JudgedQuery, { readonly limit: number; readonly target: string; readonly draft: Draft }>;
  /** Objections to what was opened, by the operation it needs and its text. */
  readonly judgedOpenings: KeepLatest<readonly Refusal[]>;
  /** By object and fields. */
  readonly expectedRows: KeepLatest<readonly ExpectedRecords[]>;
}

/** A plan before it is known whether it may be carried out. */
export interface Draft {
  readonly method: string;
  readonly target: string;
  /** To be sent as JSON. */
  readonly body?: unknown;
  readonly accept?: string;
  readonly pageSize?: number | undefined;
  readonly expectation: Expectation;
  readonly opens?: Plan['opens'];
  /** What the policy has against it; in a dry run it is only reported. */
  readonly objections: readonly Refusal[];
  /** The plan that was made of it for a call with these headers, where it comes again. */
  finished?: { readonly headers: UnderstoodCall['headers']; readonly plan: Plan };
}

const megabyte = 1024 * 1024;
/** Bounds of answers without records, in bytes; the description of a large org's objects is the largest of them. */
export const noRecords = {
  little: { kind: 'no-records', maxBytes: megabyte },
  describe: { kind: 'no-records', maxBytes: 16 * megabyte },
} as const satisfies Record<string, Expectation>;

/** The opening that a later call refers to, or the CRM's own answer to what does not exist: a foreign one looks alike. */
export function findOpening({ openings, identity }: Planning, kind: 'locator' | 'job', id: string) {
  const found = openings.find(kind, id, identity.family);
  if (typeof found === 'object' && found.integration === identity.integration) return found;
  const reason = found === 'unknown' ? 'unknown-locator' : 'foreign-locator';
  return kind === 'job'
    ? refuseAsAbsent(reason, 'there is no such job of this token')
    : refuseLocator(reason, 'no query of this token has given this locator in the last seven days');
}

/** What a query needs that the opening's policy granted, and that the one in force may have withdrawn since. */
export const operationsOf = (basic: Operation, { expectation }: Pick<Opening, 'expectation'>): readonly Operation[] =>
  'isAll' in expectation && expectation.isAll === true ? [basic, 'query-all'] : [basic];

/** An objection where fewer than `records` of an object may still leave. */
export function refuseSpent(
  object: string,
  records: number,
  { remaining }: Planning,
  left = remaining(object),
): readonly Refusal[] {
  if (left >= records) return [];
  return [
    refuseOverBudget(
      'budget',
      left < 1
        ? `the budget of ${object} is reached: nothing more may be read now`
        : `the budget of ${object} is reached: ${left} more may be read now, and this asks for at least ${records}`,
    ),
  ];
}
