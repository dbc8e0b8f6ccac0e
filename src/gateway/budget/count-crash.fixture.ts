/** Takes computed rows, says each when it may be answered, and dies by SIGKILL. Arguments: the database, how many. */
import { writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { parseBudgetLimit } from '../policy/budget-limit.ts';
import { openKeptCounts } from './kept-counts.ts';
import { openBudget } from './open-budget.ts';

const [file = '', many = '0'] = process.argv.slice(2);
const database = new DatabaseSync(file);
database.exec('pragma journal_mode = wal; pragma synchronous = full');
const contact = { name: 'Contact', customer: 'Id', denied: [], relationships: new Map(), isReference: false };
const policy = {
  objects: [{ ...contact, fields: 'all' as const }],
  budgets: [parseBudgetLimit('1,000 counts per day')!],
  dryRun: false,
};
const counts = openKeptCounts(database, 86_400_000);
const budget = openBudget({ policyOf: () => policy, clock: Date.now, counts });
for (let count = 0; count < Number(many); count++) {
  if (budget.takeAggregates('crm', 'Contact', 1)) writeSync(1, '.');
}
process.kill(process.pid, 'SIGKILL');
