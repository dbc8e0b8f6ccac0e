import { createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import { type Answer, type Call, json } from '../server/answer.ts';
import { isAllowedFrom, type Organization } from '../server/organization.ts';
import { type App, passwordOf } from './app.ts';
import type { Session } from './sessions.ts';

/** An OAuth error as the CRM words it. "OAuth 2.0 Authorization Errors", Salesforce Help. */
const oauthError = (error: string, description: string, status = 400): Answer =>
  json({ error, error_description: description }, status);

const expired = (): Answer => oauthError('invalid_grant', 'expired access/refresh token');

/** `POST /services/oauth2/token` */
export function answerToken(organization: Organization, call: Call): Answer {
  const form = new URLSearchParams(call.body);
  const grantType = form.get('grant_type') ?? '';
  if (grantType === 'urn:ietf:params:oauth:grant-type:jwt-bearer') return answerAssertion(organization, call, form);
  const app = authenticate(organization, call, form);
  if (!('clientId' in app)) return app;
  const refusal = refuseNetwork(organization, app, call);
  if (refusal !== undefined) return refusal;
  switch (grantType) {
    case 'refresh_token':
      return answerRefresh(organization, app, form.get('refresh_token') ?? '');
    case 'client_credentials':
      return openFor(organization, app, app.username);
    case 'password':
      return answerPassword(organization, app, form);
    default:
      return oauthError('unsupported_grant_type', 'grant type not supported');
  }
}

/** The app that the form or the Authorization header names, when its secret is right. */
function authenticate(organization: Organization, call: Call, form: URLSearchParams): App | Answer {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/.exec(call.headers.authorization ?? '')?.[1];
  const [id = '', secret = ''] =
    basic === undefined
      ? [form.get('client_id') ?? '', form.get('client_secret') ?? '']
      : Buffer.from(basic, 'base64').toString().split(':');
  const app = organization.apps.find(({ clientId }) => clientId === id);
  if (app === undefined) return oauthError('invalid_client_id', 'client identifier invalid');
  return isEqual(secret, app.clientSecret) ? app : oauthError('invalid_client', 'invalid client credentials');
}

function isEqual(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.length === second.length && timingSafeEqual(first, second);
}

const refuseNetwork = (organization: Organization, app: App, { address }: Call): Answer | undefined =>
  isAllowedFrom(organization, app, address) ? undefined : oauthError('invalid_grant', 'ip restricted');

function answerRefresh(organization: Organization, app: App, refreshToken: string): Answer {
  const { sessions, frozen } = organization;
  const grant = sessions.findGrant(refreshToken);
  if (grant === undefined || grant.app.clientId !== app.clientId) return expired();
  if (frozen.has(grant.userId)) return oauthError('invalid_grant', 'inactive user');
  const session = sessions.open(app, grant.userId, grant);
  const rotated = app.rotatesRefreshTokens === true ? { refresh_token: sessions.rotate(refreshToken, grant) } : {};
  return json({ ...describeSession(organization, session), ...rotated });
}

function answerPassword(organization: Organization, app: App, form: URLSearchParams): Answer {
  const username = form.get('username') ?? '';
  const password = passwordOf(organization.house.seed, username);
  // The real one takes the password with the user's security token behind it; this one knows no security tokens.
  if (!isEqual(form.get('password') ?? '', password)) return oauthError('invalid_grant', 'authentication failure');
  return openFor(organization, app, username);
}

function openFor(organization: Organization, app: App, username: string): Answer {
  const user = organization.userByName(username);
  if (user === undefined) return oauthError('invalid_grant', 'authentication failure');
  if (organization.frozen.has(user.id) || user.leftAt <= organization.clock()) {
    return oauthError('invalid_grant', 'inactive user');
  }
  return json(describeSession(organization, organization.sessions.open(app, user.id)));
}

/** RFC 7523 with RS256, as "OAuth 2.0 JWT Bearer Flow" of Salesforce Help has it. */
function answerAssertion(organization: Organization, call: Call, form: URLSearchParams): Answer {
  const [head = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
  const said = readJson(claims);
  const app = organization.apps.find(({ clientId }) => clientId === said?.['iss']);
  if (said === undefined || app?.publicKey === undefined)
    return oauthError('invalid_client_id', 'client identifier invalid');
  const refusal = refuseNetwork(organization, app, call);
  if (refusal !== undefined) return refusal;
  const signed = Buffer.from(`${head}.${claims}`);
  const isSigned =
    readJson(head)?.['alg'] === 'RS256' &&
    verify('sha256', signed, createPublicKey(app.publicKey), Buffer.from(signature, 'base64url'));
  if (!isSigned) return oauthError('invalid_grant', 'invalid assertion');
  const now = organization.clock() / 1000;
  const expiry = Number(said['exp']);
  if (!(expiry > now)) return oauthError('invalid_grant', 'token validity expired');
  if (expiry > now + 300) return oauthError('invalid_grant', 'expired authorization code');
  const audiences = [organization.instanceUrl, 'https://login.salesforce.com', 'https://test.salesforce.com'];
  if (!audiences.includes(String(said['aud']))) return oauthError('invalid_grant', 'audience is invalid');
  if (String(said['sub']).toLowerCase() !== app.username.toLowerCase()) {
    return oauthError('invalid_grant', "user hasn't approved this consumer");
  }
  return openFor(organization, app, app.username);
}

function readJson(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

export const identityUrl = (organization: Organization, userId: string): string =>
  `${organization.instanceUrl}/id/${organization.house.organizationId}/${userId}`;

function describeSession(
  organization: Organization,
  { token, app, userId, issuedAt }: Session,
): Record<string, string> {
  const id = identityUrl(organization, userId);
  const signature = createHmac('sha256', app.clientSecret).update(`${id}${issuedAt}`).digest('base64');
  return {
    access_token: token,
    signature,
    scope: 'refresh_token api id',
    instance_url: organization.instanceUrl,
    id,
    token_type: 'Bearer',
    issued_at: String(issuedAt),
  };
}

/** `/services/oauth2/revoke`: an access, refresh or delete token. */
export function answerRevoke({ sessions }: Organization, call: Call): Answer {
  const token = call.method === 'GET' ? call.query.get('token') : new URLSearchParams(call.body).get('token');
  if (!token) return oauthError('unsupported_token_type', 'this token type is not supported');
  if (!sessions.revoke(token)) return oauthError('invalid_token', 'invalid token');
  return { status: 200, headers: {}, body: '' };
}

/** `POST /services/oauth2/introspect`, RFC 7662. */
export function answerIntrospect(organization: Organization, call: Call): Answer {
  const form = new URLSearchParams(call.body);
  const app = authenticate(organization, call, form);
  if (!('clientId' in app)) return { ...app, status: 401 };
  const token = form.get('token') ?? '';
  const session = organization.sessions.find(token);
  const grant = session === undefined ? organization.sessions.findGrant(token) : undefined;
  const found = session ?? grant;
  if (found === undefined || found.app.clientId !== app.clientId) return json({ active: false });
  const issued = Math.floor(found.issuedAt / 1000);
  return json({
    active: true,
    scope: 'refresh_token api id',
    client_id: app.clientId,
    username: organization.userById(found.userId)?.username,
    sub: identityUrl(organization, found.userId),
    token_type: session === undefined ? 'refresh_token' : 'access_token',
    iat: issued,
    nbf: issued,
    ...(session === undefined ? {} : { exp: Math.floor(session.expiresAt / 1000) }),
  });
}
