import { createHash, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Surroundings } from '#model/live-source.ts';
import { failure, type Result, success } from '#model/result.ts';
import {
  type AccessToken,
  asBearer,
  askToken,
  type Credential,
  type Headers,
  readSigningKey,
  signingKey,
  signJwt,
  tokenCredential,
} from '../vendor-token.ts';

/** How Cordon signs in to the org. */
export const oktaSignIn = z
  .discriminatedUnion('grant', [
    z.strictObject({
      grant: z.literal('private_key'),
      clientId: z.string().min(1).describe('Of a service app with the scope okta.logs.read'),
      privateKey: signingKey.describe('PEM of the key whose public half the app knows'),
      keyId: z.string().min(1).optional().describe('`kid` of that key, where the app knows several'),
    }),
    z.strictObject({
      grant: z.literal('api_token'),
      apiToken: z.string().min(1).meta({ secret: true }).describe('Of an administrator who may read the log, no more'),
    }),
  ])
  .describe('How Cordon signs in to the org');

type SignIn = z.infer<typeof oktaSignIn>;

export function signInToOkta(url: string, signIn: SignIn, surroundings: Surroundings, timeoutMs: number): Credential {
  if (signIn.grant === 'api_token') {
    const headers = { authorization: `SSWS ${signIn.apiToken}` };
    return { headersFor: async () => success(headers), discard: () => undefined };
  }
  // Lives as long as the tokens that are bound to it.
  const proof = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { clock } = surroundings;
  const prove = (method: string, of: string, more: object): Headers => ({
    dpop: signProof(proof, { htm: method, htu: of.replace(/[?#].*/s, ''), iat: Math.floor(clock() / 1000), ...more }),
  });
  return tokenCredential(
    () => openToken(url, signIn, surroundings, timeoutMs, prove),
    clock,
    (token, method, of) =>
      token.isBoundToKey
        ? { authorization: `DPoP ${token.token}`, ...prove(method, of, { ath: hashOf(token.token) }) }
        : asBearer(token),
  );
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** RFC 9449, section 4.2. */
function signProof(keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject }, claims: object): string {
  const jwk = keys.publicKey.export({ format: 'jwk' });
  return signJwt(keys.privateKey, { jti: randomUUID(), ...claims }, { typ: 'dpop+jwt', jwk });
}

/**
 * Client credentials with a signed assertion (RFC 7523), proving possession of a key as new service apps must; the first
 * proof is sent back with the nonce that the next must carry.
 * https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/
 */
async function openToken(
  origin: string,
  { clientId, privateKey, keyId }: Extract<SignIn, { grant: 'private_key' }>,
  surroundings: Surroundings,
  timeoutMs: number,
  prove: (method: string, url: string, more: object) => Headers,
): Promise<Result<AccessToken>> {
  const url = `${origin}/oauth2/v1/token`;
  const key = readSigningKey(privateKey);
  if (key === undefined)
    return failure({ kind: 'invalid', where: 'signIn.privateKey', found: 'no key that signs', expected: 'a PEM' });
  const ask = (more: object, takeNonce: (nonce: string) => void): Promise<Result<AccessToken>> => {
    const seconds = Math.floor(surroundings.clock() / 1000);
    const claims = { iss: clientId, sub: clientId, aud: url, iat: seconds, exp: seconds + 300, jti: randomUUID() };
    const form = {
      grant_type: 'client_credentials',
      scope: 'okta.logs.read',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: signJwt(key, claims, keyId === undefined ? {} : { kid: keyId }),
    };
    const question = {
      vendor: 'Okta',
      url,
      form,
      headers: prove('POST', url, more),
      judge: ({ headers }: { readonly headers: globalThis.Headers }) => {
        const nonce = headers.get('dpop-nonce');
        if (nonce !== null) takeNonce(nonce);
        return undefined;
      },
    };
    return askToken(question, surroundings, timeoutMs);
  };
  let nonce: string | undefined;
  const first = await ask({}, (told) => {
    nonce = told;
  });
  return first.ok || nonce === undefined ? first : ask({ nonce }, () => undefined);
}
