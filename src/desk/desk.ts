import { present } from '#lib/present.ts';
import type { Activity } from '#model/activity.ts';
import { type IncidentState, incidentSteps, mayStep } from '#model/incident.ts';
import type { EventFilter, Store, StoredIncident } from '#model/records.ts';
import { type Failure, failure, type Result, success } from '#model/result.ts';
import { type Asker, may, type Restriction } from '#model/staff.ts';
import type {
  AuditEntry,
  AuditVerification,
  DemoView,
  EventPage,
  EventView,
  GrantHistory,
  IncidentRow,
  IncidentView,
  InventoryView,
  LiveMessage,
  Note,
  NowView,
  RuleView,
  SearchHit,
  SourceHealth,
  SourcesView,
  WrittenRule,
} from '#model/wire.ts';
import { strikeOut } from './audit-view.ts';
import { rowOf, viewOf, worstFirst } from './incident-views.ts';
import { accusedOf, findIncident, isAbout, isKnownTo, partIncidents, stateOf } from './known-incidents.ts';
import type { Happening, LiveHub } from './live.ts';
import { seenRules } from './rule-views.ts';
import { searchIn } from './search.ts';

/** Somebody else changed it meanwhile: what was found instead of what the asker had seen. */
export interface Conflict {
  readonly kind: 'conflict';
  readonly why: string;
}

const gapsShownMs = 90 * 24 * 3_600_000;
const mostGapsShown = 200;

/** What the desk needs of the rest. */
export interface DeskParts {
  readonly store: Store;
  readonly live: LiveHub;
  /** Real time, ms: for the audit log. */
  readonly clock: () => number;
  /** The time in the house whose logs are read, ms; the same as `clock` except in the demonstration. */
  readonly houseClock: () => number;
  readonly newId: () => string;
  readonly rules: readonly WrittenRule[];
  readonly ruleSwitched: (name: string, enabled: boolean) => void;
  /** The main grant's history as it was when the incident opened. */
  readonly historyBefore: (incident: string) => Promise<GrantHistory | undefined>;
  readonly inventory: () => InventoryView;
  readonly grantCount: () => number;
  readonly sources: () => readonly SourceHealth[];
  /** What detection could not count in full, in sentences. */
  readonly cautions: () => readonly string[];
  readonly flow: (until: number) => NowView['flow'];
  readonly minute: () => Extract<LiveMessage, { kind: 'now' }>['flow'];
  readonly eventTotal: () => number;
  readonly demo: (() => DemoView) | undefined;
  readonly reportBug: (error: unknown) => void;
  readonly verifyAuditLog: () => Promise<AuditVerification>;
}

/** Everything one asker may see and do with what Cordon found. What they may not know of is not there. */
export interface Desk {
  now(): Promise<NowView>;
  sources(): Promise<SourcesView>;
  incidents(): Promise<readonly IncidentRow[]>;
  incident(id: string): Promise<Result<IncidentView>>;
  changeState(
    id: string,
    change: { readonly from: IncidentState; readonly to: IncidentState; readonly reason: string },
  ): Promise<Result<IncidentView, Failure | Conflict>>;
  note(id: string, text: string): Promise<Result<Note>>;
  /** `undefined` lifts the restriction. */
  restrict(id: string, restriction: Restriction | undefined): Promise<Result<IncidentView>>;
  events(filter: EventFilter, limit: number, cursor: string | undefined): Promise<EventPage>;
  event(key: string): Promise<Result<EventView>>;
  rules(): Promise<readonly RuleView[]>;
  switchRule(name: string, enabled: boolean, reason: string): Promise<Result<RuleView>>;
  inventory(): InventoryView;
  search(text: string): Promise<readonly SearchHit[]>;
  auditLog(limit: number, beforeSequence: number | undefined): Promise<readonly AuditEntry[]>;
  verifyAuditLog(): Promise<AuditVerification>;
  /** Writes into the audit log what this asker did. Never secrets or customer data. */
  record(act: string, subject: string, details?: Record<string, unknown>): Promise<void>;
  /** Tells `listener` what happens, as far as the asker may know. The way to stop; `later` when too many listen. */
  listen(listener: (message: LiveMessage) => void): Result<() => void>;
}

