import { stringify } from 'yaml';
import { printBudgetLimit } from './budget-limit.ts';
import { printStretches } from './hours.ts';
import type { ObjectPolicy, Policy } from './policy.ts';

/** The policy as YAML, in the order in which it is best read aloud; `readPolicy` reads the same back. */
export function printPolicy(policy: Policy): string {
  const { hours, budgets } = policy;
  const written = {
    integration: policy.integration,
    why: policy.why,
    objects: Object.fromEntries(policy.objects.map((object) => [object.name, asWritten(object)])),
    operations: policy.operations,
    hours: hours === 'always' ? hours : { zone: hours.zone, open: printStretches(hours.open) },
    networks: policy.networks,
    budgets: budgets.length === 0 ? 'unlimited' : budgets.map(printBudgetLimit),
    ...(policy.uncounted.length > 0 && { uncounted: policy.uncounted }),
    ...(policy.dryRun && { dryRun: true }),
  };
  return stringify(written, { lineWidth: 0, flowCollectionPadding: false });
}

const asWritten = (object: ObjectPolicy): Record<string, unknown> => ({
  ...(object.customer !== undefined && { customer: object.customer }),
  fields: object.fields,
  ...(object.denied.length > 0 && { denied: object.denied }),
  ...(object.relationships.size > 0 && { relationships: Object.fromEntries(object.relationships) }),
  ...(object.isReference && { reference: true }),
});
