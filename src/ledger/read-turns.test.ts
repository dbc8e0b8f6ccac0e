import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ReadTurns } from './read-turns.ts';

test('readers read together, who works alone waits for them, and who comes meanwhile waits for that', async () => {
  const turns = new ReadTurns();
  const done: string[] = [];
  const [first, second] = [await turns.enter(), await turns.enter()];
  const dropped = turns.alone(async () => {
    done.push('drop begins');
    await setImmediate();
    done.push('drop ends');
  });
  const late = turns.read(async () => done.push('late reader'));
  await setImmediate();
  first();
  await setImmediate();
  assert.deepEqual(done, [], 'one reads still');
  second();
  await Promise.all([dropped, late]);
  assert.deepEqual(done, ['drop begins', 'drop ends', 'late reader']);
});

test('what fails ends its turn', async () => {
  const turns = new ReadTurns();
  await assert.rejects(turns.read(async () => Promise.reject(new Error('read'))));
  await assert.rejects(turns.alone(async () => Promise.reject(new Error('drop'))));
  assert.equal(await turns.alone(async () => 'again'), 'again');
  assert.equal(await turns.read(async () => 'and again'), 'and again');
});
