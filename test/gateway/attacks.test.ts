import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { newProofKey, proofBy } from '#gateway/broker/broker.fixture.ts';
import {
  errorCodeOf,
  holdOpen,
  isSoon,
  lines,
  openJob,
  rawGet,
  recordsInLedger,
  resultsPath,
  type Stream,
  speak,
  startStream,
  until,
} from './attack.fixture.ts';
import { type Answer, openStand, queryPath, type Stand } from './gateway.fixture.ts';

/** Whoever holds a valid token and wants more than it grants: every attempt here must come to nothing. */
const policy = `objects:
  Contact:
    customer: Id
    fields: [FirstName, LastName, Email, AccountId]
    denied: [Birthdate, Phone]
  Account:
    fields: [Name]
  Case:
    customer: ContactId
    fields: [Subject]
operations: [query, bulk, retrieve, describe]
hours: always
networks: any
budgets:
  - 1,000,000 records per hour
  - 100 counts per hour
`;

let stand: Stand;
let token: string;
let other: string;
let contact: string;
before(async () => {
  stand = await openStand({ behaviour: { bulkQueueMs: 1, bulkRowsPerSecond: 1e9 } }, 'limits: { connections: 400 }');
  token = await stand.signIn(await stand.register('agenda-sync', policy));
  other = await stand.signIn(await stand.register('drift-chat', policy, { app: 1 }));
  const first = await stand.call(token, queryPath('SELECT Id FROM Contact LIMIT 1'));
  contact = (first.json as { readonly records: readonly { readonly Id: string }[] }).records[0]!.Id;
});
after(() => stand.close());

const api = '/services/data/v64.0';
const ask = (soql: string): Promise<Answer> => stand.call(token, queryPath(soql));
const forwarded = (): number => stand.salesforce.control.requests().length;

/** Refused, and the CRM never heard of it. */
async function refuses(attempt: () => Promise<Answer>, statuses: readonly number[], what: string): Promise<void> {
  const before = forwarded();
  const answer = await attempt();
  assert.ok(statuses.includes(answer.status), `${what}: ${answer.status} ${answer.text.slice(0, 200)}`);
  assert.match(errorCodeOf(answer.json), /^[A-Z_]+$/, what);
  assert.equal(forwarded(), before, `${what}: it reached the CRM`);
}

test('another path: everything that is not spoken is closed, and the CRM never hears of it', async () => {
  const paths = [
    ...['/services/data/v64.0/search?q=FIND%20%7Ba%7D', '/services/data/v64.0/parameterizedSearch?q=a'],
    ...['/services/data/v64.0/tooling/query?q=SELECT+Id+FROM+Contact', '/services/data/v64.0/ui-api/records/x'],
    ...['/services/data/v64.0/sobjects/Contact', '/services/data/v64.0/sobjects/Contact/updated?start=a&end=b'],
    ...[`/services/data/v64.0/sobjects/Contact/${contact}/Cases`, '/services/data/v64.0/sobjects/Contact/Email__c/a'],
    ...['/services/data/v64.0/recent', '/services/data/v64.0/analytics/reports', '/services/data/v64.0/graphql'],
    ...['/services/data/v64.0/sobjects/Attachment/00P000000000001AAA/Body', '/services/apexrest/customers'],
    ...['/services/async/64.0/job', '/cometd/64.0', '/services/data/v64.0/chatter/users', '/', '/index.jsp'],
    ...['/services/data/v64.0/query/../search', '/services/data/v064.0/limits', '/services/data/latest/limits'],
    ...['/secur/frontdoor.jsp?sid=x', '/services/oauth2/authorize', '/services/data/v64.0/jobs/ingest'],
  ];
  for (const path of paths) {
    const before = forwarded();
    const [status] = (await speak(stand.gateway.port, rawGet(token, path, 'connection: close'))).statuses;
    assert.ok(status === 400 || status === 403 || status === 404, `${path}: ${status}`);
    assert.equal(forwarded(), before, `${path}: it reached the CRM`);
  }
});

