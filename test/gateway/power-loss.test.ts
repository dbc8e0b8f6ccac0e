import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { askSocket } from '#lib/ask-socket.ts';
import { randomOf } from '#lib/random.ts';
import { splitId } from '#lib/salesforce-id-number.ts';
import type { GatewayView } from '#model/gateway-wire.ts';
import { Disk } from '../crash/disk.ts';
import { type Call, readCalls, tracing, whyNoTrace } from '../crash/record-calls.ts';
import { type CrashStand, lost, openCrashStand } from './crash.ts';

type Got = ReadonlyMap<string, ReadonlySet<string>>;
type LeavesOut = (call: Call, index: number) => boolean;
const nothing: LeavesOut = () => false;

describe('a power cut under the whole gateway', { skip: whyNoTrace() }, () => {
  let scratch: string;
  let stand: CrashStand;
  let calls: readonly Call[];
  let got: Got;
  /** After how many of the calls an id had left. */
  let left: ReadonlyMap<string, number>;
  let moments: readonly number[];

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'cordon-cut-'));
    stand = await openCrashStand('identity');
    const log = join(scratch, 'calls');
    const [strace = '', ...options] = tracing(log);
    // -D: strace beside the gateway, not above it, so that the kill meets the gateway.
    await stand.start([strace, '-D', ...options]);
    got = await stand.loadAndKill(randomOf('power', 1), 500);
    await whenWritten(log);
    calls = await readCalls(log);
    left = firstSends(calls);
    const received = [...got.values()].flatMap((ids) => [...ids]);
    moments = [...new Set(received.map((id) => left.get(id) ?? 0))].sort((one, other) => one - other);
  });
  after(async () => {
    await stand?.close();
    await rm(scratch, { recursive: true, force: true });
  });

  it('right after any answer leaves no id that a client got out of the account', async (context) => {
    for (const [name, ids] of got) {
      const unseen = [...ids].filter((id) => !left.has(id));
      assert.equal(unseen.length, 0, `${name} got what the recording does not show leaving: ${unseen.slice(0, 3)}`);
      assert.ok(ids.size >= 500, `${name} read only ${ids.size} ids`);
      context.diagnostic(`${name}: ${ids.size} ids`);
    }
    const cuts = [...spread(moments, 16), calls.length];
    assert.deepEqual(await lossesAfterCuts(cuts, nothing), []);
    const counted = calls.filter(isCount).length;
    assert.ok(counted > 0, 'no COUNT was answered');
    context.diagnostic(`${counted} counts; ${calls.length} calls, ${moments.length} receipts, ${cuts.length} cuts`);
  });

  it('is seen to lose ids and counts when one kind of sync is missing', async (context) => {
    const cuts = [...spread(moments, 6), calls.length];
    const isSync = (call: Call, file: string): boolean =>
      call.kind === 'sync' && call.path.startsWith(join(stand.directory, file));
    const signedIn = calls.findIndex((call) => call.kind === 'send' && call.bytes.includes('access_token'));
    const kinds: readonly (readonly [LeavesOut, ...RegExp[]])[] = [
      [(call) => isSync(call, 'ledger/'), /pages has/, /bulk has/],
      [(call) => call.kind === 'sync' && call.path === join(stand.directory, 'ledger'), /pages has/, /bulk has/],
      [(call) => isSync(call, 'gateway.db'), /no such table/],
      // The registrations are on the disk, what the load added is not.
      [(call, index) => index > signedIn && isSync(call, 'gateway.db'), /counts were answered, 0 are/],
    ];
    for (const [leavesOut, ...expected] of kinds) {
      const losses = await lossesAfterCuts(cuts, leavesOut);
      context.diagnostic(losses.slice(-2).join('; '));
      for (const loss of expected)
        assert.ok(
          losses.some((text) => loss.test(text)),
          `not seen: ${loss}`,
        );
    }
  });

  it('is seen to lose ids when one single sync is left out', async (context) => {
    const syncs = calls.flatMap((call, index) =>
      call.kind === 'sync' && call.path.endsWith('.ledger') ? [index] : [],
    );
    const followed = syncs.flatMap((at, index) => {
      const next = syncs[index + 1] ?? calls.length;
      return moments.some((moment) => moment > at && moment <= next) ? [{ at, next }] : [];
    });
    let red = 0;
    const tried = spread(followed, 10);
    for (const { at, next } of tried) {
      const losses = await lossesAfterCuts([next], (_, index) => index === at);
      if (losses.length > 0) red += 1;
    }
    context.diagnostic(`${red} of ${tried.length} single syncs, each left out alone, were missed at once`);
    assert.ok(red > 0);
  });

  it('leaves a gateway that starts, counts what left against the budgets and goes on', async (context) => {
    const cut = moments.at(-1)!;
    await layOut(stand.directory, replay(cut));
    await stand.start();
    const { text } = await askSocket(join(stand.directory, 'control.sock'), 'GET', '/gateway');
    for (const { name, budgets } of (JSON.parse(text) as GatewayView).integrations) {
      const spent = budgets[0]?.spent ?? 0;
      const had = receivedBy(cut).get(name)!.size;
      context.diagnostic(`${name}: ${spent} records spent, ${had} received`);
      assert.ok(spent >= had, `${name} had ${had}, its budget knows of ${spent}`);
    }
    const more = await stand.loadAndKill(randomOf('after the power cut', 1), 100);
    const account = await stand.account();
    for (const [name, ids] of more) {
      assert.ok(ids.size >= 100, `${name} reads nothing after the power cut`);
      const both = new Set([...ids, ...receivedBy(cut).get(name)!]);
      assert.deepEqual(lost(both, account.ids.get(name)!, account.unknown.get(name)!), [], name);
    }
  });

  function receivedBy(cut: number): Got {
    const had = [...got].map(([name, ids]) => [name, new Set([...ids].filter((id) => left.get(id)! <= cut))] as const);
    return new Map(had);
  }

  function replay(cut: number): Disks {
    const disks = openDisks(stand.directory);
    for (const call of calls.slice(0, cut)) apply(disks, call);
    return disks;
  }

  /** Cuts the power after so many calls, in ascending order, every write lost that no sync followed. */
  async function lossesAfterCuts(cuts: readonly number[], leavesOut: LeavesOut): Promise<readonly string[]> {
    const disks = openDisks(stand.directory);
    const losses: string[] = [];
    let done = 0;
    for (const cut of cuts) {
      for (; done < cut; done++) if (!leavesOut(calls[done]!, done)) apply(disks, calls[done]!);
      const directory = await mkdtemp(join(scratch, 'left-'));
      await layOut(directory, disks);
      const found = await lossesIn(directory, cut).catch((reason: unknown) => [String(reason)]);
      losses.push(...found.map((loss) => `after call ${cut}: ${loss}`));
      await rm(directory, { recursive: true });
    }
    return losses;
  }

  async function lossesIn(directory: string, cut: number): Promise<readonly string[]> {
    const account = await stand.account(join(directory, 'ledger'));
    const losses = [...receivedBy(cut)].flatMap(([name, ids]) => {
      const missing = lost(ids, account.ids.get(name)!, account.unknown.get(name)!).length;
      return missing > 0 ? [`${name} has ${missing} of ${ids.size} ids that nobody wrote down`] : [];
    });
    const counted = calls.slice(0, cut).filter(isCount).length;
    return [...losses, ...findDamage(join(directory, 'gateway.db'), counted)];
  }
});

