import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import fc from 'fast-check';
import type { LogBook, NewLogFile } from '#emulators/salesforce/logs/log-book.ts';
import { type Salesforce, startSalesforce } from '#emulators/salesforce/salesforce.ts';
import type { Cursor, LiveStream, Surroundings } from '#model/live-source.ts';
import { objectOf } from '../salesforce-trial-for-tests/crm-trial.ts';
import { type Reading, travel } from '../salesforce-trial-for-tests/virtual-time.ts';
import { live } from './live.ts';

const [minuteMs, hourMs] = [60_000, 3_600_000];
const dayMs = 24 * hourMs;
const begin = Date.UTC(2026, 10, 23, 10);

let crm: Salesforce;
const start = async (behaviour: Parameters<typeof startSalesforce>[0] = {}): Promise<void> => {
  crm = await startSalesforce(behaviour);
};
before(() => start({ behaviour: { compresses: false } }));
afterEach(() => {
  crm.control.clearFaults();
  crm.control.clearRequests();
  prune(() => true);
});
after(() => crm.close());

const prune = (isGone: (record: Record<string, unknown>) => boolean): void =>
  crm.logs.prune(objectOf('EventLogFile'), isGone);

const open =
  (settings: object = {}, stream = 'files') =>
  (surroundings: Surroundings): LiveStream => {
    const { clientId, clientSecret } = crm.apps[0]!;
    const signIn = { grant: 'client_credentials', clientId, clientSecret };
    const told = live.settings.parse({ instanceUrl: crm.url, signIn, silenceSeconds: 0.3, ...settings });
    return live.streams(told, surroundings).find(({ name }) => name === stream)!;
  };

const csvOf = (name: string, rows = 3): string =>
  `"EVENT_TYPE","TIMESTAMP","URI"\n${Array.from({ length: rows }, (_, row) => `"RestApi","20261123100102.003","/${name}/${row}\n"\n`).join('')}`;

const put = (file: Partial<NewLogFile> & Pick<NewLogFile, 'csv'>, logs: LogBook = crm.logs): string =>
  logs.putFile({ eventType: 'RestApi', interval: 'Hourly', logDate: begin, createdAt: begin, sequence: 1, ...file });

const textsOf = (readings: readonly Reading[]): readonly string[] => readings.map(({ text }) => text).toSorted();
const downloads = (): number => crm.control.requests().filter(({ target }) => target.endsWith('/LogFile')).length;

test('whatever the order and lateness in which files appear, each is downloaded once, over restarts as well', async () => {
  const file = fc.record({
    afterBegin: fc.integer({ min: 0, max: 3 * hourMs }),
    // Files of one second, and of hours long past.
    lateBy: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 50 * minuteMs })),
    hour: fc.integer({ min: -30, max: 0 }),
  });
  const history = fc.record({
    files: fc.array(file, { minLength: 1, maxLength: 25 }),
    closesAt: fc.uniqueArray(fc.nat({ max: 60 }), { maxLength: 5 }),
  });
  const property = fc.asyncProperty(history, async ({ files, closesAt }) => {
    prune(() => true);
    crm.control.clearRequests();
    let waiting = files.map(({ afterBegin, lateBy, hour }, index) => ({
      csv: csvOf(`f${index}`),
      sequence: index,
      logDate: begin + hour * hourMs,
      createdAt: begin + Math.floor(afterBegin / 60_000) * 60_000,
      visibleAt: begin + afterBegin + lateBy,
    }));
    const texts = waiting.map(({ csv }) => csv);
    const pass = (now: number): void => {
      for (const each of waiting.filter(({ visibleAt }) => visibleAt <= now)) put(each);
      waiting = waiting.filter(({ visibleAt }) => visibleAt > now);
    };
    const told = await travel(open(), {
      begin,
      end: begin + 6 * hourMs,
      pass,
      closes: (step) => closesAt.includes(step),
    });
    assert.deepEqual([told.gaps, told.failures], [[], []]);
    assert.deepEqual([...new Set(textsOf(told.readings))], texts.toSorted());
    // A stream that is closed behind a file's own step has not told yet that it came whole.
    assert.ok(downloads() <= texts.length + closesAt.length, `${downloads()} downloads of ${texts.length} files`);
  });
  await fc.assert(property, { numRuns: 12 });
});

