import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkOf } from '#lib/network.ts';
import type { Act } from '../acts.ts';
import { dayMs } from '../calendar.ts';
import { createHouse, integrationOf } from '../house.ts';
import { withStory } from '../live-play.ts';
import { createLife } from '../ordinary-life.ts';
import { busyButBenign } from './busy-but-benign.ts';

const house = createHouse({ seed: 1 });
const monday = Date.UTC(2026, 8, 28);
const story = busyButBenign(house, monday);
const count = (is: (act: Act) => boolean): number => story.acts.filter(is).length;

test('each of the nine deeds is there in its size', () => {
  const oktaActs = (eventType: string) => (act: Act) => act.kind === 'okta' && act.eventType === eventType;
  assert.equal(count(oktaActs('user.mfa.factor.reset_all')), 40);
  assert.equal(count(oktaActs('user.mfa.factor.activate')), 40);
  const newOffice = story.acts.filter(
    (act) => act.kind === 'okta' && networkOf(act.caller.address) === moversNetwork(),
  );
  assert.equal(new Set(newOffice.map(({ caller }) => caller.userId)).size, 300);
  assert.ok(count(({ kind }) => kind === 'report-export') >= 100);
  const written = story.acts.filter((act) => act.kind === 'bulk-state' && act.operation === 'update');
  assert.equal(
    written.reduce((rows, act) => rows + (act.kind === 'bulk-state' ? act.rows : 0), 0),
    400_000,
  );
  assert.equal(
    count((act) => act.kind === 'setup-change' && act.action === 'insertConnectedApplication'),
    1,
  );
  assert.ok(count((act) => act.kind === 'rest-call' && act.caller.app?.name === 'Coffre Backup') > 200);
  assert.equal(new Set(ofVendor(story.acts).map((act) => networkOf(act.caller.address))).size, 1);
});

const ofVendor = (acts: Iterable<Act>): readonly Act[] =>
  [...acts].filter((act) => act.caller.app?.id === integrationOf(house, 'messaging').app.id);

function moversNetwork(): string | undefined {
  const moved = story.acts.find((act) => act.kind === 'okta' && act.time < monday + dayMs);
  return moved === undefined ? undefined : networkOf(moved.caller.address);
}

test('within ordinary life every deed happens once and what has moved stays moved', () => {
  const life = createLife(house, 8_000).between(monday, monday + 7 * dayMs);
  const acts = [...withStory(life, story, monday, monday + 7 * dayMs)];
  assert.equal(new Set(acts.map(({ serial }) => serial)).size, acts.length);
  const wednesday = monday + 2 * dayMs + 6 * 3_600_000;
  const networks = (from: number, to: number): ReadonlySet<string | undefined> =>
    new Set(ofVendor(acts.filter(({ time }) => time >= from && time < to)).map((act) => networkOf(act.caller.address)));
  assert.deepEqual(networks(monday, wednesday), new Set(['52.18.0.0/16']));
  assert.deepEqual(networks(wednesday, monday + 7 * dayMs), new Set(['18.196.0.0/16']));
});

test('acts come in time order', () => {
  for (const [index, act] of story.acts.entries()) assert.ok(index === 0 || act.time >= story.acts[index - 1]!.time);
});