test('writes in every form are refused', async () => {
  const json = { 'content-type': 'application/json' };
  for (const [method, path] of [
    ['POST', '/sobjects/Contact'],
    ['PATCH', `/sobjects/Contact/${contact}`],
    ['DELETE', `/sobjects/Contact/${contact}`],
    ['PATCH', '/composite/sobjects'],
    ['POST', '/composite/tree/Contact'],
    ['PUT', '/query?q=SELECT+Id+FROM+Contact'],
  ] as const) {
    const body = method === 'DELETE' ? {} : { headers: json, body: '{}' };
    await refuses(() => stand.call(token, api + path, { method, ...body }), [400, 403, 404, 413], `${method} ${path}`);
  }
  for (const header of ['x-http-method-override', 'x-http-method', 'x-method-override'])
    await refuses(
      () => stand.call(token, queryPath('SELECT Id FROM Contact LIMIT 1'), { headers: { [header]: 'DELETE' } }),
      [400],
      header,
    );
  await refuses(() => stand.call(token, `${api}/limits?_HttpMethod=PATCH`), [400], '_HttpMethod');
});

test('another token’s locator: a page of a query opens for the token that asked, and for no other', async () => {
  const first = await ask('SELECT Id, Email FROM Contact LIMIT 4001');
  const { nextRecordsUrl } = first.json as { readonly nextRecordsUrl: string };
  assert.ok(nextRecordsUrl);
  await refuses(() => stand.call(other, nextRecordsUrl), [400], 'the whole locator');
  const moved = nextRecordsUrl.replace(/-\d+$/, '-0');
  await refuses(() => stand.call(other, moved), [400], 'another page of it');
  const composite = { compositeRequest: [{ method: 'GET', url: nextRecordsUrl, referenceId: 'a' }] };
  const asPart = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(composite),
  };
  await refuses(() => stand.call(other, `${api}/composite`, asPart), [400], 'in a composite');
  assert.equal((await stand.call(token, nextRecordsUrl)).status, 200);
});

test('another token’s bulk job: its record, results, pages and end are its own', async () => {
  const job = await openJob(stand, token, `SELECT Id FROM Contact WHERE Id = '${contact}'`);
  for (const id of [job, job.slice(0, 15)]) {
    for (const path of ['', '/results', '/results?locator=MTAw', '/resultPages'])
      await refuses(() => stand.call(other, `${api}/jobs/query/${id}${path}`), [404], path);
    const json = { 'content-type': 'application/json' };
    const abort = { method: 'PATCH', headers: json, body: '{"state":"Aborted"}' };
    await refuses(() => stand.call(other, `${api}/jobs/query/${id}`, abort), [404], 'abort');
    await refuses(() => stand.call(other, `${api}/jobs/query/${id}`, { method: 'DELETE' }), [404], 'delete');
  }
  const list = await stand.call(other, `${api}/jobs/query`);
  assert.ok(!list.text.includes(job.slice(0, 15)), 'the list of jobs tells of it');
  assert.equal((await stand.call(token, `${api}${resultsPath(job).slice(api.length)}`)).status, 200);
});

test('smuggling: no request hides in another', async () => {
  const { port } = stand.gateway;
  const hidden = rawGet(token, `${api}/limits`);
  const post = [
    `POST ${api}/composite HTTP/1.1`,
    'host: a',
    `authorization: Bearer ${token}`,
    'content-type: application/json',
  ];
  const attempts: Readonly<Record<string, string>> = {
    'both lengths': `${lines(...post, `content-length: ${hidden.length}`, 'transfer-encoding: chunked')}0\r\n\r\n${hidden}`,
    'two lengths': `${lines(...post, 'content-length: 2', `content-length: ${hidden.length + 2}`)}{}${hidden}`,
    'a list of lengths': `${lines(...post, 'content-length: 2, 2')}{}${hidden}`,
    'a signed length': `${lines(...post, 'content-length: +2')}{}${hidden}`,
    'a hexadecimal length': `${lines(...post, 'content-length: 0x2')}{}${hidden}`,
    'two codings': `${lines(...post, 'transfer-encoding: chunked', 'transfer-encoding: identity')}0\r\n\r\n${hidden}`,
    'a hidden coding': `${lines(...post, 'transfer-encoding: xchunked')}0\r\n\r\n${hidden}`,
    'space before the colon': `${lines(...post, 'transfer-encoding : chunked')}0\r\n\r\n${hidden}`,
    'a folded line': `${lines(...post, 'x: y', ' transfer-encoding: chunked')}0\r\n\r\n${hidden}`,
    'a bare line feed': `${post.join('\n')}\ncontent-length: 2\n\n{}${hidden}`,
    'a bare return': `${lines(...post, 'x: y\rtransfer-encoding: chunked')}0\r\n\r\n${hidden}`,
    'a chunk with a wrong end': `${lines(...post, 'transfer-encoding: chunked')}2\r\n{}${hidden}`,
    'a chunk size that overflows': `${lines(...post, 'transfer-encoding: chunked')}10000000000000002\r\n{}\r\n0\r\n\r\n${hidden}`,
    'a length on a GET': `${rawGet(token, `${api}/limits`, `content-length: ${hidden.length}`)}${hidden}`,
  };
  for (const [name, bytes] of Object.entries(attempts)) {
    const before = forwarded();
    const heard = await speak(port, bytes, 250);
    assert.ok(heard.statuses.length <= 1, `${name}: answered ${heard.statuses.join()}`);
    assert.ok(
      heard.statuses.every((status) => status >= 400),
      `${name}: ${heard.statuses.join()}`,
    );
    assert.equal(forwarded(), before, `${name}: the CRM got a request`);
  }
});

