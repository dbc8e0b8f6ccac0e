import { randomBytes } from 'node:crypto';
import { isInTime, readJwt } from '../vendor-server/jwt.ts';
import { jsonAnswer, type VendorAnswer, type VendorCall } from '../vendor-server/vendor-server.ts';
import type { Customer } from './customer.ts';

const lifeSeconds = 3599;
const scope = 'https://www.googleapis.com/auth/admin.reports.audit.readonly';

const refuse = (error: string, description: string, status = 400): VendorAnswer =>
  jsonAnswer({ error, error_description: description }, status);

/** `POST /token`: a signed assertion (RFC 7523). https://developers.google.com/identity/protocols/oauth2/service-account */
export function answerToken(customer: Customer, call: VendorCall): VendorAnswer {
  const form = new URLSearchParams(call.body);
  if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer')
    return refuse('unsupported_grant_type', 'Invalid grant_type');
  const jwt = readJwt(form.get('assertion') ?? '');
  if (
    jwt === undefined ||
    jwt.claims['iss'] !== customer.serviceAccount ||
    jwt.claims['aud'] !== `${customer.url}/token`
  )
    return refuse('invalid_grant', 'Invalid JWT: the issuer or audience is wrong.');
  if (!jwt.isSignedBy(customer.publicKey)) return refuse('invalid_grant', 'Invalid JWT Signature.');
  if (!isInTime(jwt, customer.clock()))
    return refuse(
      'invalid_grant',
      'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.',
    );
  if (jwt.claims['sub'] !== customer.administrator || jwt.claims['scope'] !== scope) {
    const words =
      'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.';
    return refuse('unauthorized_client', words, 401);
  }
  const token = `ya29.${randomBytes(60).toString('base64url')}`;
  customer.tokens.set(token, customer.clock() + lifeSeconds * 1000);
  return jsonAnswer({ access_token: token, expires_in: lifeSeconds, token_type: 'Bearer' });
}

export function isLetIn(customer: Customer, call: VendorCall): boolean {
  const token = /^Bearer (\S+)$/.exec(call.headers.authorization ?? '')?.[1] ?? '';
  return (customer.tokens.get(token) ?? 0) > customer.clock();
}
