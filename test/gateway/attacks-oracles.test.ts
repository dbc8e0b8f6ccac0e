import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { errorCodeOf, isSoon, openJob, recordsInLedger, resultsPath, startStream, until } from './attack.fixture.ts';
import { type Answer, openStand, queryPath, type Stand } from './gateway.fixture.ts';

/** Facts about customers that would leave uncounted: numbers, yes or no, how many; and counting too little. */
const policy = (budgets: readonly string[], operations = 'query, bulk, retrieve, describe'): string => `objects:
  Contact:
    customer: Id
    fields: [FirstName, LastName, Email, AccountId]
  Account:
    fields: [Name]
  Case:
    customer: ContactId
    fields: [Subject]
operations: [${operations}]
hours: always
networks: any
budgets:
${budgets.map((each) => `  - ${each}\n`).join('')}`;

const api = '/services/data/v64.0';
let stand: Stand;
let ids: readonly string[];
let app = 0;
before(async () => {
  stand = await openStand({ behaviour: { bulkQueueMs: 1, bulkRowsPerSecond: 1e9 } });
  const token = await open('reader', ['1,000 records per hour']);
  const page = await stand.call(token, queryPath('SELECT Id FROM Contact LIMIT 40'));
  ids = (page.json as { readonly records: readonly { readonly Id: string }[] }).records.map(({ Id }) => Id);
});
after(() => stand.close());

const open = async (name: string, budgets: readonly string[], operations?: string): Promise<string> =>
  stand.signIn(await stand.register(name, policy(budgets, operations), { app: app++ }));
const among = (count = ids.length): string =>
  `Id IN (${ids
    .slice(0, count)
    .map((id) => `'${id}'`)
    .join()})`;
const spent = async (name: string, kind: string): Promise<number> => {
  const view = await stand.gateway.desk.view();
  const { budgets } = view.integrations.find((each) => each.name === name)!;
  return budgets.find(({ what }) => what === kind)!.spent;
};
const composite = (token: string, soql: readonly string[]): Promise<Answer> =>
  stand.call(token, `${api}/composite`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      compositeRequest: soql.map((each, index) => ({ method: 'GET', url: queryPath(each), referenceId: `r${index}` })),
    }),
  });

test('filtered COUNTs are never free, not under a policy that names no budget of counts either', async () => {
  const token = await open('counter', ['5 records per hour']);
  const statuses: number[] = [];
  for (let round = 0; round < 8; round++) {
    const answer = await stand.call(token, queryPath(`SELECT COUNT() FROM Contact WHERE Id = '${ids[round]!}'`));
    statuses.push(answer.status);
  }
  assert.equal(statuses.filter((status) => status === 200).length, 5, statuses.join());
});

test('COUNTs within a budget of counts, and not one beyond', async () => {
  const token = await open('budgeted-counter', ['100 records per hour', '3 counts per hour']);
  const forms = [`COUNT()`, 'COUNT(Id)', 'COUNT_DISTINCT(Email)', 'COUNT(Id) number'];
  const statuses: number[] = [];
  for (const form of forms)
    statuses.push((await stand.call(token, queryPath(`SELECT ${form} FROM Contact WHERE ${among(3)}`))).status);
  assert.deepEqual(statuses, [200, 200, 200, 403]);
});

test('COUNTs in a composite are not cheaper than alone: they are asked alone', async () => {
  const token = await open('composer', ['100 records per hour', '5 counts per hour']);
  const many = Array.from({ length: 20 }, (_, index) => `SELECT COUNT() FROM Contact WHERE Id = '${ids[index]!}'`);
  assert.equal((await composite(token, many)).status, 400);
  // What stands first in a composite pays for all of it.
  const shifted = ['SELECT Id FROM Account LIMIT 1', `SELECT COUNT() FROM Contact WHERE ${among(3)}`];
  assert.equal((await composite(token, shifted)).status, 400);
  assert.equal(await spent('composer', 'counts'), 0);
});

test('the number of records that a bulk job tells of itself is a COUNT, and budgeted as one', async () => {
  const token = await open('prober', ['100 records per hour', '2 counts per hour']);
  let told = 0;
  for (let round = 0; round < 4; round++) {
    const id = await openJob(stand, token, `SELECT Id FROM Contact WHERE Id = '${ids[round]!}'`).catch(() => undefined);
    if (id === undefined) break;
    const seen = await stand.call(token, `${api}/jobs/query/${id}`);
    if ('numberRecordsProcessed' in (seen.json as object)) told++;
  }
  assert.ok(told <= 2, `${told} numbers of records were told under a budget of 2`);
});