test('smuggling: what stands behind a request of doubtful length is not carried out', async () => {
  const head = [`POST ${api}/composite HTTP/1.1`, 'host: a', `authorization: Bearer ${token}`];
  const bytes = `${lines(...head, 'transfer-encoding: gzip, chunked')}0\r\n\r\n${rawGet(token, `${api}/limits`)}`;
  const before = forwarded();
  const heard = await speak(stand.gateway.port, bytes, 500);
  assert.equal(forwarded(), before, `the CRM got a request; answered ${heard.statuses.join()}`);
});

test('path tricks: escapes, dots, case, separators and doubled slashes lead nowhere; a leading double slash is one', async () => {
  const tricks = [
    ...['/services/data/v64.0/%71uery?q=SELECT+Id+FROM+Contact', '/services/data/v64.0/query%2f..%2fsearch?q=a'],
    ...['/services/data/v64.0/%2e%2e/v64.0/search?q=a', '/services/data/v64.0/./query?q=SELECT+Id+FROM+Contact'],
    ...['/services/data/v64.0/limits/../query?q=SELECT+Id+FROM+Contact', '/services//data/v64.0/limits'],
    ...['/services/data/v64.0\\query?q=a', '/services/data/v64.0/query;x=y?q=SELECT+Id+FROM+Contact'],
    ...['/Services/Data/v64.0/Query?q=SELECT+Id+FROM+Contact', '/services/data/V64.0/query?q=SELECT+Id+FROM+Contact'],
    ...['/services/data/v64.0/QUERY?q=SELECT+Id+FROM+Contact', '/services/data/v64.0/query/?x#?q=a'],
    ...[
      'http://crm.example/services/data/v64.0/search?q=a',
      '*',
      'crm.example:443',
      '/services/data/v64.0/query%00?q=a',
    ],
    ...['/services/data/v64.0/quer\u00fd?q=a', '/services/data/v64.0/limits?x=%zz', '/services/data/v64.0/limits?=1'],
  ];
  for (const target of tricks) {
    const before = forwarded();
    const { statuses } = await speak(stand.gateway.port, rawGet(token, target, 'connection: close'));
    assert.ok(statuses.length <= 1 && statuses.every((status) => status >= 400), `${target}: ${statuses.join()}`);
    assert.equal(forwarded(), before, `${target}: it reached the CRM`);
  }
  const doubled = rawGet(token, `//${queryPath('SELECT Id FROM Contact LIMIT 1').slice(1)}`, 'connection: close');
  const records = await recordsInLedger(stand, 'agenda-sync');
  assert.deepEqual((await speak(stand.gateway.port, doubled)).statuses, [200]);
  await until(async () => (await recordsInLedger(stand, 'agenda-sync')) === records + 1);
});

test('a parameter that stands twice is refused, whichever the CRM would take', async () => {
  for (const query of ['q=SELECT+Id+FROM+Account&q=SELECT+Birthdate+FROM+Contact', 'q=a&%71=b', 'q=a&Q=b', 'q=a;q=b'])
    await refuses(() => stand.call(token, `${api}/query?${query}`), [400], query);
});

