import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Event, Slots } from '#model/event.ts';
import { History } from './history.ts';
import { agentFamily, dayMs, hourMs, hourOfWeek } from './measures.ts';

// Monday 2 March 2026, midnight UTC.
const monday = Date.UTC(2026, 2, 2);
const at = (day: number, hour = 10, minute = 0): number => monday + day * dayMs + hour * hourMs + minute * 60_000;

const usual: Partial<Slots> = {
  activity_name: 'query',
  'actor.user.uid': '005000000000001AAA',
  'actor.app_uid': '0H4000000000001AAA',
  'src_endpoint.ip': '198.51.100.7',
  'http_request.user_agent': 'Connector/4.1',
  'resources.type': ['Contact'],
  'unmapped.rows': 100,
  'api.service.name': 'REST',
};

function eventOf(time: number, change: Partial<Slots> = {}): Event {
  return {
    key: `${time}`,
    time,
    arrivedAt: time,
    source: 'test',
    origin: { file: 'test', offset: 0, bytes: 0 },
    raw: '',
    slots: Object.assign(new Slots(), usual, change),
    native: () => undefined,
  };
}

/** Observes and learns; returns the slots as the rules would see them. */
function live(history: History, time: number, change: Partial<Slots> = {}, isFlagged = false): Slots {
  const event = eventOf(time, change);
  const observed = history.observe(event);
  if (observed !== undefined) history.learn(event, observed, isFlagged);
  return event.slots;
}

function ordinaryWeeks(history: History, days: number): void {
  for (let day = 0; day < days; day += 1) for (const hour of [9, 10, 11]) live(history, at(day, hour));
}

test('under seven days everything is without history', () => {
  const history = new History();
  ordinaryWeeks(history, 6);
  const slots = live(history, at(6, 12), { 'src_endpoint.ip': '203.0.113.1' });
  for (const name of ['history.network', 'history.activity', 'history.object', 'history.hour', 'history.app'] as const)
    assert.equal(slots[name], 'no history', name);
  assert.equal(slots['history.rows_ratio'], undefined);
});

test('after seven days what came up before is usual and what did not is new', () => {
  const cases: readonly [Partial<Slots>, keyof Slots, string][] = [
    [{}, 'history.network', 'usual'],
    [{ 'src_endpoint.ip': '198.51.77.1' }, 'history.network', 'usual'],
    [{ 'src_endpoint.ip': '203.0.113.1' }, 'history.network', 'new'],
    [{ 'http_request.user_agent': 'Connector/4.2' }, 'history.user_agent', 'usual'],
    [{ 'http_request.user_agent': 'curl/8.1' }, 'history.user_agent', 'new'],
    [{ activity_name: 'bulk-create' }, 'history.activity', 'new'],
    [{ 'resources.type': ['Contact', 'Case'] }, 'history.object', 'new'],
    [{ 'resources.type': ['Contact'] }, 'history.object', 'usual'],
    [{ 'api.service.name': 'SOAP' }, 'history.api', 'new'],
    [{ 'unmapped.rows': 500 }, 'history.rows_ratio', '5'],
  ];
  for (const [change, slot, expected] of cases) {
    const history = new History();
    ordinaryWeeks(history, 8);
    assert.equal(String(live(history, at(8), change)[slot]), expected, `${slot} of ${JSON.stringify(change)}`);
  }
});

test('a value stays new for three days, and what was flagged is not learned at all', () => {
  const strange = { 'src_endpoint.ip': '203.0.113.1' };
  const history = new History();
  ordinaryWeeks(history, 8);
  for (const [day, expected] of [
    [8, 'new'],
    [9, 'new'],
    [10, 'new'],
    [11, 'usual'],
  ] as const)
    assert.equal(live(history, at(day), strange)['history.network'], expected, `day ${day}`);
  const flagged = new History();
  ordinaryWeeks(flagged, 8);
  for (let day = 8; day < 16; day += 1)
    assert.equal(live(flagged, at(day), strange, true)['history.network'], 'new', `flagged, day ${day}`);
});

test('hours: neighbours are usual, weekend and weekdays are apart', () => {
  const history = new History();
  ordinaryWeeks(history, 5);
  ordinaryWeeks(history, 0);
  for (const day of [7, 8]) live(history, at(day));
  assert.equal(live(history, at(9, 8))['history.hour'], 'usual');
  assert.equal(live(history, at(9, 12))['history.hour'], 'usual');
  assert.equal(live(history, at(9, 23))['history.hour'], 'new');
  // Day 12 is a Saturday.
  assert.equal(live(history, at(12, 10))['history.hour'], 'new');
  assert.equal(hourOfWeek(at(5, 3)), 27);
  assert.equal(hourOfWeek(at(6, 3)), 27);
  assert.equal(hourOfWeek(at(7, 3)), 3);
});

test('rows: busiest hour, bulk states and two logs of one request count once', () => {
  const history = new History();
  ordinaryWeeks(history, 8);
  const states = [
    { activity_name: 'bulk-progress', 'unmapped.rows': 1000 },
    { activity_name: 'bulk-progress', 'unmapped.rows': 1500 },
    { activity_name: 'bulk-complete', 'unmapped.rows': 2000 },
  ] as const;
  const last = states
    .map((state, index) => live(history, at(8, 9, index), { ...state, 'unmapped.job.uid': '750' }))
    .at(-1)!;
  assert.equal(last['history.hour_rows'], 2000);
  assert.equal(last['history.hour_rows_ratio'], 20);
  const rest = { 'metadata.correlation_uid': 'r1', 'metadata.event_code': 'RestApi', 'unmapped.rows': 70 };
  live(history, at(9, 9), rest);
  const again = live(history, at(9, 9, 1), { ...rest, 'metadata.event_code': 'ApiEvent' });
  assert.equal(again['history.hour_rows'], 70);
});

