import { inWords, listInWords } from '#lib/words.ts';
import { type BudgetKind, printBudgetLimit } from './budget-limit.ts';
import { countsCustomers } from './counts-customers.ts';
import { deniedWith } from './denied-fields.ts';
import { printStretches, subtractStretches } from './hours.ts';
import { networksBeyond } from './networks.ts';
import type { ObjectPolicy, Policy } from './policy.ts';

/** One thing that a policy allows and another does not; `what` reads on after "allows" and "no longer allows". */
export interface Grant {
  readonly kind:
    | 'object'
    | 'field'
    | 'customer'
    | 'relationship'
    | 'reference'
    | 'operation'
    | 'hours'
    | 'network'
    | 'budget'
    | 'uncounted'
    | 'dry-run';
  readonly what: string;
}

/**
 * What `after` allows that `before` did not: empty when the change widens nothing. Never empty when it widens, whatever
 * way it is written. It may name a budget although other budgets together bound the same; then a second person is asked
 * for nothing. Undefined is the policy that allows nothing. Judges meaning, not spelling: order, case, overlapping hours
 * and networks make no difference.
 */
export function widening(before: Policy | undefined, after: Policy | undefined): readonly Grant[] {
  if (after === undefined) return [];
  return [
    ...after.objects.flatMap((object) => objectGrants(objectIn(before, object.name), object)),
    ...after.objects.filter((object) => isFreed(before, after, object)).map(grantOfFreed),
    ...after.operations
      .filter((operation) => !before?.operations.includes(operation))
      .map((operation): Grant => ({ kind: 'operation', what: `the operation ${operation}` })),
    ...hourGrants(before, after.hours),
    ...networksBeyond(after.networks, before?.networks ?? []).map(
      (block): Grant => ({ kind: 'network', what: `calls from ${block}` }),
    ),
    ...budgetGrants(before, after),
    ...after.uncounted
      .filter(({ path }) => !before?.uncounted.some((open) => path === open.path || path.startsWith(`${open.path}/`)))
      .map(({ path }): Grant => ({ kind: 'uncounted', what: `${path} uncounted, which makes the exposure unbounded` })),
    ...(after.dryRun && !before?.dryRun
      ? [{ kind: 'dry-run' as const, what: 'whatever it refuses, as a dry run that only reports' }]
      : []),
  ];
}

/** A change as lines that a second person can judge: first what is allowed, then what no longer is. */
export function describeChange(before: Policy | undefined, after: Policy | undefined): readonly string[] {
  return [
    ...widening(before, after).map(({ what }) => `allows ${what}`),
    ...widening(after, before).map(({ what }) => `no longer allows ${what}`),
  ];
}

const isSame = (a: string | undefined, b: string | undefined): boolean => a?.toLowerCase() === b?.toLowerCase();

const objectIn = (policy: Policy | undefined, name: string): ObjectPolicy | undefined =>
  policy?.objects.find((object) => isSame(object.name, name));

function objectGrants(before: ObjectPolicy | undefined, after: ObjectPolicy): readonly Grant[] {
  const { name } = after;
  const opened: Grant = { kind: 'object', what: `reading ${name}: ${fieldsInWords(after)}` };
  const grants = before === undefined ? [opened] : [...fieldGrants(before, after)];
  if (after.customer !== undefined && !isSame(after.customer, before?.customer)) {
    grants.push({ kind: 'customer', what: `counting the customers of ${name} by ${after.customer}` });
  }
  const known = new Map([...(before?.relationships ?? [])].map(([key, target]) => [key.toLowerCase(), target]));
  for (const [relationship, target] of after.relationships) {
    if (isSame(known.get(relationship.toLowerCase()), target)) continue;
    grants.push({ kind: 'relationship', what: `reading ${target} through ${name}.${relationship}` });
  }
  if (after.isReference && !before?.isReference) {
    grants.push({ kind: 'reference', what: `${name} beside others’ records without an id of its own` });
  }
  return grants;
}