test('SOQL comments and what else hides words', async () => {
  for (const soql of [
    'SELECT Id /* , Birthdate */ FROM Contact',
    'SELECT Id -- x\nFROM Contact',
    'SELECT Id FROM Contact // Birthdate',
    "SELECT Id FROM Contact WHERE LastName = 'a\\u0027 OR Birthdate != null OR LastName = \\u0027'",
    "SELECT Id FROM Contact WHERE LastName = 'a' OR Birthdate > 1990-01-01",
    'SELECT Id FROM Contact; SELECT Birthdate FROM Contact',
    'SELECT "Birthdate" FROM Contact',
    'SELECT Birth\u200bdate FROM Contact',
    'SELECT \uff22irthdate FROM Contact',
    'SELECT Id FROM Contact WHERE LastName = :x',
    'FIND {a} IN ALL FIELDS RETURNING Contact',
  ])
    await refuses(() => ask(soql), [400, 403], soql);
});

test('nested queries: children and semi-joins are judged like the query around them', async () => {
  for (const soql of [
    'SELECT Id, (SELECT Birthdate FROM Contacts) FROM Account LIMIT 1',
    'SELECT Id, (SELECT Id FROM Contacts WHERE Phone != null) FROM Account LIMIT 1',
    'SELECT Id, (SELECT Id FROM Contacts ORDER BY Birthdate LIMIT 1) FROM Account LIMIT 1',
    'SELECT Id, (SELECT Id, (SELECT Id, Phone FROM Contacts) FROM ChildAccounts) FROM Account LIMIT 1',
    'SELECT Id, (SELECT Id FROM Opportunities) FROM Account LIMIT 1',
    'SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE Birthdate > 1990-01-01) LIMIT 1',
    "SELECT Id FROM Account WHERE Id NOT IN (SELECT AccountId FROM Contact WHERE Phone LIKE '+33%') LIMIT 1",
    'SELECT Id FROM Contact WHERE Id IN (SELECT ContactId FROM CampaignMember) LIMIT 1',
    'SELECT Id, (SELECT COUNT() FROM Contacts) FROM Account LIMIT 1',
  ])
    await refuses(() => ask(soql), [400, 403], soql);
});

test('aliases and functions hide no field', async () => {
  for (const soql of [
    'SELECT c.Birthdate FROM Contact c LIMIT 1',
    'SELECT Contact.Birthdate FROM Contact LIMIT 1',
    'SELECT Id, LastName Birthdate FROM Contact LIMIT 1',
    'SELECT a.Phone FROM Case c, c.Contact a LIMIT 1',
    'SELECT toLabel(Birthdate) FROM Contact LIMIT 1',
    'SELECT FORMAT(Birthdate) d FROM Contact LIMIT 1',
    'SELECT convertCurrency(Birthdate) FROM Contact LIMIT 1',
    'SELECT FIELDS(ALL) FROM Contact LIMIT 1',
    'SELECT FIELDS(STANDARD) FROM Contact LIMIT 1',
    'SELECT Id FROM Contact WHERE CALENDAR_YEAR(Birthdate) = 1990 LIMIT 1',
    'SELECT COUNT(Birthdate) FROM Contact',
    'SELECT COUNT_DISTINCT(Phone) FROM Contact',
    'SELECT COUNT(Id) records FROM Contact',
  ])
    await refuses(() => ask(soql), [400, 403], soql);
});

test('polymorphic relationships and relations to what is denied', async () => {
  for (const soql of [
    'SELECT TYPEOF What WHEN Account THEN Phone END FROM Task LIMIT 1',
    'SELECT Id, Owner.Name FROM Case LIMIT 1',
    'SELECT Id, Contact.Birthdate FROM Case LIMIT 1',
    'SELECT Id FROM Case WHERE Contact.Phone != null LIMIT 1',
    'SELECT Id FROM Case ORDER BY Contact.Birthdate LIMIT 1',
    'SELECT Id, CreatedBy.Email FROM Contact LIMIT 1',
    'SELECT Id, ReportsTo.Phone FROM Contact LIMIT 1',
    'SELECT Id, Account.Owner.Name FROM Contact LIMIT 1',
  ])
    await refuses(() => ask(soql), [400, 403], soql);
});