test('columns=true tells of columns, and nothing of records: the filter never goes to the CRM', async () => {
  const token = await open('columns', ['100 records per hour', '1 count per hour']);
  stand.salesforce.control.clearRequests();
  const soql = "SELECT Id, Email FROM Contact WHERE Email LIKE 'a%' ORDER BY Email LIMIT 7";
  const answer = await stand.call(token, `${queryPath(soql)}&columns=true`);
  assert.equal(answer.status, 200);
  assert.match(answer.text, /columnMetadata/);
  const sent = stand.salesforce.control.requests().map(({ target }) => decodeURIComponent(target));
  assert.equal(sent.filter((target) => target.includes('columns=true')).length, 1);
  assert.ok(
    sent.every((target) => !/LIKE|ORDER BY|LIMIT 7/.test(target)),
    sent.join(),
  );
  assert.equal(await recordsInLedger(stand, 'columns'), 0);
});

test('an answer that was refused because it is too large tells one thing once: the token is suspended', async () => {
  const token = await open('halver', ['10 records per hour']);
  const wide = `SELECT Id FROM Contact WHERE ${among()}`;
  assert.equal((await stand.call(token, queryPath(wide))).status, 403);
  const again = await stand.call(token, queryPath(`SELECT Id FROM Contact WHERE Id = '${ids[0]!}'`));
  assert.equal(again.status, 403);
  assert.match(again.text, /suspended/);
  assert.equal(await recordsInLedger(stand, 'halver'), 0);
});

test('concurrent calls of one token share one budget: record N+1 never leaves', async () => {
  const token = await open('racer', ['100 records per hour']);
  const rows = `${api}/composite/sobjects/Contact?ids=${ids.slice(0, 9).join()}&fields=LastName`;
  const paths = Array.from({ length: 40 }, (_, index) =>
    index % 2 === 0 ? rows : queryPath(`SELECT Id FROM Contact WHERE ${among(9)}`),
  );
  // Whoever still runs when the budget ends is cut with the token.
  const answers = await Promise.all(paths.map((path) => stand.call(token, path).catch(() => undefined)));
  const got = answers
    .filter((answer) => answer?.status === 200)
    .reduce((sum, answer) => sum + (answer!.text.match(/"attributes"/g) ?? []).length, 0);
  assert.ok(got > 0 && got <= 100, `${got} records left`);
  await until(async () => (await recordsInLedger(stand, 'racer')) >= got);
  assert.ok((await recordsInLedger(stand, 'racer')) <= 100);
});

test('all that a composite holds is counted, the same record as often as it comes', async () => {
  const token = await open('repeater', ['1,000 records per hour']);
  const answer = await composite(
    token,
    Array.from({ length: 25 }, () => `SELECT LastName FROM Contact WHERE ${among(10)}`),
  );
  assert.equal(answer.status, 200);
  await until(async () => (await recordsInLedger(stand, 'repeater')) === 250);
  assert.equal(await spent('repeater', 'records'), 250);
});

test('parents and children count as the records they are', async () => {
  const token = await open('climber', ['1,000 records per hour']);
  const answer = await stand.call(
    token,
    queryPath(`SELECT Id, Account.Name, (SELECT Subject FROM Cases) FROM Contact WHERE ${among()}`),
  );
  assert.equal(answer.status, 200, answer.text.slice(0, 300));
  const records = (answer.text.match(/"attributes"/g) ?? []).length;
  await until(async () => (await recordsInLedger(stand, 'climber')) === records);
  assert.equal(await spent('climber', 'records'), records);
});

test('reference data is nobody’s: in no budget of customers and in no customer of an exposure, by page and by bulk', async () => {
  const reference = policy(['1,000 records per hour', '5 customers per hour', '9 counts per hour']).replace(
    '  Case:',
    '  User:\n    fields: [Username]\n    reference: true\n  Case:',
  );
  const token = await stand.signIn(await stand.register('staff-list', reference, { app: app++ }));
  const users = await stand.call(token, queryPath('SELECT Username FROM User LIMIT 20'));
  const { records } = users.json as { readonly records: readonly { readonly Id: string }[] };
  assert.ok(users.status === 200 && records.length > 5, users.text);
  const job = await openJob(stand, token, 'SELECT Id, Username FROM User LIMIT 20');
  const results = await stand.call(token, resultsPath(job));
  assert.equal(results.status, 200, results.text);
  const contacts = await stand.call(token, queryPath(`SELECT Email FROM Contact WHERE ${among(5)}`));
  assert.equal(contacts.status, 200, contacts.text);
  const all = 2 * records.length + 5;
  await until(async () => (await recordsInLedger(stand, 'staff-list')) === all);
  assert.deepEqual([await spent('staff-list', 'customers'), await spent('staff-list', 'records')], [5, all]);
  const exposure = await stand.gateway.desk.exposure({ kind: 'integration', integration: 'staff-list' });
  assert.ok(exposure.ok);
  const { customers, doubts } = exposure.value;
  assert.deepEqual(customers, { atLeast: 5, atMost: 5 });
  assert.match(doubts.join(), new RegExp(`^${2 * records.length} records of User stand for no customer: `));
  const one = await stand.gateway.desk.exposure({ kind: 'customer', customer: records[0]!.Id });
  assert.ok(one.ok && one.value.releaseCount >= 2);
  assert.equal(one.value.customers.atMost, 0);
  assert.match(one.value.doubts.join(), /no customer: a record of User/);
});

