import { detach } from '#lib/detach.ts';
import { type Activity, readsRecords } from '#model/activity.ts';
import type { Slots } from '#model/event.ts';
import type { Bounds } from '#model/finding.ts';
import { hourMs } from './measures.ts';
import { tellsOfStream } from './told-by.ts';
import type { Told, ToldRequests } from './told-requests.ts';

/** Rows of one page of a REST answer, the most that a call of unknown size can have returned. REST API guide, query. */
const pageRows = 2000;

/** Kept apart per grant; then what is older than three days is kept by the day, and after that the oldest goes. */
const keptStretches = 128;
const keptByTheHour = 72;

const keptJobs = 8;

const untold: Told = { rows: 0, most: 0 };

/** What a grant read from one network in one hour, or in one day of long ago. */
interface Stretch {
  /** Its first hour since 1970 UTC, and how many it holds. */
  readonly hour: number;
  readonly hours: 1 | 24;
  readonly network: string | undefined;
  /** Rows stated by log files, and by real-time events: the same reads told twice, so the larger sum is the bound. */
  filed: number;
  streamed: number;
  atMost: number;
  /** Reads of any size: bulk results and exports whose rows no line states. */
  unstated: number;
  /** Bulk jobs and reports whose rows a line states. */
  stated: number;
}

/** What one event adds to the account. */
export interface Reads {
  /** Rows beyond what another log told of the same request, and how far the upper bound moves. */
  readonly rows: number;
  readonly most: number;
  /** Rows that the line states, whoever told of them before. */
  readonly stated: number;
  readonly isStreamed: boolean;
  /** The bulk job whose running total it tells. */
  readonly job: string | undefined;
  /** The request and the kind of log that tells it, hashed; 0 for none. */
  readonly uid: number;
  readonly told: number;
}

/** Rows that one grant read, by time and network, each read counted once although several logs tell of it. */
export class ReadAccount {
  #stretches: readonly Stretch[] = [];
  /** Rows told of the last bulk jobs; most grants have none. */
  #jobs: Map<string, number> | undefined = undefined;
  readonly #requests: ToldRequests;
  /** Before this hour reads were given up. */
  #forgottenBefore = Number.NEGATIVE_INFINITY;

  constructor(requests: ToldRequests) {
    this.#requests = requests;
  }

