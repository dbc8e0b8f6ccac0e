import type { ReachView } from '#model/gateway-wire.ts';
import { failure, type Result, success } from '#model/result.ts';
import type { DeskParts } from './desk-parts.ts';

const monthMs = 30 * 86_400_000;

/** Fields that say who somebody is, how to find them, or what they spend; custom ones by their words. */
const tells =
  /^(first|last|middle)?name$|email|phone|fax|birth|street|postal|city|address|spend|amount|revenue|iban|passport|salutation/i;

/** What one token could take: what its policy names, what its budget still allows, and what it has read in 30 days. */
export async function viewReach(parts: DeskParts, integration: string): Promise<Result<ReachView>> {
  const policy = parts.policies.inForce(integration);
  if (policy === undefined) return failure({ kind: 'gone', what: `A policy of ${integration}` });
  const exposure = await parts.ledger.expose({ integrations: [integration], from: parts.clock() - monthMs });
  const [read, taken] = [exposure.customers.atLeast, exposure.fields];
  exposure.dispose();
  const objects = policy.objects
    .filter(({ isReference }) => !isReference)
    .map(({ name, fields }) => {
      const ofObject = taken.filter(({ object }) => object.toLowerCase() === name.toLowerCase());
      const names = fields === 'all' ? ofObject.map(({ field }) => field) : fields;
      const left = parts.budget.remaining(integration, name);
      return {
        object: name,
        read: ofObject.length === 0 ? 0 : read,
        ...(Number.isFinite(left) && { left }),
        fields: fields === 'all' && names.length === 0 ? ['every field'] : names,
        sensitive: names.filter((field) => tells.test(field)),
      };
    });
  return success({ integration, objects });
}