test('a file comes with when it appeared, and its address without secrets', async () => {
  const id = put({ csv: csvOf('one'), createdAt: begin + 4 * hourMs });
  const told = await travel(open(), { begin: begin + 5 * hourMs, since: begin, end: begin + 5 * hourMs + minuteMs });
  assert.deepEqual(told.readings, [
    {
      name: `salesforce-event-log-file: ${crm.url}/EventLogFile/${id} (RestApi)`,
      text: csvOf('one'),
      arrivedAt: begin + 4 * hourMs,
    },
  ]);
  assert.deepEqual(told.rests, ['reads hourly files']);
});

test('hourly and daily files are never mixed; what is read as objects is left out', async () => {
  put({ csv: csvOf('hourly') });
  put({ csv: csvOf('daily'), interval: 'Daily', sequence: 0 });
  put({ csv: csvOf('login'), eventType: 'Login' });
  const journey = { begin: begin + hourMs, since: begin, end: begin + hourMs + minuteMs };
  const read = async (settings: object): Promise<readonly string[]> =>
    textsOf((await travel(open(settings), journey)).readings);
  assert.deepEqual(await read({}), [csvOf('hourly'), csvOf('login')]);
  assert.deepEqual(await read({ files: 'daily' }), [csvOf('daily')]);
  assert.deepEqual(await read({ objects: ['LoginEventLog'] }), [csvOf('hourly')]);
});

test('without the licence for hourly files daily ones are read, and it is said', async () => {
  const full = crm;
  await start({ behaviour: { hourlyLogFiles: false } });
  try {
    put({ csv: csvOf('hourly') });
    put({ csv: csvOf('daily'), interval: 'Daily', sequence: 0 });
    const told = await travel(open(), { begin: begin + hourMs, since: begin, end: begin + hourMs + minuteMs });
    assert.deepEqual(textsOf(told.readings), [csvOf('daily')]);
    assert.deepEqual(told.rests, ['reads daily files, a day late: the org has no licence for hourly ones']);
    assert.deepEqual(told.failures, []);
    const daily = await travel(open({ files: 'daily' }), {
      begin: begin + hourMs,
      since: begin,
      end: begin + hourMs + minuteMs,
    });
    assert.deepEqual(textsOf(daily.readings), [csvOf('daily')]);
  } finally {
    await crm.close();
    crm = full;
  }
});

for (const [what, fault] of [
  ['cut', { kind: 'cut', afterBytes: 70_000 }],
  ['silent in its middle', { kind: 'stall', afterBytes: 70_000 }],
] as const)
  test(`a download that is ${what} gives whole rows only, and is repeated from its beginning`, async () => {
    const csv = csvOf('long', 4000);
    put({ csv });
    crm.control.inject({ path: /LogFile$/, fault });
    const told = await travel(open(), { begin: begin + hourMs, since: begin, end: begin + hourMs + minuteMs });
    const [first, second, ...more] = told.readings.map(({ text }) => text);
    assert.deepEqual(more, []);
    assert.equal(second, csv);
    assert.ok(first !== csv && csv.startsWith(first!) && (first === '' || first!.endsWith('\n"\n')));
    assert.deepEqual(
      told.failures.map(({ kind }) => kind),
      ['broken'],
    );
  });

test('a file that is pruned before its download is a gap of its hour', async () => {
  const id = put({ csv: csvOf('gone'), logDate: begin - hourMs });
  put({ csv: csvOf('kept') });
  const fault = { kind: 'refuse', status: 404, errorCode: 'NOT_FOUND', message: 'gone' } as const;
  crm.control.inject({ path: new RegExp(`${id}/LogFile`), fault });
  const told = await travel(open(), { begin: begin + hourMs, since: begin, end: begin + 20 * minuteMs + hourMs });
  assert.deepEqual(
    told.gaps.map(({ from, to }) => [from, to]),
    [[begin - hourMs, begin]],
  );
  assert.deepEqual(textsOf(told.readings), [csvOf('kept')]);
});

