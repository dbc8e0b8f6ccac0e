import type { DatabaseSync } from 'node:sqlite';
import type { z } from 'zod';
import { type Failure, failure, type Result, success } from '#model/result.ts';
import type { Vault } from '#vault/open-vault.ts';
import type { RandomBytes } from '#vault/seal.ts';
import { Secret } from '#vault/secret.ts';
import { together } from '#vault/together.ts';
import type { BrokerRecords } from './broker-records.ts';
import { compileSender } from './compile-sender.ts';
import { hashOf } from './hashes.ts';
import type { HeldTokens } from './held-tokens.ts';
import type { Credentials, Integration, KeptGrant } from './integration.ts';
import type { IssueTokens } from './issue-tokens.ts';
import { type Registration, registration, type UpstreamGrant } from './registration.ts';
import { newClientSecret, newId, newPassword } from './token-texts.ts';
import { secretName, vaultOwner } from './upstream-tokens.ts';

export interface RegisterParts {
  readonly database: DatabaseSync;
  readonly records: BrokerRecords;
  readonly held: HeldTokens;
  readonly vault: Vault;
  readonly issue: IssueTokens;
  readonly clock: () => number;
  readonly random: RandomBytes;
}

/** Secrets into the vault first, then the register; should the second fail, the first is taken back. */
export async function register(parts: RegisterParts, written: Registration, by: string): Promise<Result<Credentials>> {
  const read = registration.safeParse(written);
  if (!read.success) return failure(faultOf('registration', read.error, written));
  const {
    name,
    organization,
    user,
    username,
    clientId = newId(parts.random, 'client'),
    grants,
    ...settings
  } = read.data;
  const taken = takenBy(parts.held, name, clientId);
  if (taken !== undefined) return failure(taken);
  const kept = await keepGrants(parts, name, grants);
  if (!kept.ok) return kept;
  const takenMeanwhile = takenBy(parts.held, name, clientId);
  if (takenMeanwhile !== undefined) {
    for (const { id } of kept.value) parts.vault.remove(vaultOwner(name), `${id} `);
    return failure(takenMeanwhile);
  }
  const clientSecret = newClientSecret(parts.random);
  const password = settings.ways.includes('password') ? newPassword(parts.random) : undefined;
  const refreshToken = enter(
    parts,
    {
      ...{ name, organization, user, username, clientId, settings },
      registeredAt: parts.clock(),
      sender: compileSender(settings.sender),
      grants: kept.value,
      clientSecrets: [{ hash: hashOf(clientSecret), until: undefined }],
      passwordHash: password && hashOf(password),
      suspension: undefined,
    },
    by,
  );
  return success({
    clientId,
    clientSecret: new Secret(clientSecret),
    refreshToken,
    password: password === undefined ? undefined : new Secret(password),
  });
}

/** Durable on return; with the first refresh token where it is one of its ways. */
function enter(parts: RegisterParts, integration: Integration, by: string): Secret | undefined {
  const { database, records, held, clock, issue } = parts;
  const { name, organization, user, username, clientId, settings, grants } = integration;
  const opened = together(database, () => {
    records.saveIntegration(integration);
    const details = { ...settings, organization, user, username, clientId, grants };
    records.record({ at: clock(), by, act: 'registered', subject: name, details });
    return settings.ways.includes('refresh-token') ? issue.openRefreshFamily(integration) : undefined;
  });
  held.addIntegration(integration);
  if (opened === undefined) return undefined;
  held.addFamily(opened.family);
  return new Secret(opened.text);
}

const takenBy = (held: HeldTokens, name: string, clientId: string): Failure | undefined =>
  held.integrations.has(name) || held.byClientId.has(clientId)
    ? {
        kind: 'invalid',
        where: 'registration',
        found: `${name}, ${clientId}`,
        expected: 'an unused name and client id',
      }
    : undefined;

/** The secrets into the vault; resolves to what is kept with the integration. */
export async function keepGrants(
  { vault, random }: Pick<RegisterParts, 'vault' | 'random'>,
  integration: string,
  grants: readonly UpstreamGrant[],
): Promise<Result<readonly KeptGrant[]>> {
  const kept: KeptGrant[] = [];
  for (const grant of grants) {
    const id = newId(random, 'grant');
    for (const [what, secret] of secretsOf(grant)) {
      const stored = await vault.put(vaultOwner(integration), secretName(id, what), secret);
      if (!stored.ok) return stored;
    }
    const signing = grant.kind === 'jwt-bearer' ? { user: grant.user, audience: grant.audience } : {};
    kept.push({ id, kind: grant.kind, clientId: grant.clientId, ...signing });
  }
  return success(kept);
}

function secretsOf(grant: UpstreamGrant): readonly (readonly [Parameters<typeof secretName>[1], string])[] {
  switch (grant.kind) {
    case 'client-credentials':
      return [['client-secret', grant.clientSecret]];
    case 'jwt-bearer':
      return [['private-key', grant.privateKey]];
    case 'refresh-token':
      return grant.clientSecret === undefined
        ? [['refresh-token', grant.refreshToken]]
        : [
            ['refresh-token', grant.refreshToken],
            ['client-secret', grant.clientSecret],
          ];
  }
}

/** Where it is, what was found and what would be right; of a grant never what was found, which may be a secret. */
export function faultOf(where: string, error: z.ZodError, written: unknown) {
  const issue = error.issues[0];
  const path = issue?.path ?? [];
  const value = path.reduce<unknown>((at, step) => (at as Record<PropertyKey, unknown> | undefined)?.[step], written);
  const isHidden = path.length === 0 || path.includes('grants') || typeof path[0] === 'number';
  const found = isHidden || typeof value === 'object' ? 'another value' : JSON.stringify(value)?.slice(0, 80);
  return {
    kind: 'invalid',
    where: [where, ...path].join(' '),
    found: value === undefined ? 'nothing' : (found ?? 'nothing'),
    expected: issue?.message ?? 'a registration',
  } as const;
}
