import { present } from '#lib/present.ts';
import type { Event } from '#model/event.ts';
import type { Source } from '#model/source.ts';
import type { SourceHealth, SourceState } from '#model/wire.ts';

const hourMs = 3_600_000;
const weekMs = 7 * 24 * hourMs;

/** What is remembered of a source over a restart. */
interface Tally {
  events: number;
  duplicates: number;
  quarantined: number;
  lagMs: number | undefined;
  lastEventAt: number | undefined;
  lastArrivalAt: number | undefined;
  lastError: string | undefined;
  /** The longest time nothing came, fading over weeks: some sources speak once a day. */
  longestGapMs: number;
}

/** How each source fares: what arrived, how late, and what went wrong. */
export interface SourceHealthBook {
  /** `added` holds the keys that were new; the others are duplicates. */
  arrived(events: readonly Event[], added: ReadonlySet<string>): void;
  counted(source: string, counts: { readonly duplicates: number; readonly quarantined: number }): void;
  /** `what` is a source or a watched place. */
  failed(what: string, why: string): void;
  recovered(what: string): void;
  /** History is being read: nothing is said yet about lag and silence. */
  loading(is: boolean): void;
  views(now: number): readonly SourceHealth[];
  /** Plain JSON, to be given back as `saved` after a restart. */
  snapshot(): Record<string, Partial<Tally>>;
}

const emptyTally = (): Tally => ({
  events: 0,
  duplicates: 0,
  quarantined: 0,
  lagMs: undefined,
  lastEventAt: undefined,
  lastArrivalAt: undefined,
  lastError: undefined,
  longestGapMs: 0,
});

/**
 * A source is lagging when its newest event was older on arrival than its kind should be (hourly files are hours late
 * by nature and say so in `usualLag`); silent when nothing came for two hours and twice as long as it was ever late or quiet of late.
 */
function stateOf(tally: Tally, longestLagMs: number, now: number, loading: boolean): SourceState {
  if (tally.lastError !== undefined) return 'failing';
  if (loading) return 'loading';
  if (tally.lastArrivalAt === undefined) return 'unheard';
  const lag = tally.lagMs ?? 0;
  if (now - tally.lastArrivalAt > 2 * (hourMs + Math.max(lag, tally.longestGapMs))) return 'silent';
  return lag > longestLagMs ? 'lagging' : 'on time';
}

function noteArrival(tally: Tally, at: number): void {
  const gapMs = Math.max(0, at - (tally.lastArrivalAt ?? at));
  tally.longestGapMs = Math.max(gapMs, tally.longestGapMs * Math.exp(-gapMs / weekMs));
  tally.lastArrivalAt = Math.max(tally.lastArrivalAt ?? at, at);
}

/** A book over the given sources, continued from `saved` (an earlier `snapshot`). */
export function openSourceHealth(sources: readonly Source[], saved: unknown): SourceHealthBook {
  const earlier = (typeof saved === 'object' && saved !== null ? saved : {}) as Record<string, Partial<Tally>>;
  const tallies = new Map(sources.map((source) => [source.name, { ...emptyTally(), ...earlier[source.name] }]));
  const known = new Set(sources.map((source) => source.name));
  let isLoading = false;
  const tallyOf = (source: string): Tally => {
    const tally = tallies.get(source) ?? emptyTally();
    tallies.set(source, tally);
    return tally;
  };
  return {
    arrived(events, added) {
      // A key that comes twice in one batch is new once.
      const fresh = new Set(added);
      for (const event of events) {
        const tally = tallyOf(event.source);
        if (!fresh.delete(event.key)) {
          tally.duplicates += 1;
          continue;
        }
        tally.events += 1;
        noteArrival(tally, event.arrivedAt);
        if (event.time < (tally.lastEventAt ?? 0)) continue;
        tally.lastEventAt = event.time;
        tally.lagMs = Math.max(0, event.arrivedAt - event.time);
      }
    },
    counted(source, counts) {
      const tally = tallyOf(source);
      tally.duplicates += counts.duplicates;
      tally.quarantined += counts.quarantined;
    },
    failed(source, why) {
      tallyOf(source).lastError = why;
    },
    recovered(source) {
      tallyOf(source).lastError = undefined;
    },
    loading(is) {
      isLoading = is;
    },
    views(now) {
      // A watched place that cannot be read stands beside the sources: which source it would have held is not known.
      const places = [...tallies].filter(([name, { lastError }]) => lastError !== undefined && !known.has(name));
      return [
        ...sources,
        ...places.map(([name]) => ({ name, title: name, lag: 'a watched file or folder', longestLagMs: 0 })),
      ].map(({ name, title, lag, longestLagMs }) => {
        const { longestGapMs: _, ...tally } = tallyOf(name);
        return present({
          name,
          title,
          state: stateOf(tallyOf(name), longestLagMs, now, isLoading),
          usualLag: lag,
          ...tally,
        });
      });
    },
    snapshot: () => Object.fromEntries([...tallies].map(([name, tally]) => [name, present({ ...tally })])),
  };
}
