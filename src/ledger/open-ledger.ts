import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failure, type Result, success } from '#model/result.ts';
import { type CustomerRead, readsOfCustomer } from './answers/customer-reads.ts';
import { type Exposure, expose } from './answers/expose.ts';
import { Indexes } from './answers/indexes.ts';
import { countRiver, type RiverSeries } from './answers/river.ts';
import { isAbout, type Selection } from './answers/select-frames.ts';
import { type Spending, spendingsOf } from './answers/spendings.ts';
import { dropSegments, removeSegment } from './drop-segments.ts';
import { type Exported, exportParquet } from './export-parquet.ts';
import { holdDirectory } from './hold-directory.ts';
import type { LedgerWriter } from './ledger.ts';
import { DiskRoom } from './log/disk-room.ts';
import type { Lapse, Tombstone } from './log/entries.ts';
import { Log, segmentName } from './log/log.ts';
import { type LogDisk, plainDisk } from './log/log-disk.ts';
import { type Replay, replayAll } from './log/replay-all.ts';
import { ReadTurns } from './read-turns.ts';
import { Segments } from './segments.ts';
import { type LedgerHead, type LedgerVerdict, verifyLedger } from './verify-ledger.ts';
import { createWriter } from './write-releases.ts';

export interface LedgerOptions {
  /** Its own; made if it is not there. One process at a time. */
  readonly directory: string;
  readonly clock: () => number;
  /**
   * `before` (the default): what `append` resolved for survives a power cut. `behind`: it survives the end of the process,
   * and a power cut once the disk has caught up, a few milliseconds later.
   */
  readonly sync?: 'before' | 'behind';
  /** A segment is sealed and indexed when it is so long (16 MiB), or so old (a day): whole segments are dropped. */
  readonly segmentBytes?: number;
  readonly segmentMs?: number;
  /** So many free bytes (64 MiB) are never used: below, releases are refused with `later`. */
  readonly reserveBytes?: number;
  readonly disk?: LogDisk;
}

/** What is in the ledger, without changing it. Rejections are LedgerRefusals: the files are not what they were. */
export interface LedgerAnswers {
  /** What crashes left unknown; each counts in the answers. */
  readonly lapses: () => readonly Lapse[];
  readonly tombstones: () => readonly Tombstone[];
  /** By token, integration, or an incident's set of both and its window. */
  expose(selection: Selection): Promise<Exposure>;
  /** Who read what of one customer, oldest first. `id`: 15 or 18 characters, or `invalid`. */
  readsOf(id: string, window?: Pick<Selection, 'from' | 'to'>): Promise<Result<readonly CustomerRead[]>>;
  /** Records and distinct customers per step and integration. At most 10,000 steps. */
  river(window: {
    readonly from: number;
    readonly to: number;
    readonly stepMs: number;
  }): Promise<readonly RiverSeries[]>;
  /** What left, act by act in the order of the log: for budgets after a restart; `lapses` say the rest. */
  spendings(selection: Selection): AsyncGenerator<Spending>;
  /** Writes `releases.parquet` and `reads.parquet` into a directory; `refused` where they are or cannot be. */
  exportParquet(selection: Selection, into: string): Promise<Result<Exported>>;
}

export interface LedgerSpace {
  /** Of the log; indexes, which can be made again, are not counted. */
  readonly ledgerBytes: number;
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Share of the disk in use, 0 to 1. */
  readonly usedShare: number;
}

export interface Ledger extends LedgerWriter, LedgerAnswers {
  /** What the crash before this start left unknown. */
  readonly lapsed: readonly Lapse[];
  /** The bytes of an unfinished write that were put aside at this start. */
  readonly tornBytes: number;
  space(): Promise<LedgerSpace>;
  /** The durable head of the chain, to be kept where whoever rewrites the ledger cannot reach; undefined when empty. */
  head(): Promise<LedgerHead | undefined>;
  /** Reads everything again and holds it against the heads that were kept. */
  verify(anchors: readonly LedgerHead[]): Promise<LedgerVerdict>;
  /** Drops the oldest segments in which nothing is as young as `before`; undefined when there is none. */
  drop(policy: { readonly before: number; readonly why: string }): Promise<Tombstone | undefined>;
  /** Gives back what is reserved and ends. Nothing may leave any more. */
  close(): Promise<void>;
}

