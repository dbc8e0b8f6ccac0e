import { createHash, createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';
import { proofAgeMs, proofAheadMs, type Replays } from './replays.ts';
import { isRecord, parseSignedJson, type SignedJson } from './signed-json.ts';

/** What a proof must be about. */
export interface ProofSubject {
  readonly method: string;
  /** Path, query or not; one leading slash. */
  readonly target: string;
  /** Base64url SHA-256 of the access token; undefined at the token endpoint. */
  readonly tokenHash: string | undefined;
}

export type ProofFault =
  | 'malformed'
  | 'other key'
  | 'bad signature'
  | 'other request'
  | 'other token'
  | 'stale'
  | 'replayed'
  | 'crowded';

export type Proof =
  | { readonly ok: true; readonly key: string }
  | { readonly ok: false; readonly fault: ProofFault; readonly key: string | undefined };

export type VerifyProof = (proof: string, subject: ProofSubject, isExpected: (key: string) => boolean) => Proof;

const longestProof = 8192;
const longestId = 128;
const keptKeys = 2000;

/**
 * Checks DPoP proofs as RFC 9449 section 4.3 lists it: form, key, signature, `htm`, `htu`, `iat`, `ath`, `jti`. The key is
 * compared before its signature is computed, so strangers cannot make the gateway compute.
 */
export function createProofVerifier(publicUrl: string, clock: () => number, replays: Replays): VerifyProof {
  const { origin } = new URL(publicUrl);
  const keys = new Map<string, PublicKey>();
  return (text, subject, isExpected) => {
    const proof = text.length <= longestProof ? parseSignedJson(text) : undefined;
    const key = proof && readKey(proof.header);
    if (proof === undefined || key === undefined) return { ok: false, fault: 'malformed', key: undefined };
    const { thumbprint } = key;
    const refuse = (fault: ProofFault): Proof => ({ ok: false, fault, key: thumbprint });
    if (!isExpected(thumbprint)) return refuse('other key');
    const claims = readClaims(proof.claims);
    const publicKey = keys.get(thumbprint) ?? importKey(key);
    if (claims === undefined || publicKey === undefined) return refuse('malformed');
    if (!isSigned(proof, publicKey)) return refuse('bad signature');
    if (keys.size >= keptKeys) keys.clear();
    keys.set(thumbprint, publicKey);
    if (claims.htm !== subject.method || !isSameAddress(claims.htu, origin, subject.target))
      return refuse('other request');
    if (claims.ath !== subject.tokenHash) return refuse('other token');
    const now = clock();
    const madeAt = claims.iat * 1000;
    if (madeAt < now - proofAgeMs || madeAt > now + proofAheadMs) return refuse('stale');
    const use = replays.take(thumbprint, claims.jti, madeAt);
    if (use === 'fresh') return { ok: true, key: thumbprint };
    return refuse(use === 'forgotten' ? 'stale' : use);
  };
}

interface PublicKey {
  readonly algorithm: Algorithm;
  readonly key: KeyObject;
}

type Algorithm = 'ES256' | 'EdDSA' | 'RS256';

interface WrittenKey {
  readonly algorithm: Algorithm;
  /** Only the members that RFC 7638 section 3.2 names. */
  readonly jwk: JsonWebKey;
  readonly thumbprint: string;
}

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** Members in the order in which RFC 7638 hashes them. */
const requiredMembers = {
  ES256: { kty: 'EC', crv: 'P-256', members: ['crv', 'kty', 'x', 'y'] },
  EdDSA: { kty: 'OKP', crv: 'Ed25519', members: ['crv', 'kty', 'x'] },
  RS256: { kty: 'RSA', crv: undefined, members: ['e', 'kty', 'n'] },
} satisfies Record<Algorithm, { kty: string; crv: string | undefined; members: readonly string[] }>;

const isAlgorithm = (text: unknown): text is Algorithm => text === 'ES256' || text === 'EdDSA' || text === 'RS256';

function readKey(header: Record<string, unknown>): WrittenKey | undefined {
  const { typ, alg, jwk, crit } = header;
  if (typ !== 'dpop+jwt' || crit !== undefined || !isAlgorithm(alg) || !isRecord(jwk)) return undefined;
  if (privateMembers.some((member) => member in jwk)) return undefined;
  const { kty, crv, members } = requiredMembers[alg];
  if (jwk['kty'] !== kty || (crv !== undefined && jwk['crv'] !== crv)) return undefined;
  const needed: Record<string, string> = {};
  for (const member of members) {
    const value = jwk[member];
    if (typeof value !== 'string') return undefined;
    needed[member] = value;
  }
  const thumbprint = createHash('sha256').update(JSON.stringify(needed)).digest('base64url');
  return { algorithm: alg, jwk: needed, thumbprint };
}

function importKey({ algorithm, jwk }: WrittenKey): PublicKey | undefined {
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    const bits = key.asymmetricKeyDetails?.modulusLength;
    return bits !== undefined && (bits < 2048 || bits > 4096) ? undefined : { algorithm, key };
  } catch {
    return undefined;
  }
}

function isSigned({ signed, signature, header }: SignedJson, { algorithm, key }: PublicKey): boolean {
  if (header['alg'] !== algorithm) return false;
  if (algorithm === 'EdDSA') return verify(null, signed, key, signature);
  return verify('sha256', signed, algorithm === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' } : key, signature);
}

interface Claims {
  readonly jti: string;
  readonly htm: string;
  readonly htu: string;
  readonly iat: number;
  readonly ath: string | undefined;
}

function readClaims({ jti, htm, htu, iat, ath }: Record<string, unknown>): Claims | undefined {
  if (typeof jti !== 'string' || jti === '' || jti.length > longestId) return undefined;
  if (typeof htm !== 'string' || typeof htu !== 'string' || typeof iat !== 'number') return undefined;
  if (ath !== undefined && typeof ath !== 'string') return undefined;
  return { jti, htm, htu, iat, ath };
}

/** Without query and fragment (RFC 9449 section 4.3, 9); leading slashes collapsed as the gateway does to the call. */
function isSameAddress(htu: string, origin: string, target: string): boolean {
  const claimed = URL.parse(htu);
  const asked = URL.parse(`${origin}${target}`);
  if (claimed === null || asked === null) return false;
  return claimed.origin === origin && claimed.pathname.replace(/^\/+/, '/') === asked.pathname;
}
