import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import type { CallHead } from '../call.ts';
import type { Caller } from '../parts.ts';
import {
  type Desk,
  dataPath,
  from,
  headOf,
  home,
  isIdentity,
  newProofKey,
  openDesk,
  type ProofKey,
  proofBy,
  publicUrl,
  refreshWith,
  register,
  signIn,
} from './broker.fixture.ts';
import { createReplays } from './replays.ts';

const tokenUrl = `${publicUrl}/services/oauth2/token`;
const key = newProofKey();

const askingHead = (desk: Desk, by: ProofKey): CallHead =>
  headOf('POST', '/services/oauth2/token', {
    dpop: proofBy(by, { method: 'POST', url: tokenUrl, at: desk.time.now }),
  });

async function openBound(by: ProofKey = key, database?: DatabaseSync) {
  const desk = openDesk(database);
  const credentials = await register(desk, {
    sender: { tier: 'dpop', keys: [by.thumbprint] },
    accessMs: 12 * 3_600_000,
  });
  desk.time.now += 1000;
  const { body } = await signIn(desk, credentials, home, askingHead(desk, by));
  return { desk, credentials, body, token: body.access_token };
}

const bearingProof = (token: string, proof: string | undefined, scheme = 'DPoP', target = dataPath): CallHead =>
  headOf('GET', target, { authorization: `${scheme} ${token}`, ...(proof !== undefined && { dpop: proof }) });

const outcomeOf = (desk: Desk, head: CallHead, caller: Caller = home): string => {
  const answer = desk.broker.identify(head, caller);
  return isIdentity(answer)
    ? answer.tier
    : `${answer.status} ${/\(DPoP[^)]*\)/.exec(answer.message)?.[0] ?? answer.reason}`;
};

test('each allowed algorithm proves a call', async () => {
  for (const algorithm of ['ES256', 'EdDSA', 'RS256'] as const) {
    const own = newProofKey(algorithm);
    const { desk, body, token } = await openBound(own);
    assert.equal(body.token_type, 'DPoP');
    const proof = proofBy(own, { token, at: desk.time.now });
    assert.equal(outcomeOf(desk, bearingProof(token, proof)), 'dpop', algorithm);
  }
});

test('every way in which a proof may be wrong is refused and told', async () => {
  const { desk, token } = await openBound();
  const at = desk.time.now;
  const right = { token, at };
  const es256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const secp = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const privateJwk = key.privateKey.export({ format: 'jwk' });
  const wrong: readonly (readonly [string, string | undefined, string])[] = [
    ['no proof', undefined, 'without'],
    ['not a JWT', 'nonsense', 'none'],
    ['two proofs in one header', `${proofBy(key, right)}, ${proofBy(key, right)}`, 'none'],
    ['another typ', proofBy(key, { ...right, header: { typ: 'jwt' } }), 'none'],
    ['alg none', proofBy(key, { ...right, header: { alg: 'none' } }), 'none'],
    ['alg HS256', proofBy(key, { ...right, header: { alg: 'HS256' } }), 'none'],
    ['alg of another key type', proofBy(key, { ...right, header: { alg: 'RS256' } }), 'none'],
    ['a private key in it', proofBy(key, { ...right, header: { jwk: privateJwk } }), 'none'],
    ['crit', proofBy(key, { ...right, header: { crit: ['b64'] } }), 'none'],
    ['no jwk', proofBy(key, { ...right, header: { jwk: undefined } }), 'none'],
    ['another curve', proofBy(key, { ...right, header: { jwk: secp.publicKey.export({ format: 'jwk' }) } }), 'none'],
    ['a foreign key', proofBy(newProofKey(), right), 'another key'],
    [
      'a small RSA key',
      proofBy({ ...newProofKey('RS256'), jwk: { ...small.publicKey.export({ format: 'jwk' }) } }, right),
      'another key',
    ],
    ['the right key named, signed by another', proofBy({ ...key, privateKey: es256.privateKey }, right), 'signature'],
    ['another method', proofBy(key, { ...right, method: 'POST' }), 'another request'],
    ['another path', proofBy(key, { ...right, url: `${publicUrl}/services/data/v64.0/queryAll` }), 'another request'],
    ['another host', proofBy(key, { ...right, url: `https://evil.example${dataPath}` }), 'another request'],
    [
      'http instead of https',
      proofBy(key, { ...right, url: `http://crm.gateway.example${dataPath}` }),
      'another request',
    ],
    ['a relative address', proofBy(key, { ...right, url: dataPath }), 'another request'],
    ['no ath', proofBy(key, { at }), 'another token'],
    ['ath of another token', proofBy(key, { token: `${token}x`, at }), 'another token'],
    ['too old', proofBy(key, { token, at: at - 61_000 }), 'too old'],
    ['too far ahead', proofBy(key, { token, at: at + 6_000 }), 'too old'],
    ['no iat', proofBy(key, { ...right, claims: { iat: undefined } }), 'none'],
    ['iat as text', proofBy(key, { ...right, claims: { iat: String(at / 1000) } }), 'none'],
    ['no jti', proofBy(key, { ...right, claims: { jti: undefined } }), 'none'],
    ['an empty jti', proofBy(key, { ...right, claims: { jti: '' } }), 'none'],
    ['an endless jti', proofBy(key, { ...right, claims: { jti: 'x'.repeat(129) } }), 'none'],
    ['an endless proof', proofBy(key, { ...right, claims: { more: 'x'.repeat(9000) } }), 'none'],
  ];
  for (const [index, [what, proof, words]] of wrong.entries()) {
    const caller = from(`198.51.100.${index + 1}`);
    const answer = desk.broker.identify(bearingProof(token, proof), caller);
    assert.ok(!isIdentity(answer) && answer.status === 403, what);
    assert.match(answer.message, new RegExp(words), what);
    assert.equal(desk.notices.at(-1)?.identity.address, caller.address, `${what} is told`);
    assert.equal(desk.notices.at(-1)?.reason, 'stolen-token');
  }
  assert.equal(outcomeOf(desk, bearingProof(token, proofBy(key, right))), 'dpop', 'the owner is not disturbed');
  assert.match(outcomeOf(desk, bearingProof(token, proofBy(key, right), 'Bearer')), /403/, 'RFC 9449 section 7.2');
});

