import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import type { CallHead, Identity, Plan, Refusal, UnderstoodCall } from '../call.ts';
import type { Planner } from '../parts.ts';
import { deniedWith } from '../policy/denied-fields.ts';
import { openPlanner } from './open-planner.ts';
import { operations, type PolicyObject, type PolicyView } from './policy-view.ts';
import { isRefusal } from './refuse.ts';

/** A planner with a policy to be asked in tests: Contacts without e-mail and spend, Accounts by list, and more. */

export const identity: Identity = {
  integration: 'crm-sync',
  token: 't1',
  family: 'f1',
  tier: 'unbound',
  address: '192.0.2.10',
};

/** Who it is at the CRM. */
const user = { organization: '00D000000000001EAA', user: '005000000000001AAA' };

export function grant(
  name: string,
  { denied = [], ...parts }: Partial<Omit<PolicyObject, 'denied'>> & { denied?: readonly string[] } = {},
): readonly [string, PolicyObject] {
  const object = { name, fields: 'all', fieldList: [], customerField: undefined, isReference: false } as const;
  return [name.toLowerCase(), { ...object, ...parts, denied: deniedWith(denied) }];
}

export const policy: PolicyView = {
  version: 3,
  isDryRun: false,
  operations: new Set(operations),
  objects: new Map([
    grant('Contact', { denied: ['Email', 'TotalSpend__c', 'MailingStreet'], customerField: 'Id' }),
    grant('Account', {
      fields: new Set(['name', 'billingcountry', 'ownerid']),
      fieldList: ['Name', 'BillingCountry', 'OwnerId'],
      customerField: 'Id',
    }),
    grant('Case', { denied: ['Description'], customerField: 'ContactId' }),
    grant('User', { fields: new Set(['name']), fieldList: ['Name'] }),
    grant('RecordType', { isReference: true }),
  ]),
  relationships: new Map([['contact', new Map([['shop__r', 'Store__c']])]]),
  openPaths: [],
  refuses: () => undefined,
};

export interface Asking {
  readonly policy?: Partial<PolicyView>;
  readonly remaining?: number;
  readonly as?: Partial<Identity>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly method?: string;
}

export interface TestedPlanner {
  readonly planner: Planner;
  understand(target: string, asking?: Asking): UnderstoodCall | Refusal;
  /** Understood and planned. */
  ask(target: string, asking?: Asking): Plan | Refusal;
  passTime(ms: number): void;
}

export function testPlanner(database = new DatabaseSync(':memory:')): TestedPlanner {
  const state = { now: Date.UTC(2026, 10, 23), policy, remaining: Number.POSITIVE_INFINITY };
  const planner = openPlanner({
    database,
    clock: () => state.now,
    policies: { policyOf: (integration) => (integration === 'nobody' ? undefined : state.policy) },
    budget: { remaining: () => state.remaining },
    userOf: (integration) => (integration === identity.integration ? user : undefined),
  });
  const views = new WeakMap<object, PolicyView>();
  /** The same view for the same object, as the policies in force do. */
  const viewOf = (changes: Partial<PolicyView> | undefined): PolicyView => {
    if (changes === undefined) return policy;
    const view = views.get(changes) ?? { ...policy, ...changes };
    views.set(changes, view);
    return view;
  };
  const understand: TestedPlanner['understand'] = (target, asking = {}) => {
    const isJson = asking.body !== undefined;
    const headers = new Map(
      Object.entries({ ...(isJson ? { 'content-type': 'application/json' } : {}), ...asking.headers }),
    );
    const head: CallHead = { method: asking.method ?? (isJson ? 'POST' : 'GET'), target, headers };
    const text = typeof asking.body === 'string' ? asking.body : JSON.stringify(asking.body);
    const limit = planner.bodyLimit(head);
    if (typeof limit !== 'number') return limit;
    return planner.understand(head, isJson ? new TextEncoder().encode(text) : undefined);
  };
  const ask: TestedPlanner['ask'] = (target, asking = {}) => {
    const call = understand(target, asking);
    if (isRefusal(call)) return call;
    state.policy = viewOf(asking.policy);
    state.remaining = asking.remaining ?? Number.POSITIVE_INFINITY;
    return planner.plan(call, { ...identity, ...asking.as });
  };
  const passTime = (ms: number): void => {
    state.now += ms;
  };
  return { planner, understand, ask, passTime };
}

export const queryTarget = (soql: string): string => `/services/data/v64.0/query?q=${encodeURIComponent(soql)}`;

export function passed(plan: Plan | Refusal): Plan {
  assert.ok(!isRefusal(plan), JSON.stringify(plan));
  return plan;
}

/** The reason of a refusal; fails on a plan. */
export function reasonOf(answer: object): string {
  assert.ok(isRefusal(answer), `passed: ${JSON.stringify(answer)}`);
  return answer.reason;
}

/** The SOQL that goes to the CRM. */
export function forwardedSoql({ forward }: Plan): string {
  const soql = new URL(forward.target, 'http://crm').searchParams.get('q');
  return soql ?? String(JSON.parse(new TextDecoder().decode(forward.body)).query);
}