/**
 * Opens the ledger of a directory: every frame is checked on the way. `invalid` names the segment and the byte where the
 * log is not what was written (a tamper alarm); only an unfinished end of the last segment is taken for a crash, and kept
 * beside it under `.torn-…`. `refused`: another process writes there.
 */
export async function openLedger(options: LedgerOptions): Promise<Result<Ledger>> {
  const { directory, disk = plainDisk } = options;
  const held = await holdDirectory(directory, disk);
  if (!held.ok) return held;
  const segments = new Segments(directory);
  const replay = await replayAll(directory, (frame) => segments.add(frame), false);
  const damage = replay.damages[0];
  if (damage !== undefined) {
    held.value.release();
    const where = `${join(directory, segmentName(damage.segment))}, byte ${damage.offset}`;
    return failure({ kind: 'invalid', where, found: damage.why, expected: 'the frame that was written there' });
  }
  await putTornEndAside(directory, disk, replay);
  await finishDropping(directory, disk, segments, replay.leftover);
  return success(await startWriting(options, segments, replay, held.value.release));
}

/** Reads a ledger that does not open, damage and all, as far as whole frames can be found. Writes nothing. */
export async function readEvidence(
  directory: string,
): Promise<LedgerAnswers & { readonly damages: Replay['damages']; readonly torn: Replay['torn'] }> {
  const segments = new Segments(directory);
  const { damages, torn } = await replayAll(directory, (frame) => segments.add(frame), true);
  return { ...createAnswers(directory, segments, undefined, () => 0), damages, torn };
}

async function startWriting(
  options: LedgerOptions,
  segments: Segments,
  replay: Replay,
  release: () => void,
): Promise<Ledger> {
  const { directory, clock, disk = plainDisk } = options;
  const indexes = new Indexes(directory, (segment) => segments.directoryOf(segment));
  const room = new DiskRoom(directory, disk, clock, options.reserveBytes ?? 64 * 2 ** 20);
  const log: Log = new Log(
    {
      directory,
      disk,
      clock,
      sync: options.sync ?? 'before',
      segmentBytes: options.segmentBytes ?? 16 * 2 ** 20,
      segmentMs: options.segmentMs ?? 86_400_000,
      onWritten: (frames) => {
        for (const frame of frames) {
          segments.add(frame);
          if (frame.entry?.kind === 'seal') indexes.prepare(frame.segment, frame.hash);
        }
      },
      onSegment: () => writer.restate(),
    },
    room,
    replay.end,
  );
  const writer = createWriter(() => log, clock, segments.lastRelease);
  const underWay = (selection: Selection): number =>
    segments
      .outstanding()
      .filter((reserved) => isAbout(selection, reserved))
      .reduce(
        (sum, { token, object, outstanding }) => sum + Math.max(0, outstanding - writer.available(token, object)),
        0,
      );
  const lapsed = await writeLapses(log, segments, clock());
  const answers = createAnswers(directory, segments, indexes, underWay);
  /** Small answers are written while they leave: who asks now is told of all that left before. */
  const gatherers: (() => void)[] = [];
  const settled = (): Promise<void> => {
    for (const handOver of gatherers) handOver();
    return log.commit().catch(() => undefined);
  };
  const turns = new ReadTurns();
  const ask = async <Answer>(question: () => Promise<Answer>): Promise<Answer> => {
    await settled();
    return turns.read(question);
  };
  return {
    ...answers,
    expose: (selection) => ask(() => answers.expose(selection)),
    readsOf: (id, window) => ask(() => answers.readsOf(id, window)),
    river: (window) => ask(() => answers.river(window)),
    exportParquet: (selection, into) => ask(() => answers.exportParquet(selection, into)),
    spendings: async function* (selection) {
      await settled();
      const leave = await turns.enter();
      try {
        yield* answers.spendings(selection);
      } finally {
        leave();
      }
    },
    open: writer.open,
    reservation: writer.reservation,
    note: writer.note,
    onQuestion: (handOver) => gatherers.push(handOver),
    lapsed,
    tornBytes: replay.torn?.bytes ?? 0,
    space: async () => {
      const { free, total } = await room.look();
      return { ledgerBytes: segments.bytes, freeBytes: free, totalBytes: total, usedShare: 1 - free / total };
    },
    head: async () => {
      const { framesBefore, frames, hash } = log.end;
      if (framesBefore + frames === 0) return undefined;
      await log.flush();
      return { sequence: framesBefore + frames, hash: Buffer.from(hash).toString('hex') };
    },
    verify: async (anchors) => {
      const { end } = log;
      await log.flush();
      await indexes.settle();
      return turns.read(() => verifyLedger(directory, anchors, end));
    },
    drop: async (policy) => {
      await indexes.settle();
      return turns.alone(() => dropSegments({ directory, disk, clock, log, segments, indexes }, policy));
    },
    close: async () => {
      writer.settle();
      // First on the disk: then the last frame vouches for all before it.
      await log.flush().catch(() => undefined);
      log.finish(clock());
      await log.close();
      await indexes.settle();
      release();
    },
  };
}

