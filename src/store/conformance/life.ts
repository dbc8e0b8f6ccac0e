import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openStore } from '../open-store.ts';
import { eventOf, freshStore, grantOf, type Harness, openedStore } from './harness.ts';

export function lifeConforms(harness: Harness): void {
  describe('life of a store', () => {
    it('is found again as it was left', async (context) => {
      const place = await harness.place(context);
      const first = await openStore(place);
      assert.ok(first.ok);
      const adding = first.value.events.add([eventOf(1)], grantOf);
      const setting = first.value.settings.set('a', 1);
      await first.value.close();
      await Promise.all([adding, setting]);
      const second = await openedStore(context, place);
      assert.equal(await second.events.total(), 1);
      assert.equal(await second.settings.get('a'), 1);
    });

    it('lets no write fall with another that shares its transaction', async (context) => {
      const { staff, settings, auditLog } = await freshStore(context, harness);
      const person = { id: 'p1', name: 'Zoe', email: 'z@x.example', role: 'owner', createdAt: 1 } as const;
      const entry = { at: 1, by: 'zoe', act: 'sign-in', subject: 'zoe', details: {} };
      const outcomes = await Promise.allSettled([
        settings.set('before', 1),
        staff.addPerson({ ...person, disabledAt: undefined }),
        auditLog.append(entry),
        staff.addPerson({ ...person, id: 'p2', disabledAt: undefined }),
        settings.set('after', 1),
        auditLog.append(entry),
      ]);
      assert.deepEqual(
        outcomes.map((outcome) => outcome.status),
        ['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
      );
      assert.equal(await settings.get('after'), 1);
      assert.deepEqual(await auditLog.verify([]), { ok: true, entries: 2, anchors: 0 });
    });

    it('is refused when a newer program wrote it', async (context) => {
      const place = await harness.place(context);
      const first = await openStore(place);
      assert.ok(first.ok);
      await first.value.close();
      await harness.tamper(place, ["insert into migrations values (5, 'later records', 'x', 1)"]);
      const second = await openStore(place);
      assert.ok(!second.ok && second.failure.kind === 'invalid');
      assert.equal(second.failure.found, 'schema 5 (later records), written by a newer Cordon');
      await harness.tamper(place, ['delete from migrations where number = 5']);
      await openedStore(context, place);
    });

    it('is refused when other migrations wrote it', async (context) => {
      const place = await harness.place(context);
      const first = await openStore(place);
      assert.ok(first.ok);
      await first.value.close();
      await harness.tamper(place, ["update migrations set checksum = 'another' where number = 1"]);
      const second = await openStore(place);
      assert.ok(!second.ok && second.failure.kind === 'invalid');
      assert.match(second.failure.found, /^migration 1 \(first records\) with checksum another/);
    });
  });
}
