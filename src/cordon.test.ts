import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseConfiguration } from '#configuration.ts';
import { openCordon } from '#cordon.ts';
import { localOperator } from './doors/api/admission.ts';
import {
  makeEvent,
  namingDetection,
  sourceForTests,
  stoppedClock,
  unwrap,
} from './doors/api/server-for-tests/open-server.ts';

let directory: string;
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'cordon-'));
});
after(() => rmSync(directory, { recursive: true }));

const clock = stoppedClock();
const open = async () => {
  const configuration = unwrap(parseConfiguration(`dataDirectory: ${directory}`, join(directory, 'c.yaml'), {}));
  const cordon = unwrap(
    await openCordon(configuration, { clock, sources: [sourceForTests], detection: namingDetection }),
  );
  await cordon.warmed;
  return { cordon, desk: cordon.desk(localOperator) };
};
const at = (minutes: number): number => clock() + minutes * 60_000;

test('the same events again are counted, not observed', async () => {
  const { cordon, desk } = await open();
  const event = () => makeEvent({ key: 'e1', time: at(-2), incident: 'inc-a' });
  assert.deepEqual([(await cordon.feed([event(), event()])).added, (await cordon.feed([event()])).findings], [1, []]);
  const { totals, sources } = await desk.now();
  assert.deepEqual([totals.events, totals.findings], [1, 1]);
  assert.deepEqual([sources[0]?.events, sources[0]?.duplicates], [1, 2]);
  await cordon.close();
});

test('after a restart detection is shown what is stored, and nothing is counted twice', async () => {
  const { cordon, desk } = await open();
  const again = await cordon.feed([makeEvent({ key: 'e1', time: at(-2), incident: 'inc-a' })]);
  assert.equal(again.added, 0);
  await cordon.feed([makeEvent({ key: 'e2', time: at(-1), incident: 'inc-a' })]);
  const incident = unwrap(await desk.incident('inc-a'));
  assert.deepEqual(
    incident.findings.map(({ key }) => key),
    ['finding-e1', 'finding-e2'],
  );
  const { totals, flow } = await desk.now();
  assert.deepEqual([totals.events, totals.findings], [2, 2]);
  assert.equal(
    flow.counts[sourceForTests.name]?.reduce((sum, count) => sum + count),
    2,
    'yesterday is on the chart',
  );
  await cordon.close();
});

test('logs that ended long ago warm detection as well', async () => {
  const own = mkdtempSync(join(tmpdir(), 'cordon-old-'));
  const configuration = unwrap(parseConfiguration(`dataDirectory: ${own}`, join(own, 'c.yaml'), {}));
  const shown: string[] = [];
  const openOld = async () => {
    const detection = async (...given: Parameters<typeof namingDetection>) => {
      const loaded = unwrap(await namingDetection(...given));
      const observe: typeof loaded.detection.observe = (events) => {
        shown.push(...events.map(({ key }) => key));
        return loaded.detection.observe(events);
      };
      return { ok: true as const, value: { ...loaded, detection: { ...loaded.detection, observe } } };
    };
    const cordon = unwrap(await openCordon(configuration, { clock, sources: [sourceForTests], detection }));
    await cordon.warmed;
    return cordon;
  };
  const first = await openOld();
  await first.feed([makeEvent({ key: 'old', time: at(-60 * 24 * 200), incident: 'inc-old' })]);
  await first.close();
  shown.length = 0;
  await (await openOld()).close();
  assert.deepEqual(shown, ['old']);
  rmSync(own, { recursive: true });
});

test('what was found outlives the forgetting of its events', async () => {
  const { cordon } = await open();
  clock.forward(40 * 24 * 3_600_000);
  await cordon.close();
  const later = await open();
  await later.cordon.feed([makeEvent({ key: 'e3', time: at(-1), incident: 'inc-a' })]);
  const incident = unwrap(await later.desk.incident('inc-a'));
  assert.equal(incident.findings.length, 3, 'with two that detection no longer remembers');
  assert.equal(incident.firstAt, incident.findings[0]?.firstAt);
  await later.cordon.close();
});

test('a closed incident with new findings is opened again, by the machine and with its reason', async () => {
  const { cordon, desk } = await open();
  unwrap(await desk.changeState('inc-a', { from: 'open', to: 'closed', reason: 'Was ours' }));
  await cordon.feed([makeEvent({ key: 'e4', time: at(0), incident: 'inc-a' })]);
  const incident = unwrap(await desk.incident('inc-a'));
  assert.equal(incident.state, 'open');
  assert.deepEqual(
    incident.changes.map(({ to, by }) => [to, by]),
    [
      ['closed', 'local-operator'],
      ['open', 'cordon'],
    ],
  );
  await cordon.close();
});

test('a second Cordon on the same directory is refused', async () => {
  const { cordon } = await open();
  const configuration = unwrap(parseConfiguration(`dataDirectory: ${directory}`, join(directory, 'c.yaml'), {}));
  const second = await openCordon(configuration, { clock, sources: [sourceForTests], detection: namingDetection });
  assert.ok(!second.ok && second.failure.kind === 'refused');
  await cordon.close();
});
