import type { PolicyOutcome, ProposalView, RegisteredView } from '#model/gateway-wire.ts';
import { type Failure, failure, type Result, success } from '#model/result.ts';
import type { Registration } from '../broker/registration.ts';
import type { Change, OpenPolicies } from '../policy/open-policies.ts';
import type { PolicyProposal, PolicyVersion } from '../policy/policy-records.ts';
import type { DeskParts } from './desk-parts.ts';
import type { GatewayDesk } from './gateway-desk.ts';

/** What people see of policies and change in them, and how an integration comes in with its first one. */
export function openPolicyDesk(
  parts: DeskParts,
): Pick<GatewayDesk, 'policy' | 'propose' | 'approve' | 'reject' | 'register'> {
  const { policies } = parts;
  return {
    policy(integration) {
      const versions = policies.versions(integration);
      const [newest] = versions;
      if (newest?.text === undefined) return failure(noPolicy(parts, integration));
      return success({
        integration,
        version: newest.version,
        yaml: newest.text,
        history: versions.map(viewVersion),
      });
    },
    propose: (integration, yaml, by, why) => propose(parts, integration, yaml, by, why),
    approve(proposal, by) {
      const approved = policies.approve(Number(proposal), by);
      return approved.ok ? success({ state: 'in force', version: approved.value.version }) : approved;
    },
    reject: (proposal, by) => policies.reject(Number(proposal), by),
    register: (form, by) => register(parts, form.registration as Registration, form.policy, by),
  };
}

function noPolicy({ policies, broker }: DeskParts, integration: string): Failure {
  const waiting = policies.waiting().find((each) => each.integration === integration);
  if (waiting !== undefined) {
    const why = `no policy of ${integration} is in force yet; proposal ${waiting.id} waits for a second person`;
    return { kind: 'refused', by: 'the rule of two persons', why };
  }
  const isRegistered = broker.list().some(({ name }) => name === integration);
  return { kind: 'gone', what: isRegistered ? `a policy of ${integration}` : `an integration ${integration}` };
}

/** Changes that somebody can still approve: neither expired nor overtaken by another version. Newest first. */
export const waitingProposals = (policies: OpenPolicies): readonly ProposalView[] =>
  policies
    .waiting()
    .filter(({ integration, against }) => (policies.versions(integration)[0]?.version ?? 0) === against)
    .map((proposal) => viewProposal(policies, proposal));

function viewProposal(policies: OpenPolicies, proposal: PolicyProposal): ProposalView {
  const { id, integration, by, at, why, changes, text, expiresAt } = proposal;
  const preview = policies.preview(text, integration);
  const widens = preview.ok ? preview.value.widens : changes;
  return { id: String(id), integration, by, at, why, widens, expiresAt };
}

const viewVersion = ({ version, at, by, approvedBy, why, changes }: PolicyVersion) => ({
  version,
  at,
  by,
  ...(approvedBy !== undefined && { approvedBy }),
  why,
  changes,
});

function outcomeOf(policies: OpenPolicies, change: Change): PolicyOutcome {
  return change.kind === 'in-force'
    ? { state: 'in force', version: change.version.version }
    : { state: 'waits for a second person', proposal: viewProposal(policies, change.proposal) };
}

/** Every fault of the YAML stands in the first, each in its line: a page shows one message. */
const together = (faults: readonly Failure[]): Failure => {
  const [first, ...others] = faults;
  if (first?.kind !== 'invalid' || others.length === 0) return first!;
  const more = others.flatMap((each) => (each.kind === 'invalid' ? [`${each.where}: ${each.found}`] : []));
  return { ...first, expected: `${first.expected} (and ${more.join('; ')})` };
};

/** A policy names its integration: one that names another is a slip, and would change the other's rights. */
function readFor(
  policies: OpenPolicies,
  integration: string,
  yaml: string,
): Result<{ readonly path: string }, Failure> {
  const path = `${integration}.yaml`;
  const preview = policies.preview(yaml, path);
  if (!preview.ok) return failure(together(preview.failure));
  const named = preview.value.integration;
  return named === integration
    ? success({ path })
    : failure({ kind: 'invalid', where: `${path} integration`, found: named, expected: integration });
}

function propose(
  { policies, broker }: DeskParts,
  integration: string,
  yaml: string,
  by: string,
  why: string,
): Result<PolicyOutcome> {
  if (!broker.list().some(({ name }) => name === integration))
    return failure({ kind: 'gone', what: `an integration ${integration}` });
  const read = readFor(policies, integration, yaml);
  if (!read.ok) return read;
  const changed = policies.change({ text: yaml, path: read.value.path, by, why });
  return changed.ok ? success(outcomeOf(policies, changed.value)) : failure(together(changed.failure));
}

/** The policy first, so that a fault in it leaves no half-registered integration behind. */
async function register(
  parts: DeskParts,
  registration: Registration,
  yaml: string,
  by: string,
): Promise<Result<RegisteredView>> {
  const { broker, policies, configuration } = parts;
  const read = readFor(policies, registration.name, yaml);
  if (!read.ok) return read;
  const registered = await broker.register(registration, by);
  if (!registered.ok) return registered;
  const proposed = propose(parts, registration.name, yaml, by, 'registered');
  if (!proposed.ok) return proposed;
  const { clientId, clientSecret, refreshToken, password } = registered.value;
  const url = configuration.publicUrl.replace(/\/+$/, '');
  return success({
    name: registration.name,
    instanceUrl: url,
    tokenUrl: `${url}/services/oauth2/token`,
    clientId,
    clientSecret: clientSecret.plaintext(),
    ...(refreshToken && { refreshToken: refreshToken.plaintext() }),
    ...(password && { password: password.plaintext() }),
    policy: proposed.value,
  });
}
