import type { Ledger } from '#ledger/open-ledger.ts';
import type {
  BudgetView,
  CoverageView,
  GatewayIntegrationView,
  KnownIntegration,
  PolicyOutcome,
  ProposalView,
  RegisteredView,
} from '#model/gateway-wire.ts';
import { type Failure, failure, type Result, success } from '#model/result.ts';
import type { BrokerDesk, IntegrationView } from '../broker/broker-desk.ts';
import type { Registration } from '../broker/registration.ts';
import type { OpenBudget } from '../budget/open-budget.ts';
import type { GatewayConfiguration } from '../configuration.ts';
import type { Broker } from '../parts.ts';
import { coverageOf } from '../policy/coverage.ts';
import type { Change, OpenPolicies } from '../policy/open-policies.ts';
import type { PolicyProposal, PolicyVersion } from '../policy/policy-records.ts';
import { warnOf } from '../policy/warn-of.ts';
import type { ServedGateway } from '../stream/serve-gateway.ts';
import type { GatewayDesk } from './gateway-desk.ts';
import { learnFrom } from './learn-from-ledger.ts';
import type { Traffic } from './traffic.ts';
import { selectionOf, type Unbounded, viewCustomerReads, viewExposure } from './view-exposure.ts';
import { viewReach } from './view-reach.ts';

export interface DeskParts {
  readonly configuration: GatewayConfiguration;
  readonly broker: Broker & BrokerDesk;
  readonly policies: OpenPolicies;
  readonly budget: OpenBudget;
  readonly ledger: Ledger;
  readonly traffic: Traffic;
  readonly served: ServedGateway;
  readonly clock: () => number;
  readonly startedAt: number;
}

