import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Disk } from '../../../test/crash/disk.ts';
import { type Call, recordCalls, whyNoTrace } from '../../../test/crash/record-calls.ts';
import { findLosses } from './acknowledged.ts';

const child = fileURLToPath(new URL('writing-child.ts', import.meta.url));

describe('a power cut', { skip: whyNoTrace() }, () => {
  it('at any moment loses nothing acknowledged, whatever of the unsynced writes survives', async (context) => {
    const { directory, calls } = await record(context, 120, 'FULL');
    assert.ok(
      calls.filter((call) => call.kind === 'write' && call.path.endsWith('/cordon.db')).length > 100,
      'the recording holds no checkpoint',
    );
    const points = spread(calls.length, 90);
    assert.deepEqual(await lossesAfterPowerCuts(directory, calls, points, () => false), []);
    const coin = coinOf(1);
    assert.deepEqual(await lossesAfterPowerCuts(directory, calls, spread(calls.length, 50), coin), []);
  });

  it('would be seen to lose data if one kind of sync were missing', async (context) => {
    const { directory, calls } = await record(context, 20, 'FULL');
    const without = (isLeftOut: (path: string) => boolean) =>
      calls.filter((call) => !(call.kind === 'sync' && isLeftOut(call.path)));
    const points = spread(calls.length, 10);
    const nothing = () => false;
    const withoutLog = without((path) => path.endsWith('/cordon.db-wal'));
    assert.notDeepEqual(await lossesAfterPowerCuts(directory, withoutLog, points, nothing), []);
    const withoutDirectory = without((path) => path === directory);
    assert.notDeepEqual(await lossesAfterPowerCuts(directory, withoutDirectory, points, nothing), []);
  });

  for (const synchronous of ['NORMAL', 'OFF'] as const) {
    it(`is seen to lose data with synchronous=${synchronous}`, async (context) => {
      const { directory, calls } = await record(context, 20, synchronous);
      const losses = await lossesAfterPowerCuts(directory, calls, spread(calls.length, 10), () => false);
      assert.notDeepEqual(losses, []);
    });
  }
});

async function record(context: TestContext, rounds: number, synchronous: string) {
  const parent = await mkdtemp(join(tmpdir(), 'cordon-power-'));
  context.after(() => rm(parent, { recursive: true }));
  const directory = join(parent, 'data');
  await mkdir(directory);
  const calls = await recordCalls([child, directory, '0', String(rounds), synchronous], join(parent, 'calls'));
  const printed = calls.filter((call) => call.kind === 'print').length;
  assert.equal(printed, 1 + rounds * 3, 'not every acknowledgement was recorded');
  return { directory, calls };
}

/** Cuts the power before each of the calls numbered in `points`, in ascending order, and opens what is left. */
async function lossesAfterPowerCuts(
  directory: string,
  calls: readonly Call[],
  points: readonly number[],
  survives: () => boolean,
): Promise<readonly string[]> {
  // The -shm file is rebuilt from the log; the lock's files hold nothing.
  const disk = new Disk(directory, (name) => name.startsWith('cordon.db') && !name.endsWith('-shm'));
  const acknowledged: string[] = [];
  const losses: string[] = [];
  const cuts = new Set(points);
  for (const [index, call] of [...calls, undefined].entries()) {
    if (cuts.has(index) || call === undefined) {
      const left = await layOut(directory, disk.afterPowerCut(survives));
      losses.push(...(await findLosses(left, acknowledged)).map((loss) => `before call ${index}: ${loss}`));
      await rm(left, { recursive: true });
    }
    if (call === undefined) break;
    disk.apply(call);
    if (call.kind === 'print') acknowledged.push(call.text.trim());
  }
  return losses;
}

async function layOut(beside: string, files: ReadonlyMap<string, Buffer>): Promise<string> {
  const directory = await mkdtemp(`${beside}-left-`);
  for (const [name, bytes] of files) await writeFile(join(directory, name), bytes);
  return directory;
}

/** `count` numbers below `length`, evenly spread. */
const spread = (length: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => Math.floor((index * length) / count));

/** Heads or tails, the same ones for the same seed (mulberry32). */
function coinOf(seed: number): () => boolean {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) & 1) === 1;
  };
}
