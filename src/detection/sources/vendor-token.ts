import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { z } from 'zod';
import type { Surroundings } from '#model/live-source.ts';
import { failure, type Result, success } from '#model/result.ts';
import { askPage } from './ask-page.ts';
import type { Question } from './ask-vendor.ts';

export type Headers = Readonly<Record<string, string>>;

/** What lets a request in; one for all streams of a source. */
export interface Credential {
  /** Headers for this request; signs in first where there is no token, and streams that ask at once share one sign-in. */
  readonly headersFor: (method: 'GET' | 'POST', url: string) => Promise<Result<Headers>>;
  /** The vendor refused these headers: what stands in them is not used again. */
  readonly discard: (headers: Headers) => void;
}

export interface AccessToken {
  readonly token: string;
  /** ms since 1970 UTC. */
  readonly endsAt: number;
  /** It lets nobody in who does not prove possession of a key with each request (RFC 9449). */
  readonly isBoundToKey: boolean;
}

/** A token is renewed this long before its end, ms. */
const earlyMs = 60_000;

export const asBearer = ({ token }: AccessToken): Headers => ({ authorization: `Bearer ${token}` });

/** Access tokens, presented as bearer tokens (RFC 6750) unless `present` has another way, got by `open` when there is none or it is about to end. */
export function tokenCredential(
  open: () => Promise<Result<AccessToken>>,
  clock: () => number,
  present: (token: AccessToken, method: string, url: string) => Headers = asBearer,
): Credential {
  let opening: Promise<Result<AccessToken>> | undefined;
  let held: AccessToken | undefined;
  const renew = (): Promise<Result<AccessToken>> => {
    opening ??= open().then((opened) => {
      opening = undefined;
      held = opened.ok ? opened.value : undefined;
      return opened;
    });
    return opening;
  };
  return {
    headersFor: async (method, url) => {
      const token = held !== undefined && held.endsAt - earlyMs > clock() ? success(held) : await renew();
      return token.ok ? success(present(token.value, method, url)) : token;
    },
    discard: ({ authorization }) => {
      if (held !== undefined && authorization?.endsWith(` ${held.token}`)) held = undefined;
    },
  };
}

/** Asks with the credential; where it is refused, once more with a new one: then it is the rights that are missing. */
export async function askWithCredential<Value>(
  credential: Credential,
  url: string,
  ask: (headers: Headers) => Promise<Result<Value>>,
): Promise<Result<Value>> {
  for (let isSecond = false; ; isSecond = true) {
    const headers = await credential.headersFor('GET', url);
    if (!headers.ok) return headers;
    const answer = await ask(headers.value);
    if (answer.ok || answer.failure.kind !== 'refused') return answer;
    credential.discard(headers.value);
    if (isSecond) return answer;
  }
}

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  token_type: z.string().default('Bearer'),
  expires_in: z.coerce.number().positive().default(3600),
});

/**
 * `POST` to an OAuth 2.0 token endpoint. 400 is what these say to wrong credentials (RFC 6749, section 5.2): `refused`,
 * with the vendor's words.
 */
export async function askToken(
  {
    vendor,
    url,
    form,
    headers,
    judge,
  }: Pick<Question, 'vendor' | 'url' | 'headers' | 'judge'> & {
    readonly form: Readonly<Record<string, string>>;
  },
  { clock, signal }: Surroundings,
  timeoutMs: number,
): Promise<Result<AccessToken>> {
  const askedAt = clock();
  const answer = await askPage({
    vendor,
    url,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json', ...headers },
    body: new URLSearchParams(form).toString(),
    signal,
    clock,
    timeoutMs,
    ...(judge && { judge }),
  });
  if (!answer.ok) {
    const { failure: reason } = answer;
    return reason.kind === 'invalid'
      ? failure({ kind: 'refused', by: vendor, why: `the sign-in was answered with ${reason.found}` })
      : answer;
  }
  const told = tokenAnswer.safeParse(answer.value.value);
  if (!told.success) return failure({ kind: 'broken', by: vendor, why: 'its sign-in answered without access_token' });
  const { access_token: token, token_type: type, expires_in: seconds } = told.data;
  return success({ token, endsAt: askedAt + seconds * 1000, isBoundToKey: type.toLowerCase() === 'dpop' });
}

/** The private key in the PEM, or undefined where it holds none that signs by RS256 or ES256. */
export function readSigningKey(pem: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem);
    return algorithmOf(key) === undefined ? undefined : key;
  } catch {
    return undefined;
  }
}

/** A JWT (RFC 7519) signed by RS256 or ES256 (RFC 7518, section 3.1), as the key is RSA or P-256. */
export function signJwt(key: KeyObject, claims: object, header: object = {}): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: algorithmOf(key), typ: 'JWT', ...header })}.${part(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): 'RS256' | 'ES256' | undefined {
  if (asymmetricKeyType === 'rsa') return 'RS256';
  return asymmetricKeyDetails?.namedCurve === 'prime256v1' ? 'ES256' : undefined;
}

/** Settings: a PEM with a private key, RSA or P-256. */
export const signingKey = z
  .string()
  .min(1)
  .refine((pem) => readSigningKey(pem) !== undefined, 'a PEM with a private key, RSA or P-256')
  .meta({ secret: true });
