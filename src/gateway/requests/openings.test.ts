import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { Opening, Plan } from '../call.ts';
import { grant, identity, passed, queryTarget, reasonOf, testPlanner } from './planner.fixture.ts';
import type { Operation } from './policy-view.ts';
import { isRefusal } from './refuse.ts';

const locator = '01gD0000002HU6KIAW-2000';
const job = '750R0000000zlh9IAA';
const more = `/services/data/v64.0/query/${locator}`;

function openingOf(plan: Plan, id: string): Omit<Opening, 'openedAt'> {
  assert.ok(plan.opens !== undefined);
  return { ...plan.opens, id, integration: identity.integration, family: identity.family };
}

test('a locator leads on to its query, for the family that opened it and for no other', async () => {
  const { ask, planner } = testPlanner();
  assert.equal(reasonOf(ask(more)), 'unknown-locator');
  const first = passed(ask(queryTarget('SELECT Name FROM Contact')));
  await planner.remember(openingOf(first, locator));

  const second = passed(ask(more, { remaining: 700 }));
  assert.equal(second.forward.target, more);
  assert.equal(second.forward.headers.get('sforce-query-options'), 'batchSize=700');
  assert.deepEqual(JSON.parse(JSON.stringify(second.expectation)), JSON.parse(JSON.stringify(first.expectation)));
  assert.deepEqual(second.opens?.query, first.opens?.query);
  passed(ask('/services/data/v64.0/query/01gD0000002HU6KIAW-4000', { as: { token: 't2' } }));

  for (const as of [{ family: 'f2' }, { integration: 'chat-vendor' }]) {
    const refusal = ask(more, { as });
    assert.equal(reasonOf(refusal), 'foreign-locator');
    assert.ok(isRefusal(refusal) && refusal.status === 400 && refusal.errorCode === 'INVALID_QUERY_LOCATOR');
  }
  assert.equal(reasonOf(ask('/services/data/v64.0/query/01gD0000002HU6LIAW-2000')), 'unknown-locator');
  assert.ok(planner.owns(identity, 'locator', locator));
  assert.ok(!planner.owns({ ...identity, family: 'f2' }, 'locator', locator));
});

test('a foreign locator and one that never was are told in the same words', async () => {
  const { ask, planner } = testPlanner();
  const unknown = ask(more);
  await planner.remember(openingOf(passed(ask(queryTarget('SELECT Name FROM Contact'))), locator));
  const foreign = ask(more, { as: { family: 'f2' } });
  assert.ok(isRefusal(unknown) && isRefusal(foreign));
  assert.deepEqual({ ...unknown, reason: '' }, { ...foreign, reason: '' });
});

test('two families may open the same cursor, each for itself', async () => {
  const { ask, planner } = testPlanner();
  await planner.remember(openingOf(passed(ask(queryTarget('SELECT Name FROM Contact'))), locator));
  await planner.remember({
    ...openingOf(passed(ask(queryTarget('SELECT Name FROM Account'))), locator),
    family: 'f2',
  });
  for (const [family, object] of [
    ['f1', 'Contact'],
    ['f2', 'Account'],
  ] as const) {
    const { expectation } = passed(ask(more, { as: { family } }));
    assert.ok(expectation.kind === 'records');
    assert.match(expectation.query!, new RegExp(`FROM ${object}`));
    assert.equal(expectation.records[0]?.object, object);
    const again = passed(ask(more, { as: { family } })).expectation;
    assert.equal(again, expectation, 'what its pages taught stays known');
  }
});

