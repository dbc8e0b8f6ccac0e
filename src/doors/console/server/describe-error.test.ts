import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeError } from './describe-error.ts';
import { ServerError } from './request.ts';

test('silence says that nothing is lost and may be tried again', () => {
  const words = describeError(new ServerError(0, { kind: 'unreachable', message: 'x' }));
  assert.match(words.message, /Nothing that was saved is lost/);
  assert.equal(words.retry, true);
});

test('a conflict keeps what the server said and says that nothing was changed', () => {
  const words = describeError(new ServerError(409, { kind: 'conflict', message: 'It is closed already.' }));
  assert.match(words.message, /^It is closed already\. Nothing was changed by you/);
});

test('an invalid field is named', () => {
  const words = describeError(new ServerError(400, { kind: 'invalid', message: 'Too short.', where: 'reason' }));
  assert.equal(words.title, 'Not accepted: reason');
});

test('kinds of tomorrow and faults of ours still become words', () => {
  assert.equal(describeError(new ServerError(500, { kind: 'toString', message: 'Broken.' })).message, 'Broken.');
  assert.match(describeError(new TypeError('x is undefined')).message, /What is stored is untouched.*x is undefined/);
  assert.match(describeError('odd').message, /odd/);
});