test('retrieve by thousands of ids is counted and bounded like a query', async () => {
  const token = await open('retriever', ['50 records per hour']);
  const rows = (list: readonly string[]): Promise<Answer> =>
    stand.call(token, `${api}/composite/sobjects/Contact`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ids: list, fields: ['LastName'] }),
    });
  assert.equal((await rows(Array.from({ length: 2001 }, () => ids[0]!))).status, 400);
  assert.equal((await rows([`${ids[0]!.slice(0, 17)}!`])).status, 400);
  assert.equal((await rows([ids[0]!, `${ids[1]!.slice(0, 15)}zzz`])).status, 400, 'wrong check characters');
  assert.equal((await rows(ids)).status, 200);
  await until(async () => (await recordsInLedger(stand, 'retriever')) === 40);
  assert.equal((await rows(ids)).status, 403);
  assert.equal((await rows(Array.from({ length: 2000 }, () => ids[0]!))).status, 403);
  assert.equal(await recordsInLedger(stand, 'retriever'), 40);
});

test('retrieve of another object under an object’s name', async () => {
  const token = await open('masker', ['50 records per hour']);
  const answer = await stand.call(token, `${api}/sobjects/Account/${ids[0]!}?fields=Name`);
  assert.equal(answer.status, 404, answer.text);
});

test('the own identity answers, and that of another user does not reach the CRM', async () => {
  const registered = await stand.register('somebody', policy(['50 records per hour']), { app: app++ });
  const signed = await fetch(registered.tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: registered.clientId,
      client_secret: registered.clientSecret,
    }),
  });
  const { access_token: token, id } = (await signed.json()) as { readonly access_token: string; readonly id: string };
  stand.salesforce.control.clearRequests();
  const own = new URL(id).pathname;
  assert.equal((await stand.call(token, own)).status, 200);
  for (const { id: user } of stand.salesforce.users.filter((each) => !own.endsWith(each.id)).slice(0, 3)) {
    const other = await stand.call(token, `/id/${stand.salesforce.organizationId}/${user}`);
    assert.equal(other.status, 403);
    assert.deepEqual(Object.keys((other.json as object[])[0]!), ['message', 'errorCode']);
  }
  const asked = stand.salesforce.control.requests().filter(({ target }) => target.startsWith('/id/'));
  assert.deepEqual(
    asked.map(({ target }) => target),
    [own],
  );
});

test('OFFSET, LIMIT 0 and huge limits neither crash nor go uncounted', async () => {
  const token = await open('edges', ['1,000 records per hour']);
  for (const [tail, most] of [
    ['LIMIT 0', 0],
    ['LIMIT 2 OFFSET 2000', 0],
    ['LIMIT 99999999999999999999', 0],
    ['LIMIT 3 OFFSET 0', 3],
  ] as const) {
    const before = await recordsInLedger(stand, 'edges');
    const answer = await stand.call(token, queryPath(`SELECT Id FROM Contact WHERE ${among()} ${tail}`));
    assert.ok(answer.status < 500, `${tail}: ${answer.text}`);
    const records = (answer.text.match(/"attributes"/g) ?? []).length;
    if (answer.status === 200) await until(async () => (await recordsInLedger(stand, 'edges')) === before + records);
    assert.ok(records >= most || answer.status !== 200, tail);
  }
});

