import type { IdBatch, Release } from '#model/release.ts';
import type { LedgerWriter, OpenRelease, Reservation } from './ledger.ts';
import type { Log } from './log/log.ts';
import { shortenRelease } from './segment-directory.ts';
import { reservationKey } from './segments.ts';

interface Reserved {
  readonly integration: string;
  readonly token: string;
  readonly object: string;
  /** Promised in the log and named by no frame of the log yet. */
  outstanding: number;
  /** Promised durably and not taken yet. */
  available: number;
  usedAt: number;
  /** The renewal under way: whoever comes meanwhile waits for it instead of reserving as much again. */
  renewal: Promise<void> | undefined;
}

/** A token that takes nothing for so long gives its reservation back: tokens end without saying so. */
const idleMs = 10 * 60_000;

export interface Writer extends LedgerWriter {
  /** What must stand in each segment, so that older ones can be dropped. */
  restate(): void;
  /** Records of a token that were taken from its reservation and are not durable yet. */
  available(token: string, object: string): number;
  /** Gives back what nobody took: nothing will leave any more. */
  settle(): void;
}

/** Turns releases into frames. `lastRelease`: the highest id given so far. Rejections are LedgerRefusals. */
export function createWriter(log: () => Log, clock: () => number, lastRelease: number): Writer {
  const reservations = new Map<string, Reserved>();
  const heads = createHeads(log);
  let last = lastRelease;
  let sweptAt = clock();

  const open = (release: Omit<Release, 'id'>): OpenRelease => {
    last += 1;
    const whole = { ...release, id: last };
    let isWritten = false;
    return {
      id: whole.id,
      append: async (records, customers) => {
        if (records.numbers.length === 0) return;
        log().demandRoom();
        heads.write(whole);
        isWritten = true;
        const at = clock();
        writeBatch(whole.id, at, 'records', records);
        if (customers !== undefined) writeBatch(whole.id, at, 'customers', customers);
        await log().commit();
      },
      end: async (how) => {
        if (!isWritten) return;
        log().demandRoom();
        heads.write(whole);
        log().writeEntry({ kind: 'end', value: { how } }, clock(), whole.id);
        await log().commit();
      },
    };
  };

  const writeBatch = (
    release: number,
    at: number,
    kind: 'records' | 'customers',
    { prefix, numbers }: IdBatch,
  ): void => {
    if (numbers.length === 0) return;
    if (!/^[0-9A-Za-z]{6}$/.test(prefix)) throw new RangeError('an id prefix has six letters or digits');
    log().writeIds({ kind, release, at, prefix }, numbers);
  };

  const reservationOf = (token: string, object: string, integration: string): Reserved => {
    const key = reservationKey(token, object);
    const known = reservations.get(key);
    if (known !== undefined) return known;
    const reserved = { integration, token, object, outstanding: 0, available: 0, usedAt: clock(), renewal: undefined };
    reservations.set(key, reserved);
    return reserved;
  };

  const reservation = (token: string, object: string, integration: string): Reservation => ({
    take: (records) => {
      const reserved = reservationOf(token, object, integration);
      if (records > reserved.available) return false;
      reserved.available -= records;
      reserved.usedAt = clock();
      return true;
    },
    renew: async (records) => {
      const reserved = reservationOf(token, object, integration);
      if (reserved.renewal !== undefined) return reserved.renewal;
      log().demandRoom();
      giveBackIdle();
      reserved.outstanding += records;
      reserved.usedAt = clock();
      writeReservation(reserved);
      reserved.renewal = log()
        .commit()
        .then(() => {
          reserved.available += records;
        })
        .finally(() => {
          reserved.renewal = undefined;
        });
      await reserved.renewal;
    },
  });

  /** Only what nobody has taken from: the rest is under way or unknown. */
  const giveBackIdle = (): void => {
    const now = clock();
    if (now - sweptAt < idleMs) return;
    sweptAt = now;
    for (const [key, reserved] of reservations) {
      if (reserved.outstanding !== reserved.available || now - reserved.usedAt < idleMs) continue;
      if (reserved.outstanding > 0) writeReservation({ ...reserved, outstanding: 0 });
      reservations.delete(key);
    }
  };

  const writeReservation = ({ integration, token, object, outstanding }: Reserved): void =>
    log().writeEntry({ kind: 'reservation', value: { integration, token, object, outstanding } }, clock());

  const note: LedgerWriter['note'] = async (answers) => {
    if (answers.length === 0) return;
    log().demandRoom();
    const { kinds } = log().writeNotes(answers, last + 1, clock());
    last += answers.length;
    for (const { token, object, records } of kinds) {
      const reserved = reservations.get(reservationKey(token, object));
      if (reserved !== undefined) reserved.outstanding = Math.max(0, reserved.outstanding - records);
    }
    await log().commit();
  };

  return {
    open,
    reservation,
    note,
    restate: () => {
      for (const reserved of reservations.values()) if (reserved.outstanding > 0) writeReservation(reserved);
    },
    available: (token, object) => reservations.get(reservationKey(token, object))?.available ?? 0,
    settle: () => {
      for (const reserved of reservations.values()) {
        reserved.available = 0;
        if (reserved.outstanding === 0) continue;
        reserved.outstanding = 0;
        writeReservation(reserved);
      }
    },
  };
}

/** Writes the head of a release once per segment, shortened by one that asked nearly the same. */
function createHeads(log: () => Log): { write(release: Release): void } {
  let segment = 0;
  const written = new Set<number>();
  const alike = new Map<string, Release>();
  return {
    write: (release) => {
      if (log().segment !== segment) {
        segment = log().segment;
        written.clear();
        alike.clear();
      }
      if (written.has(release.id)) return;
      written.add(release.id);
      const key = `${release.token}\n${release.object}\n${release.operation}`;
      const like = alike.get(key);
      log().writeEntry({ kind: 'release', value: shortenRelease(release, like) }, release.at, release.id);
      if (like === undefined || like.query !== release.query) alike.set(key, release);
    },
  };
}
