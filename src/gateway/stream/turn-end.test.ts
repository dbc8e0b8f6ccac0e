import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openTurnEnd } from './turn-end.ts';

test('acts wait for the end of the turn and are done in their order; what they put off waits for the next', async () => {
  const done: string[] = [];
  const atTurnEnd = openTurnEnd();
  atTurnEnd(() => {
    done.push('first');
    atTurnEnd(() => done.push('third'));
  });
  atTurnEnd(() => done.push('second'));
  await Promise.resolve();
  assert.deepEqual(done, []);
  await nextTurn();
  assert.deepEqual(done, ['first', 'second']);
  await nextTurn();
  assert.deepEqual(done, ['first', 'second', 'third']);
});

test('one that throws is a bug, and keeps none of the others from being done', async () => {
  const done: string[] = [];
  const atTurnEnd = openTurnEnd();
  const listeners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  try {
    const caught = once(process, 'uncaughtException');
    atTurnEnd(() => {
      throw new Error('a bug');
    });
    atTurnEnd(() => done.push('the other'));
    const [fault] = (await caught) as [Error];
    assert.equal(fault.message, 'a bug');
    assert.deepEqual(done, ['the other']);
  } finally {
    for (const listener of listeners) process.on('uncaughtException', listener);
  }
});
