import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createHouse } from '#emulators/house/house.ts';
import { livePlay } from '#emulators/house/live-play.ts';
import { appearancesOf } from '#emulators/salesforce/logs/publish-house.ts';
import { type Salesforce, startSalesforce } from '#emulators/salesforce/salesforce.ts';
import type { Event } from '#model/event.ts';
import type { LiveSource, LiveStream, Surroundings } from '#model/live-source.ts';
import type { Source } from '#model/source.ts';
import { openSalesforce } from './ask-salesforce.ts';
import { readRecords } from './read-records.ts';
import { live as files } from './salesforce-event-log-file/live.ts';
import { source as fileSource } from './salesforce-event-log-file/source.ts';
import { live as logins } from './salesforce-login-history/live.ts';
import { source as loginSource } from './salesforce-login-history/source.ts';
import { source as eventSource } from './salesforce-real-time-event/source.ts';
import { storedEventStreams } from './salesforce-real-time-event/stored-events.ts';
import { live as changes } from './salesforce-setup-audit-trail/live.ts';
import { source as changeSource } from './salesforce-setup-audit-trail/source.ts';
import { signInToSalesforce } from './salesforce-sign-in.ts';
import { travel } from './salesforce-trial-for-tests/virtual-time.ts';

const hourMs = 3_600_000;
const dayOne = Date.UTC(2026, 9, 12);

type Texts = readonly { readonly name: string; readonly text: string }[];

async function eventsOf(source: Source, texts: Texts): Promise<readonly Event[]> {
  const events: Event[] = [];
  for (const { name, text } of texts)
    for await (const spans of readRecords([Buffer.from(text)], { file: name, sources: [source] }))
      for (const span of spans) {
        assert.notEqual(span.fate, 'quarantined', JSON.stringify(span));
        if (span.fate === 'accepted') events.push(span.event);
      }
  return events;
}

const keysOf = async (source: Source, texts: Texts): Promise<readonly string[]> =>
  [...new Set((await eventsOf(source, texts)).map(({ key }) => key))].toSorted();

const play = livePlay(createHouse({ seed: 1 }), { dayOne, eventsPerDay: 2000 });
// From the morning of the theft on.
const from = Math.floor(play.nextChapterAt(dayOne)! / hourMs) * hourMs;
const to = from + 24 * hourMs;
const pieces = play.slice(from, to);

let crm: Salesforce;
before(async () => {
  crm = await startSalesforce({ seed: 1 });
  for (const { put } of appearancesOf(play, from, to)) put(crm.logs);
});
after(() => crm.close());

/** What the files of one name hold, at least so many events, and what the stream brings: the same. */
async function sameEvents(
  source: Source,
  isIts: (name: string) => boolean,
  least: number,
  open: (surroundings: Surroundings) => LiveStream,
): Promise<void> {
  const held = await keysOf(
    source,
    pieces.filter(({ name }) => isIts(name)),
  );
  assert.ok(held.length >= least, `${held.length} events`);
  const begin = to + hourMs;
  const { readings, gaps, failures } = await travel(open, { begin, since: from, end: begin + 600_000 });
  assert.deepEqual([gaps, failures], [[], []]);
  assert.deepEqual(await keysOf(source, readings), held);
}

function settingsOf() {
  const { clientId, clientSecret } = crm.apps[0]!;
  return { instanceUrl: crm.url, signIn: { grant: 'client_credentials', clientId, clientSecret } } as const;
}

const polled =
  (live: LiveSource, more: object = {}) =>
  (surroundings: Surroundings): LiveStream =>
    live.streams(live.settings.parse({ ...settingsOf(), ...more }), surroundings)[0]!;

const isRow = (name: string): boolean => name.endsWith('.csv') && name !== 'SetupAuditTrail.csv';

test('hourly files', () => sameEvents(fileSource, isRow, 1000, polled(files)));
test('daily files', () => sameEvents(fileSource, isRow, 1000, polled(files, { files: 'daily' })));
test('sign-ins', () => sameEvents(loginSource, (name) => name === 'LoginHistory.json', 10, polled(logins)));
test('changes in Setup', () => sameEvents(changeSource, (name) => name === 'SetupAuditTrail.csv', 1, polled(changes)));

for (const [object, file, least] of [
  ['ApiEvent', 'ApiEvent.ndjson', 50],
  ['BulkApiResultEventStore', 'BulkApiResultEvent.ndjson', 1],
  ['LoginEvent', 'LoginEvent.ndjson', 10],
] as const)
  test(`stored ${object}, under the keys of the streamed events`, () =>
    sameEvents(
      eventSource,
      (name) => name === file,
      least,
      (surroundings) => {
        const told = settingsOf();
        const signIn = signInToSalesforce(told, surroundings);
        const api = openSalesforce({ ...told, signIn, silenceMs: 5000 }, surroundings);
        const settings = { ...told, objects: [object], pollSeconds: 900, overlapSeconds: 900 };
        return storedEventStreams(settings, api, surroundings)[0]!;
      },
    ));

test('Event Log Objects tell of the requests that files tell of', async () => {
  const begin = to + hourMs;
  const requestsOf = async (texts: Texts) =>
    (await eventsOf(fileSource, texts))
      .map(({ time, slots }) => `${time} ${slots['metadata.correlation_uid']}`)
      .toSorted();
  const open = polled(files, { files: 'none', objects: ['RestApiEventLog'] });
  const { readings } = await travel(open, { begin, since: from, end: begin + 600_000 });
  const told = await requestsOf(pieces.filter(({ name }) => name === 'RestApi.csv'));
  assert.ok(told.length > 50);
  assert.deepEqual([...new Set(await requestsOf(readings))], told);
});
