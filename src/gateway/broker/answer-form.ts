import type { CallHead, Identity } from '../call.ts';
import type { Broker, Caller, FormAnswer } from '../parts.ts';
import { authenticateClient, type Client } from './authenticate-client.ts';
import type { BrokerRecords } from './broker-records.ts';
import type { Breach, SenderChecks } from './check-sender.ts';
import { hashOf, isHashOf } from './hashes.ts';
import { type HeldTokens, isUsable } from './held-tokens.ts';
import type { Family, Integration } from './integration.ts';
import type { IssueTokens } from './issue-tokens.ts';
import * as answers from './oauth-answers.ts';
import type { RateLimit } from './rate-limit.ts';
import type { Way } from './registration.ts';
import type { Standing } from './standing.ts';
import type { TellBreach } from './tell-breaches.ts';
import { verifyAssertion } from './verify-assertion.ts';

export interface FormParts {
  readonly held: HeldTokens;
  readonly records: BrokerRecords;
  readonly checks: SenderChecks;
  readonly issue: IssueTokens;
  readonly standing: Standing;
  readonly tell: TellBreach;
  readonly clock: () => number;
  readonly publicUrl: string;
  readonly perClient: RateLimit;
  readonly perAddress: RateLimit;
}

/** A failed authentication counts as so many requests of its address. */
const failureCost = 10;

const grantTypes: Readonly<Record<string, Way>> = {
  refresh_token: 'refresh-token',
  client_credentials: 'client-credentials',
  'urn:ietf:params:oauth:grant-type:jwt-bearer': 'jwt-bearer',
  password: 'password',
};

/** The drop-in for the CRM's OAuth endpoints: tokens, revocation (RFC 7009), introspection (RFC 7662). */
export function createAnswerForm(parts: FormParts): Broker['answerForm'] {
  const { perAddress } = parts;
  return async (path, form, head, caller) => {
    if (!perAddress.take(caller.address)) return answers.tooOften;
    const names = [...form.keys()];
    if (new Set(names).size !== names.length) return answers.malformedForm;
    const answer = answerPath(parts, path, form, head, caller);
    if (answer === answers.invalidClient || answer === answers.failedAuthentication || answer === answers.unknownToken)
      perAddress.charge(caller.address, failureCost);
    return answer;
  };
}

function answerPath(
  parts: FormParts,
  path: 'token' | 'revoke' | 'introspect',
  form: URLSearchParams,
  head: CallHead,
  caller: Caller,
): FormAnswer {
  if (path === 'revoke') return revoke(parts, form.get('token') ?? '');
  if (path === 'introspect') return introspect(parts, form, head);
  const way = grantTypes[form.get('grant_type') ?? ''];
  if (way === undefined) return answers.unsupportedGrant;
  if (way === 'jwt-bearer') return signInByAssertion(parts, form, head, caller);
  const client = authenticateClient(parts.held, form, head, parts.clock());
  if (client === undefined) return way === 'password' ? answers.failedAuthentication : answers.invalidClient;
  const { integration } = client;
  if (!integration.settings.ways.includes(way))
    return way === 'password' ? answers.failedAuthentication : answers.otherGrant;
  if (way === 'password' && !isPassword(integration, form)) return answers.failedAuthentication;
  if (!parts.perClient.take(integration.name)) return answers.tooOften;
  if (way === 'refresh-token') return refresh(parts, client, form, head, caller);
  return signIn(parts, integration, way, head, caller, client.clientSecret);
}

function signInByAssertion(parts: FormParts, form: URLSearchParams, head: CallHead, caller: Caller): FormAnswer {
  const { held, publicUrl, clock, records } = parts;
  const assertion = verifyAssertion(held, publicUrl, form.get('assertion') ?? '', clock());
  if (assertion === undefined) return answers.failedAuthentication;
  const { integration, id, expiresAt } = assertion;
  if (!integration.settings.ways.includes('jwt-bearer')) return answers.otherGrant;
  if (!parts.perClient.take(integration.name)) return answers.tooOften;
  if (!records.spendAssertion(hashOf(id), expiresAt)) {
    const explanation = `An assertion of ${integration.name} that had been used before came from ${caller.address}. Refused.`;
    parts.tell(identityOf(integration, '-', '-', caller), 'stolen-token', 'medium', explanation);
    return answers.invalidAssertion;
  }
  return signIn(parts, integration, 'jwt-bearer', head, caller, undefined);
}

/** The username the integration was registered with and the password it was given: texts that can be copied, no more. */
function isPassword(integration: Integration, form: URLSearchParams): boolean {
  const { passwordHash, username } = integration;
  const isRight = passwordHash !== undefined && isHashOf(form.get('password') ?? '', passwordHash);
  return isRight && form.get('username') === username;
}

function signIn(
  parts: FormParts,
  integration: Integration,
  way: Way,
  head: CallHead,
  caller: Caller,
  clientSecret: string | undefined,
): FormAnswer {
  const { checks, held, issue } = parts;
  const proved = checks.prove(integration, undefined, head, caller);
  if (!proved.ok) return refuseSender(parts, integration, '-', '-', proved.breach, caller);
  // Whoever was stopped must not get round it by signing in anew; refresh families that were not stopped go on.
  const suspension =
    integration.suspension ?? held.familiesOf(integration).find((family) => family.suspension)?.suspension;
  if (suspension !== undefined) return answers.suspendedGrant(suspension);
  return { status: 200, body: issue.signIn(integration, way, proved.binding, caller.address, clientSecret) };
}

