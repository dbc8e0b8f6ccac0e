import type { Activity } from '#model/activity.ts';
import type { Familiarity, Slots } from '#model/event.ts';
import type { Grant } from '#model/finding.ts';
import type { GrantHistory } from '#model/wire.ts';
import type { Party } from './aliases.ts';
import { KnownValues, neededHistoryMs } from './known-values.ts';
import { type Answer, dayMs, hourMs, hourOfWeek } from './measures.ts';
import { ReadAccount, type Reads } from './read-account.ts';
import { TextList } from './text-list.ts';
import type { ToldRequests } from './told-requests.ts';

/** After a finding the grant's values stay unlearned for this long: what was just flagged must not become usual. */
const quarantineMs = dayMs;

const limits = { networks: 64, userAgents: 32, objects: 256, activities: 64, apis: 16 } as const;

const looksAround: ReadonlySet<Activity> = new Set<Activity>([
  'list-objects',
  'describe-object',
  'read-limits',
  'count',
]);

/** What all records share. */
export interface SharedMemory {
  /** A copy of a name that holds nothing of the file it came from; one for all who use it. */
  readonly keep: (text: string) => string;
  readonly requests: ToldRequests;
}

/** What a grant has done from one network. */
interface Visit {
  readonly network: string;
  rows: number;
  reconnaissanceCalls: number;
  reconnaissanceDays: number;
  lastReconnaissanceDay: number;
}

/** An event as its grant's record takes it. */
export interface Sighting {
  readonly time: number;
  /** Of its address (lib/network.ts). */
  readonly network: string | undefined;
  /** Its user agent without versions. */
  readonly agent: string | undefined;
  readonly reads: Reads | undefined;
}

/** What one grant's life has shown so far. Bounded: some kilobytes whatever it does. */
export class GrantRecord {
  app: Party | undefined;
  user: Party | undefined;
  readonly key: string;
  firstAt: number;
  lastAt: number;
  events = 0;
  rows = 0;
  flaggedUntil = 0;
  busiestHourRows = 0;
  #largestRows = 0;
  #hour = -1;
  #hourRows = 0;
  #hourIsFlagged = false;
  #day = -1;
  readonly #keep: (text: string) => string;
  #objectsToday = new TextList();
  readonly #networks: KnownValues;
  #visits: readonly Visit[] = [];
  /** Address and user agent of the last event, and what they stand for: most events repeat them. */
  lastAddress: Answer | undefined = undefined;
  lastUserAgent: Answer | undefined = undefined;
  #lastVisit: Visit | undefined = undefined;
  readonly #userAgents: KnownValues;
  readonly #objects: KnownValues;
  readonly #activities: KnownValues;
  readonly #apis: KnownValues;
  /** By hour of the week: how many events, then the hour since 1970 of the first, 0 for none. */
  readonly #hours = new Uint32Array(96);
  readonly reads: ReadAccount;
  /** Part of an open incident: its reads change the incident's bounds. */
  isWatched = false;

  constructor(
    key: string,
    app: Party | undefined,
    user: Party | undefined,
    time: number,
    { keep, requests }: SharedMemory,
  ) {
    this.reads = new ReadAccount(requests);
    this.#keep = keep;
    this.#networks = new KnownValues(limits.networks, keep);
    this.#userAgents = new KnownValues(limits.userAgents, keep);
    this.#objects = new KnownValues(limits.objects, keep);
    this.#activities = new KnownValues(limits.activities, keep);
    this.#apis = new KnownValues(limits.apis, keep);
    this.key = key;
    this.app = app;
    this.user = user;
    this.firstAt = time;
    this.lastAt = time;
  }

