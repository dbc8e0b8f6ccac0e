import { type KeyObject, verify } from 'node:crypto';

/** A JWT, read and not yet believed. */
export interface ReadJwt {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly isSignedBy: (key: KeyObject) => boolean;
}

const hashes: Readonly<Record<string, 'rsa' | 'ec'>> = { RS256: 'rsa', ES256: 'ec' };

/** RFC 7519, in its compact form; undefined for anything else. */
export function readJwt(text: string): ReadJwt | undefined {
  const [head = '', body = '', signature = '', ...rest] = text.split('.');
  const header = readPart(head);
  const claims = readPart(body);
  if (header === undefined || claims === undefined || rest.length > 0) return undefined;
  return {
    header,
    claims,
    isSignedBy: (key) =>
      hashes[String(header['alg'])] === key.asymmetricKeyType &&
      verify(
        'sha256',
        Buffer.from(`${head}.${body}`),
        { key, dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      ),
  };
}

function readPart(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether `exp` lies ahead of now (ms), by no more than an hour. */
export function isInTime({ claims }: ReadJwt, now: number): boolean {
  const expiry = Number(claims['exp']) * 1000;
  return expiry > now && expiry <= now + 3_660_000;
}