function createAnswers(
  directory: string,
  segments: Segments,
  indexes: Indexes | undefined,
  underWay: (selection: Selection) => number,
): LedgerAnswers {
  const sources = { directory, segments, indexes, underWay };
  return {
    lapses: () => segments.lapses,
    tombstones: () => segments.tombstones,
    expose: (selection) => expose(sources, selection),
    readsOf: (id, window = {}) => readsOfCustomer(sources, id, window),
    river: (window) => countRiver(sources, window),
    spendings: (selection) => spendingsOf(sources, selection),
    exportParquet: (selection, into) => exportParquet(sources, selection, into),
  };
}

/** Nothing that was read is lost: the unfinished end is copied before it is cut off. */
async function putTornEndAside(directory: string, disk: LogDisk, { torn }: Replay): Promise<void> {
  if (torn === undefined) return;
  const path = join(directory, segmentName(torn.segment));
  await copyFile(path, `${path}.torn-${torn.offset}`);
  const file = await disk.open(path);
  await file.truncate(torn.offset);
  await file.sync();
  await file.close();
}

/** A crash came between a tombstone and the files that it speaks of. */
async function finishDropping(
  directory: string,
  disk: LogDisk,
  segments: Segments,
  leftover: readonly number[],
): Promise<void> {
  for (const segment of leftover) {
    segments.forget(await segments.directoryOf(segment));
    await removeSegment(directory, disk, segment);
  }
  if (leftover.length > 0) await disk.syncDirectory(directory);
}

/** What was promised before a crash and never named is unknown from now on, and counts as read. */
async function writeLapses(log: Log, segments: Segments, now: number): Promise<readonly Lapse[]> {
  const lapses = segments.outstanding().map(({ integration, token, object, outstanding, since }) => ({
    integration,
    token,
    object,
    upTo: outstanding,
    from: since,
    to: now,
  }));
  if (lapses.length === 0) return lapses;
  log.prepare();
  for (const lapse of lapses) {
    const { integration, token, object } = lapse;
    log.writeEntry({ kind: 'lapse', value: lapse }, now);
    log.writeEntry({ kind: 'reservation', value: { integration, token, object, outstanding: 0 } }, now);
  }
  await log.commit();
  return lapses;
}
