import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { HeldTokens } from './held-tokens.ts';
import type { Integration } from './integration.ts';
import { parseSignedJson, type SignedJson } from './signed-json.ts';

export interface Assertion {
  readonly integration: Integration;
  /** Its `jti`, or what was signed where it has none: good for one use. Never the whole text: a signature can be respelled. */
  readonly id: string;
  /** ms. */
  readonly expiresAt: number;
}

const longestAssertion = 8192;
/** The CRM takes assertions that end within three minutes; its own CLI writes five. */
const longestLifeMs = 5 * 60_000;
const clockSkewMs = 30_000;

/**
 * A JWT signed with the key registered for its issuer: `iss` client id, `sub` user name, `aud` this gateway, `exp` soon
 * (RFC 7523 section 3; Salesforce Help, "OAuth 2.0 JWT bearer flow"). Undefined for anything else.
 */
export function verifyAssertion(held: HeldTokens, publicUrl: string, text: string, now: number): Assertion | undefined {
  const assertion = text.length <= longestAssertion ? parseSignedJson(text) : undefined;
  if (assertion === undefined) return undefined;
  const { iss, sub, exp, nbf, jti } = assertion.claims;
  const integration = typeof iss === 'string' ? held.byClientId.get(iss) : undefined;
  const pem = integration?.settings.assertionKey;
  if (integration === undefined || pem === undefined || !isSigned(assertion, createPublicKey(pem))) return undefined;
  if (sub !== integration.username || !isForUs(assertion.claims['aud'], publicUrl)) return undefined;
  if (typeof exp !== 'number' || exp * 1000 <= now || exp * 1000 > now + longestLifeMs + clockSkewMs) return undefined;
  if (nbf !== undefined && (typeof nbf !== 'number' || nbf * 1000 > now + clockSkewMs)) return undefined;
  const id = `${integration.name} ${typeof jti === 'string' ? jti : text.slice(0, text.lastIndexOf('.'))}`;
  return { integration, id, expiresAt: exp * 1000 };
}

function isSigned({ header, signed, signature }: SignedJson, key: KeyObject): boolean {
  if (header['crit'] !== undefined) return false;
  const type = key.asymmetricKeyType;
  if (type === 'rsa') return header['alg'] === 'RS256' && verify('sha256', signed, key, signature);
  return (
    type === 'ec' &&
    header['alg'] === 'ES256' &&
    verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature)
  );
}

function isForUs(audience: unknown, publicUrl: string): boolean {
  const ours = [publicUrl, `${publicUrl}/`, `${publicUrl}/services/oauth2/token`];
  const named = Array.isArray(audience) ? audience : [audience];
  return named.some((one) => ours.includes(one));
}
