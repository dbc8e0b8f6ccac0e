import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { GatewayLine } from '#model/gateway-line.ts';
import { describeFailure } from '#model/result.ts';
import type { DeskParts } from './desk-parts.ts';
import { learnFrom } from './learn-from-records.ts';

const noon = Date.parse('2026-11-23T12:00:00Z');
const directories: string[] = [];
after(() => Promise.all(directories.map((directory) => rm(directory, { recursive: true }))));

const head = (minutes: number, integration: string) => ({
  cordonGateway: 1 as const,
  id: `run-${minutes}`,
  at: new Date(noon + minutes * 60_000).toISOString(),
  integration,
  token: 'token-1',
  tier: 'certificate' as const,
  address: '203.0.113.7',
});
const call = (minutes: number, more: object, integration = 'agenda-sync'): GatewayLine =>
  ({ ...head(minutes, integration), kind: 'call', records: 0, bytes: 9, status: 200, ...more }) as GatewayLine;

/** The desk over a log of these lines and an empty ledger. */
async function deskOver(lines: readonly GatewayLine[], tail = ''): Promise<DeskParts> {
  const logDirectory = await mkdtemp(join(tmpdir(), 'cordon-learn-'));
  directories.push(logDirectory);
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  await writeFile(join(logDirectory, 'gateway-2026-11-23.ndjson'), text + tail);
  const ledger = { spendings: async function* () {} };
  const broker = { list: () => [{ name: 'agenda-sync' }] };
  return { ledger, broker, logDirectory } as unknown as DeskParts;
}

const learn = (desk: DeskParts, integration = 'agenda-sync') =>
  learnFrom(desk, integration, noon - 1, noon + 86_400_000);

test('what releases no record is learned from the log: describes, counts, and questions that found nothing', async () => {
  const desk = await deskOver(
    [
      call(0, { operation: 'describe', object: 'Contact' }),
      call(1, { operation: 'query', object: 'Contact', fields: [] }),
      call(2, { operation: 'query', object: 'Contact', fields: ['LastName'] }),
      call(3, { operation: 'query', object: 'Lead', fields: ['Email'], status: 403, outcome: 'denied-object' }),
      call(4, { operation: 'query', object: 'Case', fields: ['Subject'] }, 'another'),
    ],
    '{"cordonGateway":1,"ki',
  );
  const learned = await learn(desk);
  assert.ok(learned.ok);
  const { calls, wouldRefuse, yaml } = learned.value;
  assert.deepEqual([calls, wouldRefuse], [3, 0]);
  assert.match(yaml, /operations:\n {2}- describe\n {2}- count\n {2}- query\n/);
  assert.match(yaml, /Contact:\n {4}customer: Id\n {4}fields:\n {6}- LastName\n/);
  assert.match(yaml, /counts per hour/);
  assert.doesNotMatch(yaml, /Lead|Case/);
});

test('what stands near a suspicious notice is left out, after a restart too; a denial is not suspicious', async () => {
  const notice = (minutes: number, reason: string): GatewayLine =>
    ({ ...head(minutes, 'agenda-sync'), kind: 'notice', reason, level: 'high', explanation: 'told' }) as GatewayLine;
  const near = [call(0, { operation: 'describe', object: 'Contact' }), notice(20, 'budget')];
  const alone = await learn(await deskOver(near));
  assert.ok(!alone.ok);
  assert.match(describeFailure(alone.failure), /all 1 call of agenda-sync stand within half an hour/);
  const desk = await deskOver([
    ...near,
    notice(40, 'budget'),
    notice(300, 'denied'),
    call(301, { operation: 'describe' }),
  ]);
  const learned = await learn(desk);
  assert.ok(learned.ok);
  assert.deepEqual([learned.value.calls, learned.value.leftOut.length], [1, 1]);
  assert.deepEqual(learned.value.leftOut[0], { from: noon - 600_000, to: noon + 70 * 60_000, why: 'told' });
});

test('an integration that nobody registered is not there; one that never called has nothing to learn from', async () => {
  const desk = await deskOver([]);
  const [nobody, silent] = [await learn(desk, 'nobody'), await learn(desk)];
  assert.ok(!nobody.ok && !silent.ok);
  assert.match(describeFailure(nobody.failure), /an integration nobody is not there/);
  assert.match(describeFailure(silent.failure), /no call of agenda-sync was answered since 23 Nov 2026/);
});