/** The desk of one asker. */
export function openDesk(parts: DeskParts, asker: Asker): Desk {
  const { store, clock, houseClock } = parts;
  const record: Desk['record'] = async (act, subject, details = {}) => {
    await store.auditLog.append({ at: clock(), by: asker.id, act, subject, details });
  };
  const view = (stored: StoredIncident) => viewOf(stored, store, parts.historyBefore);
  const told = async (id: string): Promise<Result<StoredIncident>> => {
    const found = await findIncident(store.incidents, asker, id);
    const stored = await store.incidents.get(id);
    if (stored) parts.live.tell({ kind: 'incident', stored });
    return found;
  };
  const rules: Desk['rules'] = async () =>
    seenRules(parts.rules, await store.rules.list(), await partIncidents(store.incidents, asker));
  const totals = async (): Promise<NowView['totals']> => {
    const { known } = await partIncidents(store.incidents, asker);
    return {
      events: parts.eventTotal(),
      grants: parts.grantCount(),
      findings: (await rules()).reduce((sum, rule) => sum + rule.firedCount, 0),
      openIncidents: known.filter((stored) => stateOf(stored) !== 'closed').length,
    };
  };

  return {
    record,
    rules,
    async now() {
      const { known } = await partIncidents(store.incidents, asker);
      const at = houseClock();
      return present({
        at,
        needsPerson: known
          .map(rowOf)
          .filter((row) => row.state === 'open')
          .sort(worstFirst),
        sources: parts.sources(),
        cautions: parts.cautions(),
        flow: parts.flow(at),
        totals: await totals(),
        demo: parts.demo?.(),
      });
    },
    async sources() {
      const at = houseClock();
      const gaps = await store.gaps.touching(at - gapsShownMs, Number.MAX_SAFE_INTEGER);
      const shown = gaps.toReversed().slice(0, mostGapsShown);
      return { at, sources: parts.sources(), gaps: shown, cautions: parts.cautions() };
    },
    async incidents() {
      const { known } = await partIncidents(store.incidents, asker);
      return known.map(rowOf).sort((one, other) => other.openedAt - one.openedAt);
    },
    async incident(id) {
      const found = await findIncident(store.incidents, asker, id);
      return found.ok ? success(await view(found.value)) : found;
    },
    async changeState(id, { from, to, reason }) {
      const found = await findIncident(store.incidents, asker, id);
      if (!found.ok) return found;
      if (isAbout(asker, found.value)) return failure(ownCase);
      const state = stateOf(found.value);
      const conflict = (now: IncidentState) =>
        failure({
          kind: 'conflict' as const,
          why: `This incident is ${now} now, not ${from}: somebody changed it meanwhile.`,
        });
      if (state !== from) return conflict(state);
      if (!mayStep(from, to)) {
        const expected = `one of ${incidentSteps[from].join(', ')}`;
        return failure({ kind: 'invalid', where: 'to', found: `${to} after ${from}`, expected });
      }
      const done = await store.incidents.change(id, { at: houseClock(), from, to, by: asker.id, reason });
      if (!done) {
        const current = await store.incidents.get(id);
        return conflict(current ? stateOf(current) : from);
      }
      await record('incident.state', id, { from, to, reason });
      const after = await told(id);
      return after.ok ? success(await view(after.value)) : after;
    },
    async note(id, text) {
      const found = await findIncident(store.incidents, asker, id);
      if (!found.ok) return found;
      const note: Note = { id: parts.newId(), at: houseClock(), by: asker.id, text };
      await store.incidents.note(id, note);
      await record('incident.note', id, { note: note.id });
      await told(id);
      return success(note);
    },
    async restrict(id, restriction) {
      const found = await findIncident(store.incidents, asker, id);
      if (!found.ok) return found;
      if (isAbout(asker, found.value)) return failure(ownCase);
      const refused = restriction && (await unfitReaders(store, found.value, restriction));
      if (refused) return failure(refused);
      await store.incidents.restrict(id, restriction);
      await record(restriction ? 'incident.restrict' : 'incident.unrestrict', id, {
        readers: restriction?.readers ?? [],
      });
      const after = await told(id);
      // Who restricts without naming themselves sees it one last time, as they have just seen it.
      return success(await view(after.ok ? after.value : { ...found.value, restriction }));
    },
    events: (filter, limit, cursor) => store.events.search(filter, limit, cursor),
    async event(key) {
      const event = await store.events.get(key);
      return event ? success(eventView(event)) : failure({ kind: 'gone', what: `The event ${key}` });
    },
    async switchRule(name, enabled, reason) {
      if (!parts.rules.some((rule) => rule.name === name)) return failure({ kind: 'gone', what: `The rule ${name}` });
      await store.rules.setEnabled(name, enabled);
      parts.ruleSwitched(name, enabled);
      await record(enabled ? 'rule.on' : 'rule.off', name, { reason });
      return success((await rules()).find((rule) => rule.name === name)!);
    },
    inventory: () => parts.inventory(),
    async search(text) {
      const { known } = await partIncidents(store.incidents, asker);
      const event = await store.events.get(text.trim());
      const { apps } = parts.inventory();
      return searchIn(text, { incidents: known, rules: await rules(), apps, event });
    },
    async auditLog(limit, beforeSequence) {
      const { hidden } = await partIncidents(store.incidents, asker);
      return strikeOut(await store.auditLog.list(limit, beforeSequence), hidden);
    },
    verifyAuditLog: parts.verifyAuditLog,
    listen(listener) {
      const tick = async (): Promise<void> => {
        const now = present({
          at: houseClock(),
          sources: parts.sources(),
          totals: await totals(),
          demo: parts.demo?.(),
        });
        listener({ kind: 'now', now, flow: parts.minute() });
      };
      const stop = parts.live.listen(asker.id, (happening) => {
        // A count that cannot be read is missed; the next tick tries again.
        if (happening.kind === 'tick') return void tick().catch(parts.reportBug);
        const message = messageFor(asker, happening);
        if (message) listener(message);
      });
      return stop ? success(stop) : failure({ kind: 'later', afterMs: 10_000, why: 'You listen in too many places' });
    },
  };
}

