import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { holdOpen, lines, rawGet, speak, startStream, until } from './attack.fixture.ts';
import { openStand, queryPath, type Stand } from './gateway.fixture.ts';

/** One who wants the gateway slow, full or gone for everybody else. */
const policy = `objects:
  Contact:
    customer: Id
    fields: [FirstName, LastName, Email]
operations: [query, retrieve, bulk, describe]
hours: always
networks: any
budgets:
  - 1,000,000 records per hour
  - 100 counts per hour
`;
const api = '/services/data/v64.0';
let stand: Stand;
let token: string;
before(async () => {
  stand = await openStand({}, 'limits: { connections: 300 }');
  token = await stand.signIn(await stand.register('agenda-sync', policy));
});
after(() => stand.close());

/** CPU that the whole process used meanwhile, in ms; the machine may be busy, so no wall clock. */
async function cpuMsOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
const createJob = (query: string) =>
  stand.call(token, `${api}/jobs/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ operation: 'query', query }),
  });

test('a query of 100 kB, in every shape, is read in linear time and refused or run', async () => {
  const long = 100_000;
  const shapes: Readonly<Record<string, string>> = {
    parentheses: `SELECT Id FROM Contact WHERE ${'('.repeat(long / 2)}Id = null${')'.repeat(40_000)}`,
    negations: `SELECT Id FROM Contact WHERE ${'NOT '.repeat(24_000)}Id = null`,
    'sub-queries': `SELECT ${'(SELECT '.repeat(12_000)}Id FROM Contacts`,
    'semi-joins': `SELECT Id FROM Contact WHERE ${'Id IN (SELECT Id FROM Contact WHERE '.repeat(2_700)}`,
    calls: `SELECT ${'FORMAT('.repeat(14_000)}Id`,
    'a long name': `SELECT ${'A'.repeat(99_000)} FROM Contact`,
    'a path': `SELECT ${'Account.'.repeat(12_000)}Id FROM Contact`,
    columns: `SELECT ${Array.from({ length: 12_000 }, (_, index) => `F${index}__c`).join()} FROM Contact`,
    'the same column': `SELECT ${'Id, '.repeat(24_000)}Id FROM Contact`,
    conditions: `SELECT Id FROM Contact WHERE ${Array.from({ length: 8_000 }, () => 'Id = null').join(' OR ')}`,
    'a list': `SELECT Id FROM Contact WHERE Id IN (${Array.from({ length: 30_000 }, () => "''").join()})`,
    backslashes: `SELECT Id FROM Contact WHERE Email = '${'\\\\'.repeat(49_000)}'`,
    'an open string': `SELECT Id FROM Contact WHERE Email = '${'a'.repeat(99_000)}`,
    'half a pair': `SELECT Id FROM Contact WHERE Email = '${'\ud83d'.repeat(99_000)}'`,
    spaces: `SELECT${' '.repeat(99_000)}Id FROM Contact`,
    digits: `SELECT Id FROM Contact WHERE Email = ${'1'.repeat(99_000)}`,
    'too long': 'x'.repeat(100_001),
  };
  for (const [name, soql] of Object.entries(shapes)) {
    let status = 0;
    const cpuMs = await cpuMsOf(async () => {
      ({ status } = await createJob(soql));
    });
    assert.ok(status === 200 || (status >= 400 && status < 500), `${name}: ${status}`);
    assert.ok(cpuMs < 1000, `${name}: ${Math.round(cpuMs)} ms of CPU`);
  }
});

