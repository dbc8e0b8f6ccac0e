import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Incident } from '#model/incident.ts';
import type { StoredIncident } from '#model/records.ts';
import { chatMessage, createChat, inCode } from './tell-chat.ts';

const incident = (over: Partial<Incident> = {}): Incident => ({
  id: 'inc-00000001',
  title: 'Drift of ann@x.example looked around',
  state: 'open',
  level: 'high',
  firstAt: 0,
  lastAt: 0,
  openedAt: 0,
  openedByEventAt: 0,
  grants: [],
  techniques: [],
  rows: { atLeast: 3, atMost: undefined },
  findings: [],
  summary: '',
  advice: ['Revoke the token.'],
  ...over,
});
const stored = (over: Partial<StoredIncident> = {}): StoredIncident => ({
  incident: incident(),
  changes: [],
  notes: [],
  restriction: undefined,
  ...over,
});

function listening(answer: (turn: number) => number = () => 200) {
  const heard: string[] = [];
  const remembered: (readonly string[])[] = [];
  const failures: string[] = [];
  const parts = {
    targets: [{ webhook: 'https://chat.example/hook', from: 'medium' as const }],
    consoleUrl: 'https://cordon.example',
    told: [],
    remember: async (told: readonly string[]) => void remembered.push(told),
    onFailure: ({ message }: Error) => void failures.push(message),
    post: async (_: string, body: string) => answer(heard.push(body) - 1),
  };
  return { heard, remembered, failures, parts };
}

test('an incident is told once, with its link, across restarts', async () => {
  const { heard, remembered, parts } = listening();
  const chat = createChat(parts);
  await chat.tell([stored()]);
  await chat.tell([stored()]);
  assert.equal(heard.length, 1);
  assert.match(
    JSON.parse(heard[0] ?? '').text,
    /HIGH `Drift of ann@x\.example looked around`[\s\S]*https:\/\/cordon\.example\/incidents\/inc-00000001/,
  );
  await createChat({ ...parts, told: remembered.at(-1) ?? [] }).tell([stored()]);
  assert.equal(heard.length, 1);
});

test('restricted, closed and lesser incidents are not spoken of', async () => {
  const { heard, parts } = listening();
  await createChat(parts).tell([
    stored({ restriction: { readers: ['ann'], reason: 'an insider' } }),
    stored({ changes: [{ at: 0, from: 'open', to: 'closed', by: 'ann', reason: 'known' }] }),
    stored({ incident: incident({ level: 'low' }) }),
  ]);
  assert.deepEqual(heard, []);
});

test('a refusal is reported and not asked again', async () => {
  const { heard, failures, parts } = listening(() => 404);
  await createChat(parts).tell([stored()]);
  assert.equal(heard.length, 1);
  assert.deepEqual(failures, ['the chat at https://chat.example was not told: it answered 404']);
});

test('an app named like a mention, a link or markup is only text', () => {
  const evil = '<!channel> @here [free](http://evil.example) `*bold*` \u202e<http://evil.example|bank>';
  const message = chatMessage(incident({ title: evil }), undefined);
  assert.ok(!message.includes('<') && !message.includes('>'));
  assert.equal(message.split('\n')[0]?.match(/`/g)?.length, 2);
  assert.ok(message.includes('[U+202E]'));
});

test('whatever the words, they cannot leave the code span', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.doesNotMatch(inCode(text).slice(1, -1), /[`<>\n]/);
    }),
  );
});
