import type { DatabaseSync } from 'node:sqlite';

/** A proof may be this old, ms; RFC 9449 section 11.1 asks for seconds to minutes. */
export const proofAgeMs = 60_000;
/** And this far ahead, ms: clocks differ. */
export const proofAheadMs = 5_000;

export interface Replays {
  /** Whether a proof made at `madeAt` (ms) with this id was seen before; from now on it was. */
  take(key: string, id: string, madeAt: number): 'fresh' | 'replayed' | 'before start' | 'crowded';
}

export interface ReplayLimits {
  /** Ids remembered in one span of `proofAgeMs + proofAheadMs`, of all keys and of one. */
  readonly all: number;
  readonly ofOneKey: number;
}

/**
 * Which proofs were used (RFC 9449 section 11.1), bounded in memory and safe across a restart without writing down each:
 * a proof made before this start is refused, since it may have been used before it. Proofs from clocks ahead of ours
 * could outlive that line, so the latest second so accepted is made durable first, at most one write a second. Clients
 * make a new proof for each call, so a restart costs them a refusal of what was under way. Table `broker_proofs_ahead`.
 */
export function createReplays(database: DatabaseSync, clock: () => number, limits: ReplayLimits): Replays {
  database.exec(`create table if not exists broker_proofs_ahead (
    only integer primary key check (only = 1), latest integer not null) strict`);
  const row = database.prepare('select latest from broker_proofs_ahead').get();
  let durablyAhead = Number(row?.['latest'] ?? 0);
  // Whole seconds, as `iat` is: a proof of the very second of the start may stem from before it.
  const firstAccepted = Math.max(Math.floor(clock() / 1000) * 1000, durablyAhead) + 1;
  const write = database.prepare(
    'insert into broker_proofs_ahead values (1, ?) on conflict do update set latest = excluded.latest',
  );

  const spanMs = proofAgeMs + proofAheadMs;
  let startedAt = clock();
  let now = createGeneration();
  let before = createGeneration();
  const turn = (at: number): void => {
    if (at - startedAt < spanMs) return;
    before = at - startedAt < 2 * spanMs ? now : createGeneration();
    now = createGeneration();
    startedAt = at;
  };

  return {
    take: (key, id, madeAt) => {
      const at = clock();
      turn(at);
      if (madeAt < firstAccepted) return 'before start';
      const name = `${key} ${id}`;
      if (now.seen.has(name) || before.seen.has(name)) return 'replayed';
      const ofKey = now.ofKey.get(key) ?? 0;
      if (now.seen.size >= limits.all || ofKey >= limits.ofOneKey) return 'crowded';
      if (madeAt > at && madeAt > durablyAhead) {
        write.run(madeAt);
        durablyAhead = madeAt;
      }
      now.seen.add(name);
      now.ofKey.set(key, ofKey + 1);
      return 'fresh';
    },
  };
}

const createGeneration = (): { readonly seen: Set<string>; readonly ofKey: Map<string, number> } => ({
  seen: new Set(),
  ofKey: new Map(),
});
