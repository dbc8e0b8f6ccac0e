import { createPrivateKey, sign } from 'node:crypto';
import { type Failure, failure, type Result, success } from '#model/result.ts';
import type { Vault } from '#vault/open-vault.ts';
import type { RandomBytes } from '#vault/seal.ts';
import type { FormAnswer } from '../parts.ts';
import type { BrokerRecords } from './broker-records.ts';
import type { HeldTokens } from './held-tokens.ts';
import type { Integration, KeptGrant } from './integration.ts';
import { isRecord } from './signed-json.ts';

/**
 * Posts a form to the CRM's `/services/oauth2/token` and hands back status and parsed JSON; `later` when no answer came.
 * The form holds secrets: it is not for logs.
 */
export type RequestToken = (form: URLSearchParams) => Promise<Result<FormAnswer>>;

export interface UpstreamParts {
  readonly records: BrokerRecords;
  readonly held: HeldTokens;
  readonly vault: Vault;
  readonly requestToken: RequestToken;
  readonly clock: () => number;
  readonly random: RandomBytes;
  readonly wait: (ms: number) => Promise<void>;
}

export interface UpstreamTokens {
  get(integration: string, isStale: boolean): Result<string> | Promise<Result<string>>;
  /** After its grants were replaced. */
  forget(integration: string): void;
}

/** Calls that were refused together all report it; a token younger than this is the answer to the first of them. */
const freshMs = 5_000;
/** After the CRM refused, it is not asked again for so long. */
const refusedForMs = 30_000;
/** As after no answer, at most: every call would wait as long as the one before. */
const unreachableForMs = 5_000;
const pausesMs = [250, 1_000];

/** Names in the vault. */
export const vaultOwner = (integration: string): string => `integration ${integration}`;
export const secretName = (grant: string, what: 'refresh-token' | 'client-secret' | 'private-key'): string =>
  `${grant} ${what}`;

interface Answered {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
}

/**
 * The CRM's access tokens, in memory only, asked for once at a time.
 *
 * Where the CRM rotates refresh tokens, the old one dies when it is used and the new one exists only in the answer. The
 * use is written down durably first, the new one into the vault before anyone gets the access token. What a crash does:
 * before the request, nothing was used up; after the answer was stored, nothing is lost; between the two the new token
 * is gone, and no care on this side can bring it back. The mark left behind tells: the old one is tried once more (the
 * request may never have arrived), and when the CRM refuses it the grant is named lost in the history and the next
 * grant of the integration serves. So every integration with a rotating grant should have a second one: client
 * credentials, a signing key, or a refresh token of a consent of its own.
 */
export function createUpstreamTokens(parts: UpstreamParts): UpstreamTokens {
  const { records, held, clock } = parts;
  const tokens = new Map<string, { readonly token: string; readonly at: number }>();
  const refusals = new Map<string, { readonly failure: Failure; readonly until: number }>();
  const flights = new Map<string, Promise<Result<string>>>();
  const ask = createAsk(parts);

  async function refresh(integration: Integration): Promise<Result<string>> {
    let last: Failure = { kind: 'gone', what: `a grant of ${integration.name} at the CRM` };
    const usable = [...integration.grants].sort((one, other) => Number(!!one.lost) - Number(!!other.lost));
    for (const grant of usable) {
      const answered = await ask(integration, grant);
      if (answered.ok) {
        tokens.set(integration.name, { token: answered.value, at: clock() });
        return answered;
      }
      last = answered.failure;
      if (last.kind === 'later') {
        refusals.set(integration.name, { failure: last, until: clock() + Math.min(last.afterMs, unreachableForMs) });
        return answered;
      }
      const details = { grant: grant.id, kind: grant.kind, failure: last.kind };
      records.record({ at: clock(), by: 'gateway', act: 'grant refused', subject: integration.name, details });
    }
    tokens.delete(integration.name);
    refusals.set(integration.name, { failure: last, until: clock() + refusedForMs });
    return failure(last);
  }

  return {
    get: (name, isStale) => {
      const integration = held.integrations.get(name);
      if (integration === undefined) return failure({ kind: 'gone', what: `integration ${name}` });
      const under = flights.get(name);
      if (under !== undefined) return under;
      const known = tokens.get(name);
      if (known !== undefined && (!isStale || clock() - known.at < freshMs)) return success(known.token);
      const refusal = refusals.get(name);
      if (refusal !== undefined && clock() < refusal.until) return failure(refusal.failure);
      const flight = refresh(integration).finally(() => flights.delete(name));
      flights.set(name, flight);
      return flight;
    },
    forget: (name) => {
      tokens.delete(name);
      refusals.delete(name);
    },
  };
}

type Ask = (integration: Integration, grant: KeptGrant) => Promise<Result<string>>;

