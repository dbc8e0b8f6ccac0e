import type { DatabaseSync } from 'node:sqlite';
import type { ExpectedRecords, Identity, Plan, Refusal, UnderstoodCall } from '../call.ts';
import { keepLatest } from '../keep-latest.ts';
import type { Budget, Planner } from '../parts.ts';
import type { Draft, OwnUser, PolicyMemory } from './draft.ts';
import { pageSizeOf } from './filter-headers.ts';
import type { JudgedQuery } from './judged-query.ts';
import { openOpenings } from './openings.ts';
import { planCall } from './plan-call.ts';
import type { Policies, PolicyView } from './policy-view.ts';
import { isRefusal, refuseAccess } from './refuse.ts';
import { openUnderstanding } from './understand-call.ts';

/** What is kept for each policy: an integration asks the same few questions again and again. */
const mostKept = 500;

export interface PlannerParts {
  /** The gateway's state; the table `requests_openings` is created in it. */
  readonly database: DatabaseSync;
  /** Milliseconds since 1970 UTC. */
  readonly clock: () => number;
  readonly policies: Policies;
  readonly budget: Pick<Budget, 'remaining'>;
  /** Who the integration is at the CRM; whoever is nobody there has no identity to ask for. */
  readonly userOf?: (integration: string) => OwnUser | undefined;
}

/** Understands calls, judges them by the policy in force and says what goes to the CRM instead; default deny. */
export function openPlanner({ database, clock, policies, budget, userOf }: PlannerParts): Planner {
  const openings = openOpenings(database, clock);
  const memories = new WeakMap<PolicyView, PolicyMemory>();
  const memoryOf = (policy: PolicyView): PolicyMemory => {
    const known = memories.get(policy);
    if (known !== undefined) return known;
    const memory: PolicyMemory = {
      judgedQueries: keepLatest<JudgedQuery | Refusal>(mostKept),
      judgedForAll: keepLatest<JudgedQuery | Refusal>(mostKept),
      drafts: new WeakMap(),
      judgedOpenings: keepLatest<readonly Refusal[]>(mostKept),
      expectedRows: keepLatest<readonly ExpectedRecords[]>(mostKept),
    };
    memories.set(policy, memory);
    return memory;
  };

  const draft = (call: UnderstoodCall, identity: Identity, policy: PolicyView): Draft | Refusal => {
    const { integration } = identity;
    const remaining = (object: string): number =>
      policy.isDryRun ? Number.POSITIVE_INFINITY : budget.remaining(integration, object);
    const root = `/services/data/v${call.version}`;
    const pageSize = pageSizeOf(call.headers);
    const memory = memoryOf(policy);
    const user = userOf?.(integration);
    return planCall(call.asked, { identity, user, policy, root, pageSize, remaining, openings, memory });
  };

  return {
    ...openUnderstanding(),
    plan(call, identity) {
      const policy = policies.policyOf(identity.integration);
      if (policy === undefined)
        return refuseAccess('no-policy', `${identity.integration} has no policy in force, so it may read nothing`);
      const drafted = draft(call, identity, policy);
      if (isRefusal(drafted)) return drafted;
      const barred = policy.refuses(clock(), identity.address);
      const objections = barred === undefined ? drafted.objections : [barred, ...drafted.objections];
      const [first] = objections;
      if (first !== undefined && !policy.isDryRun) return first;
      return finish(drafted, call, objections);
    },
    remember: openings.remember,
    owns: (identity, kind, id) => {
      const found = openings.find(kind, id, identity.family);
      return typeof found === 'object' && found.integration === identity.integration;
    },
    policyVersion: (integration) => policies.policyOf(integration)?.version,
  };
}

function finish(draft: Draft, call: UnderstoodCall, objections: readonly Refusal[]): Plan {
  const before = draft.finished;
  if (before?.headers === call.headers && objections.length === 0) return before.plan;
  const headers = new Map(call.headers);
  headers.delete('sforce-query-options');
  headers.set('accept', draft.accept ?? 'application/json');
  if (draft.pageSize !== undefined) headers.set('sforce-query-options', `batchSize=${draft.pageSize}`);
  if (draft.body !== undefined) headers.set('content-type', 'application/json; charset=UTF-8');
  const body = draft.body === undefined ? undefined : new TextEncoder().encode(JSON.stringify(draft.body));
  const plan = {
    forward: { method: draft.method, target: draft.target, headers, body },
    expectation: draft.expectation,
    opens: draft.opens,
    wouldRefuse: objections,
  };
  if (objections.length === 0) draft.finished = { headers: call.headers, plan };
  return plan;
}
