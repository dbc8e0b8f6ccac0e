import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Act } from './acts.ts';
import { dayMs, hourMs } from './calendar.ts';
import { createHouse } from './house.ts';
import { createActWriter } from './lines/write-act.ts';
import { createLife, wholeHouseLines } from './ordinary-life.ts';

const house = createHouse({ seed: 1 });
const tuesday = Date.UTC(2026, 9, 13);

function linesOf(acts: Iterable<Act>): number {
  let lines = 0;
  const write = createActWriter(house);
  for (const act of acts) write(act, () => lines++);
  return lines;
}

test('a weekday of the whole house is 400,000 lines within a tenth', { timeout: 60_000 }, () => {
  const lines = linesOf(createLife(house, wholeHouseLines).between(tuesday, tuesday + dayMs));
  assert.ok(Math.abs(lines - wholeHouseLines) < wholeHouseLines / 10, `${lines} lines`);
});

test('a thinned life keeps its volume within a fifth, and its week: Saturday is busy, Sunday is not', () => {
  const life = createLife(house, 20_000);
  const days = [0, 4, 5].map((day) => linesOf(life.between(tuesday + day * dayMs, tuesday + (day + 1) * dayMs)));
  assert.ok(Math.abs(days[0]! - 20_000) < 4_000, `${days[0]} lines on Tuesday`);
  assert.ok(days[1]! > days[0]! * 1.1 && days[2]! < days[0]! * 0.85, `${days}`);
});

test('every kind of integration remains in a thinned life', () => {
  const seen = new Set<string>();
  for (const act of createLife(house, 8_000).between(tuesday, tuesday + 7 * dayMs)) {
    if (act.caller.app !== undefined) seen.add(act.caller.app.id);
  }
  for (const { app } of house.integrations) assert.ok(seen.has(app.id), `${app.name} never called`);
});

test('acts come in time order, each with a serial of its own', () => {
  const serials = new Set<number>();
  let last = 0;
  let acts = 0;
  for (const act of createLife(house, 40_000).between(tuesday, tuesday + 3 * dayMs)) {
    assert.ok(act.time >= last, `${act.time} after ${last}`);
    last = act.time;
    serials.add(act.serial);
    acts++;
  }
  assert.equal(serials.size, acts);
});

test('any slice of a life is the same as that part of the whole', () => {
  const whole = [...createLife(house, 8_000).between(tuesday, tuesday + 6 * hourMs)];
  const from = tuesday + 2.3 * hourMs;
  const to = tuesday + 4.7 * hourMs;
  const slice = [...createLife(house, 8_000).between(from, to)];
  assert.deepEqual(
    slice,
    whole.filter(({ time }) => time >= from && time < to),
  );
  assert.ok(slice.length > 100);
});

test('shops are quiet at their night and on the day they close', () => {
  const german = new Map(house.people.filter(({ iso, shop }) => iso === 'DE' && shop).map((one) => [one.userId, one]));
  let acts = 0;
  for (const act of createLife(house, 200_000).between(tuesday, tuesday + 6 * dayMs)) {
    if (act.kind !== 'page-view' || !german.has(act.caller.userId)) continue;
    const local = new Date(act.time + house.zoneClock('Europe/Berlin', act.time));
    assert.notEqual(local.getUTCDay(), 0, `a page on Sunday ${local.toISOString()}`);
    assert.ok(local.getUTCHours() >= 8 && local.getUTCHours() <= 21, `a page at ${local.toISOString()}`);
    acts++;
  }
  assert.ok(acts > 1000, `${acts} acts`);
});

test('an integration signs in before it calls, from its own addresses', () => {
  const signedIn = new Set<string>();
  for (const act of createLife(house, 8_000).between(tuesday - dayMs, tuesday + dayMs)) {
    const integration = house.integrations.find(({ app }) => app.id === act.caller.app?.id);
    if (integration === undefined) continue;
    assert.ok(integration.addresses.includes(act.caller.address), integration.app.name);
    if (act.kind === 'sign-in') signedIn.add(act.caller.sessionKey);
    else if (act.time >= tuesday)
      assert.ok(signedIn.has(act.caller.sessionKey), `${integration.app.name} without sign-in`);
  }
});

test('one real call is told alike by every log that records it', () => {
  const write = createActWriter(house);
  let checked = 0;
  for (const act of createLife(house, 8_000).between(tuesday + 9 * hourMs, tuesday + 10 * hourMs)) {
    if (act.kind !== 'rest-call' || act.soql === '') continue;
    const lines = new Map<string, string>();
    write(act, (log, line) => lines.set(log, line));
    assert.deepEqual([...lines.keys()], ['RestApi', 'ApiTotalUsage', 'ApiEvent']);
    const event = JSON.parse(lines.get('ApiEvent')!) as Record<string, unknown>;
    for (const log of ['RestApi', 'ApiTotalUsage']) {
      const cells = lines.get(log)!.slice(1, -1).split('","');
      assert.equal(cells[2], event['RequestIdentifier']);
      assert.equal(cells[4], String(event['UserId']).slice(0, 15));
      assert.ok(lines.get(log)!.includes(`"${String(event['EventDate']).slice(0, 23)}Z"`));
    }
    checked++;
  }
  assert.ok(checked > 50);
});
