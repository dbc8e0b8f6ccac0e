import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeError, describeRefusal } from './describe-error.ts';
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

test('a field is named once', () => {
  const words = describeError(
    new ServerError(400, { kind: 'invalid', message: 'code: found another.', where: 'code' }),
  );
  assert.deepEqual([words.title, words.message], ['Not accepted: code', 'Found another.']);
});

test('at the door a wrong password is not a session that ended', () => {
  const wrong = new ServerError(401, { kind: 'not-signed-in', message: 'They do not belong together.' });
  assert.equal(describeRefusal(wrong).title, 'Not let in');
  assert.match(describeRefusal(wrong).message, /^They do not belong together\./);
  assert.equal(describeError(wrong).title, 'You are signed out');
});

test('kinds of tomorrow and faults of ours still become words', () => {
  assert.equal(describeError(new ServerError(500, { kind: 'toString', message: 'Broken.' })).message, 'Broken.');
  assert.match(describeError(new TypeError('x is undefined')).message, /What is stored is untouched.*x is undefined/);
  assert.match(describeError('odd').message, /odd/);
});
