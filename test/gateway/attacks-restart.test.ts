import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openGateway } from '#gateway/open-gateway.ts';
import { openJob, recordsInLedger, resultsPath, startStream, until } from './attack.fixture.ts';
import { openStand, queryPath, type Stand } from './gateway.fixture.ts';

/** What a restart, a wrong clock or a second gateway might make the account forget. */
const policy = (budgets: string): string => `objects:
  Contact:
    customer: Id
    fields: [FirstName, LastName, Email]
operations: [query, bulk, retrieve, describe]
hours: always
networks: any
budgets:
${budgets}`;

const write = (): void => {};
async function reopen(stand: Stand, clock: () => number = Date.now): Promise<void> {
  await stand.gateway.close();
  const opened = await openGateway(stand.configuration, { clock, random: randomBytes, write });
  assert.ok(opened.ok, JSON.stringify(opened));
  stand.gateway = opened.value;
}

test('what was read counts after a restart, and what was opened stays its own', async (t) => {
  const stand = await openStand();
  t.after(() => stand.close());
  const token = await stand.signIn(await stand.register('restarted', policy('  - 5,000 records per hour\n')));
  const other = await stand.signIn(
    await stand.register('neighbour', policy('  - 5,000 records per hour\n'), { app: 1 }),
  );
  const first = await stand.call(token, queryPath('SELECT Email FROM Contact LIMIT 4001'));
  assert.equal(first.status, 200);
  const { nextRecordsUrl } = first.json as { readonly nextRecordsUrl: string };
  await reopen(stand);
  assert.equal(await recordsInLedger(stand, 'restarted'), 2000);
  assert.equal((await stand.call(other, nextRecordsUrl)).status, 400);
  assert.equal((await stand.call(token, nextRecordsUrl)).status, 200);
  const third = await stand.call(token, queryPath('SELECT Email FROM Contact LIMIT 1500'));
  assert.equal((third.text.match(/"attributes"/g) ?? []).length, 1000, 'the budget forgot what was read before');
  assert.equal((await stand.call(token, queryPath('SELECT Email FROM Contact LIMIT 1'))).status, 403);
});

