import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import fc from 'fast-check';
import { type Salesforce, startSalesforce } from '#emulators/salesforce/salesforce.ts';
import type { LiveStream, Surroundings } from '#model/live-source.ts';
import { openSalesforce } from './ask-salesforce.ts';
import { followRows, type RowLog } from './follow-rows.ts';
import { signInToSalesforce } from './salesforce-sign-in.ts';
import { objectOf } from './salesforce-trial-for-tests/crm-trial.ts';
import { type Reading, travel } from './salesforce-trial-for-tests/virtual-time.ts';

const [minuteMs, hourMs] = [60_000, 3_600_000];
const begin = Date.UTC(2026, 10, 23, 10);

const logins: RowLog = {
  object: 'LoginHistory',
  timeField: 'LoginTime',
  needs: '"Manage Users"',
  order: 'ASC',
  stepMs: 24 * hourMs,
  overlapMs: 15 * minuteMs,
  keptMs: 180 * 24 * hourMs,
  pollMs: 5 * minuteMs,
  pageRecords: 200,
};

let crm: Salesforce;
before(async () => {
  crm = await startSalesforce({ behaviour: { compresses: false } });
});
afterEach(() => {
  crm.control.clearFaults();
  for (const name of ['LoginHistory', 'ApiEvent']) crm.logs.prune(objectOf(name), () => true);
});
after(() => crm.close());

const open =
  (log: RowLog) =>
  (surroundings: Surroundings): LiveStream => {
    const { clientId, clientSecret } = crm.apps[0]!;
    const grant = { grant: 'client_credentials', clientId, clientSecret } as const;
    const signIn = signInToSalesforce({ instanceUrl: crm.url, signIn: grant }, surroundings);
    const api = openSalesforce({ instanceUrl: crm.url, signIn, silenceMs: 5000 }, surroundings);
    return followRows(log, api, 'test', surroundings);
  };

const putLogins = (rows: readonly { readonly id: string; readonly time: number }[]): void =>
  crm.logs.putRecords(
    objectOf('LoginHistory'),
    rows.map(({ id, time }) => ({ Id: id, LoginTime: new Date(time).toISOString(), Status: 'Success' })),
  );

const recordsOf = (readings: readonly Reading[]): Record<string, unknown>[] =>
  readings.flatMap(({ text }) =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>),
  );
const idsOf = (readings: readonly Reading[]): readonly unknown[] => [
  ...new Set(recordsOf(readings).map(({ Id }) => Id)),
];

test('whatever the order and lateness in which rows become visible, every row is read', async () => {
  const row = fc.record({
    afterBegin: fc.integer({ min: 0, max: 2 * hourMs }),
    // Later than a look goes back when it settles, rows are lost by definition: the farthest goes back four hours.
    lateBy: fc.integer({ min: 0, max: 3.9 * hourMs }),
  });
  const history = fc.record({
    rows: fc.array(row, { minLength: 1, maxLength: 30 }),
    closesAt: fc.uniqueArray(fc.nat({ max: 60 }), { maxLength: 4 }),
  });
  const property = fc.asyncProperty(history, async ({ rows, closesAt }) => {
    crm.logs.prune(objectOf('LoginHistory'), () => true);
    let waiting = rows.map(({ afterBegin, lateBy }, index) => ({
      id: `0Ya${String(index).padStart(12, '0')}`,
      time: begin + Math.floor(afterBegin / 1000) * 1000,
      visibleAt: begin + afterBegin + lateBy,
    }));
    const ids = waiting.map(({ id }) => id);
    const pass = (now: number): void => {
      putLogins(waiting.filter(({ visibleAt }) => visibleAt <= now));
      waiting = waiting.filter(({ visibleAt }) => visibleAt > now);
    };
    const told = await travel(open(logins), {
      begin,
      end: begin + 8 * hourMs,
      pass,
      closes: (step) => closesAt.includes(step),
    });
    assert.deepEqual(idsOf(told.readings).toSorted(), ids.toSorted());
    assert.deepEqual([told.gaps, told.failures], [[], []]);
  });
  await fc.assert(property, { numRuns: 12 });
});

test('pages of one query are all read, and once more where its locator runs out', async () => {
  putLogins(Array.from({ length: 450 }, (_, at) => ({ id: `l${at}`, time: begin + at * 1000 })));
  let expires = true;
  const told = await travel(open(logins), {
    begin: begin + hourMs,
    since: begin,
    end: begin + hourMs + minuteMs,
    closes: () => {
      if (expires) crm.control.expireLocators();
      expires = false;
      return false;
    },
  });
  assert.equal(idsOf(told.readings).length, 450);
  assert.deepEqual(
    told.failures.map(({ kind }) => kind),
    ['broken'],
  );
});

