import { createHash, createPublicKey, type JsonWebKey, randomBytes, timingSafeEqual } from 'node:crypto';
import { isInTime, readJwt } from '../vendor-server/jwt.ts';
import { jsonAnswer, type VendorAnswer, type VendorCall } from '../vendor-server/vendor-server.ts';
import type { Org } from './org.ts';

const lifeSeconds = 3600;
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const refuse = (error: string, description: string, headers: Readonly<Record<string, string>> = {}): VendorAnswer =>
  jsonAnswer({ error, error_description: description }, error === 'invalid_client' ? 401 : 400, headers);

/**
 * `POST /oauth2/v1/token`: client credentials with a private key (RFC 7523), bound to a key of the caller's where it
 * proves one (RFC 9449). https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/
 */
export function answerToken(org: Org, call: VendorCall): VendorAnswer {
  const form = new URLSearchParams(call.body);
  if (form.get('grant_type') !== 'client_credentials')
    return refuse('unsupported_grant_type', 'The grant type is not supported.');
  if (form.get('client_assertion_type') !== assertionType || !isAssertion(org, form.get('client_assertion') ?? ''))
    return refuse('invalid_client', 'The client_assertion is not valid.');
  if (form.get('scope') !== 'okta.logs.read')
    return refuse('invalid_scope', 'One or more scopes are not configured for the client.');
  const proof = call.headers['dpop'];
  if (proof === undefined && org.requiresDpop)
    return refuse('invalid_dpop_proof', 'The DPoP proof JWT header is missing.');
  const thumbprint =
    proof === undefined ? undefined : proofOf(org, String(proof), 'POST', `${org.url}/oauth2/v1/token`);
  if (proof !== undefined && thumbprint === undefined)
    return refuse('invalid_dpop_proof', 'The DPoP proof JWT is invalid.');
  if (thumbprint !== undefined && readJwt(String(proof))?.claims['nonce'] !== nonceOf(org))
    return refuse('use_dpop_nonce', 'Authorization server requires nonce in DPoP proof.', {
      'dpop-nonce': nonceOf(org),
    });
  const token = randomBytes(40).toString('base64url');
  org.tokens.set(token, { endsAt: org.clock() + lifeSeconds * 1000, thumbprint });
  return jsonAnswer({
    token_type: thumbprint === undefined ? 'Bearer' : 'DPoP',
    expires_in: lifeSeconds,
    access_token: token,
    scope: 'okta.logs.read',
  });
}

function isAssertion(org: Org, assertion: string): boolean {
  const jwt = readJwt(assertion);
  if (jwt === undefined || !jwt.isSignedBy(org.publicKey) || !isInTime(jwt, org.clock())) return false;
  const { iss, sub, aud } = jwt.claims;
  return (
    iss === org.clientId &&
    sub === org.clientId &&
    aud === `${org.url}/oauth2/v1/token` &&
    isFresh(org, jwt.claims['jti'])
  );
}

function isFresh(org: Org, id: unknown): boolean {
  if (typeof id !== 'string' || org.usedJwtIds.has(id)) return false;
  org.usedJwtIds.add(id);
  return true;
}

/** Changes with every day. */
const nonceOf = (org: Org): string =>
  createHash('sha256')
    .update(`${org.apiToken}${Math.floor(org.clock() / 86_400_000)}`)
    .digest('base64url')
    .slice(0, 24);

/** The thumbprint (RFC 7638) of the key that a DPoP proof proves; undefined where it proves none. */
function proofOf(org: Org, proof: string, method: string, url: string, token?: string): string | undefined {
  const jwt = readJwt(proof);
  const jwk = jwt?.header['jwk'] as JsonWebKey | undefined;
  if (jwt === undefined || jwk?.kty !== 'EC' || jwt.header['typ'] !== 'dpop+jwt') return undefined;
  const { htm, htu, iat, jti, ath } = jwt.claims;
  const isFor = htm === method && htu === url && Math.abs(Number(iat) * 1000 - org.clock()) < 300_000;
  const isOfToken = token === undefined || ath === createHash('sha256').update(token).digest('base64url');
  if (!isFor || !isOfToken || !isFresh(org, jti) || !isSigned(jwt, jwk)) return undefined;
  const { crv, kty, x, y } = jwk;
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}

function isSigned(jwt: NonNullable<ReturnType<typeof readJwt>>, jwk: JsonWebKey): boolean {
  try {
    return jwt.isSignedBy(createPublicKey({ key: jwk, format: 'jwk' }));
  } catch {
    return false;
  }
}

/** `Authorization: SSWS …`, `Bearer …` or `DPoP …` with its proof. */
export function isLetIn(org: Org, call: VendorCall): boolean {
  const [scheme = '', token = ''] = (call.headers.authorization ?? '').split(' ');
  if (scheme === 'SSWS') return isEqual(token, org.apiToken);
  const known = org.tokens.get(token);
  if (known === undefined || known.endsAt <= org.clock()) return false;
  if (scheme === 'Bearer') return known.thumbprint === undefined;
  const proof = String(call.headers['dpop'] ?? '');
  const thumbprint = proofOf(org, proof, call.method, `${org.url}${call.path}`, token);
  return scheme === 'DPoP' && thumbprint !== undefined && thumbprint === known.thumbprint;
}

function isEqual(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.length === second.length && timingSafeEqual(first, second);
}
