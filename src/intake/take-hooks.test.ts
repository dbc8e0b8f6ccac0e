import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { openLife } from '#detection/sources/live-conformance-for-tests/live-life.ts';
import { scriptedLive } from '#detection/sources/live-conformance-for-tests/scripted-live.ts';
import { lineAt } from '#detection/sources/live-conformance-for-tests/scripted-trial.ts';
import { source } from '#detection/sources/okta-system-log/source.ts';

const directory = mkdtempSync(join(tmpdir(), 'cordon-hooks-'));
after(() => rmSync(directory, { recursive: true, force: true }));

const settings = { url: 'http://127.0.0.1:9', token: 'hush', everySeconds: 5, timeoutSeconds: 1 };
const open = (withinMs: number) =>
  openLife({ directory: join(directory, 'data'), live: scriptedLive, source, settings, withinMs });
const request = (text: string) => ({
  method: 'POST',
  headers: { authorization: 'Bearer hush' },
  body: Buffer.from(text),
});

test('what was answered with 200 outlives its own life, also while it waits for its turn', async () => {
  const first = await open(60_000);
  const reply = await first.hooks.answer(source.name, request(`${lineAt(Date.now(), 'kept')}\n`));
  assert.equal(reply!.status, 200);
  assert.equal((await first.store.hooks.waiting()).length, 1);
  await first.close();
  assert.deepEqual(first.observed, []);

  const second = await open(20);
  for (let tries = 0; tries < 200 && (await second.store.hooks.waiting()).length > 0; tries += 1) await wait(10);
  assert.deepEqual(second.observed.length, 1);
  assert.equal(await second.store.events.total(), 1);
  assert.deepEqual(await second.store.hooks.waiting(), []);
  await second.close();
});

test('what cannot be kept is to be sent again', async () => {
  const life = await open(20);
  await life.close();
  const reply = await life.hooks.answer(source.name, request(`${lineAt(Date.now(), 'late')}\n`));
  assert.equal(reply!.status, 503);
});