  /**
   * What this event tells of reads, beyond what is known: the states of one bulk job repeat its running total, and one
   * request may be told by two logs. Undefined when it tells of none.
   */
  measure(slots: Slots): Reads | undefined {
    const activity = slots.activity_name;
    // A count reads no rows, but a log that knows only the call takes it for a query.
    if (!readsRecords.has(activity) && activity !== 'count') return undefined;
    const stated = activity === 'count' ? 0 : slots['unmapped.rows'];
    const isStreamed = tellsOfStream(slots['metadata.event_code']);
    const job = slots['unmapped.job.uid'];
    if (job !== undefined && activity.startsWith('bulk-')) {
      const rows = Math.max(0, (stated ?? 0) - (this.#jobs?.get(job) ?? 0));
      return { rows, most: rows, stated: rows, isStreamed, job, uid: 0, told: 0 };
    }
    const uid = hashOf(slots['metadata.correlation_uid']);
    const told = uid === 0 ? 0 : hashOf(slots['metadata.event_code']);
    const before = uid === 0 ? untold : this.#requests.byOthers(uid, told);
    const most = stated ?? Math.max(before.most, mostOf(slots));
    const rows = Math.max(0, (stated ?? 0) - before.rows);
    return { rows, most: most - before.most, stated: stated ?? 0, isStreamed, job: undefined, uid, told };
  }

  add(slots: Slots, reads: Reads, time: number, network: string | undefined): void {
    const activity = slots.activity_name;
    const isUnbounded = tellsOfUnboundedReads.has(activity);
    if (reads.stated !== 0 || reads.most !== 0 || isUnbounded) {
      const stretch = this.#stretchOf(Math.floor(time / hourMs), network);
      if (reads.isStreamed) stretch.streamed += reads.stated;
      else stretch.filed += reads.stated;
      stretch.atMost += reads.most;
      if (isUnbounded) {
        if (slots['unmapped.rows'] !== undefined && activity !== 'bulk-create') stretch.stated += 1;
        else if (activity !== 'bulk-progress') stretch.unstated += 1;
      }
    }
    if (reads.uid !== 0) this.#requests.remember(reads.uid, reads.told, reads);
    if (reads.job !== undefined && reads.rows !== 0) this.#rememberJob(reads.job, reads.rows);
  }

  /**
   * Rows read between two times (ms, both included) from these networks at least, and from anywhere at most. Of a day
   * kept whole that the times only touch, nothing counts at least and all of it at most.
   */
  bounds(from: number, to: number, networks: ReadonlySet<string>): Bounds {
    const first = Math.floor(from / hourMs);
    const last = Math.floor(to / hourMs);
    let filed = 0;
    let streamed = 0;
    let atMost = 0;
    let unstated = 0;
    let stated = 0;
    for (const stretch of this.#stretches) {
      const end = stretch.hour + stretch.hours - 1;
      if (stretch.hour > last || end < first) continue;
      const isWithin = stretch.hour >= first && end <= last;
      if (isWithin && (stretch.network === undefined || networks.size === 0 || networks.has(stretch.network))) {
        filed += stretch.filed;
        streamed += stretch.streamed;
      }
      atMost += stretch.atMost;
      unstated += stretch.unstated;
      stated += stretch.stated;
    }
    const isUnbounded = (unstated > 0 && stated === 0) || first < this.#forgottenBefore;
    // Log files come hours after the stream, when its requests are long forgotten: only the larger account is certain.
    const atLeast = Math.max(filed, streamed);
    return { atLeast, atMost: isUnbounded ? undefined : Math.max(atMost, atLeast) };
  }

  join(other: ReadAccount): void {
    this.#stretches = [...this.#stretches, ...other.#stretches].sort((a, b) => a.hour - b.hour);
    this.#forgottenBefore = Math.max(this.#forgottenBefore, other.#forgottenBefore);
  }

  #stretchOf(hour: number, network: string | undefined): Stretch {
    for (let index = this.#stretches.length - 1; index >= 0; index -= 1) {
      const known = this.#stretches[index]!;
      if (known.hour < hour - 23) break;
      if (hour >= known.hour && hour < known.hour + known.hours && known.network === network) return known;
    }
    if (this.#stretches.length >= keptStretches) this.#makeRoom(hour);
    const fresh: Stretch = { hour, hours: 1, network, filed: 0, streamed: 0, atMost: 0, unstated: 0, stated: 0 };
    this.#stretches = this.#stretches.concat(fresh);
    return fresh;
  }

  #makeRoom(now: number): void {
    const days = new Map<string, Stretch>();
    const recent: Stretch[] = [];
    for (const stretch of this.#stretches) {
      if (stretch.hour >= now - keptByTheHour) {
        recent.push(stretch);
        continue;
      }
      const hour = stretch.hour - (stretch.hour % 24);
      const key = `${hour} ${stretch.network}`;
      const day = days.get(key);
      days.set(key, day === undefined ? { ...stretch, hour, hours: 24 } : addUp(day, stretch));
    }
    const made = [...days.values(), ...recent];
    const tooMany = Math.max(0, made.length - keptStretches + 1);
    if (tooMany > 0) this.#forgottenBefore = made[tooMany - 1]!.hour + made[tooMany - 1]!.hours;
    this.#stretches = made.slice(tooMany);
  }

  #rememberJob(job: string, rows: number): void {
    this.#jobs ??= new Map();
    const before = this.#jobs.get(job);
    if (before === undefined && this.#jobs.size >= keptJobs) this.#jobs.delete(this.#jobs.keys().next().value!);
    this.#jobs.set(detach(job), (before ?? 0) + rows);
  }
}

const addUp = (one: Stretch, other: Stretch): Stretch => ({
  ...one,
  filed: one.filed + other.filed,
  streamed: one.streamed + other.streamed,
  atMost: one.atMost + other.atMost,
  unstated: one.unstated + other.unstated,
  stated: one.stated + other.stated,
});

/** Reads of any size, where no line says how many rows. */
const tellsOfUnboundedReads: ReadonlySet<Activity> = new Set<Activity>([
  'bulk-create',
  'bulk-progress',
  'bulk-complete',
  'bulk-result',
  'report-run',
  'report-export',
]);

/** The most rows that an act of unstated size adds, apart from those that nothing bounds. */
function mostOf(slots: Slots): number {
  if (tellsOfUnboundedReads.has(slots.activity_name)) return 0;
  return slots['resources.uid'] === undefined || slots.activity_name === 'list-view' ? pageRows : 1;
}

/** FNV-1a to 30 bits: keeps no part of the text alive. A clash loses one request's rows from the lower bound. */
function hashOf(text: string | undefined): number {
  if (text === undefined) return 0;
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 2;
}
