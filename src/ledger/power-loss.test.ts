import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { Disk } from '../../test/crash/disk.ts';
import type { Call } from '../../test/crash/record-calls.ts';
import { findLosses } from './crash-for-tests/find-losses.ts';
import { writeLoad } from './crash-for-tests/load.ts';
import { openedLedger, temporaryDirectory } from './fixtures-for-tests/written.ts';
import { type LogDisk, plainDisk } from './log/log-disk.ts';

describe('a power cut', () => {
  it('at any moment leaves nothing that a client got out of the account, whatever of the unsynced writes survives', async (context) => {
    const { directory, calls } = await record(context, 60);
    assert.ok(calls.filter(({ kind }) => kind === 'create').length > 3, 'the recording holds no new segment');
    const points = spread(calls.length, 80);
    assert.deepEqual(await lossesAfterPowerCuts(directory, calls, points, () => false), []);
    assert.deepEqual(await lossesAfterPowerCuts(directory, calls, spread(calls.length, 60), coinOf(1)), []);
  });

  it('would be seen to lose data if one kind of sync were missing', async (context) => {
    const { directory, calls } = await record(context, 30);
    const points = spread(calls.length, 12);
    const without = (isLeftOut: (path: string) => boolean) =>
      calls.filter((call) => !(call.kind === 'sync' && isLeftOut(call.path)));
    const withoutFiles = without((path) => path !== directory);
    assert.notDeepEqual(await lossesAfterPowerCuts(directory, withoutFiles, points, () => false), []);
    const withoutDirectory = without((path) => path === directory);
    assert.notDeepEqual(await lossesAfterPowerCuts(directory, withoutDirectory, points, () => false), []);
  });

  it('loses data when one single sync is left out, at the cut that follows it', async (context) => {
    const { directory, calls } = await record(context, 12);
    const syncs = calls.flatMap((call, index) => (call.kind === 'sync' && call.path !== directory ? [index] : []));
    let examined = 0;
    for (const left of spread(syncs.length, 8).map((at) => syncs[at]!)) {
      const printed = calls.findIndex((call, index) => index > left && call.kind !== 'print');
      const hasTold = calls.slice(left + 1, printed).some(({ kind }) => kind === 'print');
      if (!hasTold) continue;
      const remaining = calls.filter((_, index) => index !== left).slice(0, printed - 1);
      assert.notDeepEqual(await lossesAfterPowerCuts(directory, remaining, [], () => false), []);
      examined += 1;
    }
    assert.ok(examined > 0, 'no sync was followed by words to a client');
  });
});

/** What the ledger asks of the disk during a load, with what clients were told in between. */
async function record(context: TestContext, rounds: number) {
  const parent = await temporaryDirectory(context);
  const directory = join(parent, 'data');
  await mkdir(directory);
  const calls: Call[] = [];
  const ledger = await openedLedger({
    directory,
    clock: Date.now,
    segmentBytes: 3_000,
    disk: recordingDisk(calls),
  });
  await writeLoad(ledger, 1, rounds, (text) => void calls.push({ kind: 'print', text }));
  await ledger.close();
  return { directory, calls };
}

const sectorBytes = 512;

/** The plain disk; what it was asked is kept in the order in which it was done. */
function recordingDisk(calls: Call[]): LogDisk {
  return {
    ...plainDisk,
    open: async (path) => {
      const file = await plainDisk.open(path);
      calls.push({ kind: 'create', path });
      return {
        ...file,
        write: async (bytes, offset) => {
          await file.write(bytes, offset);
          // A sector is written or not; a write may be torn between any two of them.
          const copy = Buffer.from(bytes);
          for (let at = 0; at < copy.length; at += sectorBytes) {
            calls.push({ kind: 'write', path, bytes: copy.subarray(at, at + sectorBytes), offset: offset + at });
          }
        },
        sync: async () => {
          await file.sync();
          calls.push({ kind: 'sync', path });
        },
      };
    },
    syncDirectory: async (path) => {
      await plainDisk.syncDirectory(path);
      calls.push({ kind: 'sync', path });
    },
  };
}

/** Cuts the power before each of the calls numbered in `points`, and after the last, and opens what is left. */
async function lossesAfterPowerCuts(
  directory: string,
  calls: readonly Call[],
  points: readonly number[],
  survives: () => boolean,
): Promise<readonly string[]> {
  const disk = new Disk(directory, (name) => name.endsWith('.ledger'));
  const told: string[] = [];
  const losses: string[] = [];
  const cuts = new Set(points);
  for (const [index, call] of [...calls, undefined].entries()) {
    if (cuts.has(index) || call === undefined) {
      const left = await mkdtemp(`${directory}-left-`);
      for (const [name, bytes] of disk.afterPowerCut(survives)) await writeFile(join(left, basename(name)), bytes);
      losses.push(...(await findLosses(left, told)).map((loss) => `before call ${index}: ${loss}`));
      await rm(left, { recursive: true });
    }
    if (call === undefined) break;
    disk.apply(call);
    if (call.kind === 'print') told.push(call.text);
  }
  return losses;
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
