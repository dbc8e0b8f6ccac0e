import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { joinId } from '#lib/salesforce-id-number.ts';
import { openStand, queryPath, type Stand } from './gateway.fixture.ts';

const policy = `objects:
  Contact:
    customer: Id
    fields: [FirstName, LastName, Email, TotalSpend__c]
    denied: [Birthdate]
operations: [query, bulk, count, describe, retrieve]
hours: always
networks: any
budgets:
  - 5,000 records per hour
  - 20 counts per hour
`;

let stand: Stand;
before(async () => {
  stand = await openStand();
});
after(() => stand.close());

test('an integration reads through the gateway as if it were the CRM, and every record stands in the ledger', async () => {
  const registered = await stand.register('agenda-sync', policy);
  const token = await stand.signIn(registered);
  const direct = await stand.call(token, queryPath('SELECT FirstName, Email FROM Contact ORDER BY Id LIMIT 3'));
  assert.equal(direct.status, 200, direct.text);
  const { records } = direct.json as { records: readonly { Id: string; Email: string }[] };
  assert.equal(records.length, 3);
  const asked = () => stand.gateway.desk.exposure({ kind: 'integration', integration: 'agenda-sync' });
  let exposure = await asked();
  // Small answers are written down together, a few milliseconds after they left; until then a reservation covers them.
  for (let look = 0; look < 50 && exposure.ok && exposure.value.records.atLeast < 3; look++) {
    assert.ok((exposure.value.records.atMost ?? 0) >= 3, 'what left is not even covered');
    await setTimeout(20);
    exposure = await asked();
  }
  assert.ok(exposure.ok);
  assert.equal(exposure.value.records.atLeast, 3);
  const ids = await stand.gateway.desk.customers({ kind: 'integration', integration: 'agenda-sync' });
  assert.ok(ids.ok);
  assert.deepEqual(await Array.fromAsync(ids.value), records.map(({ Id }) => Id).sort());
  const customer = await stand.gateway.desk.exposure({ kind: 'customer', customer: records[0]!.Id });
  assert.ok(customer.ok && customer.value.releaseCount === 1);
  assert.deepEqual(customer.value.releases[0]!.fields.toSorted(), ['Email', 'FirstName', 'Id']);
});

test('of thirty pages at once the ledger names exactly the customers that left', async () => {
  const registered = await stand.register('wishlist', policy, { app: 6 });
  const token = await stand.signIn(registered);
  const got = new Set<string>();
  await Promise.all(
    Array.from({ length: 30 }, async (_, lane) => {
      const from = joinId('003Jx0', BigInt(1_000_000 + lane * 10_000));
      const soql = `SELECT Id, Email FROM Contact WHERE Id > '${from}' ORDER BY Id LIMIT ${1 + lane * 10}`;
      const answer = await stand.call(token, queryPath(soql));
      assert.equal(answer.status, 200, answer.text);
      for (const { Id } of (answer.json as { records: readonly { Id: string }[] }).records) got.add(Id);
    }),
  );
  await setTimeout(50);
  const ids = await stand.gateway.desk.customers({ kind: 'integration', integration: 'wishlist' });
  assert.ok(ids.ok);
  assert.deepEqual(await Array.fromAsync(ids.value), [...got].sort());
});

test('a bulk theft is cut at the record beyond the budget, and the token is suspended', async () => {
  const registered = await stand.register('drift-chat', policy, { app: 1 });
  const token = await stand.signIn(registered);
  const created = await stand.call(token, '/services/data/v64.0/jobs/query', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ operation: 'query', query: 'SELECT Id, LastName, Email, TotalSpend__c FROM Contact' }),
  });
  assert.equal(created.status, 200, created.text);
  const { id } = created.json as { readonly id: string };
  let state = '';
  for (let look = 0; look < 100 && state !== 'JobComplete'; look++) {
    await setTimeout(100);
    const seen = await stand.call(token, `/services/data/v64.0/jobs/query/${id}`);
    state = (seen.json as { readonly state: string }).state;
  }
  assert.equal(state, 'JobComplete');
  let text = '';
  let ended = 'whole';
  for (let page = 0, locator = ''; page < 4 && locator !== 'null'; page++) {
    const answer = await stand
      .call(token, `/services/data/v64.0/jobs/query/${id}/results${locator === '' ? '' : `?locator=${locator}`}`)
      .catch(() => undefined);
    if (answer === undefined || answer.status !== 200) {
      ended = answer === undefined ? 'cut' : String(answer.status);
      break;
    }
    text += answer.text;
    locator = answer.headers.get('sforce-locator') ?? 'null';
  }
  assert.notEqual(ended, 'whole');
  const got = text.split('\n').filter((line) => /^"003/.test(line)).length;
  assert.ok(got <= 5000, `${got} records left`);
  const exposure = await stand.gateway.desk.exposure({ kind: 'integration', integration: 'drift-chat' });
  assert.ok(exposure.ok);
  assert.ok(exposure.value.records.atLeast >= got && exposure.value.records.atLeast <= 5000);
  const view = await stand.gateway.desk.view();
  assert.equal(view.integrations.find(({ name }) => name === 'drift-chat')?.state, 'suspended');
});