test('attribution: session, then sign-in of the same user and address, then the only app', () => {
  const history = new History();
  const silent = { 'actor.app_uid': undefined, activity_name: 'bulk-complete' } as const;
  live(history, at(0, 9), { 'actor.session.uid': 's1', 'actor.app_uid': '0H4000000000002AAA' });
  const bySession = live(history, at(0, 9, 1), { ...silent, 'actor.session.uid': 's1', 'src_endpoint.ip': undefined });
  assert.equal(bySession['unmapped.app_attribution'], 'session');
  assert.equal(bySession['actor.app_uid'], '0H4000000000002AAA');
  live(history, at(0, 10), { activity_name: 'login', 'actor.app_uid': undefined, 'actor.app_name': 'Chat' });
  const bySignIn = live(history, at(0, 10, 1), silent);
  assert.equal(bySignIn['unmapped.app_attribution'], 'sign-in');
  assert.equal(bySignIn['actor.app_name'], 'Chat');
  const elsewhere = live(history, at(0, 10, 2), { ...silent, 'src_endpoint.ip': '203.0.113.1' });
  assert.equal(elsewhere['actor.app_name'], undefined);
  const single = new History();
  live(single, at(0, 9));
  assert.equal(live(single, at(2, 9), silent)['unmapped.app_attribution'], 'alias');
});

test('names and ids of one app and one person lead to one grant, whichever came first', () => {
  const history = new History();
  const named = {
    'actor.app_uid': undefined,
    'actor.app_name': 'Chat',
    'actor.user.uid': undefined,
    'actor.user.name': 'a@x',
  };
  const first = live(history, at(0, 9), named)['unmapped.grant_uid']!;
  const second = live(history, at(0, 10))['unmapped.grant_uid']!;
  assert.notEqual(first, second);
  live(history, at(0, 11), { 'actor.app_name': 'Chat', 'actor.user.name': 'a@x' });
  assert.equal(history.resolve(first), history.resolve(second));
  assert.equal(history.size, 1);
  assert.equal(history.grant(first)?.events, 3);
});

test('an app that takes the name of another does not take its past', () => {
  const history = new History();
  for (let day = 0; day < 9; day += 1) live(history, at(day), { 'actor.app_name': 'Data Loader' });
  const thief = { 'actor.app_uid': '0H4000000000666AAA', 'actor.app_name': 'Data Loader' };
  const slots = live(history, at(9), thief);
  assert.equal(slots['history.app'], 'new');
  assert.notEqual(slots['unmapped.grant_uid'], live(history, at(9, 11))['unmapped.grant_uid']);
});

test('a factor reset is about its owner, by one key in both systems', () => {
  const history = new History();
  live(history, at(0), { 'actor.user.name': 'jane@x' });
  const reset = live(history, at(1), {
    activity_name: 'factor-reset',
    'actor.user.uid': '00uhelp',
    'actor.user.name': 'help@x',
    'user.uid': '00ujane',
    'user.name': 'jane@x',
  });
  assert.equal(reset['unmapped.person_uid'], 'jane@x');
  assert.equal(live(history, at(1, 11))['unmapped.person_uid'], 'jane@x');
});

test('grants beyond the limit are given up, oldest first, and counted', () => {
  const history = new History({ grantLimit: 10 });
  for (let user = 0; user < 25; user += 1) live(history, at(0, 1) + user, { 'actor.user.uid': `u${user}` });
  assert.ok(history.size <= 10);
  assert.equal(history.size + history.forgotten, 25);
  assert.ok(history.grant('0H4000000000001AAA@u24') !== undefined);
});

test('user agents without versions', () => {
  for (const [agent, family] of [
    ['python-requests/2.32.4', 'python-requests'],
    ['Python/3.11 aiohttp/3.12.15', 'Python aiohttp'],
    ['Mozilla/5.0 (X11; Linux) AppleWebKit/537.36 Chrome/126.0.0 Safari/537.36', 'Mozilla AppleWebKit Chrome Safari'],
    ['9999', '9999'],
  ] as const)
    assert.equal(agentFamily(agent), family);
});

test('property: no event makes itself usual, and new is never said without a week of history', () => {
  const step = fc.record({
    hours: fc.integer({ min: 1, max: 60 }),
    address: fc.constantFrom('198.51.100.1', '203.0.113.1', '192.0.2.1'),
    object: fc.constantFrom('Contact', 'Case', 'Account'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const history = new History();
      const firstSeen = new Map<string, number>();
      let time = monday;
      for (const { hours, address, object } of steps) {
        time += hours * hourMs;
        const slots = live(history, time, { 'src_endpoint.ip': address, 'resources.type': [object] });
        const begunAt = firstSeen.size === 0 ? time : Math.min(...firstSeen.values());
        const seenAt = firstSeen.get(address);
        const verdict = slots['history.network'];
        if (time - begunAt < 7 * dayMs) assert.equal(verdict, 'no history');
        else if (seenAt === undefined) assert.equal(verdict, 'new');
        else assert.equal(verdict, seenAt - begunAt < 7 * dayMs || time - seenAt >= 3 * dayMs ? 'usual' : 'new');
        if (seenAt === undefined) firstSeen.set(address, time);
      }
    }),
  );
});
