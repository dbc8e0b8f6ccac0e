import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const script = new URL('../../scripts/bootstrap.mjs', import.meta.url);
const made: string[] = [];
after(() => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true });
});

/** A checkout without packages, so that `npm ci` is real and takes a second. */
function checkout(): string {
  const directory = mkdtempSync(join(tmpdir(), 'cordon-checkout-'));
  made.push(directory);
  mkdirSync(join(directory, 'scripts'));
  cpSync(script, join(directory, 'scripts', 'bootstrap.mjs'));
  for (const home of [directory, clientsOf(directory)]) {
    mkdirSync(home, { recursive: true });
    const name = { name: 'empty', version: '1.0.0' };
    writeFileSync(join(home, 'package.json'), JSON.stringify(name));
    writeFileSync(
      join(home, 'package-lock.json'),
      JSON.stringify({ ...name, lockfileVersion: 3, requires: true, packages: { '': name } }),
    );
  }
  return directory;
}

function bootstrap(
  directory: string,
  ...options: readonly string[]
): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn(process.execPath, [join(directory, 'scripts', 'bootstrap.mjs'), ...options], {
    env: { ...process.env, npm_execpath: '' },
  });
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  child.stdout.resume();
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, said })));
}

const clientsOf = (directory: string) => join(directory, 'test', 'clients', 'visits');
const stampOf = (directory: string) => join(directory, 'node_modules', '.cordon-packages');

test('a fresh checkout is set up once; the second start does nothing', async () => {
  const directory = checkout();
  const first = await bootstrap(directory);
  assert.equal(first.code, 0, first.said);
  assert.match(first.said, /Installing packages/);
  assert.deepEqual(await bootstrap(directory), { code: 0, said: '' });
});

test('a changed lockfile is installed again', async () => {
  const directory = checkout();
  await bootstrap(directory);
  const lockfile = join(directory, 'package-lock.json');
  writeFileSync(lockfile, `${readFileSync(lockfile, 'utf8')}\n`);
  assert.match((await bootstrap(directory)).said, /Installing packages/);
});

test('two at once: one installs, the other waits for it', async () => {
  const directory = checkout();
  const both = await Promise.all([bootstrap(directory), bootstrap(directory), bootstrap(directory)]);
  assert.deepEqual(
    both.map(({ code }) => code),
    [0, 0, 0],
  );
  assert.equal(both.filter(({ said }) => said.includes('Installing packages')).length, 1);
  assert.ok(existsSync(stampOf(directory)));
});

test('an interrupted set-up is taken over: its lock is stale and its stamp missing', async () => {
  const directory = checkout();
  await bootstrap(directory);
  rmSync(stampOf(directory));
  const dead = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => dead.on('close', resolve));
  mkdirSync(join(directory, '.setup-lock'));
  writeFileSync(join(directory, '.setup-lock', 'pid'), String(dead.pid));
  const again = await bootstrap(directory);
  assert.equal(again.code, 0, again.said);
  assert.match(again.said, /Installing packages/);
  assert.ok(!existsSync(join(directory, '.setup-lock')));
});

test('a lock whose owner died before writing its id is taken over too', async () => {
  const directory = checkout();
  mkdirSync(join(directory, '.setup-lock'));
  assert.equal((await bootstrap(directory)).code, 0);
  assert.ok(existsSync(stampOf(directory)));
});

test('the clients of the acceptance tests are set up only when they are asked for, once', async () => {
  const directory = checkout();
  await bootstrap(directory);
  assert.ok(!existsSync(stampOf(clientsOf(directory))));
  const asked = await bootstrap(directory, '--clients');
  assert.match(asked.said, /^Installing the CRM clients/);
  assert.ok(existsSync(stampOf(clientsOf(directory))));
  assert.deepEqual(await bootstrap(directory, '--clients'), { code: 0, said: '' });
});

test('clients that cannot be installed stop nothing and do not look installed', async () => {
  const directory = checkout();
  await bootstrap(directory, '--clients');
  writeFileSync(join(clientsOf(directory), 'package-lock.json'), 'no lockfile');
  const { code, said } = await bootstrap(directory, '--clients');
  assert.equal(code, 0);
  assert.match(said, /the tests that need them will be skipped/);
  assert.ok(!existsSync(stampOf(clientsOf(directory))));
});
