import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { parseBudgetLimit } from '../policy/budget-limit.ts';
import type { BudgetPolicy } from './account.ts';
import { openKeptCounts } from './kept-counts.ts';
import { openBudget } from './open-budget.ts';

const minute = 60_000;
const day = 1440 * minute;
const start = Date.UTC(2026, 10, 23, 10);
const script = fileURLToPath(new URL('count-crash.fixture.ts', import.meta.url));

const policyOf = (...budgets: readonly string[]): BudgetPolicy => ({
  objects: ['Contact', 'Case'].map((name) => ({
    ...{ name, customer: 'Id', fields: 'all', denied: [], relationships: new Map(), isReference: false },
  })),
  budgets: budgets.map((text) => parseBudgetLimit(text)!),
  dryRun: false,
});

/** A budget on a database, to be started again: without `close`, as after a crash. */
function standOf(...budgets: readonly string[]) {
  const database = new DatabaseSync(':memory:');
  const state = { now: start, policy: policyOf(...budgets) };
  const open = () => {
    const counts = openKeptCounts(database, 7 * day);
    const budget = openBudget({ policyOf: () => state.policy, clock: () => state.now, counts });
    budget.recall('crm')?.done();
    return { counts, budget };
  };
  const rows = (): number => Number(database.prepare('select count(*) as n from budget_counts').get()!['n']);
  return {
    state,
    open,
    rows,
    spent: (of: ReturnType<typeof open>) => of.budget.usage('crm').map(({ spent }) => spent),
  };
}

