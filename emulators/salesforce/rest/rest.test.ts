import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { base, createClient, type Got, type TestClient } from '../client-for-tests.ts';
import { type Salesforce, startSalesforce } from '../salesforce.ts';

let crm: Salesforce;
let client: TestClient;
before(async () => {
  crm = await startSalesforce({ clock: () => Date.UTC(2026, 10, 23, 10) });
  client = createClient(crm);
});
after(() => crm.close());

interface Page {
  readonly totalSize: number;
  readonly done: boolean;
  readonly nextRecordsUrl?: string;
  readonly records: readonly { readonly Id: string }[];
}
const pageOf = (got: Got): Page => {
  assert.equal(got.status, 200, got.text);
  return JSON.parse(got.text);
};

test('pages of any size bring each record once, in order', async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 2_500 }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(sizes, fc.integer({ min: 1, max: 5_000 }), async (batchSizes, limit) => {
      const seen: string[] = [];
      const options = (turn: number) => ({
        'Sforce-Query-Options': `batchSize=${batchSizes[turn % batchSizes.length]}`,
      });
      let page = pageOf(await client.query(`SELECT Id FROM Contact ORDER BY Id LIMIT ${limit}`, options(0)));
      for (let turn = 1; ; turn++) {
        const size = Math.min(2_000, Math.max(200, batchSizes[(turn - 1) % batchSizes.length]!));
        assert.equal(page.totalSize, limit);
        assert.equal(page.records.length, Math.min(size, limit - seen.length));
        seen.push(...page.records.map(({ Id }) => Id));
        assert.equal(page.done, page.nextRecordsUrl === undefined);
        if (page.nextRecordsUrl === undefined) break;
        page = pageOf(await client.get(page.nextRecordsUrl, options(turn)));
      }
      assert.equal(new Set(seen).size, limit);
      assert.deepEqual(seen, [...seen].sort());
    }),
    { numRuns: 12 },
  );
});

test('a page can be asked for again, by its own user alone', async () => {
  const first = pageOf(await client.query('SELECT Id FROM Contact'));
  const again = [await client.get(first.nextRecordsUrl!), await client.get(first.nextRecordsUrl!)];
  assert.equal(again[0]!.text, again[1]!.text);
  const stranger = crm.control.grant(crm.apps[1]!.clientId).accessToken;
  const refused = await client.get(first.nextRecordsUrl!, { authorization: `Bearer ${stranger}` });
  assert.deepEqual([refused.status, JSON.parse(refused.text)[0].errorCode], [400, 'INVALID_QUERY_LOCATOR']);
  assert.equal((await client.get(`${base}/query/01gJx0000000000AAA-2000`)).status, 400);
});