test('files that went while nobody looked are a gap; a silence in which none went is not', async () => {
  put({ csv: csvOf('first') });
  const journey = { begin: begin + minuteMs, since: begin - hourMs, end: begin + 2 * minuteMs };
  const first = await travel(open(), journey);
  const later = begin + 3 * dayMs;
  const again = { begin: later, end: later + minuteMs, cursor: first.cursor! };
  put({ csv: csvOf('second'), createdAt: begin + 3 * hourMs });
  const whole = await travel(open(), again);
  assert.deepEqual([whole.gaps, textsOf(whole.readings)], [[], [csvOf('second')]]);
  prune(() => true);
  put({ csv: csvOf('third'), createdAt: later - hourMs });
  const told = await travel(open(), again);
  assert.deepEqual(textsOf(told.readings), [csvOf('third')]);
  assert.deepEqual(
    told.gaps.map(({ to }) => to),
    [later - hourMs],
  );
  assert.ok(told.gaps[0]!.from < begin, 'late files tell of hours before');
  const after = await travel(open(), { begin: later + hourMs, end: later + 2 * hourMs, cursor: told.cursor! });
  assert.deepEqual(after.gaps, [], 'it is told once');
});

test('a newest file that is gone is one gap, however often it is looked for', async () => {
  put({ csv: csvOf('first') });
  const told = await travel(open(), {
    begin: begin + minuteMs,
    since: begin - hourMs,
    end: begin + 3 * hourMs,
    pass: (now) => {
      if (now > begin + 10 * minuteMs) prune(() => true);
    },
  });
  assert.equal(told.gaps.length, 1);
});

test('where hourly files end daily ones go on from there, and back, without a gap', async () => {
  put({ csv: csvOf('hourly'), createdAt: begin });
  const day = (days: number): number => begin + days * dayMs - 4 * hourMs;
  const daily = (days: number): string =>
    put({ csv: csvOf(`daily ${days}`), interval: 'Daily', sequence: 0, logDate: day(days - 1), createdAt: day(days) });
  const times = [
    { from: begin + minuteMs, put: () => undefined, read: ['hourly'] },
    // Hourly files stop; the old one is shown for long.
    { from: day(1) + minuteMs, put: () => daily(1), read: [] },
    { from: day(2) + minuteMs, put: () => daily(2), read: ['daily 1', 'daily 2'] },
    { from: day(3), put: () => put({ csv: csvOf('again'), createdAt: day(3) }), read: ['again'] },
  ];
  let cursor: Cursor | undefined;
  for (const time of times) {
    time.put();
    const journey = { begin: time.from, end: time.from + 10 * minuteMs, since: begin - hourMs };
    const told = await travel(open(), { ...journey, ...(cursor !== undefined && { cursor }) });
    assert.deepEqual([told.gaps, textsOf(told.readings)], [[], time.read.map((name) => csvOf(name))], `${time.read}`);
    cursor = told.cursor!;
  }
});

test('a type that is from now on read as objects is no gap', async () => {
  put({ csv: csvOf('login'), eventType: 'Login' });
  const begun = await travel(open(), { begin: begin + minuteMs, since: begin - hourMs, end: begin + 2 * minuteMs });
  const settings = { objects: ['LoginEventLog'] };
  const told = await travel(open(settings), { begin: begin + hourMs, end: begin + 2 * hourMs, cursor: begun.cursor! });
  assert.deepEqual(told.gaps, []);
});

test('a clock that ran ahead and was set right passes no file over', async () => {
  const ahead = await travel(open(), { begin: begin + 5 * hourMs, end: begin + 6 * hourMs });
  put({ csv: csvOf('new'), createdAt: begin + 30 * minuteMs });
  const told = await travel(open(), { begin: begin + hourMs, end: begin + 2 * hourMs, cursor: ahead.cursor! });
  assert.deepEqual([told.gaps, textsOf(told.readings)], [[], [csvOf('new')]]);
});

test('who may not see the files is told which right is missing', async () => {
  const full = crm;
  await start({ behaviour: { eventLogFiles: false } });
  try {
    const told = await travel(open(), { begin, end: begin + 500 });
    assert.deepEqual(told.failures[0], {
      kind: 'refused',
      by: 'Salesforce',
      why: 'INVALID_TYPE; the user that Cordon signs in as needs "View Event Log Files" and "API Enabled"',
    });
  } finally {
    await crm.close();
    crm = full;
  }
});
