import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepLatest } from './keep-latest.ts';

test('keeps so many, forgets the first, and nothing of great length', () => {
  const made: string[] = [];
  const keep = keepLatest<string>(2);
  const ask = (key: string): string =>
    keep(key, () => {
      made.push(key.slice(0, 3));
      return key;
    });
  for (const key of ['a', 'b', 'a', 'c', 'b', 'a']) ask(key);
  assert.deepEqual(made, ['a', 'b', 'c', 'a']);
  const long = 'x'.repeat(5000);
  ask(long);
  ask(long);
  assert.deepEqual(made.slice(4), ['xxx', 'xxx']);
});