test('a big object is asked as it allows, newest first, with every field that it has', async () => {
  const events = [3, 1, 2].map((minute) => ({
    EventDate: new Date(begin + minute * minuteMs).toISOString(),
    EventIdentifier: `e${minute}`,
    Query: 'SELECT Id FROM Contact',
  }));
  crm.logs.putRecords(objectOf('ApiEvent'), events);
  const stored: RowLog = { ...logins, object: 'ApiEvent', timeField: 'EventDate', order: 'DESC', stepMs: hourMs };
  const told = await travel(open(stored), { begin: begin + hourMs, since: begin, end: begin + hourMs + minuteMs });
  const records = recordsOf(told.readings);
  assert.deepEqual(
    records.map(({ EventIdentifier }) => EventIdentifier),
    ['e3', 'e2', 'e1'],
  );
  assert.equal(records[0]?.['Query'], 'SELECT Id FROM Contact');
  assert.deepEqual(records[0]?.['attributes'], {
    type: 'ApiEvent',
    url: '/services/data/v66.0/sobjects/ApiEvent/000000000000000AAA',
  });
  assert.deepEqual(told.failures, []);
});

test('who may not see an object is told which right is missing', async () => {
  const log: RowLog = { ...logins, object: 'NoEventLog', needs: '"View Event Log Object Data"' };
  const told = await travel(open(log), { begin, since: begin - hourMs, end: begin + 500 });
  assert.deepEqual(told.failures[0], {
    kind: 'refused',
    by: 'Salesforce',
    why: 'NOT_FOUND; the user that Cordon signs in as needs "View Event Log Object Data"',
  });
});

test('a spent budget is waited for and shown, and no reason to sign in again', async () => {
  putLogins([{ id: 'l1', time: begin }]);
  const fault = {
    kind: 'refuse',
    status: 403,
    errorCode: 'REQUEST_LIMIT_EXCEEDED',
    message: '"errorCode":"X"',
  } as const;
  crm.control.inject({ path: /\/query/, fault });
  crm.control.clearRequests();
  const told = await travel(open(logins), { begin: begin + 1000, since: begin, end: begin + 6 * minuteMs });
  assert.deepEqual(told.rests, ['the org has used up its API calls']);
  assert.deepEqual(idsOf(told.readings), ['l1']);
  assert.equal(crm.control.requests().filter(({ target }) => target.includes('oauth2')).length, 1);
});

test('an ended session is replaced', async () => {
  putLogins([{ id: 'l1', time: begin }]);
  let ended = false;
  const told = await travel(open(logins), {
    begin: begin + 1000,
    since: begin,
    end: begin + 20 * minuteMs,
    pass: (now) => {
      if (ended || now < begin + 2 * minuteMs) return;
      ended = true;
      crm.control.expireAccess(crm.apps[0]!.clientId);
      putLogins([{ id: 'l2', time: now }]);
    },
  });
  assert.deepEqual(idsOf(told.readings), ['l1', 'l2']);
  assert.deepEqual(told.failures, []);
});

test('a cursor older than what the CRM keeps tells a gap', async () => {
  putLogins([{ id: 'l1', time: begin }]);
  const first = await travel(open(logins), { begin: begin + 1000, since: begin, end: begin + 20 * minuteMs });
  const log = { ...logins, keptMs: 24 * hourMs };
  const later = begin + 72 * hourMs;
  const told = await travel(open(log), { begin: later, end: later + minuteMs, cursor: first.cursor! });
  assert.equal(told.gaps.length, 1);
  assert.ok(told.gaps[0]!.from <= begin + 20 * minuteMs && told.gaps[0]!.to === later - 24 * hourMs);
});

test('asks less often once four fifths of the calls of a day are used up', async () => {
  const scarce = await startSalesforce({ behaviour: { dailyApiRequests: 20 } });
  const full = crm;
  crm = scarce;
  try {
    // 2 questions at once, then 1 each five minutes: 16 after 70 minutes.
    const told = await travel(open(logins), { begin, end: begin + 3 * hourMs });
    const used = scarce.control.requests().filter(({ target }) => target.includes('/services/data')).length;
    assert.ok(used > 16 && used <= 20, `${used} calls`);
    assert.match(told.rests[0]!, /^the org has used \d\d % of its API calls: Cordon asks every 1200 s only/);
  } finally {
    crm = full;
    await scarce.close();
  }
});