/** The gateway as people see it and act on it. */
export function openDesk(parts: DeskParts): GatewayDesk {
  const { broker, policies, ledger, traffic, served, clock, configuration } = parts;
  let known: readonly KnownIntegration[] = [];
  const coverage = (): CoverageView => coverageView(broker.list(), known, policies);
  const unboundedOf = (integrations: readonly string[]): readonly Unbounded[] =>
    integrations.flatMap((integration) => {
      const paths = policies.inForce(integration)?.uncounted.map(({ path }) => path) ?? [];
      return paths.length > 0 ? [{ integration, paths }] : [];
    });

  return {
    integrationCount: () => broker.list().length,
    tellKnown(integrations) {
      known = integrations;
    },
    async view() {
      const { freeBytes, totalBytes, ledgerBytes } = await ledger.space();
      return {
        at: clock(),
        publicUrl: configuration.publicUrl,
        startedAt: parts.startedAt,
        isReady: served.isReady,
        integrations: broker.list().map((each) => viewIntegration(parts, each)),
        coverage: coverage(),
        streams: served.runningCalls,
        disk: { freeBytes, totalBytes, ledgerBytes },
        proposals: policies.waiting().map(viewProposal),
      };
    },
    async river(from, to, stepMs) {
      const series = await ledger.river({ from, to, stepMs });
      const budgets = policies.integrations().flatMap((each) => policies.inForce(each)?.budgets ?? []);
      const perStep = budgets
        .filter(({ kind }) => kind === 'records')
        .map(({ limit, windowMs }) => (limit / windowMs) * stepMs);
      return {
        from,
        to,
        stepMs,
        series,
        ...(perStep.length > 0 && { budgetPerStep: Math.min(...perStep) }),
        cuts: traffic.cuts(from, to),
      };
    },
    async exposure(question) {
      if (question.kind === 'customer') {
        const { from, to } = question;
        const window = { ...(from !== undefined && { from }), ...(to !== undefined && { to: to + 1 }) };
        const reads = await ledger.readsOf(question.customer, window);
        return reads.ok ? success(viewCustomerReads(question, reads.value, coverage(), clock())) : reads;
      }
      const exposure = await ledger.expose(selectionOf(question));
      try {
        const about = new Set(
          question.kind === 'token'
            ? exposure.releases.map(({ release }) => release.integration)
            : (selectionOf(question).integrations ?? []),
        );
        return success(viewExposure(question, exposure, unboundedOf([...about]), coverage(), clock()));
      } finally {
        exposure.dispose();
      }
    },
    async customers(question) {
      if (question.kind === 'customer')
        return failure({ kind: 'invalid', where: 'kind', found: 'customer', expected: 'token, integration or window' });
      const exposure = await ledger.expose(selectionOf(question));
      return success(
        (async function* () {
          try {
            yield* exposure.customerIds();
          } finally {
            exposure.dispose();
          }
        })(),
      );
    },
    reach: (integration) => viewReach(parts, integration),
    policy(integration) {
      const versions = policies.versions(integration);
      const [newest] = versions;
      if (newest?.text === undefined) return failure({ kind: 'gone', what: `A policy of ${integration}` });
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
    suspend: async (integration, by, why) => broker.suspendIntegration(integration, by, why),
    resume: async (integration, by, why) => broker.resume(integration, by, why),
    learn: (integration, from, to) => learnFrom(parts, integration, from, to),
  };
}

/** Logs know an integration by its user in the CRM, whatever it is called here. */
function coverageView(
  registered: readonly IntegrationView[],
  known: readonly KnownIntegration[],
  policies: OpenPolicies,
): CoverageView {
  const behind = registered.map(({ name, user, username }) => ({
    name,
    apps: known
      .filter(({ users }) => users.includes(user) || users.includes(username.toLowerCase()))
      .map((each) => each.name),
    uncounted: policies.inForce(name)?.uncounted.map(({ path }) => path) ?? [],
  }));
  const apps = known.map(({ name, uid, rows }) => ({
    name,
    ...(uid !== undefined && { uid }),
    rows: { atLeast: rows.atLeast, atMost: rows.atMost },
  }));
  const { integrations, reads, outside, words } = coverageOf({ known: apps, behind });
  return { integrations, reads, outside, words };
}

function viewIntegration(parts: DeskParts, integration: IntegrationView): GatewayIntegrationView {
  const { name, owner, vendor, tier, suspension, suspendedFamilies } = integration;
  const policy = parts.policies.inForce(name);
  const version = parts.policies.policyOf(name)?.version;
  const { calls, refused, lastCallAt } = parts.traffic.of(name);
  const stopped = suspension ?? suspendedFamilies[0]?.suspension;
  return {
    name,
    owner,
    vendor,
    state: stopped === undefined ? 'active' : 'suspended',
    ...(stopped && { suspended: { at: stopped.at, why: stopped.why, by: stopped.by } }),
    tier,
    tokens: parts.broker.liveTokens().filter((token) => token.integration === name).length,
    ...(version !== undefined && { policyVersion: version }),
    dryRun: policy?.dryRun ?? false,
    objects: policy?.objects.map((object) => object.name) ?? [],
    operations: policy?.operations ?? [],
    warnings: policy === undefined ? ['Without a policy it may read nothing.'] : warnOf(policy),
    uncounted: policy?.uncounted.map(({ path }) => path) ?? [],
    budgets: budgetsOf(parts.budget, name),
    ...(lastCallAt !== undefined && { lastCallAt }),
    calls,
    refused,
  };
}

function budgetsOf(budget: OpenBudget, integration: string): readonly BudgetView[] {
  return budget.usage(integration).map(({ budget: { kind, limit, object, windowMs }, spent, freesAt }) => ({
    what: kind,
    ...(object !== undefined && { object }),
    windowMs,
    limit,
    spent,
    ...(freesAt !== undefined && { freesAt }),
  }));
}

const viewProposal = ({ id, integration, by, at, why, changes, expiresAt }: PolicyProposal): ProposalView => ({
  id: String(id),
  integration,
  by,
  at,
  why,
  widens: changes,
  expiresAt,
});

const viewVersion = ({ version, at, by, approvedBy, why, changes }: PolicyVersion) => ({
  version,
  at,
  by,
  ...(approvedBy !== undefined && { approvedBy }),
  why,
  changes,
});

function outcomeOf(change: Change): PolicyOutcome {
  return change.kind === 'in-force'
    ? { state: 'in force', version: change.version.version }
    : { state: 'waits for a second person', proposal: viewProposal(change.proposal) };
}

/** Every fault of the YAML stands in the first, each in its line: a page shows one message. */
const together = (faults: readonly Failure[]): Failure => {
  const [first, ...others] = faults;
  if (first?.kind !== 'invalid' || others.length === 0) return first!;
  const more = others.flatMap((each) => (each.kind === 'invalid' ? [`${each.where}: ${each.found}`] : []));
  return { ...first, expected: `${first.expected} (and ${more.join('; ')})` };
};

function propose(
  { policies }: DeskParts,
  integration: string,
  yaml: string,
  by: string,
  why: string,
): Result<PolicyOutcome> {
  const path = `${integration}.yaml`;
  const preview = policies.preview(yaml, path);
  if (!preview.ok) return failure(together(preview.failure));
  const changed = policies.change({ text: yaml, path, by, why });
  return changed.ok ? success(outcomeOf(changed.value)) : failure(together(changed.failure));
}

/** The policy first, so that a fault in it leaves no half-registered integration behind. */
async function register(
  parts: DeskParts,
  registration: Registration,
  yaml: string,
  by: string,
): Promise<Result<RegisteredView>> {
  const { broker, policies, configuration } = parts;
  const preview = policies.preview(yaml, `${registration.name}.yaml`);
  if (!preview.ok) return failure(together(preview.failure));
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
