import type { DatabaseSync } from 'node:sqlite';
import type { SenderTier } from '#model/release.ts';
import { failure, type Result, success } from '#model/result.ts';
import type { Vault } from '#vault/open-vault.ts';
import type { RandomBytes } from '#vault/seal.ts';
import { Secret } from '#vault/secret.ts';
import { together } from '#vault/together.ts';
import type { BrokerRecords } from './broker-records.ts';
import { isStillBound } from './check-sender.ts';
import { compileSender } from './compile-sender.ts';
import { hashOf } from './hashes.ts';
import { type HeldTokens, isUsable } from './held-tokens.ts';
import type { BrokerAct, Credentials, Integration, KeptGrant, Suspension } from './integration.ts';
import type { IssueTokens } from './issue-tokens.ts';
import { faultOf, keepGrants, register } from './register-integration.ts';
import {
  changedSettings,
  type Registration,
  registration,
  type Settings,
  type SettingsAsWritten,
  type UpstreamGrant,
  type Way,
} from './registration.ts';
import type { Standing } from './standing.ts';
import { newClientSecret } from './token-texts.ts';
import { type UpstreamTokens, vaultOwner } from './upstream-tokens.ts';

/** An integration as pages show it: no secret and no hash. */
export interface IntegrationView extends Settings {
  readonly name: string;
  readonly organization: string;
  readonly user: string;
  readonly username: string;
  readonly clientId: string;
  readonly registeredAt: number;
  readonly tier: SenderTier;
  readonly suspension: Suspension | undefined;
  readonly grants: readonly Pick<KeptGrant, 'id' | 'kind' | 'clientId' | 'lost'>[];
  /** Families of tokens that were stopped while others go on. */
  readonly suspendedFamilies: readonly { readonly family: string; readonly suspension: Suspension }[];
  /** An older client secret is taken until then, ms. */
  readonly oldSecretUntil: number | undefined;
}

export interface LiveToken {
  readonly id: string;
  readonly integration: string;
  readonly family: string;
  readonly way: Way;
  readonly tier: SenderTier;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly lastUsedAt: number | undefined;
  readonly lastAddress: string | undefined;
}

/** What people do with integrations. `by` is always a person's name; every act is durable and in the history. */
export interface BrokerDesk {
  /** `invalid` says what is wrong where. The credentials are shown this once. */
  register(written: Registration, by: string): Promise<Result<Credentials>>;
  /** By name. */
  list(): readonly IntegrationView[];
  /** Who the integration is at the CRM, as it was registered. */
  userOf(name: string): Pick<Integration, 'organization' | 'user'> | undefined;
  /** Replaces every setting; access tokens that no longer fit the rule for their sender are void. */
  change(name: string, written: SettingsAsWritten, by: string): Result<IntegrationView>;
  /** The CRM's credentials, replaced as a whole; what was in the vault for it is forgotten. */
  replaceGrants(name: string, grants: readonly UpstreamGrant[], by: string): Promise<Result<void>>;
  /** A new client secret; the old one is taken for `overlapMs` more (0: no longer). */
  rotateSecret(name: string, overlapMs: number, by: string): Result<Secret>;
  /** Opens a refresh family: what a consent would give. */
  handOutRefreshToken(name: string, by: string): Result<Secret>;
  suspendIntegration(name: string, by: string, why: string): Result<void>;
  /** Refused for the gateway itself: only a person takes a suspension back. */
  resume(name: string, by: string, why: string): Result<void>;
  /** For good: one access token, one family, or all of an integration. */
  revoke(
    what: { readonly token: string } | { readonly family: string } | { readonly integration: string },
    by: string,
    why: string,
  ): Result<void>;
  /** Takes it off the register: tokens void, secrets out of the vault; the history stays. */
  remove(name: string, by: string): Result<void>;
  liveTokens(): readonly LiveToken[];
  /** Oldest first, those after `after`; persons' acts of three years, others of 90 days. */
  acts(after: number, limit: number): readonly BrokerAct[];
}

export interface DeskParts {
  readonly database: DatabaseSync;
  readonly records: BrokerRecords;
  readonly held: HeldTokens;
  readonly vault: Vault;
  readonly issue: IssueTokens;
  readonly standing: Standing;
  readonly upstream: UpstreamTokens;
  readonly clock: () => number;
  readonly random: RandomBytes;
}

/** What the gateway does by itself is recorded under this name. */
export const gateway = 'gateway';