test('bodies that are deep, wide and full of names cost little', async () => {
  const bodies: Readonly<Record<string, string>> = {
    deep: `${'['.repeat(500_000)}${']'.repeat(500_000)}`,
    'deep objects': `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
    'many names': `{${Array.from({ length: 60_000 }, (_, index) => `"n${index}":1`).join()}}`,
    'spaces after names': `{"compositeRequest"${' '.repeat(900_000)}:[]}`,
    'spaces after texts': `{"compositeRequest":["a"${' '.repeat(900_000)}]}`,
    escapes: `{"${'\\u0061'.repeat(150_000)}":1}`,
    backslashes: `{"a":"${'\\\\'.repeat(400_000)}"}`,
  };
  for (const [name, body] of Object.entries(bodies)) {
    let status = 0;
    const cpuMs = await cpuMsOf(async () => {
      ({ status } = await stand.call(token, `${api}/composite`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      }));
    });
    assert.equal(status, 400, name);
    assert.ok(cpuMs < 1500, `${name}: ${Math.round(cpuMs)} ms of CPU`);
  }
});

test('headers made to make a reader slow', async () => {
  for (const header of [
    `sforce-call-options: ${',client= '.repeat(3000)}`,
    `sforce-call-options: client=${' '.repeat(28_000)};`,
    `sforce-query-options: ${' '.repeat(28_000)}x`,
    `content-type: application/json${' '.repeat(28_000)};`,
    `accept-encoding: ${'gzip;q=0,'.repeat(3000)}`,
    `user-agent: ${'a'.repeat(28_000)}`,
  ]) {
    const cpuMs = await cpuMsOf(() =>
      speak(stand.gateway.port, rawGet(token, `${api}/limits`, header, 'connection: close')),
    );
    assert.ok(cpuMs < 1000, `${header.slice(0, 30)}: ${Math.round(cpuMs)} ms of CPU`);
  }
});

test('bodies that never come hold up nobody else’s calls', async () => {
  const head = [`POST ${api}/composite HTTP/1.1`, 'host: a', 'content-type: application/json', 'content-length: 1000'];
  const slow = await holdOpen(stand.gateway.port, 100, `${lines(...head, `authorization: Bearer ${token}`)}{`);
  assert.equal((await stand.call(token, `${api}/limits`)).status, 200);
  const other = await stand.signIn(await stand.register('drift-chat', policy, { app: 1 }));
  assert.equal((await stand.call(other, `${api}/limits`)).status, 200);
  slow.close();
});

test('one caller’s silent connections leave room for others', async () => {
  const held = await holdOpen(stand.gateway.port, 320, '', '127.0.0.2');
  await setTimeout(200);
  const [status] = (await speak(stand.gateway.port, rawGet(token, `${api}/limits`, 'connection: close'), 1500))
    .statuses;
  held.close();
  await setTimeout(200);
  assert.equal(status, 200);
});

test('a flood of calls in one pipeline runs no more at once than it may', async () => {
  const heard = await speak(stand.gateway.port, rawGet(token, `${api}/limits`).repeat(500), 5000);
  assert.ok(
    heard.statuses.length > 0 && heard.statuses.every((status) => status === 200 || status === 403),
    [...new Set(heard.statuses)].join(),
  );
  assert.equal((await stand.call(token, `${api}/limits`)).status, 200);
});

test('readers that take nothing make the gateway hold little', { timeout: 30_000 }, async () => {
  const page = queryPath('SELECT FirstName, LastName, Email FROM Contact LIMIT 2000');
  assert.equal((await stand.call(token, page)).status, 200);
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const streams = Array.from({ length: 60 }, () => startStream(stand.gateway.port, token, page, { isHalted: true }));
  await until(() => streams.every((stream) => stream.status() !== 0), 20_000);
  const grown = (process.memoryUsage().rss - before) / 2 ** 20;
  for (const stream of streams) stream.close();
  assert.ok(grown < 400, `${Math.round(grown)} MB for 60 pages of 2,000 records`);
});

test('a refused call leaves a short line, however long its query: nobody fills the ledger’s disk with refusals', async () => {
  const columns = Array.from({ length: 6_500 }, (_, index) => `Field${index}__c`).join();
  const answer = await createJob(`SELECT ${columns} FROM Contact`);
  assert.equal(answer.status, 403);
  const others = [
    `SELECT Id FROM ${'A'.repeat(90_000)}`,
    `SELECT ${'A'.repeat(90_000)} FROM Contact`,
    `SELECT Id FROM ${'A.'.repeat(40_000)}B`,
  ];
  for (const soql of [
    ...others,
    `SELECT Id x${'A'.repeat(90_000)} FROM Contact`,
    `SELECT F${'(A'.repeat(40_000)} FROM Contact`,
  ]) {
    const refused = await createJob(soql);
    assert.ok(refused.status >= 400 && refused.text.length < 2000, `${refused.text.length} characters of message`);
  }
  assert.ok(answer.text.length < 2000, `${answer.text.length} characters of message`);
  await setTimeout(1300);
  const directory = join(stand.configuration.dataDirectory, 'log');
  for (const name of await readdir(directory)) {
    const longest = Math.max(...(await readFile(join(directory, name), 'utf8')).split('\n').map((line) => line.length));
    assert.ok(longest < 16_384, `a line of ${longest} characters`);
  }
});

test('names that attackers write make no line, no colour and no field of the log', async () => {
  const agent = 'evil\\u001b[2J {"kind":"notice","level":"critical"}\x9b31m';
  const soql = `SELECT Id FROM Contact WHERE Email = '\\n{"cordonGateway":1,"kind":"notice"}'`;
  const raw = rawGet(token, `${api}/query?q=${encodeURIComponent(soql)}`, `user-agent: ${agent}`, 'connection: close');
  await speak(stand.gateway.port, Buffer.from(raw, 'latin1'));
  await speak(stand.gateway.port, rawGet(token, `${api}/sobjects/${'%1b'}%5b2J/describe`, 'connection: close'));
  await setTimeout(1300);
  const directory = join(stand.configuration.dataDirectory, 'log');
  for (const name of await readdir(directory)) {
    const text = await readFile(join(directory, name), 'utf8');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    assert.doesNotMatch(text, /[\0-\x09\x0b-\x1f\x7f-\x9f]/, 'a control character');
    for (const line of text.trim().split('\n')) {
      const { cordonGateway, kind, integration } = JSON.parse(line) as Record<string, unknown>;
      assert.equal(cordonGateway, 1);
      assert.ok(kind === 'call' || kind === 'notice');
      assert.ok(integration === 'agenda-sync' || integration === 'drift-chat');
    }
  }
});
