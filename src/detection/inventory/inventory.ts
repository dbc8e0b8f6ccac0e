import { detach } from '#lib/detach.ts';
import { networkOf } from '#lib/network.ts';
import { present } from '#lib/present.ts';
import { inWords, listInWords } from '#lib/words.ts';
import { type Activity, readsRecords } from '#model/activity.ts';
import type { Event, Slots } from '#model/event.ts';
import type { InventoryApp, InventoryView } from '#model/wire.ts';
import { type Answer, remember } from '../history/measures.ts';
import { tellsOfStream } from '../history/told-by.ts';

/** Every third party seen in the logs, learned one event at a time, in memory that does not grow with the logs. */
export interface Inventory {
  /** Takes an event after detection has attributed it to its app. */
  readonly observe: (event: Event) => void;
  /** What is known now; newness and dormancy are judged against the newest event. */
  readonly view: () => InventoryView;
}

/** Unused for this long, an app is dormant: its tokens are pure risk. */
const dormantAfterMs = 30 * 86_400_000;
/** First seen this close to the end of the logs, and not at their very beginning, an app is new. */
const newWithinMs = 14 * 86_400_000;
/** With a shorter past than this nothing can be called new. */
const newnessNeedsMs = 7 * 86_400_000;
/** The most rows one REST or SOAP answer carries (SOAP API Developer Guide, queryMore). */
const mostRowsOfAnswer = 2000;
const mostApps = 5000;
const mostOfEach = 200;

interface AppRecord {
  name: string;
  uid: string | undefined;
  firstAt: number;
  lastAt: number;
  readonly users: Map<string, { uid: string | undefined; name: string | undefined; firstAt: number; lastAt: number }>;
  readonly networks: Set<string>;
  readonly userAgents: Set<string>;
  readonly objects: Set<string>;
  readonly apis: Set<string>;
  readonly activities: Set<Activity>;
  calls: number;
  /** Rows stated by log files, and by real-time events: the same reads told twice. */
  filedRows: number;
  streamedRows: number;
  /** Rows already counted for the last jobs, so that the states of one job count once. */
  readonly jobRows: Map<string, number>;
  unstatedReads: number;
  unboundedReads: number;
  readonly setupChanges: { at: number; by?: string; what: string }[];
}

export function createInventory(): Inventory {
  const apps = new Map<string, AppRecord>();
  const appsByUid = new Map<string, AppRecord>();
  const networkOfAddress = remember(networkOf);
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  let appsLeftOut = 0;

  const recordOf = (uid: string | undefined, name: string | undefined, at: number): AppRecord | undefined => {
    const byUid = uid === undefined ? undefined : appsByUid.get(uid);
    if (byUid !== undefined) return name !== undefined && byUid.name === byUid.uid ? named(byUid, name) : byUid;
    const key = name?.toLowerCase() ?? uid;
    if (key === undefined) return undefined;
    const byName = apps.get(key);
    // A second app that took the name of the first is an app of its own.
    const record =
      byName !== undefined && isOf(byName, uid)
        ? byName
        : add(byName === undefined ? key : `${key} ${uid}`, name ?? uid ?? '', at);
    if (record !== undefined && uid !== undefined && record.uid === undefined) {
      record.uid = detach(uid);
      appsByUid.set(record.uid, record);
    }
    return record;
  };

  const isOf = (record: AppRecord, uid: string | undefined): boolean =>
    uid === undefined || record.uid === undefined || record.uid === uid;

  const add = (key: string, name: string, at: number): AppRecord | undefined => {
    if (apps.size >= mostApps) {
      appsLeftOut++;
      return undefined;
    }
    const record = emptyRecord(detach(name), at);
    apps.set(detach(key), record);
    return record;
  };

  /** The app that was known by its id alone has a name; what was seen under the name alone is its life too. */
  const named = (record: AppRecord, name: string): AppRecord => {
    const key = name.toLowerCase();
    const same = apps.get(key);
    if (same !== undefined && same.uid !== undefined) {
      record.name = detach(name);
      return record;
    }
    if (same !== undefined) unite(record, same);
    record.name = detach(name);
    apps.delete(record.uid ?? '');
    apps.set(detach(key), record);
    return record;
  };

  return {
    observe(event) {
      from = Math.min(from, event.time);
      to = Math.max(to, event.time);
      const { slots } = event;
      if (slots.activity_name === 'app-create' || slots.activity_name === 'app-change') {
        const changed = recordOf(slots['entity.uid'], slots['entity.name'], event.time);
        if (changed) noteSetupChange(changed, event);
        return;
      }
      const record = recordOf(slots['actor.app_uid'], slots['actor.app_name'], event.time);
      if (record) noteUse(record, event, networkOfAddress);
    },
    view: () => ({
      at: to === Number.NEGATIVE_INFINITY ? 0 : to,
      ...(from <= to && { from, to }),
      apps: [...apps]
        .map(([key, record]) => viewOf(key, record, from, to))
        .sort((a, b) => b.lastAt - a.lastAt || a.name.localeCompare(b.name)),
      ...(appsLeftOut > 0 && { appsLeftOut }),
    }),
  };
}

const emptyRecord = (name: string, at: number): AppRecord => ({
  name,
  uid: undefined,
  firstAt: at,
  lastAt: at,
  users: new Map(),
  networks: new Set(),
  userAgents: new Set(),
  objects: new Set(),
  apis: new Set(),
  activities: new Set(),
  calls: 0,
  filedRows: 0,
  streamedRows: 0,
  jobRows: new Map(),
  unstatedReads: 0,
  unboundedReads: 0,
  setupChanges: [],
});

