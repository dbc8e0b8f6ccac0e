import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { base, createClient, type Got, type TestClient } from '../client-for-tests.ts';
import { type Salesforce, startSalesforce } from '../salesforce.ts';
import { delimiters, lineEndings } from './jobs.ts';

const jobs = `${base}/jobs/query`;
let now = Date.UTC(2026, 10, 23, 10);
let crm: Salesforce;
let client: TestClient;
before(async () => {
  crm = await startSalesforce({ clock: () => now, behaviour: { bulkPageRecords: 700, bulkRowsPerSecond: 10_000 } });
  client = createClient(crm);
});
after(() => crm.close());

async function create(query: string, form: object = {}): Promise<string> {
  const got = await client.send('POST', jobs, { operation: 'query', query, ...form });
  assert.equal(got.status, 200, got.text);
  return String(got.json()['id']);
}

const stateOf = async (id: string) => (await client.get(`${jobs}/${id}`)).json()['state'];

async function complete(query: string, form: object = {}): Promise<string> {
  const id = await create(query, form);
  await counted(id);
  now += 60_000;
  assert.equal(await stateOf(id), 'JobComplete');
  return id;
}

/** The rows are counted on the wall's clock, however the CRM's own stands. */
async function counted(id: string): Promise<void> {
  const before = now;
  now += 60_000;
  for (let turn = 0; (await stateOf(id)) !== 'JobComplete'; turn++) assert.ok(turn < 1_000, 'never complete');
  now = before;
}

const rowsIn = ({ text }: Got, delimiter = ','): string[][] => parse(text, { delimiter });

test('a job goes through its states in time, and says so', async () => {
  const id = await create('SELECT Id FROM Contact LIMIT 20000');
  await counted(id);
  const told = async () => {
    const { state, numberRecordsProcessed } = (await client.get(`${jobs}/${id}`)).json();
    return [state, numberRecordsProcessed];
  };
  assert.deepEqual(await told(), ['UploadComplete', 0]);
  assert.equal((await client.get(`${jobs}/${id}/results`)).status, 412);
  now += 1_100;
  assert.deepEqual(await told(), ['InProgress', 10_000]);
  now += 1_000;
  assert.deepEqual(await told(), ['JobComplete', 20_000]);
  assert.match((await client.get(`${jobs}/${id}`)).text, /"apiVersion":64\.0,/);
});

test('results page by page, whatever the caller asks for: each record once, the last locator `null`', async () => {
  const id = await complete('SELECT Id, LastName FROM Contact LIMIT 4321');
  const sizes = fc.array(fc.integer({ min: 97, max: 3_000 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(sizes, async (maxRecords) => {
      const seen: string[] = [];
      for (let turn = 0, locator = ''; locator !== 'null'; turn++) {
        const asked = maxRecords[turn % maxRecords.length]!;
        const got = await client.get(`${jobs}/${id}/results?maxRecords=${asked}${locator && `&locator=${locator}`}`);
        const [header, ...rows] = rowsIn(got);
        assert.deepEqual(header, ['Id', 'LastName']);
        assert.equal(got.headers.get('sforce-numberofrecords'), String(rows.length));
        assert.equal(rows.length, Math.min(asked, 4_321 - seen.length));
        assert.match(got.headers.get('sforce-limit-info')!, /^api-usage=\d+\/\d+$/);
        seen.push(...rows.map(([cell = '']) => cell));
        locator = got.headers.get('sforce-locator')!;
      }
      assert.deepEqual([seen.length, new Set(seen).size], [4_321, 4_321]);
    }),
    { numRuns: 10 },
  );
});

test('pages listed for parallel reading bring each record once, in any order', async () => {
  const id = await complete('SELECT Id FROM Contact LIMIT 8000');
  const links: string[] = [];
  for (let next: string | null = `${jobs}/${id}/resultPages`; next !== null; ) {
    const told = (await client.get(next)).json() as {
      resultPages: { resultUrl: string; resultLink: string }[];
      nextRecordsUrl: string | null;
      done: boolean;
    };
    assert.ok(told.resultPages.length <= 5);
    for (const { resultUrl, resultLink } of told.resultPages) assert.equal(resultUrl, base + resultLink);
    links.push(...told.resultPages.map(({ resultUrl }) => resultUrl));
    assert.equal(told.done, told.nextRecordsUrl === null);
    next = told.nextRecordsUrl;
  }
  assert.equal(links.length, Math.ceil(8_000 / 700));
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(links, { minLength: links.length }), async (shuffled) => {
      const seen = new Set<string>();
      for (const link of shuffled) for (const [cell = ''] of rowsIn(await client.get(link)).slice(1)) seen.add(cell);
      assert.equal(seen.size, 8_000);
    }),
    { numRuns: 3 },
  );
});

