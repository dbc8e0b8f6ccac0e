import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Finding, Grant } from '#model/finding.ts';
import type { Incident, StateChange } from '#model/incident.ts';
import { eventOf, freshStore, type Harness, midnight } from './harness.ts';

export function incidentsConform(harness: Harness): void {
  describe('incidents', () => {
    it('gives back what detection wrote, evidence and all', async (context) => {
      const { incidents } = await freshStore(context, harness);
      await incidents.save(incidentOf('inc-1'));
      const stored = await incidents.get('inc-1');
      assert.deepEqual(JSON.parse(JSON.stringify(stored?.incident)), JSON.parse(JSON.stringify(incidentOf('inc-1'))));
      const slots = stored?.incident.findings[0]?.evidence[0]?.slots;
      assert.deepEqual({ ...slots }, { ...eventOf(1).slots });
      assert.equal(await incidents.get('inc-2'), undefined);
    });

    it('is saved again without touching what people did', async (context) => {
      const { incidents } = await freshStore(context, harness);
      await incidents.save(incidentOf('inc-1'));
      assert.equal(await incidents.change('inc-1', stepOf('open', 'contained')), true);
      const note = { id: 'note-1', at: midnight, by: 'mael', text: 'called the vendor' };
      await incidents.note('inc-1', note);
      const restriction = { readers: ['mael'], reason: 'an insider' };
      await incidents.restrict('inc-1', restriction);
      await incidents.save({ ...incidentOf('inc-1'), level: 'critical' });
      await incidents.save({ ...incidentOf('inc-1'), level: 'critical' });
      const stored = await incidents.get('inc-1');
      assert.equal(stored?.incident.level, 'critical');
      assert.deepEqual(stored?.changes, [stepOf('open', 'contained')]);
      assert.deepEqual(stored?.notes, [note]);
      assert.deepEqual(stored?.restriction, restriction);
      await incidents.restrict('inc-1', undefined);
      assert.equal((await incidents.get('inc-1'))?.restriction, undefined);
    });

    it('changes state only from the state it is in, once among many', async (context) => {
      const { incidents } = await freshStore(context, harness);
      await incidents.save(incidentOf('inc-1'));
      assert.equal(await incidents.change('inc-1', stepOf('contained', 'scoped')), false);
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => incidents.change('inc-1', stepOf('open', 'contained'))),
      );
      assert.equal(answers.filter(Boolean).length, 1);
      assert.equal(await incidents.change('inc-1', stepOf('contained', 'open')), true);
      assert.equal(await incidents.change('inc-1', stepOf('open', 'closed')), true);
      assert.deepEqual(
        (await incidents.get('inc-1'))?.changes.map((change) => change.to),
        ['contained', 'open', 'closed'],
      );
      assert.equal(await incidents.change('inc-2', stepOf('open', 'closed')), false);
      await assert.rejects(incidents.change('inc-1', stepOf('closed', 'notified')), /no step from closed to notified/);
    });

    it('lists all, newest first, each with its own', async (context) => {
      const { incidents } = await freshStore(context, harness);
      await incidents.save({ ...incidentOf('inc-1'), openedAt: midnight });
      await incidents.save({ ...incidentOf('inc-2'), openedAt: midnight + 1 });
      await incidents.note('inc-1', { id: 'note-1', at: 2, by: 'mael', text: 'second' });
      await incidents.note('inc-1', { id: 'note-2', at: 1, by: 'mael', text: 'first' });
      const stored = await incidents.list();
      assert.deepEqual(
        stored.map((each) => [each.incident.id, each.notes.map((note) => note.text)]),
        [
          ['inc-2', []],
          ['inc-1', ['first', 'second']],
        ],
      );
      await assert.rejects(incidents.note('inc-3', { id: 'note-3', at: 1, by: 'mael', text: 'about nothing' }));
    });
  });

  describe('rules', () => {
    it('counts each finding once and keeps the switch', async (context) => {
      const { rules } = await freshStore(context, harness);
      await rules.fired(findingOf('f1', midnight));
      await rules.fired(findingOf('f2', midnight + 5));
      await rules.fired(findingOf('f2', midnight + 5));
      await rules.setEnabled('wide-fields', false);
      assert.deepEqual(await rules.list(), [
        { name: 'first-bulk-query', enabled: true, firedCount: 2, lastFiredAt: midnight + 5 },
        { name: 'wide-fields', enabled: false, firedCount: 0, lastFiredAt: undefined },
      ]);
      await rules.setEnabled('wide-fields', true);
      assert.equal((await rules.list())[1]?.enabled, true);
    });
  });

  describe('settings', () => {
    it('keeps any JSON by key', async (context) => {
      const { settings } = await freshStore(context, harness);
      assert.equal(await settings.get('places'), undefined);
      await settings.set('places', { okta: [1, null, 'é'] });
      await settings.set('places', { okta: [2, null, 'é'] });
      await settings.set('nothing', null);
      assert.deepEqual(await settings.get('places'), { okta: [2, null, 'é'] });
      assert.equal(await settings.get('nothing'), null);
      await settings.set('places', undefined);
      assert.equal(await settings.get('places'), undefined);
    });
  });
}

const stepOf = (from: StateChange['from'], to: StateChange['to']): StateChange => ({
  at: midnight,
  from,
  to,
  by: 'mael',
  reason: `${from} to ${to}`,
});

const grant: Grant = { key: 'app@user', appUid: 'app', appName: undefined, userUid: 'user', userName: undefined };

function findingOf(key: string, raisedAt: number): Finding {
  const { native, ...evidence } = eventOf(1);
  return {
    key,
    rule: { name: 'first-bulk-query', id: '1', title: 'First bulk query', techniques: ['T1528'] },
    level: 'high',
    grant,
    otherGrants: [],
    firstAt: midnight,
    lastAt: midnight,
    raisedAt,
    evidence: [evidence],
    evidenceCount: 1,
    explanation: 'It never did this before.',
    advice: 'Revoke the grant.',
    history: 'known',
  };
}

const incidentOf = (id: string): Incident => ({
  id,
  title: 'Drift reads all contacts',
  state: 'open',
  level: 'high',
  firstAt: midnight,
  lastAt: midnight,
  openedAt: midnight,
  openedByEventAt: midnight,
  grants: [grant],
  techniques: ['T1528'],
  rows: { atLeast: 12, atMost: undefined },
  findings: [findingOf('f1', midnight)],
  summary: 'A grant reads what it never read.',
  advice: ['Revoke the grant.'],
});
