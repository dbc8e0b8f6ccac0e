import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { errorCodeOf, openJob, recordsInLedger, resultsPath, startStream, until } from './attack.fixture.ts';
import { openStand, queryPath, type Stand } from './gateway.fixture.ts';

/** A CRM that answers in ways nobody documented, or in somebody else's name: what cannot be counted does not leave. */
const policy = `objects:
  Contact:
    customer: Id
    fields: [LastName, Email]
    denied: [Birthdate]
operations: [query, bulk, retrieve, describe]
hours: always
networks: any
budgets:
  - 1,000,000 records per hour
  - 100 counts per hour
`;
let stand: Stand;
let token: string;
before(async () => {
  stand = await openStand({ behaviour: { bulkQueueMs: 1, bulkRowsPerSecond: 1e9 } });
  token = await stand.signIn(await stand.register('agenda-sync', policy));
});
after(() => stand.close());

const page = queryPath('SELECT LastName, Email FROM Contact LIMIT 3');
const reshape = (path: RegExp, change: (body: string) => string): void =>
  stand.salesforce.control.inject({ path, fault: { kind: 'reshape', reshape: change } });

/** What the CRM's answer becomes on its way; each must be refused as a shape that nobody knows. */
async function refusesReshaped(attempts: Readonly<Record<string, (body: string) => string>>): Promise<void> {
  assert.equal((await stand.call(token, page)).status, 200, 'its shape is known from here on');
  const before = await recordsInLedger(stand, 'agenda-sync');
  for (const [name, change] of Object.entries(attempts)) {
    reshape(/\/query/, (body) => {
      const changed = change(body);
      assert.notEqual(changed, body, `${name}: nothing was changed`);
      return changed;
    });
    const answer = await stand.call(token, page);
    assert.equal(answer.status, 403, `${name}: ${answer.text.slice(0, 300)}`);
    assert.equal(errorCodeOf(answer.json), 'FUNCTIONALITY_NOT_ENABLED', name);
    assert.doesNotMatch(answer.text, /@|1990-01-01/, name);
  }
  assert.equal(await recordsInLedger(stand, 'agenda-sync'), before);
}

test('JSON that parsers read in two ways, or that holds more than was asked for, does not leave', async () => {
  const attempts: Readonly<Record<string, (body: string) => string>> = {
    'a member twice, escaped': (body) => body.replace('"Email":', '"\\u0045mail":"a","Email":'),
    'an escaped name': (body) => body.replace('"Email":', '"\\u0045mail":'),
    'a prototype': (body) => body.replace('"Email":', '"__proto__":{"Birthdate":"1990-01-01"},"Email":'),
    'a denied field': (body) => body.replace('"Email":', '"Birthdate":"1990-01-01","Email":'),
    'a field more': (body) => body.replace('"Email":', '"Phone":"1","Email":'),
    'a field for another': (body) => body.replaceAll('"Email":', '"Birthdate":'),
    'a record for a value': (body) =>
      body.replace(
        /"Email":"[^"]*"/,
        '"Email":{"attributes":{"type":"Contact","url":"/x/003Jx0000000000IAA"},"Id":"003Jx0000000000IAA"}',
      ),
    'attributes that come second': (body) =>
      body.replace(/\{"attributes":(\{[^}]*\}),"Id":("[^"]*")/, '{"Id":$2,"attributes":$1'),
    'no attributes': (body) => body.replace(/"attributes":\{[^}]*\},/, ''),
    'attributes more': (body) => body.replace('"attributes":{', '"attributes":{"email":"a",'),
    'another id in the url': (body) =>
      body
        .replace(/Contact\/003\w+/, 'Contact/003Jx0000000001IAA')
        .replace(/"Id":"003\w+"/, '"Id":"003Jx0000000002IAA"'),
    'wrong check characters': (body) => body.replaceAll(/(003Jx\w{10})\w{3}/g, '$1ZZZ'),
    'records of another object': (body) => body.replaceAll('"type":"Contact"', '"type":"Lead"'),
    'computed rows': (body) =>
      body.replaceAll(/"attributes":\{[^}]*\},"Id":"[^"]*"/g, '"attributes":{"type":"AggregateResult"}'),
    'a second list': (body) => body.replace('"records":', '"more":[{"Email":"a"}],"records":'),
    'a list of texts': (body) => body.replace('"records":[', '"records":["a",'),
    'a byte order mark': (body) => `\ufeff${body}`,
    'trailing data': (body) => `${body}${body}`,
    'a comment': (body) => body.replace('{', '{/* a */'),
    'a number that is none': (body) => body.replace(/"totalSize":\d+/, '"totalSize":NaN'),
    'a naked text': () => '"a@example.com"',
    'no JSON': () => 'a@example.com',
    'half of it': (body) => body.slice(0, -20),
    'a page elsewhere': (body) =>
      body.replace(
        '"done":true',
        '"done":false,"nextRecordsUrl":"https://evil.example/services/data/v64.0/query/01gJx0000000000IAA-2000"',
      ),
    'a page on another path': (body) =>
      body.replace('"done":true', '"done":false,"nextRecordsUrl":"/services/apexrest/01gJx0000000000IAA-2000"'),
  };
  await refusesReshaped(attempts);
});