test('reading a denied field through WHERE, ORDER BY, GROUP BY and COUNT', async () => {
  for (const soql of [
    'SELECT Id FROM Contact WHERE Birthdate > 1990-01-01 LIMIT 1',
    "SELECT Id FROM Contact WHERE (NOT (LastName = 'a' OR bIrThDaTe = null)) LIMIT 1",
    "SELECT Id FROM Contact WHERE Phone LIKE '+33%' LIMIT 1",
    'SELECT Id FROM Contact ORDER BY Birthdate LIMIT 1',
    'SELECT Id FROM Contact ORDER BY LastName, Phone DESC NULLS LAST LIMIT 1',
    'SELECT Birthdate, COUNT(Id) FROM Contact GROUP BY Birthdate',
    'SELECT LastName, COUNT(Id) FROM Contact GROUP BY LastName',
    'SELECT COUNT(Id) FROM Contact GROUP BY ROLLUP(Birthdate)',
    'SELECT LastName FROM Contact GROUP BY LastName HAVING MAX(Birthdate) > 1990-01-01',
    'SELECT MIN(Birthdate) FROM Contact',
    'SELECT MAX(Email) FROM Contact',
    'SELECT COUNT() FROM Contact WHERE Birthdate > 1990-01-01',
    'SELECT COUNT() FROM Contact ORDER BY Phone',
    "SELECT Id FROM Contact WHERE DISTANCE(MailingAddress, GEOLOCATION(48.8, 2.3), 'km') < 1",
    'SELECT Birthdate FROM Contact LIMIT 1',
  ])
    await refuses(() => ask(soql), [400, 403], soql);
  for (const path of [
    `/sobjects/Contact/${contact}?fields=Id,Birthdate`,
    `/sobjects/Contact/${contact}?fields=Id,%20birthdate`,
    `/composite/sobjects/Contact?ids=${contact}&fields=Phone`,
    `/sobjects/Contact/${contact}?fields=Account.Phone`,
  ])
    await refuses(() => stand.call(token, api + path), [400, 403], path);
});

test('rows without a field list hold the policy’s fields and no denied one', async () => {
  const row = await stand.call(token, `${api}/sobjects/Contact/${contact}`);
  assert.equal(row.status, 200, row.text);
  const names = Object.keys(row.json as object).sort();
  assert.deepEqual(names, ['AccountId', 'Email', 'FirstName', 'Id', 'LastName', 'attributes']);
});

test('wrong content types, encodings and bodies that parsers read in two ways', async () => {
  const url = queryPath('SELECT Id FROM Contact LIMIT 1');
  const good = `{"compositeRequest":[{"method":"GET","url":"${url}","referenceId":"a"}]}`;
  const evil = queryPath('SELECT Birthdate FROM Contact');
  const post = (body: string | Uint8Array, headers: Record<string, string>) => () =>
    stand.call(token, `${api}/composite`, { method: 'POST', headers, body: body as string });
  for (const type of ['text/plain', 'application/xml', 'application/json; charset=utf-16', 'multipart/form-data', ''])
    await refuses(post(good, { 'content-type': type }), [415], type);
  await refuses(post(good, { 'content-type': 'application/json', 'content-encoding': 'gzip' }), [415], 'gzip');
  const bodies: Readonly<Record<string, string | Uint8Array>> = {
    'a member twice': good.replace('"url"', `"url":"${evil}","url"`),
    'a member twice, escaped': good.replace('"url"', `"\\u0075rl":"${evil}","url"`),
    'an unknown member': good.replace('"method"', '"httpHeaders":{"X":"y"},"method"'),
    'a prototype': good.replace('{"method"', `{"__proto__":{"url":"${evil}"},"method"`),
    'a byte order mark': `\ufeff${good}`,
    'trailing data': `${good}{}`,
    'a comment': good.replace('{', '{/**/'),
    'single quotes': good.replaceAll('"', "'"),
    'a part of a part': good.replace(url, '@{b.records[0].Id}'),
    'not UTF-8': Buffer.concat([Buffer.from(good.slice(0, -2)), Buffer.from([0xc0, 0xaf]), Buffer.from('}]')]),
    'UTF-16': Buffer.from(good, 'utf16le'),
    nothing: '',
    'a composite in a composite': good.replace(url, `${api}/composite`).replace('GET', 'POST'),
    'another host': good.replace(url, `https://evil.example${url}`),
    'another version': good.replace('v64.0', 'v20.0'),
    'deep nesting': good.replace('"GET"', `${'['.repeat(5000)}${']'.repeat(5000)}`),
  };
  for (const [name, body] of Object.entries(bodies))
    await refuses(post(body, { 'content-type': 'application/json' }), [400, 403, 413], name);
});