test('killed by -9, no count that was answered is forgotten, and a tenth of the rest at most is lost', () => {
  const directory = mkdtempSync(join(tmpdir(), 'cordon-counts-'));
  try {
    const file = join(directory, 'state.db');
    for (const many of [1, 33, 100]) {
      rmSync(file, { force: true });
      const run = spawnSync(process.execPath, [script, file, String(many)], { encoding: 'utf8' });
      assert.equal(run.signal, 'SIGKILL', run.stderr);
      assert.equal(run.stdout.length, many);
      const database = new DatabaseSync(file);
      const told = openKeptCounts(database, day).between('crm', 0, Date.now());
      const kept = told.reduce((sum, spent) => sum + ('counts' in spent ? spent.counts : 0), 0);
      database.close();
      assert.ok(kept >= many && kept <= many + 20, `${kept} of ${many}`);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('one commit covers many: twenty at most, a tenth of what is left where that is less', () => {
  const wide = standOf('1,000 counts per day');
  const { budget } = wide.open();
  for (let count = 0; count < 200; count++) assert.equal(budget.takeAggregates('crm', 'Contact', 1), true);
  assert.equal(wide.rows(), 10);
  const narrow = standOf('30 counts per day');
  const first = narrow.open();
  assert.equal(first.budget.takeAggregates('crm', 'Contact', 1), true);
  assert.deepEqual(narrow.spent(narrow.open()), [3]);
});

test('closed, exactly what was answered is known; many at once and under any name of the object', () => {
  const stand = standOf('100 counts of contact per day', '200 counts per day');
  const { budget, counts } = stand.open();
  assert.equal(budget.takeAggregates('crm', 'Contact', 1), true);
  assert.equal(budget.takeAggregates('crm', 'CONTACT', 45), true);
  assert.equal(budget.takeAggregates('crm', 'Case', 2), true);
  counts.close();
  const again = stand.open();
  assert.deepEqual(stand.spent(again), [46, 48]);
  assert.equal(again.budget.takeAggregates('crm', 'Contact', 55), false);
});

test('each leaves its window in its time, after a restart as before; a crash makes it no later than a minute', () => {
  const stand = standOf('100 counts per hour');
  const { budget } = stand.open();
  for (const wait of [0, 30, 29]) {
    stand.state.now += wait * minute;
    assert.equal(budget.takeAggregates('crm', 'Contact', 1), true);
  }
  const again = stand.open();
  // The first two were corrected when the next began; the last is a block of what was left.
  assert.deepEqual(stand.spent(again), [1 + 1 + 9]);
  stand.state.now = start + 60 * minute;
  assert.deepEqual(stand.spent(again), [1 + 9]);
  stand.state.now = start + 90 * minute;
  assert.deepEqual(stand.spent(again), [9]);
  stand.state.now = start + 119 * minute + minute;
  assert.deepEqual(stand.spent(again), [0]);
});

test('a policy that looks further back is told what was answered, while it runs', () => {
  const stand = standOf('50 counts per hour');
  const opened = stand.open();
  assert.equal(opened.budget.takeAggregates('crm', 'Contact', 7), true);
  stand.state.now += 120 * minute;
  assert.equal(opened.budget.takeAggregates('crm', 'Contact', 4), true);
  stand.state.now += 1;
  stand.state.policy = policyOf('50 counts per day');
  const recall = opened.budget.recall('crm');
  assert.equal(opened.budget.takeAggregates('crm', 'Contact', 3), true);
  recall!.done();
  assert.deepEqual(stand.spent(opened), [14]);
});

test('a budget of counts that is new is told what was answered before there was one, and no more', () => {
  const stand = standOf('500 records per hour');
  const opened = stand.open();
  for (let count = 0; count < 3; count++) assert.equal(opened.budget.takeAggregates('crm', 'Contact', 1), true);
  stand.state.now += 1;
  stand.state.policy = policyOf('500 counts per day');
  opened.budget.recall('crm')!.done();
  assert.deepEqual(
    opened.budget.usage('crm').find(({ budget }) => budget.kind === 'counts'),
    { budget: stand.state.policy.budgets[0], spent: 3, freesAt: start + day },
  );
});

test('a clock that was set back while it was down gives nothing back', () => {
  const stand = standOf('3 counts per hour');
  const opened = stand.open();
  assert.equal(opened.budget.takeAggregates('crm', 'Contact', 3), true);
  stand.state.now -= 300 * minute;
  assert.equal(stand.open().budget.takeAggregates('crm', 'Contact', 1), false);
});

test('a disk that takes nothing stops the answer, and what was kept before stays', () => {
  const database = new DatabaseSync(':memory:');
  const counts = openKeptCounts(database, day);
  counts.cover('crm', 'Contact', start, 1, 10);
  database.exec("create trigger full before insert on budget_counts begin select raise(abort, 'disk full'); end");
  assert.throws(() => counts.cover('crm', 'Contact', start + 1, 1, 10), /disk full/);
  assert.equal(database.isTransaction, false);
  database.exec('drop trigger full');
  counts.cover('crm', 'Contact', start + 2, 1, 10);
  counts.close();
  const kept = openKeptCounts(database, day).between('crm', 0, start + minute);
  assert.deepEqual(
    kept.map(({ at }) => at),
    [start, start + 2],
  );
});

test('what is older than is kept is deleted', () => {
  const stand = standOf('50 counts per second');
  const { budget } = stand.open();
  for (let count = 0; count < 30; count++) {
    assert.equal(budget.takeAggregates('crm', 'Contact', 5), true);
    stand.state.now += day;
  }
  assert.ok(stand.rows() <= 8, `${stand.rows()} rows`);
});

test('restarted at any moment, in order or by a crash, never fewer count than were answered', () => {
  const steps = fc.array(
    fc.record({
      waitMs: fc.constantFrom(0, 1, 400, 30_000, 59_999, minute, 20 * minute, 45 * minute),
      rows: fc.integer({ min: 1, max: 6 }),
      end: fc.constantFrom('', '', '', 'close', 'crash'),
    }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(steps, (all) => {
      const stand = standOf('60 counts per hour', '12 counts per minute');
      let opened = stand.open();
      const answered: { readonly at: number; readonly rows: number }[] = [];
      for (const { waitMs, rows, end } of all) {
        stand.state.now += waitMs;
        if (opened.budget.takeAggregates('crm', 'Contact', rows)) answered.push({ at: stand.state.now, rows });
        if (end === 'close') opened.counts.close();
        if (end !== '') opened = stand.open();
        for (const { budget, spent } of opened.budget.usage('crm')) {
          const within = answered.filter(({ at }) => at > stand.state.now - budget.windowMs);
          const sum = within.reduce((total, each) => total + each.rows, 0);
          assert.ok(spent >= sum && sum <= budget.limit, `${spent} count, ${sum} were answered`);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('counts that cannot be kept are not spent', () => {
  const stand = standOf('50 counts per hour');
  const { budget, counts } = stand.open();
  counts.cover = () => {
    throw new Error('the disk is full');
  };
  assert.throws(() => budget.takeAggregates('crm', 'Contact', 7), /the disk is full/);
  assert.equal(budget.usage('crm')[0]?.spent, 0);
});
