import type { CallHead, Identity, Refusal } from '../call.ts';
import type { Caller } from '../parts.ts';
import type { Breach, Scheme, SenderChecks } from './check-sender.ts';
import { hashOf } from './hashes.ts';
import type { HeldTokens } from './held-tokens.ts';
import type { AccessToken, Suspension } from './integration.ts';
import type { TellBreach } from './tell-breaches.ts';

export type Identify = (head: CallHead, caller: Caller) => Identity | Refusal;

/** Longer than any token given out; what is longer is not hashed. */
const longestToken = 256;

/** Who bears the token of a call: one SHA-256 and one look into a map, and the proof of its tier. */
export function createIdentify(
  held: HeldTokens,
  checks: SenderChecks,
  tell: TellBreach,
  clock: () => number,
): Identify {
  /** What came last on a connection: mostly the same comes again, and need not be taken apart and hashed again. */
  const latest = new WeakMap<Caller, { readonly authorization: string; readonly presented: Presented | undefined }>();

  const presentedBy = (head: CallHead, caller: Caller): Presented | undefined => {
    const authorization = head.headers.get('authorization');
    if (authorization === undefined) return readQuery(head.target);
    const before = latest.get(caller);
    if (before?.authorization === authorization) return before.presented;
    const presented = readAuthorization(authorization);
    latest.set(caller, { authorization, presented });
    return presented;
  };

  return (head, caller) => {
    const presented = presentedBy(head, caller);
    if (presented === undefined) return noSession('no-token');
    const token = held.tokenByHash(presented.hash);
    if (token === undefined) return noSession('unknown-token');
    const { family } = token;
    const { integration } = family;
    const suspension = family.suspension ?? integration.suspension;
    if (suspension !== undefined) return suspended(integration.name, suspension);
    if (token.isRevoked || family.endedAt !== undefined) return noSession('revoked-token');
    const now = clock();
    if (token.expiresAt <= now) return noSession('expired-token');
    const identity = identityOf(token, caller);
    const breach = checks.check(token, presented.scheme, head, caller);
    if (breach !== undefined) {
      if (breach.level !== undefined)
        tell(identity, 'stolen-token', breach.level, `A token of ${integration.name} ${breach.explanation}. Refused.`);
      return refusalOf(breach);
    }
    token.lastUsedAt = now;
    token.lastAddress = caller.address;
    return identity;
  };
}

const identityOf = ({ id, family }: AccessToken, { address }: Caller): Identity => ({
  integration: family.integration.name,
  token: id,
  family: family.id,
  tier: family.integration.sender.tier,
  address,
});

const schemes: Readonly<Record<string, Scheme>> = { bearer: 'bearer', oauth: 'oauth', dpop: 'dpop' };

/** `/id/00D…/005…`, the one path where the CRM and jsforce take the token from the query. */
const identityPath = /^\/id\/[0-9A-Za-z]{15,18}\/[0-9A-Za-z]{15,18}\?(.*)$/;

interface Presented {
  readonly scheme: Scheme;
  readonly hash: string;
}

function readQuery(target: string): Presented | undefined {
  const query = identityPath.exec(target)?.[1];
  const tokens = query === undefined ? [] : new URLSearchParams(query).getAll('oauth_token');
  return tokens.length === 1 ? present('bearer', tokens[0]!) : undefined;
}

function readAuthorization(authorization: string): Presented | undefined {
  const space = authorization.indexOf(' ');
  const scheme = schemes[authorization.slice(0, space).toLowerCase()];
  return scheme === undefined ? undefined : present(scheme, authorization.slice(space + 1));
}

const present = (scheme: Scheme, token: string): Presented | undefined =>
  token.length > longestToken ? undefined : { scheme, hash: hashOf(token) };

/** As the CRM says it; clients answer it by asking for a new token. */
const noSession = (reason: string): Refusal => ({
  status: 401,
  errorCode: 'INVALID_SESSION_ID',
  message: 'Session expired or invalid',
  reason,
});

/** 403, which no client repeats: a new token would not help. */
const suspended = (integration: string, { at, why }: Suspension): Refusal => ({
  status: 403,
  errorCode: 'INSUFFICIENT_ACCESS',
  message: `Cordon suspended ${integration} at ${new Date(at).toISOString()}: ${why}. Ask the owner of the integration; a person must resume it.`,
  reason: 'suspended',
});

function refusalOf({ status, explanation }: Breach): Refusal {
  if (status === 401) return noSession('other-certificate');
  return {
    status,
    errorCode: status === 503 ? 'SERVER_UNAVAILABLE' : 'INSUFFICIENT_ACCESS',
    message: `Cordon refused this token: it ${explanation}.`,
    reason: status === 503 ? 'crowded' : 'stolen-token',
  };
}