  /** Fills the slots that need this grant's past. `begunAt`: when what is known of it began, ms. */
  describe(slots: Slots, { time, network, agent, reads }: Sighting, begunAt: number): void {
    slots['history.grant.days'] = Math.floor((time - begunAt) / dayMs);
    slots['history.idle_days'] = Math.max(0, Math.floor((time - this.lastAt) / dayMs));
    slots['history.activity'] = this.#activities.judge(slots.activity_name, time, begunAt);
    slots['history.hour'] = this.#judgeHour(time, begunAt);
    if (network !== undefined) slots['history.network'] = this.#networks.judge(network, time, begunAt);
    if (agent !== undefined) slots['history.user_agent'] = this.#userAgents.judge(agent, time, begunAt);
    const api = slots['api.service.name'];
    if (api !== undefined) slots['history.api'] = this.#apis.judge(api, time, begunAt);
    const objects = slots['resources.type'];
    if (objects.length > 0) slots['history.object'] = this.#judgeObjects(objects, time, begunAt);
    const rows = reads?.rows ?? 0;
    this.#describeVolume(slots, time, begunAt, rows);
    this.#describeVisit(slots, time, network, rows);
  }

  #judgeObjects(objects: readonly string[], time: number, begunAt: number): Familiarity {
    for (const object of objects) {
      const familiarity = this.#objects.judge(object, time, begunAt);
      if (familiarity !== 'usual') return familiarity;
    }
    return 'usual';
  }

  /** An hour is usual when it or a neighbour was worked in, by the same rule as other values. */
  #judgeHour(time: number, begunAt: number): Familiarity {
    if (time - begunAt < neededHistoryMs) return 'no history';
    const cell = hourOfWeek(time);
    const base = cell < 24 ? 0 : 24;
    for (const step of [0, 1, 23]) {
      const firstAt = this.#hours[48 + base + ((cell - base + step) % 24)]! * hourMs;
      if (firstAt !== 0 && (firstAt - begunAt < neededHistoryMs || time - firstAt >= 3 * dayMs)) return 'usual';
    }
    return 'new';
  }

  #describeVolume(slots: Slots, time: number, begunAt: number, rows: number): void {
    const hour = Math.floor(time / hourMs);
    const hourRows = (hour === this.#hour ? this.#hourRows : 0) + rows;
    slots['history.hour_rows'] = hourRows;
    if (time - begunAt < neededHistoryMs) return;
    slots['history.rows_ratio'] = rows / Math.max(1, this.#largestRows);
    slots['history.hour_rows_ratio'] = hourRows / Math.max(1, this.#busiestBefore(hour));
  }

  #busiestBefore(hour: number): number {
    return hour === this.#hour || this.#hourIsFlagged
      ? this.busiestHourRows
      : Math.max(this.busiestHourRows, this.#hourRows);
  }

  #describeVisit(slots: Slots, time: number, network: string | undefined, rows: number): void {
    const day = Math.floor(time / dayMs);
    if (day !== this.#day) {
      this.#day = day;
      if (this.#objectsToday.size > 0) this.#objectsToday = new TextList();
    }
    for (const object of slots['resources.type']) this.#touch(object);
    slots['history.objects_today'] = this.#objectsToday.size;
    if (network === undefined) return;
    const visit = this.#visitOf(network);
    const isToday = visit !== undefined && visit.lastReconnaissanceDay === day;
    slots['history.network_rows'] = (visit?.rows ?? 0) + rows;
    const looks = looksAround.has(slots.activity_name);
    slots['history.reconnaissance_calls'] = (visit?.reconnaissanceCalls ?? 0) + (looks ? 1 : 0);
    slots['history.reconnaissance_days'] = (visit?.reconnaissanceDays ?? 0) + (looks && !isToday ? 1 : 0);
  }

  #touch(object: string): void {
    if (this.#objectsToday.indexOf(object) < 0 && this.#objectsToday.size < 1000)
      this.#objectsToday.add(this.#keep(object));
  }

  /** Learns from an event that `describe` has seen. `isFlagged`: a rule just fired on it. */
  learn(slots: Slots, { time, network, agent, reads }: Sighting, isFlagged: boolean): void {
    const rows = reads?.rows ?? 0;
    if (reads !== undefined) this.reads.add(slots, reads, time, network);
    this.#learnVolume(time, rows, isFlagged);
    if (network !== undefined) this.#learnVisit(slots, time, network, rows);
    this.firstAt = Math.min(this.firstAt, time);
    this.lastAt = Math.max(this.lastAt, time);
    this.events += 1;
    this.rows += rows;
    if (isFlagged) this.flaggedUntil = Math.max(this.flaggedUntil, time + quarantineMs);
    // What a vendor calls strange is no habit of the grant either.
    if (time < this.flaggedUntil || slots.activity_name === 'vendor-finding') return;
    if (network !== undefined) this.#networks.learn(network, time);
    if (agent !== undefined) this.#userAgents.learn(agent, time);
    for (const object of slots['resources.type']) this.#objects.learn(object, time);
    this.#activities.learn(slots.activity_name, time);
    const api = slots['api.service.name'];
    if (api !== undefined) this.#apis.learn(api, time);
    const cell = hourOfWeek(time);
    this.#hours[cell]! += 1;
    if (this.#hours[48 + cell] === 0) this.#hours[48 + cell] = Math.floor(time / hourMs);
  }

  #learnVolume(time: number, rows: number, isFlagged: boolean): void {
    const hour = Math.floor(time / hourMs);
    if (hour !== this.#hour) {
      if (!this.#hourIsFlagged) this.busiestHourRows = Math.max(this.busiestHourRows, this.#hourRows);
      this.#hour = hour;
      this.#hourRows = 0;
      this.#hourIsFlagged = false;
    }
    this.#hourRows += rows;
    this.#hourIsFlagged ||= isFlagged || time < this.flaggedUntil;
    if (!this.#hourIsFlagged) this.#largestRows = Math.max(this.#largestRows, rows);
  }

  #visitOf(network: string): Visit | undefined {
    if (this.#lastVisit?.network !== network) this.#lastVisit = this.#visits.find((visit) => visit.network === network);
    return this.#lastVisit;
  }

  #learnVisit(slots: Slots, time: number, network: string, rows: number): void {
    let visit = this.#visitOf(network);
    if (visit === undefined) {
      if (this.#visits.length >= limits.networks) return;
      visit = { network, rows: 0, reconnaissanceCalls: 0, reconnaissanceDays: 0, lastReconnaissanceDay: -1 };
      this.#visits = this.#visits.concat(visit);
    }
    visit.rows += rows;
    if (!looksAround.has(slots.activity_name)) return;
    visit.reconnaissanceCalls += 1;
    const day = Math.floor(time / dayMs);
    if (visit.lastReconnaissanceDay === day) return;
    visit.lastReconnaissanceDay = day;
    visit.reconnaissanceDays += 1;
  }

  /** Takes over what another record of the same grant, kept under another name, has learned. */
  join(other: GrantRecord): void {
    this.firstAt = Math.min(this.firstAt, other.firstAt);
    this.lastAt = Math.max(this.lastAt, other.lastAt);
    this.events += other.events;
    this.rows += other.rows;
    this.isWatched ||= other.isWatched;
    this.reads.join(other.reads);
    this.flaggedUntil = Math.max(this.flaggedUntil, other.flaggedUntil);
    this.busiestHourRows = Math.max(this.busiestHourRows, other.busiestHourRows);
    this.#largestRows = Math.max(this.#largestRows, other.#largestRows);
    this.#networks.join(other.#networks);
    this.#userAgents.join(other.#userAgents);
    this.#objects.join(other.#objects);
    this.#activities.join(other.#activities);
    this.#apis.join(other.#apis);
    for (let cell = 0; cell < 48; cell += 1) {
      this.#hours[cell]! += other.#hours[cell]!;
      const firsts = [this.#hours[48 + cell]!, other.#hours[48 + cell]!].filter((hour) => hour !== 0);
      this.#hours[48 + cell] = firsts.length === 0 ? 0 : Math.min(...firsts);
    }
  }

  get grant(): Grant {
    return {
      key: this.key,
      appUid: this.app?.uids[0],
      appName: this.app?.name,
      userUid: this.user?.uids.find((uid) => uid.startsWith('005')) ?? this.user?.uids[0],
      userName: this.user?.name,
    };
  }

  toHistory(): GrantHistory {
    return {
      grant: this.grant,
      firstAt: this.firstAt,
      lastAt: this.lastAt,
      days: (this.lastAt - this.firstAt) / dayMs,
      events: this.events,
      rows: this.rows,
      busiestHourRows: this.busiestHourRows,
      networks: this.#networks.values(),
      userAgents: this.#userAgents.values(),
      objects: this.#objects.values(),
      activities: this.#activities.values(),
      hours: [...this.#hours.subarray(0, 48)],
    };
  }
}
