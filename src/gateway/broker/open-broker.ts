import type { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { failure, type Result, success } from '#model/result.ts';
import type { Vault } from '#vault/open-vault.ts';
import type { RandomBytes } from '#vault/seal.ts';
import type { Broker, Notify } from '../parts.ts';
import { createAnswerForm } from './answer-form.ts';
import { type BrokerDesk, createDesk, gateway } from './broker-desk.ts';
import { openRecords } from './broker-records.ts';
import { createSenderChecks } from './check-sender.ts';
import { HeldTokens, isStanding } from './held-tokens.ts';
import { createIdentify } from './identify.ts';
import { createIssueTokens } from './issue-tokens.ts';
import { createRateLimit } from './rate-limit.ts';
import { createReplays } from './replays.ts';
import { createStanding } from './standing.ts';
import { createTellBreach } from './tell-breaches.ts';
import { createUpstreamTokens, type RequestToken } from './upstream-tokens.ts';
import { createProofVerifier } from './verify-proof.ts';

export interface BrokerParts {
  /** Opened by the caller with `synchronous=FULL`; stays the caller's. */
  readonly database: DatabaseSync;
  readonly vault: Vault;
  /** ms since 1970 UTC. */
  readonly clock: () => number;
  /** Unpredictable bytes: `crypto.randomBytes`. */
  readonly random: RandomBytes;
  /** How integrations reach the gateway: their `instance_url`, the `htu` and `aud` of what they sign. */
  readonly publicUrl: string;
  readonly requestToken: RequestToken;
  readonly notify: Notify;
  /** Requests a minute at the OAuth endpoints. */
  readonly limits?: { readonly perClient: number; readonly perAddress: number };
  /** Pauses between tries at the CRM. */
  readonly wait?: (ms: number) => Promise<void>;
}

const usualLimits = { perClient: 60, perAddress: 240 };
const replayLimits = { all: 200_000, ofOneKey: 50_000 };

/**
 * Opens the broker on its tables `broker_…`, which it makes where they are not there: everything alive is read into
 * memory, tokens as hashes. `invalid` when the public URL is none.
 */
export function openBroker(parts: BrokerParts): Result<Broker & BrokerDesk> {
  const { database, vault, clock, random, notify, requestToken } = parts;
  const publicUrl = originOf(parts.publicUrl);
  if (publicUrl === undefined)
    return failure({
      kind: 'invalid',
      where: "the gateway's public URL",
      found: parts.publicUrl,
      expected: 'http or https, host and port, no path',
    });
  const { perClient, perAddress } = parts.limits ?? usualLimits;
  const wait = parts.wait ?? ((ms: number) => setTimeout(ms));
  const records = openRecords(database);
  records.forgetActs(clock());
  const held = new HeldTokens(records, clock());
  const checks = createSenderChecks(
    createProofVerifier(publicUrl, clock, createReplays(database, clock, replayLimits)),
  );
  const tell = createTellBreach(notify, clock);
  const standing = createStanding(database, records, held, clock);
  const issue = createIssueTokens({ database, records, held, clock, random, publicUrl });
  const upstream = createUpstreamTokens({ records, held, vault, requestToken, clock, random, wait });
  return success({
    ...createDesk({ database, records, held, vault, issue, standing, upstream, clock, random }),
    identify: createIdentify(held, checks, tell, clock),
    isAlive: (id) => {
      const token = held.tokenById(id);
      return token !== undefined && isStanding(token);
    },
    upstreamToken: upstream.get,
    suspend: async ({ family }, why) => {
      const known = held.families.get(family);
      if (known !== undefined) standing.suspendFamily(known, gateway, why);
    },
    answerForm: createAnswerForm({
      ...{ held, records, checks, issue, standing, tell, clock, publicUrl },
      perClient: createRateLimit(perClient, clock),
      perAddress: createRateLimit(perAddress, clock),
    }),
  });
}

function originOf(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  return url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' ? url.origin : undefined;
}
