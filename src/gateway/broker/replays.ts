import type { DatabaseSync } from 'node:sqlite';

/** A proof may be this old, ms; RFC 9449 section 11.1 asks for seconds to minutes. */
export const proofAgeMs = 60_000;
/** And this far ahead, ms: clocks differ. */
export const proofAheadMs = 5_000;

export interface Replays {
  /** Whether a proof made at `madeAt` (ms) with this id was seen before; from now on it was. */
  take(key: string, id: string, madeAt: number): 'fresh' | 'replayed' | 'forgotten' | 'crowded';
}

export interface ReplayLimits {
  /** Ids remembered of proofs made in one span of `proofAgeMs + proofAheadMs`, of all keys and of one. */
  readonly all: number;
  readonly ofOneKey: number;
}

/** Proofs made in one span of time. */
interface Span {
  readonly seen: Set<string>;
  readonly ofKey: Map<string, number>;
}

/**
 * Which proofs were used (RFC 9449 section 11.1), bounded in memory. A span of proofs is forgotten once all of them are
 * too old, and from then on nothing made before its end is taken: so no proof is taken twice when the clock goes back.
 * Over a restart holds the latest second of which a proof was taken, made durable first, at most one write a second.
 * Clients make a new proof for each call, so a restart costs them a refusal of what was under way; one that was made under
 * a clock far ahead costs them, once that is set right, refusals until time has caught up. Table `broker_proofs_ahead`.
 */
export function createReplays(database: DatabaseSync, clock: () => number, limits: ReplayLimits): Replays {
  database.exec(`create table if not exists broker_proofs_ahead (
    only integer primary key check (only = 1), latest integer not null) strict`);
  const row = database.prepare('select latest from broker_proofs_ahead').get();
  let latest = Number(row?.['latest'] ?? 0);
  // Whole seconds, as `iat` is: a proof of the very second of the start may stem from before it.
  let firstAccepted = Math.max(Math.floor(clock() / 1000) * 1000, latest) + 1;
  const write = database.prepare(
    'insert into broker_proofs_ahead values (1, ?) on conflict do update set latest = excluded.latest',
  );

  const spanMs = proofAgeMs + proofAheadMs;
  const spans = new Map<number, Span>();
  const spanOf = (madeAt: number): Span => {
    const number = Math.floor(madeAt / spanMs);
    const span = spans.get(number) ?? { seen: new Set(), ofKey: new Map() };
    spans.set(number, span);
    return span;
  };
  const forget = (at: number): void => {
    for (const number of spans.keys()) {
      const end = (number + 1) * spanMs;
      if (end > at - proofAgeMs) continue;
      spans.delete(number);
      firstAccepted = Math.max(firstAccepted, end);
    }
  };

  return {
    take: (key, id, madeAt) => {
      forget(clock());
      if (madeAt < firstAccepted) return 'forgotten';
      const name = `${key} ${id}`;
      for (const { seen } of spans.values()) if (seen.has(name)) return 'replayed';
      const { seen, ofKey } = spanOf(madeAt);
      const count = ofKey.get(key) ?? 0;
      if (seen.size >= limits.all || count >= limits.ofOneKey) return 'crowded';
      if (madeAt > latest) {
        const second = Math.ceil(madeAt / 1000) * 1000;
        write.run(second);
        latest = second;
      }
      seen.add(name);
      ofKey.set(key, count + 1);
      return 'fresh';
    },
  };
}
