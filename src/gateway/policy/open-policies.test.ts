import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { type OpenPolicies, openPolicies } from './open-policies.ts';

const start = Date.UTC(2026, 10, 23, 10);
const dayMs = 86_400_000;
const newsletter = readFileSync(join(import.meta.dirname, 'samples', 'newsletter.yaml'), 'utf8');
const narrower = newsletter.replace('20,000 customers', '10,000 customers');
const wider = newsletter.replace('20,000 customers', '30,000 customers');

function opened(database = new DatabaseSync(':memory:')) {
  const time = { now: start };
  const changed: string[] = [];
  const policies = openPolicies({ database, clock: () => time.now, onChange: (name) => changed.push(name) });
  return { policies, time, changed, database };
}

const change = (policies: OpenPolicies, text: string, by = 'ann@house.example') =>
  policies.change({ text, path: 'newsletter.yaml', by, why: 'The spring campaign' });

/** The number of the change that now waits. */
function ask(policies: OpenPolicies, text: string, by?: string): number {
  const result = change(policies, text, by);
  assert.ok(result.ok && result.value.kind === 'waiting', JSON.stringify(result));
  return result.value.proposal.id;
}

/** A house in which the newsletter's policy is in force. */
function openedWithPolicy(database?: DatabaseSync) {
  const house = opened(database);
  const approved = house.policies.approve(ask(house.policies, newsletter), 'bob@house.example');
  assert.ok(approved.ok);
  return house;
}

test('a first policy widens: it waits, and nothing may be done until a second person approves it', () => {
  const { policies, changed } = opened();
  const proposal = ask(policies, newsletter);
  assert.equal(policies.policyOf('newsletter'), undefined);
  assert.deepEqual(changed, []);
  assert.ok(policies.waiting()[0]!.changes.includes('allows calls from 203.0.113.0/24'));
  const approved = policies.approve(proposal, 'bob@house.example');
  assert.ok(approved.ok);
  assert.deepEqual(
    [approved.value.version, approved.value.by, approved.value.approvedBy],
    [1, 'ann@house.example', 'bob@house.example'],
  );
  assert.equal(policies.policyOf('newsletter')?.version, 1);
  assert.deepEqual(changed, ['newsletter']);
  assert.deepEqual(policies.waiting(), []);
});

test('who asked cannot approve, however the name is written', () => {
  const { policies } = opened();
  const proposal = ask(policies, newsletter);
  for (const by of ['ann@house.example', ' Ann@House.example ']) {
    const approved = policies.approve(proposal, by);
    assert.ok(!approved.ok && approved.failure.kind === 'refused');
  }
  assert.equal(policies.policyOf('newsletter'), undefined);
});

test('a narrowing takes effect at once, and goes into the history with its words', () => {
  const { policies } = openedWithPolicy();
  const result = change(policies, narrower);
  assert.ok(result.ok && result.value.kind === 'in-force');
  assert.equal(policies.policyOf('newsletter')?.version, 2);
  assert.equal(policies.inForce('newsletter')?.budgets[1]?.limit, 10_000);
  const [newest, first] = policies.versions('newsletter');
  assert.deepEqual(newest!.changes, ['no longer allows more than 10,000 customers per day: up to 20,000']);
  assert.deepEqual([newest!.by, newest!.approvedBy, newest!.at], ['ann@house.example', undefined, start]);
  assert.equal(first!.text, newsletter);
});

test('a widening waits; what was in force stays so', () => {
  const { policies } = openedWithPolicy();
  const proposal = ask(policies, wider, 'bob@house.example');
  assert.equal(policies.inForce('newsletter')?.budgets[1]?.limit, 20_000);
  assert.ok(policies.approve(proposal, 'ann@house.example').ok);
  assert.equal(policies.inForce('newsletter')?.budgets[1]?.limit, 30_000);
  assert.deepEqual(policies.policyOf('newsletter')?.version, 2);
});

test('an approval comes too late after a week, after a rejection, and a second time', () => {
  const { policies, time } = openedWithPolicy();
  const late = ask(policies, wider);
  time.now += 7 * dayMs;
  const outOfTime = policies.approve(late, 'bob@house.example');
  assert.ok(!outOfTime.ok && outOfTime.failure.kind === 'refused');
  assert.deepEqual(policies.waiting(), []);
  const rejected = ask(policies, wider);
  assert.ok(policies.reject(rejected, 'ann@house.example').ok);
  assert.equal(policies.reject(rejected, 'ann@house.example').ok, false);
  assert.equal(policies.approve(rejected, 'bob@house.example').ok, false);
  const once = ask(policies, wider);
  assert.ok(policies.approve(once, 'bob@house.example').ok);
  assert.equal(policies.approve(once, 'bob@house.example').ok, false);
  assert.equal(policies.versions('newsletter').length, 2);
});

