import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { describeFailure, type Result, success } from '#model/result.ts';
import { createMasterKey } from '#vault/master-key.ts';
import { openVault, type Vault } from '#vault/open-vault.ts';
import type { CallHead, Identity, Notice, Refusal } from '../call.ts';
import type { Caller, FormAnswer } from '../parts.ts';
import type { Credentials } from './integration.ts';
import { openBroker } from './open-broker.ts';
import type { Registration } from './registration.ts';

export const publicUrl = 'https://crm.gateway.example';
export const masterKey = Buffer.alloc(32, 7);

export interface Desk {
  readonly broker: ReturnType<typeof openForTests>;
  readonly notices: Notice[];
  /** Forms the CRM's token endpoint got. */
  readonly asked: URLSearchParams[];
  /** ms; the tests move it. */
  readonly time: { now: number };
  answer: (form: URLSearchParams) => Promise<Result<FormAnswer>>;
}

/** A broker on a database of its own, or on one that others had before it; `disturb` stands between it and its vault. */
export function openDesk(
  database = new DatabaseSync(':memory:'),
  now = Date.UTC(2026, 10, 23, 12),
  disturb: (vault: Vault) => Vault = (vault) => vault,
): Desk {
  const notices: Notice[] = [];
  const asked: URLSearchParams[] = [];
  const time = { now };
  const desk: { answer: Desk['answer'] } = {
    answer: async () => success({ status: 200, body: { access_token: `upstream-${asked.length}` } }),
  };
  const broker = openForTests(database, time, disturb, {
    notify: (notice) => notices.push(notice),
    requestToken: (form) => {
      asked.push(form);
      return desk.answer(form);
    },
  });
  return Object.assign(desk, { broker, notices, asked, time });
}

function openForTests(
  database: DatabaseSync,
  time: { now: number },
  disturb: (vault: Vault) => Vault,
  parts: Pick<Parameters<typeof openBroker>[0], 'notify' | 'requestToken'>,
) {
  const clock = (): number => time.now;
  const vault = must(
    openVault({ database, masterKey: createMasterKey(masterKey, randomBytes), clock, random: randomBytes }),
  );
  return must(
    openBroker({
      ...parts,
      database,
      vault: disturb(vault),
      clock,
      random: randomBytes,
      publicUrl,
      wait: async () => undefined,
    }),
  );
}

export function must<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(describeFailure(result.failure));
  return result.value;
}

/** A registration of the tier `unbound` that may do everything but sign. */
export const plainRegistration: Registration = {
  name: 'loyalty-mail',
  owner: 'crm team',
  vendor: 'Mailer',
  organization: '00D000000000001EAA',
  user: '005000000000001AAA',
  username: 'loyalty@maison.example',
  sender: { tier: 'unbound' },
  ways: ['refresh-token', 'client-credentials'],
  grants: [{ kind: 'client-credentials', clientId: 'crm-client', clientSecret: 'crm-secret' }],
};

export async function register(desk: Desk, change: Partial<Registration> = {}): Promise<Credentials> {
  return must(await desk.broker.register({ ...plainRegistration, ...change }, 'Ines'));
}

export const from = (address: string, certificate?: string): Caller => ({ address, certificate });
export const home = from('203.0.113.7');

export function headOf(method: string, target: string, headers: Readonly<Record<string, string>> = {}): CallHead {
  return { method, target, headers: new Map(Object.entries(headers)) };
}

export const dataPath = '/services/data/v64.0/query?q=SELECT+Id+FROM+Contact';
export const bearing = (token: string, headers: Readonly<Record<string, string>> = {}): CallHead =>
  headOf('GET', dataPath, { authorization: `Bearer ${token}`, ...headers });

export const tokenHead = headOf('POST', '/services/oauth2/token');

export const isIdentity = (answer: Identity | Refusal): answer is Identity => 'integration' in answer;

export interface TokenBody {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly token_type: string;
  readonly signature: string;
  readonly id: string;
  readonly instance_url: string;
  readonly issued_at: string;
  readonly error: string;
  readonly error_description: string;
}

/** Posts a form to the token endpoint. */
export async function ask(
  desk: Desk,
  form: Readonly<Record<string, string>>,
  caller: Caller = home,
  head: CallHead = tokenHead,
): Promise<{ readonly status: number; readonly body: TokenBody }> {
  const answer = await desk.broker.answerForm('token', new URLSearchParams(form), head, caller);
  return { status: answer.status, body: answer.body as TokenBody };
}

export const clientOf = ({ clientId, clientSecret }: Credentials) => ({
  client_id: clientId,
  client_secret: clientSecret.plaintext(),
});

export const signIn = (desk: Desk, credentials: Credentials, caller: Caller = home, head?: CallHead) =>
  ask(desk, { grant_type: 'client_credentials', ...clientOf(credentials) }, caller, head);

export const refreshWith = (
  desk: Desk,
  credentials: Credentials,
  refreshToken: string,
  caller: Caller = home,
  head?: CallHead,
) => ask(desk, { grant_type: 'refresh_token', refresh_token: refreshToken, ...clientOf(credentials) }, caller, head);

/** A key with which a client proves itself. */
export interface ProofKey {
  readonly algorithm: 'ES256' | 'EdDSA' | 'RS256';
  readonly privateKey: KeyObject;
  readonly jwk: Record<string, unknown>;
  readonly thumbprint: string;
}

export function newProofKey(algorithm: ProofKey['algorithm'] = 'ES256'): ProofKey {
  const { publicKey, privateKey } = makePair(algorithm);
  const jwk = publicKey.export({ format: 'jwk' }) as Record<string, unknown>;
  const { crv, e, kty, n, x, y } = jwk;
  const members = { ES256: { crv, kty, x, y }, EdDSA: { crv, kty, x }, RS256: { e, kty, n } }[algorithm];
  const thumbprint = createHash('sha256').update(JSON.stringify(members)).digest('base64url');
  return { algorithm, privateKey, jwk, thumbprint };
}

function makePair(algorithm: ProofKey['algorithm']) {
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519');
  if (algorithm === 'RS256') return generateKeyPairSync('rsa', { modulusLength: 2048 });
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

export interface ProofOf {
  readonly method?: string;
  readonly url?: string;
  readonly token?: string | undefined;
  /** ms. */
  readonly at: number;
  readonly id?: string;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** A DPoP proof as RFC 9449 section 4.2 has it; `header` and `claims` replace what it would say. */
export function proofBy(key: ProofKey, of: ProofOf): string {
  const header = { typ: 'dpop+jwt', alg: key.algorithm, jwk: key.jwk, ...of.header };
  const claims = {
    jti: of.id ?? randomBytes(12).toString('base64url'),
    htm: of.method ?? 'GET',
    htu: of.url ?? `${publicUrl}${dataPath.split('?')[0]}`,
    iat: Math.floor(of.at / 1000),
    ...(of.token !== undefined && { ath: createHash('sha256').update(of.token).digest('base64url') }),
    ...of.claims,
  };
  return signJson(key.algorithm, key.privateKey, header, claims);
}

export function signJson(algorithm: string, privateKey: KeyObject, header: object, claims: object): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode(header)}.${encode(claims)}`;
  const key = algorithm === 'ES256' ? ({ key: privateKey, dsaEncoding: 'ieee-p1363' } as const) : privateKey;
  const signature = sign(algorithm === 'EdDSA' ? null : 'sha256', Buffer.from(signed), key);
  return `${signed}.${signature.toString('base64url')}`;
}
