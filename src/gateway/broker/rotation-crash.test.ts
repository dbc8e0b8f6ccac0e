import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openDesk, register } from './broker.fixture.ts';
import type { UpstreamGrant } from './registration.ts';

const script = fileURLToPath(new URL('rotation-crash.fixture.ts', import.meta.url));
const refreshGrant: UpstreamGrant = { kind: 'refresh-token', clientId: 'crm-client', refreshToken: 'R1' };
const spare: UpstreamGrant = { kind: 'client-credentials', clientId: 'spare', clientSecret: 'spare-secret' };

/** Killed at the moment, then started again; what the second start got, and what the register says of the grant. */
async function crash(moment: string, grants: UpstreamGrant[]) {
  const directory = mkdtempSync(join(tmpdir(), 'cordon-rotation-'));
  try {
    const file = join(directory, 'state.db');
    const crm = join(directory, 'crm');
    writeFileSync(crm, '1');
    const registering = new DatabaseSync(file);
    await register(openDesk(registering), { grants });
    registering.close();
    const run = (at: string) => spawnSync(process.execPath, [script, file, crm, at], { encoding: 'utf8' });
    assert.equal(run(moment).signal, 'SIGKILL', `died ${moment}`);
    const { stdout } = run('never');
    const after = new DatabaseSync(file);
    const { broker } = openDesk(after);
    const isLost = broker.list()[0]?.grants[0]?.lost !== undefined;
    const isNamed = broker.acts(0, 100).some(({ act }) => act === 'grant lost');
    const next = run('never').stdout;
    after.close();
    return { got: stdout, isLost, isNamed, next };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test('killed around the CRM’s rotation: what was stored goes on, what was lost is named and the spare serves', async () => {
  const untouched = { isLost: false, isNamed: false };
  const lost = { isLost: true, isNamed: true, got: 'from-spare', next: 'from-spare' };
  const grants = [refreshGrant, spare];
  assert.deepEqual(await crash('before the request', grants), { ...untouched, got: 'A2', next: 'A3' });
  assert.deepEqual(await crash('after the CRM rotated', grants), lost);
  assert.deepEqual(await crash('before it is stored', grants), lost);
  assert.deepEqual(await crash('after it is stored', grants), { ...untouched, got: 'A3', next: 'A4' });
});

test('without a spare the loss is a refusal that says so, not a loop', async () => {
  const { got, isLost, isNamed } = await crash('after the CRM rotated', [refreshGrant]);
  assert.deepEqual({ got, isLost, isNamed }, { got: 'refused', isLost: true, isNamed: true });
});