test('bulk results in every delimiter are counted alike', async () => {
  const token = await open('delimiters', ['1,000 records per hour']);
  for (const [index, columnDelimiter] of ['COMMA', 'CARET', 'BACKQUOTE', 'PIPE', 'SEMICOLON', 'TAB'].entries()) {
    const created = await stand.call(token, `${api}/jobs/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        operation: 'query',
        query: `SELECT Email FROM Contact WHERE ${among()}`,
        columnDelimiter,
        lineEnding: index % 2 ? 'LF' : 'CRLF',
      }),
    });
    const { id } = created.json as { readonly id: string };
    await until(
      async () =>
        ((await stand.call(token, `${api}/jobs/query/${id}`)).json as { readonly state: string }).state ===
        'JobComplete',
    );
    const answer = await stand.call(token, resultsPath(id));
    assert.equal(answer.status, 200, columnDelimiter);
    await until(async () => (await recordsInLedger(stand, 'delimiters')) === 40 * (index + 1));
  }
});

test('a policy that denies a field in the middle of a stream ends the stream', async () => {
  const token = await open('mid-stream', ['1,000,000 records per hour']);
  const job = await openJob(stand, token, 'SELECT Id, FirstName, LastName, Email FROM Contact LIMIT 240000');
  const stream = startStream(stand.gateway.port, token, resultsPath(job), { slowlyMs: 30 });
  await until(() => stream.bytes() > 0);
  const narrower = `integration: mid-stream\nwhy: a test of the gateway\n${policy(['1,000,000 records per hour']).replace('LastName, Email', 'LastName')}`;
  const changed = stand.gateway.desk.propose('mid-stream', narrower, 'lea', 'no addresses any more');
  assert.ok(changed.ok && changed.value.state === 'in force');
  const hasEnded = await isSoon(() => stream.end() !== undefined, 2000);
  const released = await recordsInLedger(stand, 'mid-stream');
  stream.close();
  assert.ok(hasEnded, `${released} records left so far, e-mail addresses and all`);
});

test('a policy that takes the object away in the middle of a stream ends the stream', async () => {
  const token = await open('mid-object', ['1,000,000 records per hour']);
  const job = await openJob(stand, token, 'SELECT Id, FirstName, LastName, Email FROM Contact LIMIT 240000');
  const stream = startStream(stand.gateway.port, token, resultsPath(job), { slowlyMs: 30 });
  await until(() => stream.bytes() > 0);
  const narrower = `integration: mid-object\nwhy: a test of the gateway\n${policy(['1,000,000 records per hour']).replace(/ {2}Contact:.*?(?= {2}Account)/s, '')}`;
  const changed = stand.gateway.desk.propose('mid-object', narrower, 'lea', 'no contacts any more');
  assert.ok(changed.ok && changed.value.state === 'in force', JSON.stringify(changed));
  await until(() => stream.end() !== undefined, 30_000);
  assert.equal(stream.end(), 'broken');
});

test('pages and jobs opened under a wider policy are judged by the one in force', async () => {
  const token = await open('narrowed', ['1,000,000 records per hour']);
  const first = await stand.call(token, queryPath('SELECT Id, Email FROM Contact LIMIT 4001'));
  const { nextRecordsUrl } = first.json as { readonly nextRecordsUrl: string };
  const job = await openJob(stand, token, `SELECT Id, Email FROM Contact WHERE ${among()}`);
  const narrower = `integration: narrowed\nwhy: a test of the gateway\n${policy(['1,000,000 records per hour']).replace('LastName, Email', 'LastName')}`;
  const changed = stand.gateway.desk.propose('narrowed', narrower, 'lea', 'no addresses any more');
  assert.ok(changed.ok && changed.value.state === 'in force');
  assert.equal((await stand.call(token, nextRecordsUrl)).status, 403);
  assert.equal((await stand.call(token, resultsPath(job))).status, 403);
});

test('an operation that is withdrawn stops the pages of what was opened by it', async () => {
  const limits = ['1,000,000 records per hour', '9 counts per hour'];
  const token = await open('withdrawn', limits, 'query, query-all, bulk');
  const withdraw = (operations: string): void => {
    const narrower = `integration: withdrawn\nwhy: a test of the gateway\n${policy(limits, operations)}`;
    const changed = stand.gateway.desk.propose('withdrawn', narrower, 'lea', 'not needed any more');
    assert.ok(changed.ok && changed.value.state === 'in force', JSON.stringify(changed));
  };
  const soql = 'SELECT Id, Email FROM Contact LIMIT 6001';
  const first = await stand.call(token, queryPath(soql).replace('/query?', '/queryAll?'));
  const plain = await stand.call(token, queryPath(soql));
  const nextOf = ({ json }: Answer): string => (json as { readonly nextRecordsUrl: string }).nextRecordsUrl;
  const second = await stand.call(token, nextOf(first));
  assert.equal(second.status, 200, second.text.slice(0, 200));
  const job = await openJob(stand, token, soql);
  const page = (locator: string) => stand.call(token, `${resultsPath(job)}?maxRecords=2000${locator}`);
  const results = await page('');
  const locator = results.headers.get('sforce-locator');
  assert.ok(results.status === 200 && locator !== null && locator !== 'null');

  withdraw('query, bulk');
  const refused = await stand.call(token, nextOf(second));
  assert.deepEqual([refused.status, errorCodeOf(refused.json)], [403, 'INSUFFICIENT_ACCESS']);
  assert.equal((await stand.call(token, nextOf(plain))).status, 200);
  assert.equal((await page(`&locator=${locator}`)).status, 200);

  withdraw('query');
  for (const path of [
    resultsPath(job),
    `${resultsPath(job)}?locator=${locator}`,
    resultsPath(job).replace('results', 'resultPages'),
  ])
    assert.equal((await stand.call(token, path)).status, 403, path);
});