/** One each for the directory and the ledger's in it: a name is on the disk once its directory was synced. */
interface Disks {
  readonly state: Disk;
  readonly ledger: Disk;
}

/** The -shm file is made again from the log, as are the ledger's indexes; locks and the line log account for nothing. */
const openDisks = (directory: string): Disks => ({
  state: new Disk(directory, (name) => name === 'ledger' || (name.startsWith('gateway.db') && !name.endsWith('-shm'))),
  ledger: new Disk(join(directory, 'ledger'), (name) => name.endsWith('.ledger')),
});

function apply({ state, ledger }: Disks, call: Call): void {
  state.apply(call);
  ledger.apply(call);
}

/** Puts into the directory what a power cut now leaves, and nothing else of these. */
async function layOut(directory: string, { state, ledger }: Disks): Promise<void> {
  const lose = () => false;
  const files = state.afterPowerCut(lose);
  for (const name of ['ledger', 'gateway.db', 'gateway.db-wal', 'gateway.db-shm']) {
    await rm(join(directory, name), { recursive: true, force: true });
  }
  for (const [name, bytes] of files) if (name !== 'ledger') await writeFile(join(directory, name), bytes);
  if (!files.has('ledger')) return;
  await mkdir(join(directory, 'ledger'));
  for (const [name, bytes] of ledger.afterPowerCut(lose)) await writeFile(join(directory, 'ledger', name), bytes);
}

/** The answer to a COUNT: rows, and no record. */
const isCount = (call: Call): boolean =>
  call.kind === 'send' && /"totalSize":[1-9]\d*,.*"records":\[\]/s.test(call.bytes.toString('latin1'));

/** What is wrong with the state, where both integrations were registered before the load and so many counts answered. */
function findDamage(path: string, counted: number): readonly string[] {
  const database = new DatabaseSync(path);
  try {
    const checks = database.prepare('pragma integrity_check').all();
    const registered = database.prepare('select count(*) as count from broker_integrations').get()?.['count'];
    const covered = Number(database.prepare('select total(counts) as sum from budget_counts').get()?.['sum']);
    return [
      ...(covered < counted ? [`${counted} counts were answered, ${covered} are in the budget`] : []),
      ...checks.flatMap((row) => (row['integrity_check'] === 'ok' ? [] : [`damaged: ${JSON.stringify(row)}`])),
      ...(registered === 2 ? [] : [`${registered} of 2 integrations are known`]),
    ];
  } finally {
    database.close();
  }
}

/** Of every id, after how many calls it had begun to leave, in whole; answers may be sent in any pieces. */
function firstSends(calls: readonly Call[]): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  const rests = new Map<string, string>();
  for (const [index, call] of calls.entries()) {
    if (call.kind !== 'send') continue;
    const text = (rests.get(call.connection) ?? '') + call.bytes.toString('latin1');
    for (const [id] of text.matchAll(/003\w{15}/g)) {
      if (!first.has(id) && splitId(id) !== undefined) first.set(id, index + 1);
    }
    rests.set(call.connection, text.slice(-40));
  }
  return first;
}

/**
 * strace writes on for a moment when the gateway is dead; the main thread's end is its last line. It pads a thread's
 * number to five places, which shows where numbers are small, as in a container.
 */
async function whenWritten(log: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < 10_000; waitedMs += 50) {
    const text = await readFile(log, 'latin1');
    const ended = /(\d+) +\+{3} killed by SIGKILL \+{3}\n$/.exec(text.slice(-100));
    if (ended !== null && ended[1] === /^\d+/.exec(text)?.[0]) return;
    await setTimeout(50);
  }
  throw new Error('strace did not come to its end');
}

/** So many of the list, evenly spread. */
const spread = <Item>(list: readonly Item[], count: number): readonly Item[] =>
  list.length <= count
    ? list
    : Array.from({ length: count }, (_, index) => list[Math.floor((index * list.length) / count)]!);