test('the policy of today judges the pages of a query of yesterday', async () => {
  const { ask, planner } = testPlanner();
  await planner.remember(openingOf(passed(ask(queryTarget('SELECT Phone, Account.Name FROM Contact'))), locator));
  passed(ask(more));
  const without = (...objects: ReturnType<typeof grant>[]) => ({ policy: { objects: new Map(objects) } });
  const account = grant('Account');
  assert.equal(reasonOf(ask(more, without(grant('Contact', { denied: ['phone'] }), account))), 'denied-field');
  assert.equal(reasonOf(ask(more, without(grant('Contact')))), 'denied-object');
  assert.equal(reasonOf(ask(more, { policy: { operations: new Set(['bulk']) } })), 'denied-operation');
  const spent = ask(more, { remaining: 0 });
  assert.ok(isRefusal(spent) && spent.reason === 'budget');
  assert.match(spent.message, /nothing more may be read now/);
});

test('a field that is denied now stops what was filtered or ordered by it before, wherever the filter stands', async () => {
  const { ask, planner } = testPlanner();
  const denying = { policy: { objects: new Map([grant('Contact', { denied: ['phone'] }), grant('Account')]) } };
  const jobs = '/services/data/v64.0/jobs/query';
  const soqls = [
    "SELECT LastName FROM Contact WHERE Phone LIKE '+33%'",
    "SELECT LastName FROM Contact WHERE LastName = 'a' AND (NOT Phone = null)",
    'SELECT LastName FROM Contact ORDER BY Phone',
    "SELECT Name FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE Phone = '1')",
  ];
  for (const soql of soqls) {
    await planner.remember(openingOf(passed(ask(queryTarget(soql))), locator));
    passed(ask(more));
    assert.equal(reasonOf(ask(more, denying)), 'denied-field', soql);
    await planner.remember(openingOf(passed(ask(jobs, { body: { operation: 'query', query: soql } })), job));
    for (const path of ['', '/results', '/resultPages']) {
      passed(ask(`${jobs}/${job}${path}`));
      assert.equal(reasonOf(ask(`${jobs}/${job}${path}`, denying)), 'denied-field', `${soql} ${path}`);
    }
    passed(ask(`${jobs}/${job}`, { method: 'DELETE', ...denying }));
  }
});

test('an operation that the policy withdraws stops the pages of what was opened by it', async () => {
  const { ask, planner } = testPlanner();
  const jobs = '/services/data/v64.0/jobs/query';
  const granting = (...granted: readonly Operation[]) => ({ policy: { operations: new Set(granted) } });
  const [withAll, without] = [granting('query', 'query-all', 'bulk'), granting('query', 'bulk')];
  const soql = 'SELECT Name FROM Contact';
  const all = queryTarget(soql).replace('/query?', '/queryAll?');
  const composite = { compositeRequest: [{ method: 'GET', url: all, referenceId: 'r' }] };
  const askings: readonly (readonly [string, object])[] = [
    [all, {}],
    ['/services/data/v64.0/composite', { body: composite }],
  ];
  for (const [target, asking] of askings) {
    await planner.remember(openingOf(passed(ask(target, { ...asking, ...withAll })), locator));
    const next = passed(ask(more, withAll));
    assert.equal(reasonOf(ask(more, without)), 'denied-operation', target);
    const part = { method: 'GET', url: more, referenceId: 'r' };
    const nested = { body: { compositeRequest: [part] } };
    assert.equal(reasonOf(ask('/services/data/v64.0/composite', { ...nested, ...without })), 'denied-operation');
    // What a later page opens is no less.
    await planner.remember(openingOf(next, locator));
    assert.equal(reasonOf(ask(more, without)), 'denied-operation', target);
  }
  await planner.remember(openingOf(passed(ask(queryTarget(soql), withAll)), locator));
  passed(ask(more, without));

  const body = { operation: 'queryAll', query: soql };
  await planner.remember(openingOf(passed(ask(jobs, { body, ...withAll })), job));
  for (const path of ['', '/results', '/results?locator=NTAwMA%3D%3D', '/resultPages', '/resultPages?locator=MTA']) {
    passed(ask(`${jobs}/${job}${path}`, withAll));
    assert.equal(reasonOf(ask(`${jobs}/${job}${path}`, without)), 'denied-operation', path);
    assert.equal(reasonOf(ask(`${jobs}/${job}${path}`, granting('query', 'query-all'))), 'denied-operation', path);
  }
  passed(ask(`${jobs}/${job}`, { method: 'PATCH', body: { state: 'Aborted' }, ...without }));
  passed(ask(`${jobs}/${job}`, { method: 'DELETE', ...without }));
});

