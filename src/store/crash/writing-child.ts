/**
 * Test-only program: writes events, audit entries and settings until it is killed or has done its rounds, and prints
 * each key on a line of its own only after the store acknowledged it. Arguments: directory, round, rounds of writing
 * (0: until killed), `synchronous` of SQLite.
 */
import { writeSync } from 'node:fs';
import { eventOf, grantOf } from '../conformance/harness.ts';
import { createStore } from '../create-store.ts';
import { migrate } from '../migrate.ts';
import { openStore } from '../open-store.ts';
import { openSqliteEngine, type Synchronous } from '../sqlite-engine.ts';

const [directory = '', round = '0', rounds = '0', synchronous = 'FULL'] = process.argv.slice(2);

const store = await open();
const acknowledge = (key: string): void => void writeSync(1, `${key}\n`);
acknowledge('ready');
for (let turn = 0; rounds === '0' || turn < Number(rounds); turn += 1) {
  const name = `${round}-${turn}`;
  await Promise.all([
    store.events.add(batchOf(name), grantOf).then(() => acknowledge(`event ${name}`)),
    store.auditLog
      .append({ at: turn, by: 'child', act: 'write', subject: name, details: {} })
      .then((entry) => acknowledge(`audit ${entry.sequence} ${entry.hash}`)),
    store.settings.set(`turn ${round}`, turn).then(() => acknowledge(`setting ${round} ${turn}`)),
  ]);
}

/** Two events per turn, the first large enough that pages overflow and the log is checkpointed now and then. */
function batchOf(name: string) {
  const raw = name.padEnd(3000, `${name} `);
  return [
    eventOf(1, { 'actor.user.name': `${name}@maison.example` }, { key: `${name}/1`, raw }),
    eventOf(2, { 'actor.user.name': `${name}@maison.example` }, { key: `${name}/2` }),
  ];
}

async function open() {
  if (synchronous === 'FULL') {
    const opened = await openStore({ directory });
    if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
    return opened.value;
  }
  const engine = await openSqliteEngine(directory, synchronous as Synchronous);
  await migrate(engine, Date.now);
  return createStore(engine);
}