test('six delimiters and two line ends say the same as JSON does', async () => {
  const query = 'SELECT Id, Subject, Description, Comments, Contact.LastName, IsClosed FROM Case LIMIT 200';
  const { records } = (await client.query(query)).json() as unknown as { records: Record<string, unknown>[] };
  const expected = records.map((record) => [
    ...['Id', 'Subject', 'Description', 'Comments'].map((name) => String(record[name] ?? '')),
    (record['Contact'] as { LastName: string }).LastName,
    String(record['IsClosed']),
  ]);
  assert.ok(expected.some(([, , letter = '']) => letter.includes('"') && letter.includes('\n')));
  for (const [columnDelimiter, delimiter] of Object.entries(delimiters)) {
    for (const [lineEnding, end] of Object.entries(lineEndings)) {
      const got = await client.get(`${jobs}/${await complete(query, { columnDelimiter, lineEnding })}/results`);
      const names = ['Id', 'Subject', 'Description', 'Comments', 'Contact.LastName', 'IsClosed'];
      assert.ok(got.text.startsWith(names.map((name) => `"${name}"`).join(delimiter) + end));
      assert.ok(got.text.endsWith(`"${end}`));
      const [header, ...rows] = parse(got.text, { delimiter, record_delimiter: end }) as string[][];
      assert.deepEqual([header, rows], [names, expected]);
    }
  }
});

test('abort, delete, list; other versions, other users, other queries', async () => {
  const id = await create('SELECT Id FROM Contact');
  assert.equal((await client.send('DELETE', `${jobs}/${id}`, undefined)).status, 400);
  const aborted = await client.send('PATCH', `${jobs}/${id}`, { state: 'Aborted' });
  assert.deepEqual([aborted.status, aborted.json()['state']], [200, 'Aborted']);
  assert.equal((await client.send('PATCH', `${jobs}/${id}`, { state: 'Aborted' })).status, 400);
  const listed = (await client.get(`${jobs}?jobType=V2Query`)).json() as { records: { id: string; state: string }[] };
  assert.equal(listed.records.find((job) => job.id === id)?.state, 'Aborted');
  assert.equal((await client.send('DELETE', `${jobs}/${id}`, undefined)).status, 204);
  assert.equal((await client.get(`${jobs}/${id}`)).status, 404);
  const done = await complete('SELECT Id FROM Contact LIMIT 5');
  assert.equal((await client.get(`/services/data/v63.0/jobs/query/${done}/results`)).status, 409);
  const stranger = crm.control.grant(crm.apps[1]!.clientId).accessToken;
  assert.equal((await client.get(`${jobs}/${done}/results`, { authorization: `Bearer ${stranger}` })).status, 403);
  assert.equal((await client.get(`${jobs}/${done}/results?locator=MTAwMDA`)).status, 400);
  const none = await client.get(`${jobs}/${await complete("SELECT Id FROM Contact WHERE Email = 'no'")}/results`);
  assert.deepEqual(
    [none.text, none.headers.get('sforce-locator'), none.headers.get('sforce-numberofrecords')],
    ['"Id"\n', 'null', '0'],
  );
  const refused = [
    'SELECT COUNT() FROM Contact',
    'SELECT Id, (SELECT Id FROM Cases) FROM Contact',
    'SELECT Id FROM Contact LIMIT 1 OFFSET 1',
    'SELECT Foo FROM Contact',
    'nonsense',
  ];
  for (const query of refused) {
    const got = await client.send('POST', jobs, { operation: 'query', query });
    assert.deepEqual([got.status, JSON.parse(got.text)[0].errorCode], [400, 'API_ERROR'], query);
  }
});
