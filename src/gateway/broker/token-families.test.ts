import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { bearing, from, home, isIdentity, openDesk, refreshWith, register } from './broker.fixture.ts';

test('a refresh token serves once; its successor goes on', async () => {
  const desk = openDesk();
  const credentials = await register(desk);
  let refreshToken = credentials.refreshToken!.plaintext();
  const seen = new Set([refreshToken]);
  for (let round = 0; round < 5; round++) {
    const { status, body } = await refreshWith(desk, credentials, refreshToken);
    assert.equal(status, 200);
    assert.ok(isIdentity(desk.broker.identify(bearing(body.access_token), home)));
    refreshToken = body.refresh_token;
    seen.add(refreshToken);
    desk.time.now += 15_000;
  }
  assert.equal(seen.size, 6);
});

test('reuse ends the family, is told, and survives a restart; other families go on', async () => {
  const database = new DatabaseSync(':memory:');
  const desk = openDesk(database);
  const credentials = await register(desk);
  const first = credentials.refreshToken!.plaintext();
  const second = (await refreshWith(desk, credentials, first)).body;
  const other = desk.broker.handOutRefreshToken('loyalty-mail', 'Ines');
  assert.ok(other.ok);
  desk.time.now += 10_001;
  const reused = await refreshWith(desk, credentials, first, from('198.51.100.9'));
  assert.deepEqual(reused.body, { error: 'invalid_grant', error_description: 'expired access/refresh token' });
  assert.deepEqual(
    desk.notices.map(({ reason, level, identity }) => [reason, level, identity.address]),
    [['reused-refresh-token', 'critical', '198.51.100.9']],
  );
  for (const each of [desk, openDesk(database, desk.time.now)]) {
    const refusal = each.broker.identify(bearing(second.access_token), home);
    assert.ok(!isIdentity(refusal) && refusal.status === 401);
    assert.equal((await refreshWith(each, credentials, second.refresh_token)).body.error, 'invalid_grant');
  }
  assert.equal((await refreshWith(desk, credentials, other.value.plaintext())).status, 200);
});

test('a client that never heard the answer gets the same one again, also from a gateway that was restarted', async () => {
  const database = new DatabaseSync(':memory:');
  const desk = openDesk(database);
  const credentials = await register(desk);
  const first = credentials.refreshToken!.plaintext();
  const answer = (await refreshWith(desk, credentials, first)).body;
  desk.time.now += 10_000;
  assert.deepEqual((await refreshWith(desk, credentials, first)).body, answer);
  const restarted = openDesk(database, desk.time.now);
  assert.deepEqual((await refreshWith(restarted, credentials, first)).body, answer);
  assert.equal(restarted.notices.length + desk.notices.length, 0);
  const stranger = await refreshWith(restarted, credentials, first, from('198.51.100.9'));
  assert.equal(stranger.body.error, 'invalid_grant', 'from elsewhere it is a reuse, however soon');
  assert.equal(restarted.notices[0]?.reason, 'reused-refresh-token');
});

test('what lies in the tables for a retry opens only with the used token', async () => {
  const database = new DatabaseSync(':memory:');
  const desk = openDesk(database);
  const credentials = await register(desk);
  const first = credentials.refreshToken!.plaintext();
  const { access_token, refresh_token } = (await refreshWith(desk, credentials, first)).body;
  const kept = JSON.stringify(
    ['broker_refresh_tokens', 'broker_access_tokens', 'broker_acts', 'broker_integrations', 'vault_secrets'].map(
      (table) =>
        database
          .prepare(`select * from ${table}`)
          .all()
          .map((row) =>
            Object.values(row).map((cell) =>
              cell instanceof Uint8Array ? Buffer.from(cell).toString('latin1') : cell,
            ),
          ),
    ),
  );
  const secrets = [first, access_token, refresh_token, credentials.clientSecret.plaintext(), 'crm-secret'];
  for (const secret of secrets) assert.ok(!kept.includes(secret.slice(-20)), 'no secret in any table');
  desk.time.now += 70_000;
  await refreshWith(desk, credentials, refresh_token);
  const row = database.prepare('select length(answer) as bytes from broker_refresh_tokens where replaced_at < ?');
  assert.equal(row.get(desk.time.now)?.['bytes'], 0, 'forgotten a minute later');
});