/** Reference data that counted as customers before, and from now on as records alone. */
function isFreed(before: Policy | undefined, after: Policy, object: ObjectPolicy): boolean {
  const former = objectIn(before, object.name);
  if (before === undefined || former === undefined || countsCustomers(after, object)) return false;
  return countsCustomers(before, former) && before.budgets.some(({ kind }) => kind === 'customers');
}

const grantOfFreed = ({ name }: ObjectPolicy): Grant => ({
  kind: 'reference',
  what: `records of ${name} that count under no budget of customers`,
});

/** `Id` and the field that leads to the customer may always be read. */
function isReadable({ fields, denied, customer }: ObjectPolicy, field: string): boolean {
  if (isSame(field, 'Id') || isSame(field, customer)) return true;
  if (deniedWith(denied).has(field.toLowerCase())) return false;
  return fields === 'all' || fields.some((each) => isSame(each, field));
}

function fieldGrants(before: ObjectPolicy, after: ObjectPolicy): readonly Grant[] {
  const { name, customer } = after;
  if (after.fields === 'all' && before.fields !== 'all') {
    return [{ kind: 'field', what: `reading ${name}: ${fieldsInWords(after)}` }];
  }
  const candidates = after.fields === 'all' ? [...before.denied, ...deniedWith(before.denied)] : after.fields;
  const fields = new Map<string, string>();
  for (const field of [...candidates, ...(customer === undefined ? [] : [customer])]) {
    const key = field.toLowerCase();
    if (isReadable(after, field) && !isReadable(before, field) && !fields.has(key)) fields.set(key, field);
  }
  return [...fields.values()].map((field) => ({ kind: 'field', what: `reading ${name}.${field}` }));
}

function fieldsInWords({ fields, denied }: ObjectPolicy): string {
  if (fields !== 'all') return fields.length === 0 ? 'only its Id' : listInWords(fields, 12);
  return denied.length === 0 ? 'all fields' : `all fields but ${listInWords(denied, 12)}`;
}

function hourGrants(before: Policy | undefined, after: Policy['hours']): readonly Grant[] {
  const hours = before?.hours;
  if (hours === 'always') return [];
  if (after === 'always') return [{ kind: 'hours', what: 'calls at any time' }];
  const added = hours?.zone === after.zone ? subtractStretches(after.open, hours.open) : after.open;
  return printStretches(added).map((line) => ({ kind: 'hours', what: `calls ${line} (${after.zone})` }));
}

function budgetGrants(before: Policy | undefined, after: Policy): readonly Grant[] {
  if (before === undefined) {
    if (after.budgets.length === 0) return [{ kind: 'budget', what: 'records and customers without limit' }];
    return after.budgets.map((limit) => ({ kind: 'budget', what: `up to ${printBudgetLimit(limit)}` }));
  }
  return before.budgets.flatMap((limit): readonly Grant[] => {
    const most = mostIn(after, limit.kind, limit.object, limit.windowMs);
    if (most <= limit.limit) return [];
    const upTo = Number.isFinite(most) ? `up to ${inWords(most)}` : 'without limit';
    return [{ kind: 'budget', what: `more than ${printBudgetLimit(limit)}: ${upTo}` }];
  });
}

/**
 * The most of a kind that a policy's budgets let leave in a stretch of time: no budget alone allows more than its limit
 * as often as its window begins in it. A customer has at least one record, and what all objects have is no more than the
 * sum of what each has.
 */
function mostIn(policy: Policy, kind: BudgetKind, object: string | undefined, windowMs: number): number {
  if (object !== undefined && objectIn(policy, object) === undefined) return 0;
  let most = Number.POSITIVE_INFINITY;
  for (const limit of policy.budgets) {
    const isBound = limit.kind === kind || (kind === 'customers' && limit.kind === 'records');
    if (!isBound || (limit.object !== undefined && !isSame(limit.object, object))) continue;
    most = Math.min(most, limit.limit * Math.ceil(windowMs / limit.windowMs));
  }
  if (object !== undefined) return most;
  const sum = policy.objects.reduce((total, { name }) => total + mostIn(policy, kind, name, windowMs), 0);
  return Math.min(most, sum);
}
