import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomOf } from '#lib/random.ts';
import { lost, openCrashStand } from './crash.ts';

test('killed 6 times under load, the ledger covers every id that a client got (500: npm run soak:gateway)', async (t) => {
  const stand = await openCrashStand();
  t.after(() => stand.close());
  let ids = 0;
  for (let turn = 0; turn < 6; turn++) {
    const restartMs = await stand.start();
    assert.ok(restartMs < 5_000, `the restart took ${Math.round(restartMs)} ms`);
    const got = await stand.loadAndKill(randomOf('kill', turn));
    const account = await stand.account();
    for (const [name, mine] of got) {
      ids += mine.size;
      assert.deepEqual(lost(mine, account.ids.get(name)!, account.unknown.get(name)!), [], name);
    }
  }
  assert.ok(ids > 1_000, `only ${ids} ids were read, so nothing was tried`);
});
