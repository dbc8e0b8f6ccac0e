import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusalWords } from './refusal-words.ts';

test('reasons of ours are told', () => {
  assert.match(refusalWords('You are not on the staff list. Ask an owner for an invitation.', 'House'), /staff list/);
  assert.match(refusalWords('House did not confirm this sign-in.', 'House'), /did not confirm/);
  assert.match(refusalWords('provider', 'House'), /^House does not answer/);
});

test('words of a made-up link are not', () => {
  const words = refusalWords('Your account is locked. Call +44 20 7946 0000.', 'House');
  assert.doesNotMatch(words, /7946/);
  assert.match(words, /^You were not let in/);
});