test('what a proof does not bind may differ: query, fragment, double slashes', async () => {
  const { desk, token } = await openBound();
  const path = '/services/data/v64.0/query';
  for (const url of [`${publicUrl}${path}?q=other`, `${publicUrl}${path}#x`, `${publicUrl}/${path}`])
    assert.equal(outcomeOf(desk, bearingProof(token, proofBy(key, { token, url, at: desk.time.now }))), 'dpop', url);
});

test('a proof serves once, however much comes between', async () => {
  const { desk, credentials } = await openBound();
  const use = fc.record({
    id: fc.nat(3),
    waitMs: fc.constantFrom(0, 500, 7_000, 29_000, 59_000, 66_000, 140_000),
  });
  const proofs = new Map<number, { readonly text: string; readonly madeAt: number }>();
  let replays = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(use, { minLength: 20, maxLength: 60 }), async (uses) => {
      proofs.clear();
      desk.time.now += 200_000;
      const { access_token: token } = (await signIn(desk, credentials, home, askingHead(desk, key))).body;
      for (const { id, waitMs } of uses) {
        desk.time.now += waitMs;
        const now = desk.time.now;
        const before = proofs.get(id);
        const isReplayed = before !== undefined && before.madeAt >= now - 60_000;
        const made = { text: proofBy(key, { token, at: now }), madeAt: Math.floor(now / 1000) * 1000 };
        const proof = isReplayed ? before.text : made.text;
        if (!isReplayed) proofs.set(id, made);
        const outcome = outcomeOf(desk, bearingProof(token, proof));
        assert.equal(outcome, isReplayed ? '403 (DPoP jti)' : 'dpop');
        if (isReplayed) replays++;
      }
    }),
    { numRuns: 40 },
  );
  assert.ok(replays > 50, `${replays} replays`);
});

test('a proof used before a restart is not taken after it, clocks ahead included', async () => {
  for (const afterMs of [0, 300, 2_000, 5_000]) {
    const database = new DatabaseSync(':memory:');
    const { desk, token } = await openBound(key, database);
    const used = [-59_000, -1_000, 0, 1_000, 4_000].map((ahead) => proofBy(key, { token, at: desk.time.now + ahead }));
    for (const proof of used) assert.match(outcomeOf(desk, bearingProof(token, proof)), /dpop|iat/);
    const restarted = openDesk(database, desk.time.now + afterMs);
    for (const proof of used) assert.equal(outcomeOf(restarted, bearingProof(token, proof)), '403 (DPoP iat)');
    restarted.time.now += 5_000;
    const fresh = proofBy(key, { token, at: restarted.time.now });
    assert.equal(outcomeOf(restarted, bearingProof(token, fresh)), 'dpop', 'five seconds later it goes on');
  }
});

