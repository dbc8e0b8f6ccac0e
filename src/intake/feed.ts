import { setImmediate } from 'node:timers/promises';
import type { Detection } from '#detection/detect.ts';
import type { StoredEvent } from '#detection/sources/restore-event.ts';
import type { Event } from '#model/event.ts';
import type { Finding } from '#model/finding.ts';
import { type Incident, mayStep } from '#model/incident.ts';
import type { Store, StoredIncident } from '#model/records.ts';
import type { Flow } from './flow.ts';
import type { SourceHealthBook } from './source-health.ts';

/** What a batch of events led to, once all of it is stored. */
export interface Fed {
  readonly added: number;
  /** Of the events that were added. */
  readonly keys: ReadonlySet<string>;
  readonly findings: readonly Finding[];
  readonly incidents: readonly StoredIncident[];
}

export interface Feed {
  /**
   * Takes events in order of event time and resolves when they, their findings and incidents are durable. Those stored
   * before are counted as duplicates and not observed again. Batches are taken one after another. When the store fails,
   * this and every later feed rejects: detection then has seen what the store has not, and only a restart, which replays
   * the store, brings the two together.
   */
  feed(events: readonly Event[]): Promise<Fed>;
  /** Shows detection again what is stored since `from`, ms event time. To be called before the first feed. */
  replay(from: number): Promise<void>;
  /** Events stored, ever. */
  total(): number;
}

export interface FeedParts {
  readonly store: Pick<Store, 'events' | 'incidents' | 'rules' | 'settings'>;
  readonly detection: Pick<Detection, 'observe' | 'grantHistory'>;
  readonly health: SourceHealthBook;
  readonly flow: Flow;
  readonly houseClock: () => number;
  /** Gives a stored event its vendor's fields back. */
  readonly restore: (event: StoredEvent) => Event;
  readonly tell: (fed: Fed) => void;
  /** Events stored already. */
  readonly total: number;
}

/** The setting under which a grant's history at the opening of an incident is kept. */
export const historyKeyOf = (incident: string): string => `history-before:${incident}`;

const grantKeyOf = (event: Event): string => event.slots['unmapped.grant_uid'] ?? '-@-';

/** The way of events into Cordon: observed once, made durable, and only then spoken of. */
export function createFeed(parts: FeedParts): Feed {
  const { store, detection, health, flow } = parts;
  let turn: Promise<unknown> = Promise.resolve();
  let broken: unknown;
  let total = parts.total;

  const inTurn = <Value>(work: () => Promise<Value>): Promise<Value> => {
    const result = turn.then(() => {
      if (broken !== undefined) throw broken;
      return work();
    });
    turn = result.catch((error: unknown) => {
      broken ??= error;
    });
    return result;
  };

  const take = async (events: readonly Event[]): Promise<Fed> => {
    const fresh = await withoutKnown(events);
    const { findings, incidents } = detection.observe(fresh);
    const added = await store.events.add(fresh, grantKeyOf);
    for (const finding of findings) await store.rules.fired(finding);
    const changed = await Promise.all(incidents.map((incident) => keep(incident)));
    health.arrived(events, added);
    for (const event of fresh) flow.record(event.source, event.time);
    total += added.size;
    const fed = { added: added.size, keys: added, findings, incidents: changed };
    parts.tell(fed);
    await setImmediate();
    return fed;
  };

  const withoutKnown = async (events: readonly Event[]): Promise<readonly Event[]> => {
    const seen = new Set(await store.events.known(events.map((event) => event.key)));
    return events.filter((event) => !seen.has(event.key) && seen.add(event.key));
  };

  /** What was usual for the grant when its incident opened; later its history holds the incident too. */
  const keepHistory = async (incident: Incident): Promise<void> => {
    const history = incident.grants[0] && detection.grantHistory(incident.grants[0].key);
    if (history !== undefined) await store.settings.set(historyKeyOf(incident.id), history);
  };

  /** A closed incident that gets new findings is opened again: closing it was a judgement on what was known then. */
  const keep = async (incident: Incident): Promise<StoredIncident> => {
    const before = await store.incidents.get(incident.id);
    const united = before ? unite(before.incident, incident) : incident;
    await store.incidents.save(united);
    if (before === undefined) await keepHistory(incident);
    const state = before?.changes.at(-1)?.to ?? 'open';
    const isMore = before !== undefined && united.findings.length > before.incident.findings.length;
    if (isMore && incident.state === 'open' && state === 'closed' && mayStep(state, 'open')) {
      const reason = 'New findings came in after it was closed.';
      await store.incidents.change(incident.id, {
        at: parts.houseClock(),
        from: state,
        to: 'open',
        by: 'cordon',
        reason,
      });
    }
    // Detection closes an incident only when it turned out to be part of another.
    if (incident.state === 'closed' && mayStep(state, 'closed')) {
      const reason = incident.summary.split('\n', 1)[0] ?? '';
      const change = { at: parts.houseClock(), from: state, to: 'closed', by: 'cordon', reason } as const;
      await store.incidents.change(incident.id, change);
    }
    const after = await store.incidents.get(incident.id);
    if (!after) throw new Error(`incident ${incident.id} was saved and is not there`);
    return after;
  };

  return {
    feed: (events) => inTurn(() => take(events)),
    replay: (from) =>
      inTurn(async () => {
        for await (const stored of store.events.replay(from)) {
          const { findings, incidents } = detection.observe(stored.map(parts.restore));
          for (const finding of findings) await store.rules.fired(finding);
          for (const incident of incidents) await keep(incident);
          await setImmediate();
        }
      }),
    total: () => total,
  };
}

/** What detection knows now, with the findings it no longer remembers since a restart or because they are old. */
function unite(before: Incident, now: Incident): Incident {
  const keys = new Set(now.findings.map((finding) => finding.key));
  const forgotten = before.findings.filter((finding) => !keys.has(finding.key));
  if (forgotten.length === 0) return now;
  const { atLeast, atMost } = before.rows;
  return {
    ...now,
    firstAt: Math.min(before.firstAt, now.firstAt),
    lastAt: Math.max(before.lastAt, now.lastAt),
    openedAt: Math.min(before.openedAt, now.openedAt),
    openedByEventAt: Math.min(before.openedByEventAt, now.openedByEventAt),
    techniques: [...new Set([...before.techniques, ...now.techniques])],
    rows: {
      atLeast: Math.max(atLeast, now.rows.atLeast),
      atMost: atMost === undefined || now.rows.atMost === undefined ? undefined : Math.max(atMost, now.rows.atMost),
    },
    findings: [...forgotten, ...now.findings].sort((one, other) => one.raisedAt - other.raisedAt),
  };
}
