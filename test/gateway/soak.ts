/**
 * `npm run soak:gateway -- [kills] [seed]`: kills the gateway at so many random moments under load (500 unless told
 * otherwise) and holds what its clients got against its ledger. Last line: JSON.
 */
import { randomOf } from '#lib/random.ts';
import { lost, openCrashStand } from './crash.ts';

const kills = Number(process.argv[2] ?? 500);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);
const stand = await openCrashStand();
let ids = 0;
let losses = 0;
let slowestRestartMs = 0;
for (let turn = 0; turn < kills; turn++) {
  slowestRestartMs = Math.max(slowestRestartMs, await stand.start());
  const got = await stand.loadAndKill(randomOf(seed, 'kill', turn));
  const account = await stand.account();
  for (const [name, mine] of got) {
    ids += mine.size;
    const missing = lost(mine, account.ids.get(name)!, account.unknown.get(name)!);
    if (missing.length > 0)
      console.error(`kill ${turn}, seed ${seed}: ${name} got ${missing.length} ids that nobody wrote down`);
    losses += missing.length;
  }
  if ((turn + 1) % 10 === 0) console.error(`${turn + 1} of ${kills} kills, ${ids} ids`);
}
await stand.close();
console.log(JSON.stringify({ kills, seed, ids, losses, slowestRestartMs: Math.round(slowestRestartMs) }));
process.exit(losses > 0 ? 1 : 0);
