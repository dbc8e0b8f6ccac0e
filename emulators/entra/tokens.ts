import { createPublicKey, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { isInTime, readJwt } from '../vendor-server/jwt.ts';
import { jsonAnswer, type VendorAnswer, type VendorCall } from '../vendor-server/vendor-server.ts';
import type { Tenant } from './tenant.ts';

const lifeSeconds = 3599;
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
function refuse({ clock }: Tenant, error: string, code: number, words: string): VendorAnswer {
  const [trace, correlation] = [randomUUID(), randomUUID()];
  const timestamp = `${new Date(clock()).toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const description = `AADSTS${code}: ${words} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`;
  const body = {
    error,
    error_description: description,
    error_codes: [code],
    timestamp,
    trace_id: trace,
    correlation_id: correlation,
  };
  return jsonAnswer(body, error === 'invalid_client' ? 401 : 400);
}

/**
 * `POST /{tenant}/oauth2/v2.0/token`: client credentials with a secret or a signed assertion.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export function answerToken(tenant: Tenant, call: VendorCall): VendorAnswer {
  const form = new URLSearchParams(call.body);
  if (form.get('grant_type') !== 'client_credentials')
    return refuse(tenant, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.');
  if (form.get('scope') !== `${tenant.url}/.default`)
    return refuse(tenant, 'invalid_scope', 1002012, 'The provided value for scope is not valid.');
  if (form.get('client_id') !== tenant.clientId)
    return refuse(tenant, 'unauthorized_client', 700016, 'Application was not found in the directory.');
  if (form.has('client_assertion')) {
    if (form.get('client_assertion_type') !== assertionType || !isAssertion(tenant, form.get('client_assertion') ?? ''))
      return refuse(
        tenant,
        'invalid_client',
        700027,
        'The certificate used to sign the client assertion is not registered.',
      );
  } else if (!isEqual(form.get('client_secret') ?? '', tenant.clientSecret))
    return refuse(tenant, 'invalid_client', 7000215, 'Invalid client secret provided.');
  const token = randomBytes(60).toString('base64url');
  tenant.tokens.set(token, tenant.clock() + lifeSeconds * 1000);
  return jsonAnswer({
    token_type: 'Bearer',
    expires_in: lifeSeconds,
    ext_expires_in: lifeSeconds,
    access_token: token,
  });
}

/** https://learn.microsoft.com/entra/identity-platform/certificate-credentials */
function isAssertion(tenant: Tenant, assertion: string): boolean {
  const jwt = readJwt(assertion);
  if (jwt === undefined || tenant.publicKey === undefined || !isInTime(jwt, tenant.clock())) return false;
  const { iss, sub, aud, jti } = jwt.claims;
  const isNew = typeof jti === 'string' && !tenant.usedJwtIds.has(jti);
  if (isNew) tenant.usedJwtIds.add(jti);
  const isFor = iss === tenant.clientId && sub === iss && aud === `${tenant.url}/${tenant.id}/oauth2/v2.0/token`;
  const hasThumbprint = typeof jwt.header['x5t#S256'] === 'string';
  return isNew && isFor && hasThumbprint && jwt.isSignedBy(createPublicKey(tenant.publicKey));
}

export function isLetIn(tenant: Tenant, call: VendorCall): boolean {
  const token = /^Bearer (\S+)$/.exec(call.headers.authorization ?? '')?.[1] ?? '';
  return (tenant.tokens.get(token) ?? 0) > tenant.clock();
}

function isEqual(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.length === second.length && timingSafeEqual(first, second);
}
