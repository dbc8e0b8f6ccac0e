import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Event, Slots } from '#model/event.ts';
import { boardReport } from './board-report.ts';
import { createInventory } from './inventory.ts';

const dayMs = 86_400_000;
const start = Date.UTC(2026, 0, 1);

let count = 0;
const event = (day: number, slots: Partial<Slots>): Event => ({
  key: `k${count++}`,
  time: start + day * dayMs,
  arrivedAt: start + day * dayMs,
  source: 'test',
  origin: { file: 'f', offset: 0, bytes: 0 },
  raw: '',
  slots: Object.assign(new Slots(), slots),
  native: () => undefined,
});
const login = (day: number, name: string | undefined, uid?: string, user = 'ann@x.example'): Event =>
  event(day, { activity_name: 'login', 'actor.app_name': name, 'actor.app_uid': uid, 'actor.user.name': user });

function viewOf(...events: readonly Event[]) {
  const inventory = createInventory();
  for (const each of events) inventory.observe(each);
  return inventory.view();
}

test('an app known by id, then by name, then by both is one app', () => {
  const { apps } = viewOf(
    login(0, undefined, '0H4A'),
    login(1, 'Drift', undefined, 'bob@x.example'),
    login(2, 'Drift', '0H4A'),
  );
  assert.deepEqual(
    apps.map(({ name, uid, calls, users }) => [name, uid, calls, users.length]),
    [['Drift', '0H4A', 3, 2]],
  );
});

test('a second app of the same name is not hidden behind the first', () => {
  const { apps } = viewOf(
    login(0, 'Data Loader', '0H4A'),
    login(1, 'Data Loader', '0H4B'),
    login(2, 'Data Loader', '0H4B'),
  );
  assert.deepEqual(apps.map(({ name, uid, calls }) => [name, uid, calls]).sort(), [
    ['Data Loader', '0H4A', 1],
    ['Data Loader', '0H4B', 2],
  ]);
});

test('new, in use and dormant are judged against the newest event; new needs a past', () => {
  const { apps } = viewOf(
    login(0, 'Old'),
    login(0, 'Steady'),
    login(50, 'Steady'),
    login(55, 'Fresh'),
    login(60, 'Steady'),
  );
  assert.deepEqual(Object.fromEntries(apps.map(({ name, standing }) => [name, standing])), {
    Old: 'dormant',
    Steady: 'in use',
    Fresh: 'new',
  });
  assert.equal(viewOf(login(0, 'First')).apps[0]?.standing, 'in use');
});

test('the states of one bulk job count once; what no line states widens the bound', () => {
  const bulk = (rows: number | undefined, job: string): Event =>
    event(0, {
      activity_name: 'bulk-progress',
      'actor.app_name': 'ETL',
      'unmapped.rows': rows,
      'unmapped.job.uid': job,
    });
  const stated = viewOf(bulk(100, 'a'), bulk(250, 'a'), bulk(250, 'a'), bulk(10, 'b'));
  assert.deepEqual(stated.apps[0]?.rows, { atLeast: 260, atMost: 260 });
  const call = event(0, { activity_name: 'query', 'actor.app_name': 'ETL' });
  assert.deepEqual(viewOf(bulk(100, 'a'), call).apps[0]?.rows, { atLeast: 100, atMost: 2100 });
  assert.deepEqual(viewOf(bulk(undefined, 'a')).apps[0]?.rows, { atLeast: 0, atMost: undefined });
});

test('a read told by a log file and by a real-time event counts once at least', () => {
  const told = (by: string): Event =>
    event(0, { activity_name: 'query', 'actor.app_name': 'ETL', 'unmapped.rows': 50, 'metadata.event_code': by });
  const { rows } = viewOf(told('RestApi'), told('ApiEvent'), told('RestApi')).apps[0] ?? {};
  assert.deepEqual(rows, { atLeast: 100, atMost: 150 });
});

test('setup changes name an app that was never used', () => {
  const made = event(0, {
    activity_name: 'app-create',
    'entity.name': 'My Ticket Portal',
    'actor.user.name': 'jane@x.example',
    message: 'Created connected app My Ticket Portal',
  });
  const [app] = viewOf(made).apps;
  assert.equal(app?.calls, 0);
  assert.match(app?.reach ?? '', /never seen in use/);
  assert.deepEqual(app?.setupChanges, [
    { at: start, by: 'jane@x.example', what: 'Created connected app My Ticket Portal' },
  ]);
});

test('the board’s page asks about what is new, dormant and able to take whole tables', () => {
  const bulk = event(60, { activity_name: 'bulk-create', 'actor.app_name': 'ETL', 'resources.type': ['Contact'] });
  const page = boardReport(viewOf(login(0, 'Old'), login(0, 'Steady'), login(55, 'Fresh'), bulk), 'exports');
  assert.match(page, /Who approved these\?<\/strong> New: .*Fresh/);
  assert.match(page, /Can these be taken away\?<\/strong> .*Old/);
  assert.match(page, /Do these need whole tables\?<\/strong> .*ETL/);
});