test('a proof is not taken again because the clock went back, while it runs or over a restart', async () => {
  const minutes = 60_000;
  for (const isRestarted of [false, true]) {
    const database = new DatabaseSync(':memory:');
    const { desk, token } = await openBound(key, database);
    const at = desk.time.now;
    const proof = proofBy(key, { token, at });
    assert.equal(outcomeOf(desk, bearingProof(token, proof)), 'dpop');
    desk.time.now = at + 10 * minutes;
    const later = proofBy(key, { token, at: desk.time.now });
    assert.equal(outcomeOf(desk, bearingProof(token, later)), 'dpop');
    const open = isRestarted ? openDesk(database, at - 30 * minutes) : desk;
    for (const now of [at - 30 * minutes, at, at + 30_000, at + 10 * minutes]) {
      open.time.now = now;
      for (const each of [proof, later])
        assert.match(outcomeOf(open, bearingProof(token, each)), /iat|jti/, `at ${now - at}, ${isRestarted}`);
    }
    open.time.now = at + 10 * minutes + 1000;
    assert.equal(outcomeOf(open, bearingProof(token, proofBy(key, { token, at: open.time.now }))), 'dpop');
  }
});

test('a clock that is set right after it was behind, or ahead while nobody called, stops nobody', async () => {
  const { desk, token } = await openBound();
  const fresh = (): string => outcomeOf(desk, bearingProof(token, proofBy(key, { token, at: desk.time.now })));
  const at = desk.time.now;
  for (const now of [at + 1000, at + 3_600_000, at + 2000, at + 300_000]) {
    desk.time.now = now;
    if (now !== at + 3_600_000) assert.equal(fresh(), 'dpop', `at ${now - at}`);
  }
});

test('one write a second at most makes it durable', () => {
  const database = new DatabaseSync(':memory:');
  let now = 1_000_000;
  const replays = createReplays(database, () => now, { all: 10_000, ofOneKey: 10_000 });
  const written = () => Number(database.prepare('select total_changes() as n').get()!['n']);
  for (now = 1_001_000; now < 1_011_000; now += 10) assert.equal(replays.take('key', String(now), now), 'fresh');
  assert.ok(written() >= 10 && written() <= 11, `${written()} writes`);
});

test('the memory for proofs is bounded, for one key before all', () => {
  const replays = createReplays(new DatabaseSync(':memory:'), () => 1_000_000, { all: 10, ofOneKey: 4 });
  const take = (by: string, id: number): string => replays.take(by, String(id), 1_001_000);
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((id) => take('loud', id)),
    ['fresh', 'fresh', 'fresh', 'fresh', 'crowded'],
  );
  assert.equal(take('loud', 1), 'replayed');
  assert.equal(take('quiet', 1), 'fresh');
  for (let id = 0; id < 9; id++) take(`key ${id}`, id);
  assert.equal(take('late', 1), 'crowded');
});

test('a key registered beforehand is the only one; without any, the first is', async () => {
  const other = newProofKey();
  const { desk, credentials } = await openBound();
  assert.equal((await signIn(desk, credentials, home, askingHead(desk, other))).body.error, 'invalid_grant');
  assert.equal((await signIn(desk, credentials)).body.error, 'invalid_grant', 'no proof at all');
  const replayed = askingHead(desk, key);
  assert.equal((await signIn(desk, credentials, home, replayed)).status, 200);
  assert.equal((await signIn(desk, credentials, home, replayed)).body.error, 'invalid_grant');

  const free = await register(desk, { name: 'survey', ways: ['refresh-token'], sender: { tier: 'dpop' } });
  const refresh = (token: string, by: ProofKey) => refreshWith(desk, free, token, home, askingHead(desk, by));
  const first = await refresh(free.refreshToken!.plaintext(), other);
  assert.equal(first.status, 200);
  assert.equal((await refresh(first.body.refresh_token, key)).body.error, 'invalid_grant');
  assert.equal((await refresh(first.body.refresh_token, other)).status, 200);
});