export function createDesk(parts: DeskParts): BrokerDesk {
  const { database, records, held, vault, standing, clock, random, upstream } = parts;
  const record = (by: string, act: string, subject: string, details: Readonly<Record<string, unknown>>): void =>
    records.record({ at: clock(), by, act, subject, details });

  /** Runs a person's act on an integration that is there. */
  function act<Value>(name: string, by: string, perform: (integration: Integration) => Result<Value>): Result<Value> {
    const nobody = checkPerson(by);
    if (nobody !== undefined) return nobody;
    const integration = held.integrations.get(name);
    return integration === undefined ? failure({ kind: 'gone', what: `integration ${name}` }) : perform(integration);
  }

  return {
    register: async (written, by) => checkPerson(by) ?? register(parts, written, by),

    list: () =>
      [...held.integrations.values()]
        .sort((one, other) => (one.name < other.name ? -1 : 1))
        .map((integration) => toView(held, integration, clock())),

    userOf: (name) => held.integrations.get(name),

    change: (name, written, by) =>
      act(name, by, (integration) => {
        const read = changedSettings.safeParse(written);
        if (!read.success) return failure(faultOf(name, read.error, written));
        const { settings: before } = integration;
        const changed = { settings: read.data, sender: compileSender(read.data.sender) };
        together(database, () => {
          records.saveIntegration({ ...integration, ...changed });
          record(by, 'changed', name, { before, after: read.data });
        });
        Object.assign(integration, changed);
        for (const token of tokensOf(held, integration))
          if (before.sender.tier !== read.data.sender.tier || !isStillBound(token, changed.sender))
            standing.revokeToken(token, by, 'the rule for its sender changed');
        return success(toView(held, integration, clock()));
      }),

    replaceGrants: async (name, grants, by) => {
      const integration = act(name, by, success);
      if (!integration.ok) return integration;
      const read = registration.shape.grants.safeParse(grants);
      if (!read.success) return failure(faultOf(`${name} grants`, read.error, grants));
      const kept = await keepGrants(parts, name, read.data);
      if (!kept.ok) return kept;
      const old = integration.value.grants;
      together(database, () => {
        records.saveIntegration({ ...integration.value, grants: kept.value });
        record(by, 'replaced grants', name, { grants: kept.value });
        for (const { id } of old) {
          vault.remove(vaultOwner(name), `${id} `);
          records.endRotation(id);
        }
      });
      integration.value.grants = kept.value;
      upstream.forget(name);
      return success(undefined);
    },

    rotateSecret: (name, overlapMs, by) =>
      act(name, by, (integration) => {
        const text = newClientSecret(random);
        const now = clock();
        const newest = integration.clientSecrets.find(({ until }) => until === undefined);
        const old = overlapMs > 0 && newest !== undefined ? [{ ...newest, until: now + overlapMs }] : [];
        const clientSecrets = [{ hash: hashOf(text), until: undefined }, ...old];
        together(database, () => {
          records.saveIntegration({ ...integration, clientSecrets });
          record(by, 'rotated the client secret', name, { oldUntil: old[0]?.until });
        });
        integration.clientSecrets = clientSecrets;
        return success(new Secret(text));
      }),

    handOutRefreshToken: (name, by) =>
      act(name, by, (integration) => {
        if (!integration.settings.ways.includes('refresh-token'))
          return failure({ kind: 'refused', by: 'the registration', why: `${name} has no way refresh-token` });
        const { family, text } = together(database, () => {
          const opened = parts.issue.openRefreshFamily(integration);
          record(by, 'handed out a refresh token', name, { family: opened.family.id });
          return opened;
        });
        held.addFamily(family);
        return success(new Secret(text));
      }),

    suspendIntegration: (name, by, why) =>
      act(name, by, (integration) => success(standing.suspendIntegration(integration, by, why))),

    resume: (name, by, why) => act(name, by, (integration) => success(standing.resume(integration, by, why))),

    revoke: (what, by, why) => checkPerson(by) ?? revoke(parts, what, by, why),

    remove: (name, by) =>
      act(name, by, (integration) => {
        together(database, () => {
          for (const family of held.familiesOf(integration)) standing.endFamily(family, by, 'integration removed');
          records.removeIntegration(name);
          vault.remove(vaultOwner(name));
          record(by, 'removed', name, {});
        });
        held.removeIntegration(integration);
        upstream.forget(name);
        return success(undefined);
      }),

    liveTokens: () => [...held.tokens()].filter((token) => isUsable(token, clock())).map(toLiveToken),
    acts: records.acts,
  };
}

function checkPerson(by: string): { readonly ok: false; readonly failure: ReturnType<typeof noPerson> } | undefined {
  return by.trim() === '' || by === gateway || by.startsWith('integration ') ? failure(noPerson()) : undefined;
}

const noPerson = () => ({ kind: 'refused', by: 'the broker', why: 'only a person may do this' }) as const;

function revoke(
  { held, standing, database }: DeskParts,
  what: Parameters<BrokerDesk['revoke']>[0],
  by: string,
  why: string,
): Result<void> {
  if ('token' in what) {
    const token = held.tokenById(what.token);
    if (token === undefined) return failure({ kind: 'gone', what: `token ${what.token}` });
    return success(standing.revokeToken(token, by, why));
  }
  if ('family' in what) {
    const family = held.families.get(what.family);
    if (family === undefined) return failure({ kind: 'gone', what: `family ${what.family}` });
    return success(standing.endFamily(family, by, why));
  }
  const integration = held.integrations.get(what.integration);
  if (integration === undefined) return failure({ kind: 'gone', what: `integration ${what.integration}` });
  together(database, () => {
    for (const family of held.familiesOf(integration)) standing.endFamily(family, by, why);
  });
  return success(undefined);
}

const tokensOf = (held: HeldTokens, integration: Integration) =>
  [...held.tokens()].filter(({ family }) => family.integration === integration);

function toView(held: HeldTokens, integration: Integration, now: number): IntegrationView {
  const { name, organization, user, username, clientId, registeredAt, settings, suspension } = integration;
  const old = integration.clientSecrets.find(({ until }) => until !== undefined && until > now);
  return {
    ...settings,
    ...{ name, organization, user, username, clientId, registeredAt, suspension },
    tier: settings.sender.tier,
    grants: integration.grants.map(({ id, kind, clientId: client, lost }) => ({ id, kind, clientId: client, lost })),
    suspendedFamilies: held
      .familiesOf(integration)
      .flatMap(({ id, suspension: stopped }) => (stopped === undefined ? [] : [{ family: id, suspension: stopped }])),
    oldSecretUntil: old?.until,
  };
}

const toLiveToken = ({
  family,
  ...token
}: ReturnType<HeldTokens['tokens']> extends Iterable<infer Token> ? Token : never): LiveToken => ({
  id: token.id,
  integration: family.integration.name,
  family: family.id,
  way: family.way,
  tier: family.integration.sender.tier,
  issuedAt: token.issuedAt,
  expiresAt: token.expiresAt,
  lastUsedAt: token.lastUsedAt,
  lastAddress: token.lastAddress,
});
