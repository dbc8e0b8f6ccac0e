import { isSalesforceId, toLongId } from '#lib/salesforce-id.ts';
import type { CoverageView, ExposureQuestion } from '#model/gateway-wire.ts';
import { type Failure, failure, success } from '#model/result.ts';
import type { DeskParts } from './desk-parts.ts';
import type { GatewayDesk } from './gateway-desk.ts';
import { selectionOf, type Unbounded, viewCustomerReads, viewExposure } from './view-exposure.ts';

/** What people ask of the ledger: what left, and whose. */
export function openExposureDesk(
  parts: DeskParts,
  coverage: () => CoverageView,
): Pick<GatewayDesk, 'exposure' | 'customers' | 'exportParquet'> {
  const { ledger, policies, clock } = parts;
  const unboundedOf = (integrations: readonly string[]): readonly Unbounded[] =>
    integrations.flatMap((integration) => {
      const paths = policies.inForce(integration)?.uncounted.map(({ path }) => path) ?? [];
      return paths.length > 0 ? [{ integration, paths }] : [];
    });
  return {
    async exposure(question) {
      if (question.kind === 'customer') {
        const wrong = faultOfId(question.customer);
        if (wrong !== undefined) return failure(wrong);
        const { from, to } = question;
        const window = { ...(from !== undefined && { from }), ...(to !== undefined && { to: to + 1 }) };
        const reads = await ledger.readsOf(question.customer, window);
        return reads.ok ? success(viewCustomerReads(question, reads.value, coverage(), clock())) : reads;
      }
      const exposure = await ledger.expose(selectionOf(question));
      try {
        if (exposure.releaseCount === 0 && exposure.records.atMost === 0) {
          const stranger = await strangerOf(parts, question);
          if (stranger !== undefined) return failure(stranger);
        }
        const about = new Set(
          question.kind === 'token' || question.kind === 'incident'
            ? exposure.releases.map(({ release }) => release.integration)
            : (selectionOf(question).integrations ?? []),
        );
        const times = { now: clock(), begun: begunOf(parts, about) };
        return success(viewExposure(question, exposure, unboundedOf([...about]), coverage(), times));
      } finally {
        exposure.dispose();
      }
    },
    async customers(question) {
      if (question.kind === 'customer') return failure(notOfOneCustomer);
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
    async exportParquet(question, into) {
      return question.kind === 'customer'
        ? failure(notOfOneCustomer)
        : ledger.exportParquet(selectionOf(question), into);
    },
  };
}

/** When the first of them was registered; where one is off the register, as far back as the ledger is kept. */
function begunOf({ broker, clock, configuration }: DeskParts, integrations: ReadonlySet<string>): number {
  const oldest = clock() - configuration.retentionDays * 86_400_000;
  const registeredAt = (name: string) => broker.list().find((each) => each.name === name)?.registeredAt;
  return Math.min(...[...integrations].map((name) => registeredAt(name) ?? oldest));
}

const notOfOneCustomer: Failure = {
  kind: 'invalid',
  where: 'the question',
  found: 'one customer',
  expected: 'a token, an integration or an incident',
};

/** An id that somebody mistyped must not read as "nothing left": the last three characters of 18 check the others. */
function faultOfId(id: string): Failure | undefined {
  if (isSalesforceId(id) && toLongId(id.slice(0, 15)).startsWith(id)) return undefined;
  const expected = 'the 15 or 18 characters as the CRM shows them; capitals count';
  return { kind: 'invalid', where: 'the customer id', found: id, expected };
}

/** Likewise a name that nobody bears: whoever is asked about is registered, or the ledger knows it from before. */
async function strangerOf(
  { broker, ledger }: DeskParts,
  question: Exclude<ExposureQuestion, { kind: 'customer' }>,
): Promise<Failure | undefined> {
  const isKnown = async (selection: object): Promise<boolean> => {
    const exposure = await ledger.expose(selection);
    exposure.dispose();
    return exposure.releaseCount > 0;
  };
  if (question.kind === 'token') {
    const { token } = question;
    const isLive = broker.liveTokens().some(({ id }) => id === token);
    return isLive || (await isKnown({ tokens: [token] })) ? undefined : { kind: 'gone', what: `a token ${token}` };
  }
  if (question.kind === 'incident') return undefined;
  const names = question.kind === 'integration' ? [question.integration] : question.integrations;
  for (const name of names) {
    if (broker.list().some((each) => each.name === name) || (await isKnown({ integrations: [name] }))) continue;
    return { kind: 'gone', what: `an integration ${name}` };
  }
  return undefined;
}
