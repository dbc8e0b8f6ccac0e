import assert from 'node:assert/strict';
import { type IncomingMessage, request } from 'node:http';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { base, createClient, type TestClient } from './client-for-tests.ts';
import { type Salesforce, startSalesforce } from './salesforce.ts';

let crm: Salesforce;
let client: TestClient;
before(async () => {
  crm = await startSalesforce({ behaviour: { bulkRowsPerSecond: 1e9, bulkQueueMs: 0 } });
  client = createClient(crm);
});
afterEach(() => crm.control.clearFaults());
after(() => crm.close());

interface Raw {
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
  readonly isComplete: boolean;
}

/** What stands on the wire, before any decoding. */
function raw(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const asked = request(
      crm.url + path,
      { headers: { authorization: `Bearer ${client.token}`, ...headers } },
      (answer) => {
        const pieces: Buffer[] = [];
        answer.on('data', (piece: Buffer) => pieces.push(piece));
        answer.on('error', () => undefined);
        answer.on('close', () =>
          resolve({ headers: answer.headers, body: Buffer.concat(pieces), isComplete: answer.complete }),
        );
      },
    );
    asked.on('error', reject).end();
  });
}

async function exportOf(limit: number): Promise<string> {
  const job = await client.send('POST', `${base}/jobs/query`, {
    operation: 'query',
    query: `SELECT Id, Name, Email FROM Contact LIMIT ${limit}`,
  });
  const path = `${base}/jobs/query/${job.json()['id']}`;
  for (let turn = 0; (await client.get(path)).json()['state'] !== 'JobComplete'; turn++) assert.ok(turn < 1_000);
  return `${path}/results`;
}

test('answers are chunked, and compressed for those who accept it: the same bytes underneath', async () => {
  for (const path of [`${base}/query?q=SELECT+Id,Name+FROM+Contact`, await exportOf(5_000)]) {
    const plain = await raw(path);
    const zipped = await raw(path, { 'accept-encoding': 'gzip, deflate' });
    assert.deepEqual(
      [plain.headers['content-encoding'], plain.headers['transfer-encoding'], plain.headers['content-length']],
      [undefined, 'chunked', undefined],
    );
    assert.deepEqual([zipped.headers['content-encoding'], zipped.headers['transfer-encoding']], ['gzip', 'chunked']);
    const unzipped = gunzipSync(zipped.body);
    // Each query opens a cursor of its own.
    const withoutCursor = (body: Buffer): string => body.toString().replace(/01g\w+/, '');
    assert.equal(withoutCursor(unzipped), withoutCursor(plain.body));
    assert.ok(zipped.body.length < plain.body.length / 2);
  }
});

test('faults on purpose: refusals, once or more often', async () => {
  const refusal = {
    kind: 'refuse',
    status: 503,
    errorCode: 'SERVER_UNAVAILABLE',
    message: 'Try later',
    headers: { 'retry-after': '2' },
  } as const;
  crm.control.inject({ path: /\/limits$/, times: 2, fault: refusal });
  assert.equal((await client.get(`${base}/sobjects`)).status, 200);
  const refused = await client.get(`${base}/limits`);
  assert.deepEqual(
    [refused.status, refused.headers.get('retry-after'), JSON.parse(refused.text)],
    [503, '2', [{ message: 'Try later', errorCode: 'SERVER_UNAVAILABLE' }]],
  );
  assert.equal((await client.get(`${base}/limits`)).status, 503);
  assert.equal((await client.get(`${base}/limits`)).status, 200);
});

test('faults on purpose: a cut is no clean end, whether compressed or not', async () => {
  const path = await exportOf(5_000);
  const whole = await raw(path);
  crm.control.inject({ path: /results/, times: 2, fault: { kind: 'cut', afterBytes: 10_000 } });
  const cut = await raw(path);
  assert.deepEqual([whole.isComplete, cut.isComplete, cut.body.length], [true, false, 10_000]);
  assert.ok(whole.body.subarray(0, 10_000).equals(cut.body));
  assert.equal((await raw(path, { 'accept-encoding': 'gzip' })).isComplete, false);
  assert.equal(crm.control.requests().at(-1)?.isComplete, false);
});

test('faults on purpose: slow answers, other shapes, missing headers', async () => {
  crm.control.inject({ fault: { kind: 'slow', delayMs: 120 } });
  const start = performance.now();
  await client.get(`${base}/limits`);
  assert.ok(performance.now() - start >= 115);
  crm.control.inject({ fault: { kind: 'reshape', reshape: (body) => body.replace('records', 'rows') } });
  assert.ok('rows' in (await client.query('SELECT Id FROM Contact LIMIT 1')).json());
  crm.control.inject({ fault: { kind: 'headers', headers: { 'sforce-locator': undefined } } });
  assert.equal(
    (await client.get(await exportOf(3))).headers.get('sforce-locator'),
    'null',
    'another call took the fault',
  );
  const path = await exportOf(3);
  crm.control.inject({ path: /results/, fault: { kind: 'headers', headers: { 'sforce-locator': undefined } } });
  assert.equal((await client.get(path)).headers.get('sforce-locator'), null);
});

test('the log tells requests, who sent them and how they were answered; never what stood in the answer', async () => {
  crm.control.clearRequests();
  await client.query('SELECT Id, Email FROM Contact LIMIT 3');
  const [entry] = crm.control.requests();
  assert.deepEqual(
    [entry?.method, entry?.status, entry?.records, entry?.isComplete, entry?.app, entry?.address],
    ['GET', 200, 3, true, crm.apps[0]!.name, '127.0.0.1'],
  );
  assert.match(entry!.target, /^\/services\/data\/v64\.0\/query\?q=SELECT/);
  assert.doesNotMatch(JSON.stringify(entry), /courriel|paula/i);
});

test('calls are counted against the day', async () => {
  const small = await startSalesforce({ behaviour: { dailyApiRequests: 2 } });
  try {
    const caller = createClient(small);
    assert.equal((await caller.get(`${base}/limits`)).headers.get('sforce-limit-info'), 'api-usage=1/2');
    await caller.get(`${base}/limits`);
    const refused = await caller.get(`${base}/limits`);
    assert.deepEqual([refused.status, JSON.parse(refused.text)[0].errorCode], [403, 'REQUEST_LIMIT_EXCEEDED']);
  } finally {
    await small.close();
  }
});

test('pretty print spreads JSON over lines', async () => {
  const got = await client.query('SELECT Id FROM Contact LIMIT 1', { 'x-prettyprint': '1' });
  assert.match(got.text, /^\{\n {2}"totalSize": 1,\n/);
});

test('an export to a reader that does not read stands still, and one to a fast reader leaves room for others', async () => {
  const path = `${await exportOf(2_000_000)}?maxRecords=2000000`;
  const headers = { authorization: `Bearer ${client.token}` };
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request(crm.url + path, { headers }, resolve)
      .on('error', reject)
      .end();
  });
  answer.pause();
  await delay(1_000);
  const standing = process.cpuUsage();
  await delay(500);
  const spent = process.cpuUsage(standing);
  assert.ok(spent.user + spent.system < 250_000, `${spent.user + spent.system} µs spent while nobody read`);
  let bytes = 0;
  answer.on('data', (piece: Buffer) => {
    bytes += piece.length;
  });
  answer.resume();
  for (let turn = 0; turn < 5; turn++) assert.equal((await client.get(`${base}/limits`)).status, 200);
  assert.ok(bytes < 40_000_000, `${bytes} bytes before five small answers`);
  answer.destroy();
});
