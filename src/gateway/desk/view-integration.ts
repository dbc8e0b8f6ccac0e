import type { BudgetView, CoverageView, GatewayIntegrationView, KnownIntegration } from '#model/gateway-wire.ts';
import type { IntegrationView } from '../broker/broker-desk.ts';
import type { OpenBudget } from '../budget/open-budget.ts';
import { coverageOf } from '../policy/coverage.ts';
import type { OpenPolicies } from '../policy/open-policies.ts';
import { warnOf } from '../policy/warn-of.ts';
import type { DeskParts } from './desk-parts.ts';

/**
 * Logs know an integration by its user in the CRM, whatever it is called here. What is known from the gateway's own log
 * alone says nothing about who goes around the gateway.
 */
export function viewCoverage(
  registered: readonly IntegrationView[],
  told: readonly KnownIntegration[],
  policies: OpenPolicies,
): CoverageView {
  const names = new Set(registered.map(({ name }) => name));
  const known = told.filter(({ name, users }) => !names.has(name) || users.some((user) => user !== name));
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

export function viewIntegration(parts: DeskParts, integration: IntegrationView): GatewayIntegrationView {
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
    warnings: policy === undefined ? [withoutPolicy(parts.policies, name)] : warnOf(policy, integration.tier),
    uncounted: policy?.uncounted.map(({ path }) => path) ?? [],
    budgets: budgetsOf(parts.budget, name),
    ...(lastCallAt !== undefined && { lastCallAt }),
    calls,
    refused,
  };
}

function withoutPolicy(policies: OpenPolicies, name: string): string {
  const waiting = policies.waiting().find(({ integration }) => integration === name);
  return waiting === undefined
    ? 'No policy is in force: every read is refused.'
    : `No policy is in force: every read is refused until a second person approves proposal ${waiting.id}.`;
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