function createAsk(parts: UpstreamParts): Ask {
  const { records, vault, clock, wait } = parts;
  /** New refresh tokens that the vault could not take yet, by grant. */
  const unstored = new Map<string, string>();

  const secretOf = async (integration: Integration, grant: KeptGrant, what: Parameters<typeof secretName>[1]) =>
    vault.read(vaultOwner(integration.name), secretName(grant.id, what));

  async function store(integration: Integration, grant: KeptGrant, refreshToken: string): Promise<void> {
    unstored.set(grant.id, refreshToken);
    for (const pause of [...pausesMs, undefined]) {
      const stored = await vault.put(vaultOwner(integration.name), secretName(grant.id, 'refresh-token'), refreshToken);
      if (stored.ok) {
        unstored.delete(grant.id);
        return;
      }
      if (pause !== undefined) await wait(pause);
    }
  }

  async function useRefreshToken(integration: Integration, grant: KeptGrant): Promise<Result<string>> {
    const waiting = unstored.get(grant.id);
    if (waiting !== undefined) await store(integration, grant, waiting);
    const stored = await secretOf(integration, grant, 'refresh-token');
    if (!stored.ok) return stored;
    const clientSecret = await secretOf(integration, grant, 'client-secret');
    if (!clientSecret.ok && clientSecret.failure.kind !== 'gone') return clientSecret;
    const { secret, version } = stored.value;
    const isInterrupted = records.begunRotation(grant.id)?.version === version;
    records.beginRotation(grant.id, integration.name, version, clock());
    const { answered, isCutShort } = await post(parts, {
      grant_type: 'refresh_token',
      refresh_token: unstored.get(grant.id) ?? secret.plaintext(),
      client_id: grant.clientId,
      ...(clientSecret.ok && { client_secret: clientSecret.value.secret.plaintext() }),
    });
    if (!answered.ok) {
      const mayBeUsedUp = isInterrupted || isCutShort;
      if (mayBeUsedUp && answered.failure.kind === 'refused') markLost(parts, integration, grant);
      if (answered.failure.kind === 'refused') records.endRotation(grant.id);
      return answered;
    }
    const { accessToken, refreshToken } = answered.value;
    if (refreshToken !== undefined && refreshToken !== secret.plaintext())
      await store(integration, grant, refreshToken);
    if (!unstored.has(grant.id)) records.endRotation(grant.id);
    return success(accessToken);
  }

  async function useClientSecret(integration: Integration, grant: KeptGrant): Promise<Result<string>> {
    const stored = await secretOf(integration, grant, 'client-secret');
    if (!stored.ok) return stored;
    const client_secret = stored.value.secret.plaintext();
    return tokenOf(await post(parts, { grant_type: 'client_credentials', client_id: grant.clientId, client_secret }));
  }

  async function usePrivateKey(integration: Integration, grant: KeptGrant): Promise<Result<string>> {
    const stored = await secretOf(integration, grant, 'private-key');
    if (!stored.ok) return stored;
    const assertion = signAssertion(grant, stored.value.secret.plaintext(), clock(), parts.random);
    return tokenOf(await post(parts, { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }));
  }

  const uses = {
    'refresh-token': useRefreshToken,
    'client-credentials': useClientSecret,
    'jwt-bearer': usePrivateKey,
  } satisfies Record<KeptGrant['kind'], Ask>;
  return (integration, grant) => uses[grant.kind](integration, grant);
}

const tokenOf = ({ answered }: Posted): Result<string> =>
  answered.ok ? success(answered.value.accessToken) : answered;

interface Posted {
  readonly answered: Result<Answered>;
  /** An earlier try got no answer: the CRM may have acted on it all the same. */
  readonly isCutShort: boolean;
}

/** Twice more when no answer came or the CRM is not well; never when it refused. */
async function post({ requestToken, wait }: UpstreamParts, form: Readonly<Record<string, string>>): Promise<Posted> {
  let isCutShort = false;
  for (const pause of pausesMs) {
    const answered = readAnswer(await requestToken(new URLSearchParams(form)));
    if (answered.ok || answered.failure.kind !== 'later') return { answered, isCutShort };
    isCutShort = true;
    await wait(pause);
  }
  return { answered: readAnswer(await requestToken(new URLSearchParams(form))), isCutShort };
}

function readAnswer(answer: Result<FormAnswer>): Result<Answered> {
  if (!answer.ok) return answer;
  const { status, body } = answer.value;
  if (status === 429 || status >= 500)
    return failure({ kind: 'later', afterMs: 5_000, why: `the CRM's token endpoint answered ${status}` });
  const { access_token: accessToken, refresh_token: refreshToken, error } = isRecord(body) ? body : {};
  if (status !== 200)
    return failure({
      kind: 'refused',
      by: "the CRM's token endpoint",
      why: typeof error === 'string' && /^[a-z_]{1,64}$/.test(error) ? `${status} ${error}` : String(status),
    });
  if (typeof accessToken !== 'string' || accessToken === '')
    return failure({ kind: 'invalid', where: "the CRM's token answer", found: 'no token', expected: 'access_token' });
  return success({
    accessToken,
    refreshToken: typeof refreshToken === 'string' && refreshToken !== '' ? refreshToken : undefined,
  });
}

function markLost({ records, clock }: UpstreamParts, integration: Integration, grant: KeptGrant): void {
  const at = clock();
  const why =
    "its refresh token was used up in a refresh that a crash or a lost answer cut short; the CRM's new one never arrived";
  integration.grants = integration.grants.map((kept) => (kept.id === grant.id ? { ...kept, lost: { at, why } } : kept));
  records.saveIntegration(integration);
  records.record({
    at,
    by: 'gateway',
    act: 'grant lost',
    subject: integration.name,
    details: { grant: grant.id, why },
  });
}

/** RS256 for three minutes (Salesforce Help, "OAuth 2.0 JWT bearer flow"). */
function signAssertion(grant: KeptGrant, privateKey: string, now: number, random: RandomBytes): string {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    iss: grant.clientId,
    sub: grant.user,
    aud: grant.audience,
    exp: Math.floor(now / 1000) + 180,
    jti: Buffer.from(random(16)).toString('base64url'),
  };
  const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), createPrivateKey(privateKey)).toString('base64url')}`;
}