function unite(record: AppRecord, other: AppRecord): void {
  record.firstAt = Math.min(record.firstAt, other.firstAt);
  record.lastAt = Math.max(record.lastAt, other.lastAt);
  for (const user of other.users.values()) {
    noteUser(record, user.uid, user.name, user.firstAt);
    noteUser(record, user.uid, user.name, user.lastAt);
  }
  for (const set of ['networks', 'userAgents', 'objects', 'apis'] as const)
    for (const each of other[set]) keep(record[set], each);
  for (const activity of other.activities) record.activities.add(activity);
  record.calls += other.calls;
  record.filedRows += other.filedRows;
  record.streamedRows += other.streamedRows;
  record.unstatedReads += other.unstatedReads;
  record.unboundedReads += other.unboundedReads;
  record.setupChanges.unshift(...other.setupChanges);
}

function noteUse(record: AppRecord, { time, slots }: Event, network: (address: string) => Answer): void {
  record.firstAt = Math.min(record.firstAt, time);
  record.lastAt = Math.max(record.lastAt, time);
  record.calls++;
  record.activities.add(slots.activity_name);
  const address = slots['src_endpoint.ip'];
  keep(record.networks, address === undefined ? undefined : network(address).answer);
  keep(record.userAgents, slots['http_request.user_agent']);
  keep(record.apis, slots['api.service.name']);
  for (const object of slots['resources.type']) keep(record.objects, object);
  noteUser(record, slots['actor.user.uid'], slots['actor.user.name'], time);
  noteRows(record, slots);
}

function noteUser(record: AppRecord, uid: string | undefined, name: string | undefined, time: number): void {
  const key = uid ?? name;
  if (key === undefined) return;
  const user = record.users.get(key);
  if (user) {
    user.firstAt = Math.min(user.firstAt, time);
    user.lastAt = Math.max(user.lastAt, time);
    user.name ??= name && detach(name);
  } else if (record.users.size < mostOfEach) {
    record.users.set(detach(key), { uid: uid && detach(uid), name: name && detach(name), firstAt: time, lastAt: time });
  }
}

/** A bulk job speaks through many rows of log: its largest figure counts, once. */
function noteRows(record: AppRecord, slots: Slots): void {
  const { activity_name: activity, 'unmapped.rows': rows, 'unmapped.job.uid': job } = slots;
  if (!readsRecords.has(activity)) return;
  const isBulk = activity.startsWith('bulk-');
  if (rows === undefined) {
    if (isBulk || activity === 'report-export') record.unboundedReads++;
    else record.unstatedReads++;
  } else if (job !== undefined && isBulk) {
    const counted = record.jobRows.get(job) ?? 0;
    if (rows <= counted) return;
    record.filedRows += rows - counted;
    record.jobRows.set(detach(job), rows);
    if (record.jobRows.size > mostOfEach) record.jobRows.delete(record.jobRows.keys().next().value!);
  } else if (tellsOfStream(slots['metadata.event_code'])) record.streamedRows += rows;
  else record.filedRows += rows;
}

function noteSetupChange(record: AppRecord, { time, slots }: Event): void {
  if (record.setupChanges.length >= mostOfEach) record.setupChanges.shift();
  const by = slots['actor.user.name'] ?? slots['actor.user.uid'];
  const what = slots.message ?? slots['metadata.event_code'] ?? slots.activity_name;
  record.setupChanges.push({ at: time, ...(by !== undefined && { by: detach(by) }), what: detach(what) });
}

function keep(set: Set<string>, value: string | undefined): void {
  if (value !== undefined && !set.has(value) && set.size < mostOfEach) set.add(detach(value));
}

function viewOf(key: string, record: AppRecord, from: number, to: number): InventoryApp {
  return {
    key,
    name: record.name,
    ...(record.uid !== undefined && { uid: record.uid }),
    standing: standingOf(record, from, to),
    firstAt: record.firstAt,
    lastAt: record.lastAt,
    users: [...record.users.values()].map(present),
    networks: [...record.networks].sort(),
    userAgents: [...record.userAgents].sort(),
    objects: [...record.objects].sort(),
    apis: [...record.apis].sort(),
    calls: record.calls,
    rows: {
      atLeast: Math.max(record.filedRows, record.streamedRows),
      atMost:
        record.unboundedReads > 0
          ? undefined
          : record.filedRows + record.streamedRows + record.unstatedReads * mostRowsOfAnswer,
    },
    reach: reachOf(record),
    setupChanges: record.setupChanges,
  };
}

function standingOf({ firstAt, lastAt, calls }: AppRecord, from: number, to: number): InventoryApp['standing'] {
  if (calls > 0 && to - lastAt > dormantAfterMs) return 'dormant';
  const isNew = to - firstAt < newWithinMs && firstAt - from >= newnessNeedsMs;
  return isNew ? 'new' : 'in use';
}

/** What one stolen token of it could reach, as far as its own deeds show: never less than what it has done. */
function reachOf(record: AppRecord): string {
  if (record.calls === 0) return 'Known only from setup changes; never seen in use.';
  const people = record.users.size;
  const whose = people <= 1 ? 'one user' : `any of ${inWords(people)} users`;
  const reads =
    record.objects.size > 0
      ? `has read ${listInWords([...record.objects].sort())}`
      : 'has signed in; these logs do not show what it read';
  const bulk = [...record.activities].some((activity) => activity.startsWith('bulk-'))
    ? ' It uses bulk queries, by which a whole table leaves in minutes.'
    : '';
  return `One token acts as ${whose}. It ${reads}; it reaches at least that, and everything else its user may see.${bulk}`;
}