test('a stream that a restart broke counts, and cannot be read again for nothing', async (t) => {
  const stand = await openStand({ behaviour: { bulkQueueMs: 1, bulkRowsPerSecond: 1e9 } });
  t.after(() => stand.close());
  const token = await stand.signIn(await stand.register('broken', policy('  - 200,000 records per hour\n')));
  const job = await openJob(stand, token, 'SELECT Id, Email, FirstName, LastName FROM Contact LIMIT 150000');
  const stream = startStream(stand.gateway.port, token, resultsPath(job), { slowlyMs: 20 });
  await until(() => stream.bytes() > 500_000);
  await reopen(stand);
  await until(() => stream.end() !== undefined);
  assert.equal(stream.end(), 'broken');
  const got = stream
    .text()
    .split('\n')
    .filter((line) => /^"?003/.test(line)).length;
  const kept = await recordsInLedger(stand, 'broken');
  assert.ok(got <= kept, `${got} records came, ${kept} stand in the ledger`);
  const view = await stand.gateway.desk.view();
  const { budgets } = view.integrations.find(({ name }) => name === 'broken')!;
  assert.ok(budgets[0]!.spent >= kept, `${budgets[0]!.spent} of ${kept} are counted`);
});

test('COUNTs count after a restart, and jobs that are paid as one', async (t) => {
  const stand = await openStand();
  t.after(() => stand.close());
  const token = await stand.signIn(
    await stand.register('counted', policy('  - 100 records per hour\n  - 40 counts per hour\n')),
  );
  const soql = "FROM Contact WHERE Id = '003Jx0000000000IAA'";
  const count = () => stand.call(token, queryPath(`SELECT COUNT() ${soql}`));
  for (let round = 0; round < 38; round++) assert.equal((await count()).status, 200);
  await openJob(stand, token, `SELECT Id ${soql}`);
  await reopen(stand);
  const { integrations } = await stand.gateway.desk.view();
  assert.equal(integrations[0]?.budgets.find(({ what }) => what === 'counts')?.spent, 39);
  assert.equal((await count()).status, 200);
  assert.equal((await count()).status, 403);
});

test('what is older than the retention is gone at the next start, shorter than a day too', async (t) => {
  const stand = await openStand({}, 'retentionDays: 0.05');
  t.after(() => stand.close());
  const token = await stand.signIn(await stand.register('forgotten', policy('  - 100 records per hour\n')));
  assert.equal((await stand.call(token, queryPath('SELECT Email FROM Contact LIMIT 10'))).status, 200);
  await reopen(stand, () => Date.now() + 3_600_000);
  assert.equal(await recordsInLedger(stand, 'forgotten'), 10);
  await reopen(stand, () => Date.now() + 5_400_000);
  await until(async () => (await recordsInLedger(stand, 'forgotten')) === 0);
});

test('suspended, revoked and ended stay so over a restart', async (t) => {
  const stand = await openStand();
  t.after(() => stand.close());
  const registered = await stand.register('stopped', policy('  - 100 records per hour\n'));
  const [stopped, revoked, ended] = [
    await stand.signIn(registered),
    await stand.signIn(registered),
    await stand.signIn(registered),
  ];
  const revoke = `${stand.url}/services/oauth2/revoke`;
  await fetch(revoke, { method: 'POST', body: new URLSearchParams({ token: revoked }) });
  const byQuery = (token: string) => fetch(`${revoke}?${new URLSearchParams({ token })}`);
  assert.equal((await byQuery(ended)).status, 200);
  const again = await byQuery(`${ended}x`);
  assert.deepEqual([again.status, ((await again.json()) as { error: string }).error], [400, 'invalid_token']);
  await stand.gateway.desk.suspend('stopped', 'lea', 'it looks stolen');
  await reopen(stand);
  assert.equal((await stand.call(stopped, '/services/data/v64.0/limits')).status, 403);
  assert.ok([401, 403].includes((await stand.call(revoked, '/services/data/v64.0/limits')).status));
  await stand.gateway.desk.resume('stopped', 'lea', 'it was not');
  assert.equal((await stand.call(stopped, '/services/data/v64.0/limits')).status, 200);
  assert.equal((await stand.call(revoked, '/services/data/v64.0/limits')).status, 401);
  assert.equal((await stand.call(ended, '/services/data/v64.0/limits')).status, 401);
  const { dataDirectory } = stand.configuration;
  for (const file of readdirSync(join(dataDirectory, 'log'))) {
    const text = readFileSync(join(dataDirectory, 'log', file), 'utf8');
    for (const token of [revoked, ended]) assert.ok(!text.includes(token.slice(-12)), file);
  }
});

test('a clock that goes back gives nothing back, while it runs and over a restart', async (t) => {
  const stand = await openStand();
  t.after(() => stand.close());
  let skew = 0;
  await reopen(stand, () => Date.now() + skew);
  const token = await stand.signIn(await stand.register('travelling', policy('  - 10 records per hour\n')));
  const read = (count: number) => stand.call(token, queryPath(`SELECT Email FROM Contact LIMIT ${count}`));
  assert.equal((await read(6)).status, 200);
  skew = -7_200_000;
  assert.equal((await read(4)).status, 200);
  assert.equal((await read(1)).status, 403);
  await stand.gateway.desk.resume('travelling', 'lea', 'to see whether it may read now');
  await reopen(stand, () => Date.now() + skew);
  assert.equal((await read(1)).status, 403, 'the restart forgot what lies in its future');
});

test('two gateways on one directory: the second does not open, and the first goes on', async (t) => {
  const stand = await openStand();
  t.after(() => stand.close());
  const token = await stand.signIn(await stand.register('only', policy('  - 10 records per hour\n')));
  const second = await openGateway(
    { ...stand.configuration, listen: { host: '127.0.0.1', port: 0 } },
    { clock: Date.now, random: randomBytes, write },
  );
  assert.ok(!second.ok);
  assert.equal((await stand.call(token, queryPath('SELECT Email FROM Contact LIMIT 1'))).status, 200);
});

test('another master key opens no secret', async (t) => {
  const stand = await openStand();
  t.after(() => stand.close());
  await stand.register('sealed', policy('  - 10 records per hour\n'));
  await stand.gateway.close();
  const opened = await openGateway(
    { ...stand.configuration, masterKey: randomBytes(32) },
    { clock: Date.now, random: randomBytes, write },
  );
  if (opened.ok) await opened.value.close();
  assert.ok(!opened.ok, 'it opened with a master key that is not its own');
  const again = await openGateway(stand.configuration, { clock: Date.now, random: randomBytes, write });
  assert.ok(again.ok);
  stand.gateway = again.value;
});