test('a narrowing in between is not undone by an approval of what was asked before it', () => {
  const { policies } = openedWithPolicy();
  const proposal = ask(policies, wider);
  assert.ok(change(policies, narrower).ok);
  const approved = policies.approve(proposal, 'bob@house.example');
  assert.ok(!approved.ok && approved.failure.kind === 'refused');
  assert.equal(policies.inForce('newsletter')?.budgets[1]?.limit, 10_000);
});

test('a closed integration may do nothing; opening it again needs two', () => {
  const { policies } = openedWithPolicy();
  assert.ok(policies.close('newsletter', 'ann@house.example', 'Contract ended').ok);
  assert.equal(policies.policyOf('newsletter'), undefined);
  assert.equal(policies.close('newsletter', 'ann@house.example', 'Contract ended').ok, false);
  ask(policies, narrower);
  assert.equal(policies.policyOf('newsletter'), undefined);
});

test('a fault is told and changes nothing', () => {
  const { policies } = openedWithPolicy();
  const result = change(policies, newsletter.replace('hours:', 'ours:'));
  assert.ok(
    !result.ok && result.failure.some((each) => each.kind === 'invalid' && each.where.startsWith('newsletter.yaml:')),
  );
  const silent = policies.change({ text: narrower, path: 'newsletter.yaml', by: 'ann@house.example', why: ' ' });
  assert.equal(silent.ok, false);
  assert.equal(policies.policyOf('newsletter')?.version, 1);
});

test('another process takes over what was changed, and only that', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cordon-policies-'));
  const file = join(folder, 'gateway.sqlite');
  try {
    const one = openedWithPolicy(new DatabaseSync(file));
    const other = opened(new DatabaseSync(file));
    const seen = other.policies.policyOf('newsletter');
    assert.equal(seen?.version, 1);
    assert.deepEqual(other.policies.reload(), []);
    assert.equal(other.policies.policyOf('newsletter'), seen);
    assert.ok(change(one.policies, narrower).ok);
    assert.deepEqual(other.policies.reload(), ['newsletter']);
    assert.deepEqual(other.changed, ['newsletter']);
    assert.equal(other.policies.policyOf('newsletter')?.version, 2);
    assert.ok(one.policies.close('newsletter', 'ann@house.example', 'Contract ended').ok);
    assert.deepEqual(other.policies.reload(), ['newsletter']);
    assert.equal(other.policies.policyOf('newsletter'), undefined);
    one.database.close();
    other.database.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('no version is ever rewritten or deleted', () => {
  const { database } = openedWithPolicy();
  assert.throws(() => database.exec("UPDATE policy_versions SET text = ''"), /never rewritten/);
  assert.throws(() => database.exec('DELETE FROM policy_versions'), /never deleted/);
});

test('a stored policy that can no longer be read allows nothing', () => {
  const { database } = openedWithPolicy();
  database.exec(
    "INSERT INTO policy_versions SELECT integration, 2, 'objects: 7', by, approved_by, at, why, changes FROM policy_versions",
  );
  const { policies } = opened(database);
  assert.equal(policies.policyOf('newsletter'), undefined);
  assert.equal(policies.inForce('newsletter'), undefined);
});

test('hours and networks refuse in the CRM’s shape, and name no network', () => {
  const { policies } = openedWithPolicy();
  const view = policies.policyOf('newsletter')!;
  // Monday 23 November 2026, 11:00 in Paris.
  assert.equal(view.refuses(start, '203.0.113.9'), undefined);
  assert.equal(view.refuses(start, '2001:db8:17::4'), undefined);
  const elsewhere = view.refuses(start, '208.68.36.90');
  assert.deepEqual([elsewhere?.status, elsewhere?.reason], [403, 'network']);
  assert.doesNotMatch(elsewhere!.message, /203\.0/);
  const night = view.refuses(start + 11 * 3_600_000, '203.0.113.9');
  assert.deepEqual([night?.status, night?.reason], [403, 'hours']);
  assert.match(night!.message, /Mon-Fri 05:00-21:00/);
  assert.equal(view.refuses(start, 'no address')?.reason, 'network');
});
