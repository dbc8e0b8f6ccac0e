import type { CoverageView, KnownIntegration } from '#model/gateway-wire.ts';
import { success } from '#model/result.ts';
import type { DeskParts } from './desk-parts.ts';
import { openExposureDesk } from './exposure-desk.ts';
import type { GatewayDesk } from './gateway-desk.ts';
import { learnFrom } from './learn-from-records.ts';
import { openPolicyDesk, waitingProposals } from './policy-desk.ts';
import { viewCoverage, viewIntegration } from './view-integration.ts';
import { viewReach } from './view-reach.ts';

/** The gateway as people see it and act on it. */
export function openDesk(parts: DeskParts): GatewayDesk {
  const { broker, policies, ledger, traffic, served, clock, configuration } = parts;
  let known: readonly KnownIntegration[] = [];
  const coverage = (): CoverageView => viewCoverage(broker.list(), known, policies);
  return {
    ...openExposureDesk(parts, coverage),
    ...openPolicyDesk(parts),
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
        proposals: waitingProposals(policies),
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
    reach: (integration) => viewReach(parts, integration),
    tokens: (integration) =>
      broker
        .liveTokens()
        .filter((token) => integration === undefined || token.integration === integration)
        .map(({ lastUsedAt, lastAddress, ...token }) => ({
          ...token,
          ...(lastUsedAt !== undefined && { lastUsedAt }),
          ...(lastAddress !== undefined && { lastAddress }),
        })),
    rotateSecret(integration, overlapMs, by) {
      const rotated = broker.rotateSecret(integration, overlapMs, by);
      if (!rotated.ok) return rotated;
      const oldUntil = broker.list().find(({ name }) => name === integration)?.oldSecretUntil;
      return success({ clientSecret: rotated.value.plaintext(), ...(oldUntil !== undefined && { oldUntil }) });
    },
    revoke: async (token, by, why) => broker.revoke({ token }, by, why),
    suspend: async (integration, by, why) => broker.suspendIntegration(integration, by, why),
    resume: async (integration, by, why) => broker.resume(integration, by, why),
    learn: (integration, from, to) => learnFrom(parts, integration, from, to),
  };
}
