import assert from 'node:assert/strict';
import { test } from 'node:test';
import { links } from './links.ts';

test('ids that attackers or vendors chose stay one part of the address', () => {
  assert.equal(links.event('okta:a/b?c#d'), '/events/okta%3Aa%2Fb%3Fc%23d');
});

test('a search keeps what was asked and nothing else', () => {
  assert.equal(links.events({ actor: 'a&b', text: '', from: undefined }), '/events?actor=a%26b');
  assert.equal(links.incidents(), '/incidents');
});
