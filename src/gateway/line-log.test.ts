import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { GatewayLine } from '#model/gateway-line.ts';
import { openLineLog } from './line-log.ts';

let directory: string;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cordon-lines-'));
});
after(() => rm(directory, { recursive: true, force: true }));

const who = { integration: 'agenda-sync', token: 't1', tier: 'certificate', address: '192.0.2.1' } as const;
const linesIn = async (folder: string): Promise<readonly GatewayLine[]> => {
  const files = (await readdir(folder)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return texts.flatMap((text) => text.trim().split('\n')).map((line) => JSON.parse(line) as GatewayLine);
};

test('lines stand in order in the file of their day, each with its own id', async () => {
  const folder = join(directory, 'days');
  const log = await openLineLog({ directory: folder, run: 'r', onProblem: (error) => assert.fail(error as Error) });
  const late = Date.UTC(2026, 9, 14, 23, 59, 59, 900);
  log.call({ ...who, at: late, operation: 'query', records: 3, bytes: 300, status: 200 });
  log.notice({ ...who, at: late + 50, reason: 'budget', level: 'critical', explanation: 'the budget is reached' });
  log.call({ ...who, at: late + 200, operation: 'query', records: 1, bytes: 100, status: 200 });
  await log.close();
  assert.deepEqual(await readdir(folder).then((names) => names.sort()), [
    'gateway-2026-10-14.ndjson',
    'gateway-2026-10-15.ndjson',
  ]);
  const lines = await linesIn(folder);
  assert.deepEqual(
    lines.map(({ id, kind, at }) => [id, kind, at]),
    [
      ['r-1', 'call', '2026-10-14T23:59:59.900Z'],
      ['r-2', 'notice', '2026-10-14T23:59:59.950Z'],
      ['r-3', 'call', '2026-10-15T00:00:00.100Z'],
    ],
  );
});

test('a notice is on the disk without being asked for', async () => {
  const folder = join(directory, 'notice');
  const log = await openLineLog({
    directory: folder,
    run: 'r',
    onProblem: (error) => assert.fail(error as Error),
    gatherMs: 60_000,
  });
  log.notice({ ...who, at: 0, reason: 'stolen-token', level: 'critical', explanation: 'brought from elsewhere' });
  for (let look = 0; look < 100 && (await readdir(folder)).length === 0; look++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  await log.settle();
  assert.equal((await linesIn(folder)).length, 1);
  await log.close();
});

test('what cannot be written waits, and is told', async () => {
  const folder = join(directory, 'gone');
  const problems: unknown[] = [];
  const log = await openLineLog({ directory: folder, run: 'r', onProblem: (error) => problems.push(error) });
  await rm(folder, { recursive: true });
  log.notice({ ...who, at: 0, reason: 'budget', level: 'critical', explanation: 'the budget is reached' });
  await assert.rejects(log.settle(), /1 lines/);
  assert.equal(problems.length > 0, true);
  await mkdir(folder);
  await log.close();
  assert.equal((await linesIn(folder)).length, 1);
});

test('what a crash left half written spoils no line after it', async () => {
  const folder = join(directory, 'torn');
  await mkdir(folder);
  const file = join(folder, 'gateway-1970-01-01.ndjson');
  await writeFile(file, '{"cordonGateway":1,"ki');
  const log = await openLineLog({ directory: folder, run: 'r', onProblem: (error) => assert.fail(error as Error) });
  log.notice({ ...who, at: 0, reason: 'budget', level: 'critical', explanation: 'the budget is reached' });
  await log.close();
  const [torn, line] = (await readFile(file, 'utf8')).split('\n');
  assert.equal(torn, '{"cordonGateway":1,"ki');
  assert.equal(JSON.parse(line!).id, 'r-1');
});

test('a refused call leaves a short line, and no line holds what a terminal would obey', async () => {
  const folder = join(directory, 'bounds');
  const log = await openLineLog({ directory: folder, run: 'r', onProblem: (error) => assert.fail(error as Error) });
  const fields = Array.from({ length: 5000 }, (_, index) => `Field${index}__c`);
  const call = { ...who, at: 0, operation: 'query', records: 0, bytes: 0, object: 'A'.repeat(9000), fields };
  log.call({ ...call, status: 403, userAgent: 'evil\x9b2J\u202e' });
  log.call({ ...call, object: 'Contact', status: 200 });
  await log.close();
  const [refused, answered] = await linesIn(folder);
  assert.ok(JSON.stringify(refused).length < 2000);
  assert.ok(answered?.kind === 'call' && answered.fields?.length === 5000, 'what left is told in full');
  assert.ok(refused?.kind === 'call' && refused.userAgent === 'evil\x9b2J\u202e');
  const text = await readFile(join(folder, 'gateway-1970-01-01.ndjson'), 'utf8');
  assert.doesNotMatch(text, /[\x7f-\x9f\u202e]/);
});
