import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A software authenticator with one ES256 key: what it says passes or fails the real verification. */
export interface Authenticator {
  readonly id: string;
  /** WebAuthn §6.1: counts up with each use; set it back to play a copied authenticator. */
  counter: number;
  create(options: { readonly challenge: string }, wish?: Wish): object;
  get(options: { readonly challenge: string }, wish?: Wish): object;
}

interface Wish {
  readonly origin?: string;
  readonly relyingParty?: string;
  readonly userVerified?: boolean;
}

const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest();

function head(major: number, length: number): Buffer {
  if (length < 24) return Buffer.from([(major << 5) | length]);
  if (length < 256) return Buffer.from([(major << 5) | 24, length]);
  return Buffer.from([(major << 5) | 25, length >> 8, length & 255]);
}

/** CBOR (RFC 8949) of integers, text, bytes and maps, as far as attestation needs it. */
function cbor(value: number | string | Buffer | ReadonlyMap<number | string, unknown>): Buffer {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  const entries = [...value].flatMap(([key, each]) => [cbor(key), cbor(each as never)]);
  return Buffer.concat([head(5, value.size), ...entries]);
}

/** COSE_Key (RFC 9053): EC2, ES256, P-256. */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  const [one, other] = [Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')];
  return cbor(
    new Map<number, number | Buffer>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, one],
      [-3, other],
    ]),
  );
}

export function createAuthenticator(home = 'http://localhost:8420'): Authenticator {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const credentialId = randomBytes(32);
  const id = credentialId.toString('base64url');

  const clientData = (type: string, challenge: string, origin: string): Buffer =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  const authenticatorData = (wish: Wish, origin: string, attested?: Buffer): Buffer => {
    const flags = 1 | (wish.userVerified === false ? 0 : 4) | (attested ? 64 : 0);
    const count = Buffer.alloc(4);
    authenticator.counter += 1;
    count.writeUInt32BE(authenticator.counter);
    const party = sha256(wish.relyingParty ?? new URL(origin).hostname);
    return Buffer.concat([party, Buffer.from([flags]), count, attested ?? Buffer.alloc(0)]);
  };
  const wrap = (response: Record<string, Buffer>): object => ({
    id,
    rawId: id,
    type: 'public-key',
    clientExtensionResults: {},
    response: Object.fromEntries(Object.entries(response).map(([name, bytes]) => [name, bytes.toString('base64url')])),
  });

  const authenticator: Authenticator = {
    id,
    counter: 0,
    create({ challenge }, wish = {}) {
      const origin = wish.origin ?? home;
      const length = Buffer.from([0, credentialId.length]);
      const attested = Buffer.concat([Buffer.alloc(16), length, credentialId, coseKey(publicKey)]);
      const attestation = new Map<string, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authenticatorData(wish, origin, attested)],
      ]);
      const clientDataJSON = clientData('webauthn.create', challenge, origin);
      return wrap({ clientDataJSON, attestationObject: cbor(attestation) });
    },
    get({ challenge }, wish = {}) {
      const origin = wish.origin ?? home;
      const clientDataJSON = clientData('webauthn.get', challenge, origin);
      const data = authenticatorData(wish, origin);
      const signature = sign('sha256', Buffer.concat([data, sha256(clientDataJSON)]), privateKey);
      return wrap({ clientDataJSON, authenticatorData: data, signature });
    },
  };
  return authenticator;
}
