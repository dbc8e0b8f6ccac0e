import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { dayMs } from '../calendar.ts';
import { createHouse, integrationOf } from '../house.ts';
import { createLife } from '../ordinary-life.ts';
import { stolenToken } from './stolen-token.ts';

const house = createHouse({ seed: 1 });
const dayOne = Date.UTC(2026, 9, 13);
const story = stolenToken(house, dayOne);

const timeline = new URL('../../../../shared/data/crm/reference/cloudflare-drift-timeline.ndjson', import.meta.url);
const skip = existsSync(timeline) ? false : 'no corpus';

interface Step {
  readonly ts: string;
  readonly kind: 'login' | 'rest' | 'soql' | 'bulk2';
  readonly ip: string;
  readonly what: string;
}

test('every step of the published timeline is told, at its time of day and from its address', { skip }, () => {
  const steps = readFileSync(timeline, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Step);
  const firstDay = Date.parse('2025-08-12T00:00:00Z');
  for (const step of steps) {
    const day = Math.floor((Date.parse(step.ts) - firstDay) / dayMs);
    // The first sign-in is told at another time of day (STORIES: 12:17).
    const time = Date.parse(step.ts) - firstDay + dayOne - (day === 0 ? Date.parse('1970-01-01T09:57:00Z') : 0);
    const told = story.acts.filter((act) => act.time === time && act.caller.address === step.ip);
    assert.ok(told.length > 0, `${step.ts} ${step.what}`);
    const kinds = { login: 'sign-in', rest: 'rest-call', soql: 'rest-call', bulk2: 'bulk-call' } as const;
    const last = step.what === 'job results fully fetched';
    assert.ok(last || told.some(({ kind }) => kind === kinds[step.kind]), `${step.ts} ${step.what}`);
    const counted = /^SELECT COUNT\(\) FROM \w+/.exec(step.what)?.[0];
    if (counted !== undefined)
      assert.ok(
        told.some((act) => act.kind === 'rest-call' && act.soql === counted),
        counted,
      );
  }
  assert.equal(steps.length, 22);
});

test('the thief comes with the vendor’s grant, but never from the vendor’s network or with its program', () => {
  const vendor = integrationOf(house, 'chat');
  for (const { caller } of story.acts) {
    assert.equal(caller.app?.id, vendor.app.id);
    assert.equal(caller.userId, vendor.user.userId);
    assert.ok(!vendor.addresses.includes(caller.address));
    assert.notEqual(caller.userAgent, vendor.userAgent);
  }
});

test('the story shares no serial and no session with the life around it', () => {
  const serials = new Set(story.acts.map(({ serial }) => serial));
  const sessions = new Set(story.acts.map(({ caller }) => caller.sessionKey));
  assert.equal(serials.size, story.acts.length);
  for (const act of createLife(house, 8_000).between(dayOne, dayOne + 6 * dayMs)) {
    assert.ok(!serials.has(act.serial) && !sessions.has(act.caller.sessionKey));
  }
});
