import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReleaseView } from '#model/gateway-wire.ts';
import { answersCsv } from './answers-csv.ts';
import { holdersOf } from './holders.ts';

const release = (more: Partial<ReleaseView>): ReleaseView => ({
  id: 1,
  at: 0,
  integration: 'chat',
  token: 'token-a',
  tier: 'unbound',
  address: '203.0.113.7',
  operation: 'query',
  object: 'Contact',
  fields: ['Id', 'Email'],
  records: 1,
  end: 'complete',
  ...more,
});

test('who holds what, the most records first', () => {
  const releases = [
    release({ at: 5 }),
    release({ token: 'token-b', records: 9, at: 2 }),
    release({ at: 3, records: 2 }),
  ];
  assert.deepEqual(holdersOf(releases, 'token'), [
    { name: 'token-b', records: 9, answers: 1, lastAt: 2 },
    { name: 'token-a', records: 3, answers: 2, lastAt: 5 },
  ]);
  assert.deepEqual(holdersOf(releases, 'integration'), [{ name: 'chat', records: 12, answers: 3, lastAt: 5 }]);
});

test('a spreadsheet runs nothing that an attacker wrote into a query', () => {
  const [, line] = answersCsv([release({ query: '=HYPERLINK("x")', at: Date.UTC(2026, 10, 23) })]).split('\r\n');
  assert.equal(
    line,
    `2026-11-23T00:00:00.000Z,chat,token-a,unbound,203.0.113.7,query,Contact,Id Email,1,complete,"'=HYPERLINK(""x"")"`,
  );
});