/** Nobody closes or hides the case in which they may be the accused; the operator of the machine can, at its socket. */
const ownCase: Failure = {
  kind: 'refused',
  by: 'Cordon',
  why: 'this incident is about you; somebody else must decide',
};

/** What of a happening `asker` is told; nothing of an incident that is not theirs to know. */
function messageFor(asker: Asker, happening: Exclude<Happening, { kind: 'tick' }>): LiveMessage | undefined {
  if (happening.kind === 'incident') {
    return isKnownTo(asker, happening.stored) ? { kind: 'incident', incident: rowOf(happening.stored) } : undefined;
  }
  const { finding, of } = happening;
  if (of !== undefined && !isKnownTo(asker, of)) return undefined;
  const { key, level, firstAt, explanation, rule } = finding;
  return {
    kind: 'finding',
    finding: { key, level, firstAt, explanation, title: rule.title },
    ...(of && { incidentId: of.incident.id }),
  };
}

/** A restriction needs at least one reader who works here, may read, and is not the accused. */
async function unfitReaders(
  store: Store,
  { incident }: StoredIncident,
  { readers }: Restriction,
): Promise<Failure | undefined> {
  const people = await Promise.all(readers.map((id) => store.staff.person(id)));
  const accused = accusedOf(incident);
  const unfit = readers.filter((_, index) => {
    const person = people[index];
    return !person || person.disabledAt !== undefined || !may(person.role, 'read') || accused.includes(person.email);
  });
  if (readers.length > 0 && unfit.length === 0) return undefined;
  return {
    kind: 'invalid',
    where: 'readers',
    found: readers.length === 0 ? 'nobody' : `${unfit.length} who may not read it`,
    expected: 'active staff whose role may read and whom the incident is not about',
  };
}

function eventView(event: NonNullable<Awaited<ReturnType<Store['events']['get']>>>): EventView {
  const { slots, key, time, arrivedAt, source, origin, raw } = event;
  return {
    ...present({
      key,
      time,
      arrivedAt,
      source,
      activity: slots.activity_name satisfies Activity as string,
      user: slots['actor.user.name'],
      userUid: slots['actor.user.uid'],
      app: slots['actor.app_name'] ?? slots['actor.app_uid'],
      address: slots['src_endpoint.ip'],
      objects: slots['resources.type'],
      rows: slots['unmapped.rows'],
      query: slots['query_info.query_string'],
    }),
    origin,
    raw,
    slots: present({ ...slots }),
  };
}