test('a refresh token belongs to its client and ends when it is not used', async () => {
  const desk = openDesk();
  const one = await register(desk);
  const two = await register(desk, { name: 'survey' });
  const token = one.refreshToken!.plaintext();
  assert.equal((await refreshWith(desk, two, token)).body.error, 'invalid_grant');
  assert.equal((await refreshWith(desk, one, token)).status, 200);
  const idle = two.refreshToken!.plaintext();
  desk.time.now += 30 * 24 * 3_600_000;
  assert.equal((await refreshWith(desk, two, idle)).body.error, 'invalid_grant');
});

test('a client that cannot store a new refresh token keeps its own, if its sender is bound', async () => {
  const desk = openDesk();
  const unbound = await desk.broker.register(
    {
      ...{ name: 'sync', owner: 'crm', vendor: 'Sync', username: 'sync@maison.example', rotates: false },
      ...{ organization: '00D000000000001', user: '005000000000001', ways: ['refresh-token'] },
      sender: { tier: 'unbound' },
      grants: [{ kind: 'client-credentials', clientId: 'c', clientSecret: 's' }],
    },
    'Ines',
  );
  assert.ok(!unbound.ok && unbound.failure.kind === 'invalid' && unbound.failure.where.includes('rotates'));
  const sender = { tier: 'network' as const, networks: ['203.0.113.0/24'] };
  const credentials = await register(desk, { rotates: false, sender });
  const token = credentials.refreshToken!.plaintext();
  for (let round = 0; round < 3; round++) {
    desk.time.now += 20 * 24 * 3_600_000;
    const { status, body } = await refreshWith(desk, credentials, token);
    assert.equal(status, 200);
    assert.equal(body.refresh_token, undefined);
  }
  assert.equal((await refreshWith(desk, credentials, token, from('198.51.100.9'))).body.error, 'invalid_grant');
  assert.deepEqual(
    desk.notices.map(({ reason }) => reason),
    ['stolen-token'],
  );
});

/** What the rules say about one refresh token, written once more without tables and without crypto. */
interface Modelled {
  readonly text: string;
  replaced: { readonly at: number; readonly by: string; readonly successor: number } | undefined;
}

const steps = fc.array(
  fc.record({
    pick: fc.nat(),
    sender: fc.constantFrom('203.0.113.7', '198.51.100.9'),
    waitMs: fc.constantFrom(0, 1, 4_000, 9_999, 10_000, 10_001, 60_000),
    restarts: fc.boolean(),
  }),
  { minLength: 1, maxLength: 14 },
);

test('whatever the order of use, waiting and restarts: one living token, reuse ends all, a retry changes nothing', async () => {
  const outcomes = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const database = new DatabaseSync(':memory:');
      let desk = openDesk(database);
      const credentials = await register(desk);
      const tokens: Modelled[] = [{ text: credentials.refreshToken!.plaintext(), replaced: undefined }];
      const accessTokens: string[] = [];
      let isEnded = false;
      for (const { pick, sender, waitMs, restarts } of taken) {
        const now = desk.time.now + waitMs;
        desk.time.now = now;
        if (restarts) desk = openDesk(database, now);
        // The newest tokens are the ones that matter: the last three, mostly.
        const token = tokens[Math.max(0, tokens.length - 1 - (pick % 3))]!;
        const { replaced } = token;
        const isRetry =
          replaced !== undefined &&
          now - replaced.at <= 10_000 &&
          replaced.by === sender &&
          tokens[replaced.successor]!.replaced === undefined;
        const expected: string = isEnded ? 'ended' : replaced === undefined ? 'next' : isRetry ? 'again' : 'reuse';
        outcomes.set(expected, (outcomes.get(expected) ?? 0) + 1);
        const { status, body } = await refreshWith(desk, credentials, token.text, from(sender));
        assert.equal(status, expected === 'next' || expected === 'again' ? 200 : 400, expected);
        if (expected === 'next') {
          token.replaced = { at: now, by: sender, successor: tokens.length };
          tokens.push({ text: body.refresh_token, replaced: undefined });
          accessTokens.push(body.access_token);
        }
        if (expected === 'again') assert.equal(body.refresh_token, tokens[replaced!.successor]!.text);
        if (expected === 'reuse') isEnded = true;
        const isAlive = (text: string): boolean => isIdentity(desk.broker.identify(bearing(text), from(sender)));
        assert.equal(accessTokens.some(isAlive), !isEnded && accessTokens.length > 0);
      }
    }),
    { numRuns: 200 },
  );
  for (const outcome of ['ended', 'next', 'again', 'reuse'])
    assert.ok((outcomes.get(outcome) ?? 0) > 20, `${outcome} was tried ${outcomes.get(outcome)} times`);
});
