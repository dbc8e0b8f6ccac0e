import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failure, type Result, success } from '#model/result.ts';
import { holdDirectory } from './hold-directory.ts';
import type { LedgerWriter } from './ledger.ts';
import type { Lapse } from './log/entries.ts';
import { Log, segmentName } from './log/log.ts';
import { type LogDisk, plainDisk } from './log/log-disk.ts';
import { type Replay, replayAll } from './log/replay-all.ts';
import { Segments } from './segments.ts';
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
  /** A segment is sealed and indexed when it is this long. */
  readonly segmentBytes?: number;
  /** So many free bytes are never used: below, every write is refused with `later`. */
  readonly reserveBytes?: number;
  readonly disk?: LogDisk;
}

export interface Ledger extends LedgerWriter {
  /** What a crash before this start left unknown; each also stands in the log and counts in the answers. */
  readonly lapsed: readonly Lapse[];
  close(): Promise<void>;
}

/**
 * Opens the ledger of a directory: every frame is checked on the way. `invalid` names the segment and the byte where the
 * log is not what was written (a tamper alarm); only an unfinished end of the last segment is taken for a crash, and kept
 * beside it under `.torn-…`. `refused`: another process writes there.
 */
export async function openLedger(options: LedgerOptions): Promise<Result<Ledger>> {
  const { directory, clock, disk = plainDisk } = options;
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
  const log: Log = new Log(
    {
      directory,
      disk,
      clock,
      sync: options.sync ?? 'before',
      segmentBytes: options.segmentBytes ?? 16 * 2 ** 20,
      reserveBytes: options.reserveBytes ?? 64 * 2 ** 20,
      onWritten: (frames) => {
        for (const frame of frames) segments.add(frame);
      },
      onSegment: () => writer.restate(),
      onSealed: () => undefined,
    },
    replay.end,
  );
  const writer = createWriter(() => log, clock, segments.lastRelease);
  const lapsed = await writeLapses(log, segments, clock());
  return success({
    open: writer.open,
    reservation: writer.reservation,
    note: writer.note,
    lapsed,
    close: async () => {
      writer.settle();
      log.finish(clock());
      await log.close();
      held.value.release();
    },
  });
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
  log.demandRoom();
  for (const lapse of lapses) {
    const { integration, token, object } = lapse;
    log.writeEntry({ kind: 'lapse', value: lapse }, now);
    log.writeEntry({ kind: 'reservation', value: { integration, token, object, outstanding: 0 } }, now);
  }
  await log.commit();
  return lapses;
}