test('a member that stands twice does not leave: readers differ on which of the two counts', () =>
  refusesReshaped({
    'a member twice': (body) => body.replace('"Email":', '"Email":"a","Email":'),
    'a member twice in another case': (body) => body.replace('"Email":', '"EMAIL":"a","Email":'),
    'a member twice in the last record': (body) => body.replace(/"Email":(?=[^{]*$)/, '"Email":null,"Email":'),
    'a member twice about the records': (body) => body.replace('"totalSize":', '"totalSize":19900101,"totalSize":'),
    'the next page twice': (body) =>
      body.replace(
        '"done":true',
        '"nextRecordsUrl":"a","done":false,"nextRecordsUrl":"/services/data/v64.0/query/01gJx0000000000IAA-2000"',
      ),
  }));

test('a list or an object where a value was does not leave, though the names are known', () =>
  refusesReshaped({
    'a list for a value': (body) => body.replace(/"Email":"[^"]*"/, '"Email":["a","b"]'),
    'a list of nothing for a value': (body) => body.replace(/"Email":"[^"]*"/, '"Email":[]'),
    'a list of lists for a value': (body) => body.replace(/"Email":"[^"]*"/, '"Email":[[null]]'),
    'an object for a value': (body) => body.replace(/"Email":"[^"]*"/, '"Email":{}'),
    'an object with names for a value': (body) => body.replace(/"Email":"[^"]*"/, '"Email":{"LastName":"a"}'),
  }));

test('CSV whose header, quotes or number of records are not what they must be', async () => {
  const job = await openJob(stand, token, 'SELECT LastName, Email FROM Contact LIMIT 300');
  const attempts: Readonly<Record<string, (body: string) => string>> = {
    'a column twice': (body) => body.replace('"Email"', '"Email","Email"'),
    'another column': (body) => body.replace('"Email"', '"Birthdate"'),
    'columns in another order': (body) => body.replace('"Id","LastName"', '"LastName","Id"'),
    'a column less': (body) => body.replace(',"Email"', ''),
    'a column more': (body) => body.replace('"Email"', '"Email","Phone"'),
    'another delimiter': (body) => body.replaceAll('","', '";"'),
    'a cell more': (body) => body.replace(/\n("003)/, ',"1990-01-01"\n$1'),
    'a cell less': (body) => body.replace(/\n("003\w+"),"[^"]*"/, '\n$1'),
    'an open quote': (body) => body.replace(/"\n("003)/, '\n$1'),
    'text behind a quote': (body) => body.replace(/\n("003\w+")/, '\n$1x'),
    'a record of no one': (body) => body.replace(/\n"003\w+"/, '\n""'),
    'an id of something else': (body) => body.replace(/\n"003\w+"/, '\n"customer 17"'),
    'wrong check characters': (body) => body.replace(/\n"(003\w{12})\w{3}"/, '\n"$1ZZZ"'),
    'a record more than was declared': (body) => `${body}"003Jx0000000000IAA","a","b"\n`,
    'a record less': (body) => body.replace(/\n"003[^\n]*\n/, '\n'),
    'no CSV': () => '<html>',
    nothing: () => '',
  };
  for (const [name, change] of Object.entries(attempts)) {
    const before = await recordsInLedger(stand, 'agenda-sync');
    reshape(/\/results/, (body) => {
      const changed = change(body);
      assert.notEqual(changed, body, `${name}: nothing was changed`);
      return changed;
    });
    const stream = startStream(stand.gateway.port, token, resultsPath(job));
    await until(() => stream.end() !== undefined);
    assert.ok(stream.status() === 403 || stream.end() === 'broken', `${name}: ${stream.status()} ${stream.end()}`);
    const got = stream
      .text()
      .split('\n')
      .filter((line) => /^"?003/.test(line)).length;
    const counted = (await recordsInLedger(stand, 'agenda-sync')) - before;
    assert.ok(got <= counted, `${name}: ${got} records came, ${counted} were counted`);
    assert.doesNotMatch(stream.text(), /1990-01-01|customer 17/, name);
  }
});

test('headers of the CRM that lead elsewhere or hide the body', async () => {
  const attempts: readonly (readonly [RegExp, string, Readonly<Record<string, string | undefined>>])[] = [
    [/\/query/, page, { 'content-type': 'text/html' }],
    [/\/query/, page, { 'content-type': undefined }],
    [/\/query/, page, { 'content-type': 'application/json;charset=utf-16' }],
    [/\/query/, page, { 'content-encoding': 'br' }],
    [/\/query/, page, { 'content-encoding': 'gzip, gzip' }],
  ];
  for (const [path, target, headers] of attempts) {
    stand.salesforce.control.inject({ path, fault: { kind: 'headers', headers } });
    const answer = await stand.call(token, target, { headers: { 'accept-encoding': 'identity' } });
    assert.equal(answer.status, 403, `${JSON.stringify(headers)}: ${answer.text.slice(0, 200)}`);
  }
  const cookies = {
    'set-cookie': 'sid=00D!crm',
    location: 'https://crm.example',
    'x-sfdc-session': '00D!crm',
    link: '<https://crm.example>',
  };
  stand.salesforce.control.inject({ path: /\/query/, fault: { kind: 'headers', headers: cookies } });
  const answer = await stand.call(token, page);
  assert.equal(answer.status, 200);
  for (const name of Object.keys(cookies)) assert.equal(answer.headers.get(name), null, name);
  const job = await openJob(stand, token, 'SELECT LastName FROM Contact LIMIT 3');
  for (const headers of [
    { 'sforce-locator': undefined },
    { 'sforce-numberofrecords': undefined },
    { 'sforce-numberofrecords': '2' },
    { 'content-type': 'application/json' },
  ]) {
    stand.salesforce.control.inject({ path: /\/results/, fault: { kind: 'headers', headers } });
    const stream = startStream(stand.gateway.port, token, resultsPath(job));
    await until(() => stream.end() !== undefined);
    assert.ok(stream.status() === 403 || stream.end() === 'broken', JSON.stringify(headers));
  }
});

test('errors of the CRM pass in its own shape alone', async () => {
  for (const status of [302, 304, 401, 500])
    await test(`status ${status}`, async () => {
      stand.salesforce.control.inject({
        path: /\/query/,
        times: 2,
        fault: { kind: 'refuse', status, errorCode: 'X', message: 'x', headers: { location: 'https://evil.example/' } },
      });
      const answer = await stand.call(token, page, { redirect: 'manual' });
      assert.ok(answer.status >= 400, String(answer.status));
      assert.equal(answer.headers.get('location'), null);
      stand.salesforce.control.clearFaults();
    });
});

test('a page that inflates beyond every bound is given up, and others are served meanwhile', {
  timeout: 40_000,
}, async () => {
  reshape(/\/query/, (body) => body.replace('"records":[', `"records":[${' '.repeat(100_000_000)}`));
  const before = process.memoryUsage().arrayBuffers;
  const bomb = fetch(`${stand.url}${page}`, {
    headers: { authorization: `Bearer ${token}`, 'accept-encoding': 'gzip' },
  });
  assert.equal((await stand.call(token, '/services/data/v64.0/limits')).status, 200);
  const answer = await bomb;
  assert.equal(answer.status, 403, await answer.text());
  const grown = (process.memoryUsage().arrayBuffers - before) / 2 ** 20;
  assert.ok(grown < 200, `${Math.round(grown)} MB`);
});