test('openings outlive the process, and end after seven days', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'cordon-openings-'));
  const file = join(directory, 'state.sqlite');
  try {
    const database = new DatabaseSync(file);
    const before = testPlanner(database);
    await before.planner.remember(openingOf(passed(before.ask(queryTarget('SELECT Name FROM Contact'))), locator));
    database.close();
    const reopened = new DatabaseSync(file);
    const after = testPlanner(reopened);
    passed(after.ask(more));
    after.passTime(7 * 86_400_000 - 1);
    passed(after.ask(more));
    after.passTime(1);
    assert.equal(reasonOf(after.ask(more)), 'unknown-locator');
    await after.planner.remember(openingOf(passed(after.ask(queryTarget('SELECT Name FROM Case'))), '01gA-2000'));
    assert.deepEqual(
      reopened
        .prepare('SELECT id FROM requests_openings')
        .all()
        .map(({ id }) => id),
      ['01gA'],
    );
    reopened.close();
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('many openings of one moment are all written, and a fault of the disk reaches everyone who waits', async () => {
  const database = new DatabaseSync(':memory:');
  const { ask, planner } = testPlanner(database);
  const plan = passed(ask(queryTarget('SELECT Name FROM Contact')));
  await Promise.all(Array.from({ length: 100 }, (_, index) => planner.remember(openingOf(plan, `01g${index}-2000`))));
  assert.equal(database.prepare('SELECT count(*) AS n FROM requests_openings').get()?.['n'], 100);
  database.exec(`CREATE TRIGGER full BEFORE INSERT ON requests_openings BEGIN SELECT RAISE(ABORT, 'disk full'); END`);
  const waiting = [planner.remember(openingOf(plan, '01gX-1')), planner.remember(openingOf(plan, '01gY-1'))];
  for (const { status } of await Promise.allSettled(waiting)) assert.equal(status, 'rejected');
  assert.equal(database.isTransaction, false);
});

test('a job belongs to the family that created it, in every call that names it', async () => {
  const { ask, planner } = testPlanner();
  const jobs = '/services/data/v64.0/jobs/query';
  const created = passed(ask(jobs, { body: { operation: 'query', query: 'SELECT Subject FROM Case' } }));
  await planner.remember(openingOf(created, job));
  const calls: readonly (readonly [string, object, string])[] = [
    [`${jobs}/${job}`, {}, 'job'],
    [`${jobs}/${job.slice(0, 15)}`, {}, 'job'],
    [`${jobs}/${job}/resultPages`, {}, 'no-records'],
    [`${jobs}/${job}/resultPages?locator=NTAwMA%3D%3D`, {}, 'no-records'],
    [`${jobs}/${job}/results`, {}, 'bulk-csv'],
    [`${jobs}/${job}`, { method: 'PATCH', body: { state: 'Aborted' } }, 'job'],
    [`${jobs}/${job}`, { method: 'DELETE' }, 'no-records'],
  ];
  for (const [target, asking, kind] of calls) {
    const plan = passed(ask(target, asking));
    assert.equal(plan.expectation.kind, kind, target);
    assert.equal(plan.forward.target, target);
    const foreign = ask(target, { ...asking, as: { family: 'f2' } });
    assert.ok(isRefusal(foreign) && foreign.status === 404 && foreign.reason === 'foreign-locator', target);
    assert.equal(
      reasonOf(ask(target.replace('zlh9IAA', 'zlhAIAQ').replace('zlh9', 'zlhA'), asking)),
      'unknown-locator',
    );
    assert.equal(reasonOf(ask(target, { ...asking, policy: { operations: new Set(['query']) } })), 'denied-operation');
  }
  assert.ok(planner.owns(identity, 'job', job.slice(0, 15)));
});
