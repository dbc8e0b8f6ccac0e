import { detach } from '#lib/detach.ts';
import { type Activity, readsRecords } from '#model/activity.ts';
import type { Slots } from '#model/event.ts';
import type { Bounds } from '#model/finding.ts';
import { hourMs } from './measures.ts';

/** Rows of one page of a REST answer, the most that a call of unknown size can have returned. REST API guide, query. */
const pageRows = 2000;

/** Hours × networks kept per grant: a fortnight of an integration that works round the clock from one place. */
const keptHours = 400;

const keptJobs = 8;
const keptRequests = 16;

/** What a grant read from one network in one hour. */
interface Hour {
  readonly hour: number;
  readonly network: string | undefined;
  atLeast: number;
  atMost: number;
  /** Reads of any size: bulk results and exports whose rows no line states. */
  unstated: number;
  /** Bulk jobs and reports whose rows a line states. */
  stated: number;
}

/** A request as one log tells it, with the rows that were counted for it. */
interface Request {
  readonly uid: number;
  /** Kind of log, hashed. */
  readonly told: number;
  readonly atLeast: number;
  readonly atMost: number;
}

const untold = { atLeast: 0, atMost: 0 } as const;

/** Rows that one grant read, by hour and network, each read counted once although several logs tell of it. */
export class ReadAccount {
  readonly #hours: Hour[] = [];
  readonly #jobs = new Map<string, number>();
  readonly #requests: Request[] = [];
  /** Before this hour reads were given up. */
  #forgottenBefore = Number.NEGATIVE_INFINITY;

  /**
   * Rows that this event adds to what is known. The states of one bulk job repeat its running total; one request may be
   * told by two logs.
   */
  newRows(slots: Slots): number {
    if (!readsRecords.has(slots.activity_name)) return 0;
    const rows = slots['unmapped.rows'] ?? 0;
    if (rows === 0) return 0;
    if (isBulk(slots)) return Math.max(0, rows - (this.#jobs.get(slots['unmapped.job.uid']!) ?? 0));
    return Math.max(0, rows - this.#toldElsewhere(slots).atLeast);
  }

  add(slots: Slots, time: number, network: string | undefined): void {
    const activity = slots.activity_name;
    // A count reads no rows, but a log that knows only the call takes it for a query.
    if (!readsRecords.has(activity) && activity !== 'count') return;
    const stated = activity === 'count' ? 0 : slots['unmapped.rows'];
    const rows = this.newRows(slots);
    const told = isBulk(slots) ? untold : this.#toldElsewhere(slots);
    const most = stated === undefined ? Math.max(told.atMost, mostOf(slots)) : isBulk(slots) ? rows : stated;
    if (most > 0 || told.atMost > 0 || tellsOfUnboundedReads.has(activity)) {
      const hour = this.#hourOf(Math.floor(time / hourMs), network);
      hour.atLeast += rows;
      hour.atMost += most - told.atMost;
      if (stated !== undefined && tellsOfUnboundedReads.has(activity) && activity !== 'bulk-create') hour.stated += 1;
      else if (tellsOfUnboundedReads.has(activity) && activity !== 'bulk-progress') hour.unstated += 1;
    }
    this.#remember(slots, rows, most - told.atMost);
  }

  /** Rows read between two times (ms, both included) from these networks at least, and from anywhere at most. */
  bounds(from: number, to: number, networks: ReadonlySet<string>): Bounds {
    const first = Math.floor(from / hourMs);
    const last = Math.floor(to / hourMs);
    let atLeast = 0;
    let atMost = 0;
    let unstated = 0;
    let stated = 0;
    for (const hour of this.#hours) {
      if (hour.hour < first || hour.hour > last) continue;
      if (hour.network === undefined || networks.size === 0 || networks.has(hour.network)) atLeast += hour.atLeast;
      atMost += hour.atMost;
      unstated += hour.unstated;
      stated += hour.stated;
    }
    const isUnbounded = (unstated > 0 && stated === 0) || first < this.#forgottenBefore;
    return { atLeast, atMost: isUnbounded ? undefined : atMost };
  }

  join(other: ReadAccount): void {
    this.#hours.push(...other.#hours);
    this.#hours.sort((a, b) => a.hour - b.hour);
    this.#forgottenBefore = Math.max(this.#forgottenBefore, other.#forgottenBefore);
  }

  #hourOf(hour: number, network: string | undefined): Hour {
    for (let index = this.#hours.length - 1; index >= 0 && this.#hours[index]!.hour >= hour - 1; index -= 1) {
      const known = this.#hours[index]!;
      if (known.hour === hour && known.network === network) return known;
    }
    if (this.#hours.length >= keptHours) this.#forgottenBefore = this.#hours.shift()!.hour + 1;
    const fresh: Hour = { hour, network, atLeast: 0, atMost: 0, unstated: 0, stated: 0 };
    this.#hours.push(fresh);
    return fresh;
  }

  /** What other kinds of log told of the same request. */
  #toldElsewhere(slots: Slots): { readonly atLeast: number; readonly atMost: number } {
    const uid = slots['metadata.correlation_uid'];
    if (uid === undefined || this.#requests.length === 0) return untold;
    const hash = hashOf(uid);
    const told = hashOf(slots['metadata.event_code'] ?? '');
    let atLeast = 0;
    let atMost = 0;
    for (const request of this.#requests) {
      if (request.uid !== hash || request.told === told) continue;
      atLeast += request.atLeast;
      atMost += request.atMost;
    }
    return { atLeast, atMost };
  }

  #remember(slots: Slots, rows: number, most: number): void {
    if (isBulk(slots)) {
      const job = slots['unmapped.job.uid']!;
      if (rows === 0) return;
      if (this.#jobs.size >= keptJobs && !this.#jobs.has(job)) this.#jobs.delete(this.#jobs.keys().next().value!);
      this.#jobs.set(detach(job), (this.#jobs.get(job) ?? 0) + rows);
      return;
    }
    const uid = slots['metadata.correlation_uid'];
    if (uid === undefined) return;
    if (this.#requests.length >= keptRequests) this.#requests.shift();
    const told = hashOf(slots['metadata.event_code'] ?? '');
    this.#requests.push({ uid: hashOf(uid), told, atLeast: rows, atMost: most });
  }
}

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

const isBulk = (slots: Slots): boolean =>
  slots['unmapped.job.uid'] !== undefined && slots.activity_name.startsWith('bulk-');

/** FNV-1a: keeps no part of the text alive. A clash loses one request's rows from the lower bound. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