test('oversize headers, targets and bodies', async () => {
  const { port } = stand.gateway;
  const heard = await speak(port, rawGet(token, `${api}/limits`, `x: ${'a'.repeat(40_000)}`));
  assert.deepEqual(heard.statuses, [431]);
  const many = Array.from({ length: 3000 }, (_, index) => `x-${index}: 0123456789`);
  const flooded = await speak(port, rawGet(token, `${api}/limits`, ...many));
  assert.ok(flooded.statuses.length === 1 && flooded.statuses[0]! >= 400, flooded.statuses.join());
  const long = await speak(port, rawGet(token, `${api}/query?q=${'a'.repeat(20_000)}`));
  assert.deepEqual(long.statuses, [431]);
  const declared = lines(
    `POST ${api}/composite HTTP/1.1`,
    'host: a',
    `authorization: Bearer ${token}`,
    'content-type: application/json',
    'content-length: 99999999999',
  );
  assert.deepEqual((await speak(port, declared)).statuses, [413]);
});

test('slow-loris: heads that never end hold no one up, and are ended', { timeout: 30_000 }, async () => {
  const slow = await holdOpen(stand.gateway.port, 150, `GET ${api}/limits HTTP/1.1\r\nhost: a\r\nx: `);
  const startedAt = performance.now();
  const answer = await stand.call(token, `${api}/limits`);
  assert.equal(answer.status, 200);
  assert.ok(performance.now() - startedAt < 3000, 'others wait for them');
  const isEnded = await isSoon(() => slow.sockets.every((socket) => socket.destroyed || socket.readableEnded), 14_000);
  slow.close();
  assert.ok(isEnded, 'their connections are kept');
});

test('a replayed DPoP proof, and one made for something else', async () => {
  const key = newProofKey();
  const sender = { tier: 'dpop', keys: [key.thumbprint] };
  const registered = await stand.register('bound-sync', policy, { app: 2, sender });
  await until(() => Date.now() % 1000 > 20);
  const { clientId, clientSecret, tokenUrl } = registered;
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  });
  const signIn = (proof: string) =>
    fetch(tokenUrl, { method: 'POST', body: form, headers: { dpop: proof } }).then((answer) => answer.json());
  const later = (): number => Date.now() + 1000;
  const signed = (await signIn(proofBy(key, { method: 'POST', url: tokenUrl, at: later() }))) as {
    access_token?: string;
  };
  const bound = signed.access_token;
  assert.ok(bound, JSON.stringify(signed));
  const limits = `${api}/limits`;
  const url = `${stand.url}${limits}`;
  const see = (proof: string | undefined, scheme = 'DPoP'): Promise<Answer> =>
    stand.call(bound, limits, { headers: { authorization: `${scheme} ${bound}`, ...(proof && { dpop: proof }) } });
  const proof = proofBy(key, { url, token: bound, at: later() });
  assert.equal((await see(proof)).status, 200);
  assert.equal((await see(proof)).status, 403, 'replayed');
  const [thief] = [newProofKey()];
  const attempts: Readonly<Record<string, string | undefined>> = {
    'no proof': undefined,
    'another key': proofBy(thief, { url, token: bound, at: later() }),
    'another method': proofBy(key, { url, token: bound, at: later(), method: 'POST' }),
    'another address': proofBy(key, { url: `${stand.url}${api}/query`, token: bound, at: later() }),
    'another token': proofBy(key, { url, token: 'other', at: later() }),
    'no token': proofBy(key, { url, at: later() }),
    'an old one': proofBy(key, { url, token: bound, at: Date.now() - 120_000 }),
    'one of tomorrow': proofBy(key, { url, token: bound, at: Date.now() + 86_400_000 }),
    'no algorithm': proofBy(key, { url, token: bound, at: later(), header: { alg: 'none' } }),
    'a private key in it': proofBy(key, { url, token: bound, at: later(), header: { jwk: { ...key.jwk, d: 'x' } } }),
    'the owner’s key, the thief’s signature': proofBy({ ...thief, jwk: key.jwk }, { url, token: bound, at: later() }),
    'no id': proofBy(key, { url, token: bound, at: later(), claims: { jti: '' } }),
  };
  for (const [name, each] of Object.entries(attempts)) assert.equal((await see(each)).status, 403, name);
  assert.equal(
    (await see(proofBy(key, { url, token: bound, at: later() }), 'Bearer')).status,
    403,
    'as a bearer token',
  );
});