function refresh(
  parts: FormParts,
  { integration, clientSecret }: Client,
  form: URLSearchParams,
  head: CallHead,
  caller: Caller,
): FormAnswer {
  const { records, held, checks, issue, clock } = parts;
  const text = form.get('refresh_token') ?? '';
  const used = records.refreshToken(hashOf(text));
  const family = used && held.families.get(used.family);
  if (used === undefined || family === undefined || family.integration !== integration) return answers.expiredGrant;
  if (family.endedAt !== undefined || used.expiresAt <= clock()) return answers.expiredGrant;
  const proved = checks.prove(integration, family, head, caller);
  const repeated = proved.ok ? issue.repeat(used, text, proved.binding) : undefined;
  if (used.replaced !== undefined && repeated === undefined) return endReused(parts, family, used.id, caller);
  if (!proved.ok) return refuseSender(parts, integration, used.id, family.id, proved.breach, caller);
  const suspension = family.suspension ?? integration.suspension;
  if (suspension !== undefined) return answers.suspendedGrant(suspension);
  if (repeated !== undefined) return { status: 200, body: repeated };
  return { status: 200, body: issue.refresh(family, used, text, proved.binding, caller.address, clientSecret) };
}

/** Someone else has the successor, or someone else has this: nobody can tell which, so both lose it. RFC 9700 section 4.14.2. */
function endReused(parts: FormParts, family: Family, token: string, caller: Caller): FormAnswer {
  const { integration } = family;
  parts.standing.endFamily(family, 'gateway', 'a refresh token was used twice');
  parts.tell(
    identityOf(integration, token, family.id, caller),
    'reused-refresh-token',
    'critical',
    `A refresh token of ${integration.name} that had been exchanged before was shown again from ${caller.address}: two have it. Every token of that family is void; a new refresh token must be handed to the vendor.`,
  );
  return answers.expiredGrant;
}

function refuseSender(
  parts: FormParts,
  integration: Integration,
  token: string,
  family: string,
  { level, explanation }: Breach,
  caller: Caller,
): FormAnswer {
  if (level !== undefined)
    parts.tell(
      identityOf(integration, token, family, caller),
      'stolen-token',
      level,
      `Somebody with the credentials of ${integration.name} asked for a token; the request ${explanation}. Refused.`,
    );
  return answers.foreignSender(explanation);
}

const identityOf = (integration: Integration, token: string, family: string, { address }: Caller): Identity => ({
  integration: integration.name,
  token,
  family,
  tier: integration.sender.tier,
  address,
});

/** Whoever has a token may end it: an access token alone, a refresh token with all that stems from it. */
function revoke({ held, records, standing }: FormParts, text: string): FormAnswer {
  const hash = hashOf(text);
  const access = held.tokenByHash(hash);
  const family = access?.family ?? held.families.get(records.refreshToken(hash)?.family ?? '');
  if (family === undefined) return answers.unknownToken;
  const by = `integration ${family.integration.name}`;
  if (access !== undefined) standing.revokeToken(access, by, 'revoked by its bearer');
  else standing.endFamily(family, by, 'revoked by its bearer');
  return { status: 200, body: undefined };
}

/** To the integration itself, about its own tokens. With the confirmation claims of RFC 8705 and RFC 9449. */
function introspect(parts: FormParts, form: URLSearchParams, head: CallHead): FormAnswer {
  const { held, records, clock } = parts;
  const now = clock();
  const client = authenticateClient(held, form, head, now);
  if (client === undefined) return answers.invalidClient;
  const hash = hashOf(form.get('token') ?? '');
  const access = held.tokenByHash(hash);
  if (access !== undefined && access.family.integration === client.integration && isUsable(access, now)) {
    const { certificate, key } = access;
    return active(parts, access, 'access_token', {
      ...(certificate !== undefined && { cnf: { 'x5t#S256': certificate } }),
      ...(key !== undefined && { cnf: { jkt: key } }),
    });
  }
  const refreshToken = records.refreshToken(hash);
  const family = held.families.get(refreshToken?.family ?? '');
  const isAlive =
    family?.integration === client.integration &&
    (family.suspension ?? family.integration.suspension ?? family.endedAt) === undefined;
  if (refreshToken === undefined || !isAlive || refreshToken.replaced !== undefined || refreshToken.expiresAt <= now)
    return { status: 200, body: { active: false } };
  return active(parts, { ...refreshToken, family }, 'refresh_token', {});
}

function active(
  { publicUrl }: FormParts,
  { family, issuedAt, expiresAt }: { readonly family: Family; readonly issuedAt: number; readonly expiresAt: number },
  tokenType: 'access_token' | 'refresh_token',
  confirmation: Readonly<Record<string, unknown>>,
): FormAnswer {
  const { organization, user, clientId, username } = family.integration;
  const issued = Math.floor(issuedAt / 1000);
  const body = {
    active: true,
    scope: family.way === 'refresh-token' ? 'api refresh_token' : 'api',
    client_id: clientId,
    username,
    sub: answers.identityUrl(publicUrl, organization, user),
    token_type: tokenType,
    exp: Math.floor(expiresAt / 1000),
    iat: issued,
    nbf: issued,
    ...confirmation,
  };
  return { status: 200, body };
}
