import type { Refusal } from '../call.ts';
import type { PolicyObject, PolicyView } from '../requests/policy-view.ts';
import { deniedWith } from './denied-fields.ts';
import { judgeHours, printStretches } from './hours.ts';
import { judgeNetworks } from './networks.ts';
import type { ObjectPolicy, Policy } from './policy.ts';

/** The policy as the planner reads it, everything looked up beforehand. */
export function viewPolicy(policy: Policy, version: number): PolicyView {
  const isOpen = judgeHours(policy.hours);
  const isInside = judgeNetworks(policy.networks);
  const outsideHours = refusalOfHours(policy);
  const outsideNetworks = refusalOfNetworks(policy);
  return {
    version,
    isDryRun: policy.dryRun,
    operations: new Set(policy.operations),
    objects: new Map(policy.objects.map((object) => [object.name.toLowerCase(), viewObject(object)])),
    relationships: new Map(
      policy.objects.map(({ name, relationships }) => [
        name.toLowerCase(),
        new Map([...relationships].map(([relationship, target]) => [relationship.toLowerCase(), target])),
      ]),
    ),
    openPaths: policy.uncounted,
    refuses(at, address) {
      if (!isInside(address)) return outsideNetworks;
      return isOpen(at) ? undefined : outsideHours;
    },
  };
}

function viewObject({ name, fields, denied, customer, isReference }: ObjectPolicy): PolicyObject {
  return {
    name,
    fields: fields === 'all' ? 'all' : new Set(fields.map((field) => field.toLowerCase())),
    fieldList: fields === 'all' ? [] : fields,
    denied: deniedWith(denied),
    customerField: customer,
    isReference,
  };
}

function refusalOfHours({ integration, hours }: Policy): Refusal {
  const open = hours === 'always' ? '' : `${printStretches(hours.open).join('; ')} (${hours.zone})`;
  return {
    status: 403,
    errorCode: 'INSUFFICIENT_ACCESS',
    message: `Refused by Cordon: the policy of ${integration} opens ${open}. Call within these hours, or ask its owner for others.`,
    reason: 'hours',
  };
}

/** Names no network: whoever holds a stolen token need not learn where to go. */
function refusalOfNetworks({ integration }: Policy): Refusal {
  return {
    status: 403,
    errorCode: 'INSUFFICIENT_ACCESS',
    message: `Refused by Cordon: the policy of ${integration} does not name the network of this call. Ask its owner to add it.`,
    reason: 'network',
  };
}
