import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepLatest } from './keep-latest.ts';

test('keeps what is asked for again, forgets what is not, and nothing of great length', () => {
  const made: string[] = [];
  const keep = keepLatest<string>(4);
  const ask = (key: string): string =>
    keep(key, () => {
      made.push(key.slice(0, 3));
      return key;
    });
  for (const key of ['a', 'b', 'a', 'c', 'a', 'd', 'a', 'e', 'a']) assert.equal(ask(key), key);
  assert.deepEqual(made, ['a', 'b', 'c', 'd', 'e']);
  ask('b');
  assert.deepEqual(made.slice(5), ['b']);
  const long = 'x'.repeat(5000);
  ask(long);
  ask(long);
  assert.deepEqual(made.slice(6), ['xxx', 'xxx']);
});
