import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Store } from '#model/records.ts';
import type { Person } from '#model/staff.ts';
import { freshStore, type Harness, midnight } from './harness.ts';

export function staffConforms(harness: Harness): void {
  describe('staff', () => {
    it('keeps people, found by id and by e-mail in any case', async (context) => {
      const { staff } = await freshStore(context, harness);
      await staff.addPerson(anouk);
      assert.deepEqual(await staff.person('p1'), anouk);
      assert.deepEqual(await staff.personByEmail('Anouk@Maison.example'), anouk);
      assert.equal(await staff.person('p2'), undefined);
      await assert.rejects(staff.addPerson({ ...anouk, id: 'p2', email: 'ANOUK@maison.example' }));
      await staff.setRole('p1', 'auditor');
      await staff.disable('p1', midnight + 9);
      assert.deepEqual(await staff.people(), [{ ...anouk, role: 'auditor', disabledAt: midnight + 9 }]);
    });

    it('keeps passkeys byte for byte', async (context) => {
      const staff = await withAnouk(context, harness);
      const passkey = {
        id: 'AQID',
        personId: 'p1',
        publicKey: Uint8Array.from({ length: 256 }, (_, byte) => byte),
        counter: 4_294_967_295,
        transports: ['internal', 'hybrid'],
        name: 'laptop',
        createdAt: midnight,
        lastUsedAt: undefined,
      };
      await staff.addPasskey(passkey);
      assert.deepEqual(await staff.passkey('AQID'), passkey);
      await staff.usedPasskey('AQID', 7, midnight + 1);
      assert.deepEqual(await staff.passkeys('p1'), [{ ...passkey, counter: 7, lastUsedAt: midnight + 1 }]);
      assert.equal(await staff.passkey('none'), undefined);
      await assert.rejects(staff.addPasskey({ ...passkey, id: 'BBBB', personId: 'nobody' }));
    });

    it('keeps one password per person', async (context) => {
      const staff = await withAnouk(context, harness);
      assert.equal(await staff.password('p1'), undefined);
      await staff.setPassword('p1', { hash: 'one', totpSecret: 's', lastTotpStep: 1 });
      await staff.setPassword('p1', { hash: 'two', totpSecret: 's', lastTotpStep: 2 });
      assert.deepEqual(await staff.password('p1'), { hash: 'two', totpSecret: 's', lastTotpStep: 2 });
    });

    it('ends sessions one by one, all of a person, with the person, and when they expired', async (context) => {
      const staff = await withAnouk(context, harness);
      const start = async (id: string, createdAt = midnight) =>
        staff.addSession({ id, personId: 'p1', csrf: `c-${id}`, createdAt, expiresAt: createdAt + 10, way: 'passkey' });
      const open = async () =>
        (await Promise.all(['a', 'b', 'c'].map((id) => staff.session(id)))).map((session) => session !== undefined);
      for (const id of ['a', 'b', 'c']) await start(id);
      assert.deepEqual(await staff.session('a'), {
        personId: 'p1',
        csrf: 'c-a',
        createdAt: midnight,
        expiresAt: midnight + 10,
        way: 'passkey',
      });
      await staff.endSession('a');
      assert.deepEqual(await open(), [false, true, true]);
      await staff.endSessionsOf('p1');
      assert.deepEqual(await open(), [false, false, false]);
      await start('a');
      await start('b', midnight + 10);
      assert.deepEqual(await open(), [false, true, false]);
      await staff.disable('p1', midnight + 11);
      assert.deepEqual(await open(), [false, false, false]);
    });

    it('finds tokens by hash and lets only their owner end them', async (context) => {
      const staff = await withAnouk(context, harness);
      const token = {
        id: 't1',
        name: 'SIEM',
        scopes: ['read'] as const,
        createdAt: midnight,
        expiresAt: midnight + 10,
      };
      await staff.addToken({ ...token, hash: 'h1', personId: 'p1' });
      await staff.usedToken('t1', midnight + 5);
      const shown = { ...token, lastUsedAt: midnight + 5 };
      assert.deepEqual(await staff.tokens('p1'), [shown]);
      assert.deepEqual(await staff.tokenByHash('h1'), { ...shown, personId: 'p1' });
      assert.equal(await staff.tokenByHash('t1'), undefined);
      assert.equal(await staff.endToken('t1', 'p2'), false);
      assert.equal(await staff.endToken('t1', 'p1'), true);
      assert.equal(await staff.endToken('t1', 'p1'), false);
    });

    it('lets an invitation be used by exactly one of many', async (context) => {
      const { staff } = await freshStore(context, harness);
      const invitation = { id: 'i1', email: 'zoe@maison.example', role: 'analyst' as const, expiresAt: midnight };
      await staff.addInvitation({ ...invitation, hash: 'h1' });
      assert.deepEqual(await staff.invitation('h1'), invitation);
      assert.deepEqual(await staff.invitations(), [invitation]);
      const answers = await Promise.all(Array.from({ length: 10 }, () => staff.useInvitation('i1')));
      assert.equal(answers.filter(Boolean).length, 1);
      assert.equal(await staff.invitation('h1'), undefined);
      assert.deepEqual(await staff.invitations(), []);
    });

    it('lets exactly one of many join by an invitation, with a way in or not at all', async (context) => {
      const { staff } = await freshStore(context, harness);
      const invitation = { id: 'i1', hash: 'h1', email: '', role: 'owner' as const, expiresAt: midnight };
      await staff.addInvitation(invitation);
      const password = { hash: 'argon2id', totpSecret: 'secret', lastTotpStep: 7 };
      await staff.addPerson(anouk);
      await assert.rejects(staff.join('i1', { ...anouk, id: 'other' }, { password }), 'the e-mail is taken');
      assert.ok(await staff.invitation('h1'), 'and the invitation is still good');
      const claims = ['a', 'b', 'c'].map((id) => ({ ...anouk, id, email: `${id}@maison.example` }));
      const answers = await Promise.all(claims.map((person) => staff.join('i1', person, { password })));
      assert.equal(answers.filter(Boolean).length, 1);
      const joined = claims[answers.indexOf(true)]!;
      assert.deepEqual(await staff.person(joined.id), joined);
      assert.deepEqual(await staff.password(joined.id), password);
      assert.equal((await staff.people()).length, 2);
    });
  });
}

const anouk: Person = {
  id: 'p1',
  name: 'Anouk Bernard',
  email: 'anouk@maison.example',
  role: 'owner',
  createdAt: midnight,
  disabledAt: undefined,
};

async function withAnouk(context: Parameters<typeof freshStore>[0], harness: Harness): Promise<Store['staff']> {
  const { staff } = await freshStore(context, harness);
  await staff.addPerson(anouk);
  return staff;
}