test('records look as the real ones do', async () => {
  const { records } = pageOf(
    await client.query('SELECT Id, name, Account.Name, account.Id, CreatedDate FROM Contact LIMIT 1'),
  );
  const [record] = records as unknown as Record<string, unknown>[];
  assert.deepEqual(Object.keys(record!), ['attributes', 'Id', 'Name', 'Account', 'CreatedDate']);
  assert.deepEqual(record!['attributes'], { type: 'Contact', url: `${base}/sobjects/Contact/${record!['Id']}` });
  const account = record!['Account'] as Record<string, unknown>;
  assert.deepEqual(Object.keys(account), ['attributes', 'Name', 'Id']);
  assert.match(String(record!['CreatedDate']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/);
});

test('children have pages of their own', async () => {
  const { records } = pageOf(await client.query('SELECT Id, (SELECT Id FROM CampaignMembers) FROM Campaign LIMIT 1'));
  const children = (records[0] as unknown as { CampaignMembers: Page }).CampaignMembers;
  assert.deepEqual([children.totalSize, children.done, children.records.length], [5_000, false, 200]);
  const seen = children.records.map(({ Id }) => Id);
  for (let next = children.nextRecordsUrl; next !== undefined; ) {
    const page = pageOf(await client.get(next));
    seen.push(...page.records.map(({ Id }) => Id));
    next = page.nextRecordsUrl;
  }
  assert.deepEqual([seen.length, new Set(seen).size], [5_000, 5_000]);
});

test('counts and groups carry no record', async () => {
  assert.deepEqual((await client.query('SELECT COUNT() FROM Order')).json(), {
    totalSize: 39_000_000,
    done: true,
    records: [],
  });
  const grouped = (await client.query('SELECT Status, COUNT(Id) FROM Campaign GROUP BY Status ORDER BY Status')).json();
  assert.deepEqual(grouped['records'], [
    { attributes: { type: 'AggregateResult' }, Status: 'Completed', expr0: 237 },
    { attributes: { type: 'AggregateResult' }, Status: 'In Progress', expr0: 3 },
  ]);
});

test('what the CLI asks after each query: columns, no record', async () => {
  const got = await client.get(
    `${base}/query?q=${encodeURIComponent('SELECT Id, Account.Name FROM Contact')}&columns=true`,
  );
  const told = got.json() as { columnMetadata: { columnName: string }[]; entityName: string; records?: unknown };
  assert.deepEqual(
    told.columnMetadata.map(({ columnName }) => columnName),
    ['Id', 'Account.Name'],
  );
  assert.deepEqual([told.entityName, told.records], ['Contact', undefined]);
});

test('rows by id, by external id, by fields; describe', async () => {
  const { Id } = pageOf(await client.query('SELECT Id FROM Contact LIMIT 1 OFFSET 7')).records[0]!;
  const all = (await client.get(`${base}/sobjects/Contact/${Id}`)).json();
  const described = (await client.get(`${base}/sobjects/Contact/describe`)).json() as { fields: { name: string }[] };
  assert.deepEqual(
    Object.keys(all).slice(1),
    described.fields.map(({ name }) => name),
  );
  const some = (await client.get(`${base}/sobjects/contact/${Id.slice(0, 15)}?fields=Email,Account.Name`)).json();
  assert.deepEqual([some['Email'], Object.keys(some)], [all['Email'], ['attributes', 'Email', 'Account']]);
  const external = await client.get(`${base}/sobjects/Contact/LoyaltyNumber__c/${all['LoyaltyNumber__c']}`);
  assert.deepEqual(external.json(), all);
  assert.equal((await client.get(`${base}/sobjects/Contact/${Id.slice(0, 14)}~`)).status, 404);
  assert.equal((await client.get(`${base}/sobjects/Contact/${Id}?fields=Nothing`)).status, 400);
  assert.equal((await client.send('PATCH', `${base}/sobjects/Contact/${Id}`, { LastName: 'x' })).status, 403);
});

test('collections, composites and batches', async () => {
  const ids = pageOf(await client.query('SELECT Id FROM Contact LIMIT 3')).records.map(({ Id }) => Id);
  const asked = [...ids, '003Jx00zzzzzzzzAAA'];
  const posted = await client.send('POST', `${base}/composite/sobjects/Contact`, {
    ids: asked,
    fields: ['Id', 'Email'],
  });
  const got = await client.get(`${base}/composite/sobjects/Contact?ids=${asked.join(',')}&fields=Id,Email`);
  assert.equal(posted.text, got.text);
  assert.deepEqual(
    JSON.parse(got.text).map((record: { Id: string } | null) => record?.Id ?? null),
    [...ids, null],
  );
  const url = `${base}/query?q=SELECT+Id,+AccountId+FROM+Contact+LIMIT+1`;
  const composite = await client.send('POST', `${base}/composite`, {
    compositeRequest: [
      { method: 'GET', url, referenceId: 'customer' },
      { method: 'GET', url: `${base}/sobjects/Account/@{customer.records[0].AccountId}`, referenceId: 'account' },
      { method: 'GET', url: `${base}/sobjects/Account/nothing`, referenceId: 'nothing' },
    ],
  });
  const parts = composite.json()['compositeResponse'] as {
    httpStatusCode: number;
    body: Record<string, unknown>;
    referenceId: string;
  }[];
  assert.deepEqual(
    parts.map(({ httpStatusCode, referenceId }) => [httpStatusCode, referenceId]),
    [
      [200, 'customer'],
      [200, 'account'],
      [404, 'nothing'],
    ],
  );
  assert.equal(parts[1]!.body['Id'], (parts[0]!.body['records'] as { AccountId: string }[])[0]!.AccountId);
  const batch = await client.send('POST', `${base}/composite/batch`, {
    batchRequests: [
      { method: 'GET', url: 'v64.0/limits' },
      { method: 'GET', url: `v64.0/sobjects/Contact/${ids[0]}?fields=Id` },
    ],
  });
  const results = batch.json() as {
    hasErrors: boolean;
    results: { statusCode: number; result: Record<string, unknown> }[];
  };
  assert.deepEqual([results.hasErrors, results.results[1]!.result['Id']], [false, ids[0]]);
  const many = Array.from({ length: 26 }, () => ({ method: 'GET', url: 'v64.0/limits' }));
  assert.equal((await client.send('POST', `${base}/composite/batch`, { batchRequests: many })).status, 400);
});

test('slashes, versions, resources and what is not there', async () => {
  assert.equal((await client.get(`/${base}/limits`)).status, 200);
  assert.equal(
    (await client.get('/services/data/v64.0/')).json()['identity'],
    `${crm.url}/id/${crm.organizationId}/${crm.users.find(({ username }) => username === crm.apps[0]!.username)!.id}`,
  );
  const versions = JSON.parse((await client.get('/services/data')).text) as { version: string; label: string }[];
  assert.equal(versions.find(({ version }) => version === '64.0')?.label, "Summer '25");
  assert.equal(versions.find(({ version }) => version === '66.0')?.label, "Spring '26");
  for (const path of [
    '/services/data/v12.0/limits',
    `${base}/tooling/query?q=x`,
    '/services/async/64.0/job',
    '/nothing',
  ]) {
    assert.deepEqual(JSON.parse((await client.get(path)).text), [
      { message: 'The requested resource does not exist', errorCode: 'NOT_FOUND' },
    ]);
  }
  assert.equal((await client.get(`${base}/search?q=FIND`)).status, 403);
  const bare = await fetch(`${crm.url}${base}/limits`);
  assert.deepEqual(
    [bare.status, await bare.json()],
    [401, [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }]],
  );
});