/** Nothing is released any more, and what the client has is broken and stands in the ledger. */
async function assertCut(stream: Stream, integration: string): Promise<void> {
  await setTimeout(1000);
  const released = await recordsInLedger(stand, integration);
  assert.ok(await isSoon(() => stream.end() !== undefined, 15_000), 'it never ends');
  assert.equal(stream.end(), 'broken');
  assert.equal(await recordsInLedger(stand, integration), released, 'it streams on');
  const got = stream
    .text()
    .split('\n')
    .filter((line) => /^"?003/.test(line)).length;
  assert.ok(got <= released, `${got} records came, ${released} stand in the ledger`);
  assert.ok(released < 240_000);
}

test('a token revoked in flight: its stream is cut within a second, as an error', { timeout: 30_000 }, async () => {
  const registered = await stand.register('slow-sync', policy, { app: 3 });
  const own = await stand.signIn(registered);
  const job = await openJob(stand, own, `SELECT Id, FirstName, LastName, Email FROM Contact LIMIT 240000`);
  const stream = startStream(stand.gateway.port, own, resultsPath(job), { slowlyMs: 40 });
  await until(() => stream.bytes() > 0);
  const revoked = await fetch(`${stand.url}/services/oauth2/revoke`, {
    method: 'POST',
    body: new URLSearchParams({ token: own }),
  });
  assert.equal(revoked.status, 200);
  await assertCut(stream, 'slow-sync');
  assert.equal((await stand.call(own, `${api}/limits`)).status, 401);
});

test('a cut takes back what waits in the socket: a slow reader gets nothing a second later', {
  timeout: 30_000,
}, async () => {
  const registered = await stand.register('lagging-sync', policy, { app: 5 });
  const own = await stand.signIn(registered);
  const job = await openJob(stand, own, 'SELECT Id, FirstName, LastName, Email FROM Contact LIMIT 240000');
  const stream = startStream(stand.gateway.port, own, resultsPath(job), { slowlyMs: 100 });
  await until(() => stream.bytes() > 500_000);
  await stand.gateway.desk.suspend('lagging-sync', 'lea', 'it looks stolen');
  await setTimeout(1000);
  const bytes = stream.bytes();
  await setTimeout(1000);
  stream.close();
  assert.ok(stream.bytes() - bytes < 64 * 1024, `${stream.bytes() - bytes} bytes came after a second`);
});

test('a token suspended in flight: its stream is cut within a second, as an error', { timeout: 30_000 }, async () => {
  const registered = await stand.register('stopped-sync', policy, { app: 4 });
  const own = await stand.signIn(registered);
  const job = await openJob(stand, own, `SELECT Id, FirstName, LastName, Email FROM Contact LIMIT 240000`);
  const stream = startStream(stand.gateway.port, own, resultsPath(job), { slowlyMs: 40 });
  await until(() => stream.bytes() > 0);
  await stand.gateway.desk.suspend('stopped-sync', 'lea', 'it looks stolen');
  await assertCut(stream, 'stopped-sync');
  assert.equal((await stand.call(own, `${api}/limits`)).status, 403);
  await assert.rejects(() => stand.signIn(registered), /suspended/);
});

test('guessed, mangled and foreign tokens open nothing', async () => {
  const spellings = [
    `${token} `,
    token.slice(0, -1),
    token.toUpperCase(),
    `${token}\t`,
    randomBytes(32).toString('hex'),
    'null',
  ];
  for (const spelling of spellings) {
    const answer = await speak(stand.gateway.port, rawGet(spelling, `${api}/limits`, 'connection: close'));
    const isSame = spelling.trim() === token;
    assert.ok(isSame || answer.statuses[0] === 401, `${spelling}: ${answer.statuses.join()}`);
  }
  const inQuery = await fetch(`${stand.url}${api}/limits?oauth_token=${encodeURIComponent(token)}`);
  assert.equal(inQuery.status, 401);
  const cookie = await fetch(`${stand.url}${api}/limits`, { headers: { cookie: `sid=${token}` } });
  assert.equal(cookie.status, 401);
});
