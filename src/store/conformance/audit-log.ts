import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import type { AuditLog } from '#model/records.ts';
import { freshStore, type Harness, midnight, openedStore } from './harness.ts';

export function auditLogConforms(harness: Harness): void {
  describe('audit log', () => {
    it('chains entries as written down: SHA-256 over canonical JSON with the hash before', async (context) => {
      const { auditLog } = await freshStore(context, harness);
      assert.equal(await auditLog.head(), undefined);
      const first = await auditLog.append({
        at: midnight,
        by: 'mael',
        act: 'sign-in',
        subject: 'mael',
        details: { way: 'passkey', absent: undefined, address: '203.0.113.9' },
      });
      const content =
        '{"act":"sign-in","at":1783987200000,"by":"mael","details":{"address":"203.0.113.9","way":"passkey"},' +
        `"previous":"${'0'.repeat(64)}","sequence":1,"subject":"mael"}`;
      assert.equal(first.hash, createHash('sha256').update(content).digest('hex'));
      const second = await auditLog.append(act(2));
      assert.deepEqual(await auditLog.list(10, undefined), [second, first]);
      assert.deepEqual(await auditLog.list(10, 2), [first]);
      assert.deepEqual(await auditLog.head(), { sequence: 2, hash: second.hash });
    });

    it('stays one chain when many append at once', async (context) => {
      const { auditLog } = await freshStore(context, harness);
      const entries = await Promise.all(Array.from({ length: 200 }, (_, number) => auditLog.append(act(number))));
      assert.deepEqual(
        entries.map((entry) => entry.sequence),
        Array.from({ length: 200 }, (_, index) => index + 1),
      );
      assert.deepEqual(await auditLog.verify([]), { ok: true, entries: 200, anchors: 0 });
    });

    it('refuses to be changed', async (context) => {
      const place = await harness.place(context);
      const { auditLog } = await openedStore(context, place);
      await auditLog.append(act(1));
      for (const statement of ["update audit_log set by_whom = 'nobody'", 'delete from audit_log']) {
        await assert.rejects(harness.run(place, [statement]), /only ever appended to/);
      }
      assert.deepEqual(await auditLog.verify([]), { ok: true, entries: 1, anchors: 0 });
    });

    for (const [what, statements, sequence] of [
      ['changed', ["update audit_log set by_whom = 'nobody' where sequence = 3"], 3],
      ['changed in its details', [`update audit_log set details = '{"number":99}' where sequence = 3`], 3],
      ['made unreadable', ["update audit_log set details = '{' where sequence = 3"], 3],
      ['removed', ['delete from audit_log where sequence = 3'], 3],
      ['moved', ['update audit_log set sequence = 9 where sequence = 3'], 3],
      ['inserted before the first', [insert(0)], 1],
      ['inserted after the last', [insert(6)], 6],
    ] as const) {
      it(`finds an entry ${what}`, async (context) => {
        const { place, auditLog } = await withEntries(context, harness, 5);
        assert.deepEqual(await auditLog.verify([]), { ok: true, entries: 5, anchors: 0 });
        await harness.tamper(place, statements);
        const verdict = await auditLog.verify([]);
        assert.equal(verdict.ok, false);
        assert.equal('sequence' in verdict && verdict.sequence, sequence);
      });
    }

    it('finds a tail cut off, by an anchor', async (context) => {
      const { place, auditLog } = await withEntries(context, harness, 5);
      const anchor = { ...(await auditLog.head())!, at: midnight };
      assert.deepEqual(await auditLog.verify([anchor]), { ok: true, entries: 5, anchors: 1 });
      await harness.tamper(place, ['delete from audit_log where sequence > 3']);
      assert.deepEqual(await auditLog.verify([]), { ok: true, entries: 3, anchors: 0 });
      assert.deepEqual(await auditLog.verify([anchor]), {
        ok: false,
        sequence: 5,
        found: 'a log that ends at entry 3',
        expected: `${anchor.hash}, anchored 2026-07-14T00:00:00.000Z`,
      });
    });

    it('finds a consistent rewrite of the whole, by an anchor', async (context) => {
      const { place, auditLog } = await withEntries(context, harness, 5);
      const anchors = [{ ...(await auditLog.head())!, at: midnight }];
      const forged = await withEntries(context, harness, 7, 'somebody else');
      const entries = await forged.auditLog.list(10, undefined);
      await harness.tamper(place, [
        'delete from audit_log',
        ...entries.map(
          (entry) => `insert into audit_log values (${entry.sequence}, ${entry.at}, '${entry.by}', '${entry.act}',
            '${entry.subject}', '${JSON.stringify(entry.details)}', '${entry.hash}')`,
        ),
      ]);
      assert.deepEqual(await auditLog.verify([]), { ok: true, entries: 7, anchors: 0 });
      const verdict = await auditLog.verify(anchors);
      assert.equal(verdict.ok, false);
      assert.equal('sequence' in verdict && verdict.sequence, 5);
    });
  });
}

const act = (number: number, by = 'mael'): Parameters<AuditLog['append']>[0] => ({
  at: midnight + number,
  by,
  act: 'note',
  subject: 'inc-1',
  details: { number },
});

function insert(sequence: number): string {
  return `insert into audit_log values (${sequence}, 1, 'nobody', 'note', 'inc-1', '{}', '${'0'.repeat(64)}')`;
}

async function withEntries(context: TestContext, harness: Harness, count: number, by?: string) {
  const place = await harness.place(context);
  const { auditLog } = await openedStore(context, place);
  for (let number = 1; number <= count; number += 1) await auditLog.append(act(number, by));
  return { place, auditLog };
}
