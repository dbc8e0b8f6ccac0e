import { isDeepStrictEqual } from 'node:util';
import type { Lapse, ReservationEntry, Tombstone } from './log/entries.ts';
import type { LoggedFrame } from './log/log.ts';
import { readSegment, walkBehind, walkSegment } from './log/replay.ts';
import { SegmentDirectory } from './segment-directory.ts';

/** What is kept in memory of every segment, however many there are. */
export interface SegmentSummary {
  readonly segment: number;
  readonly bytes: number;
  /** Times of its first and last records; infinities, the wrong way round, where it has none. */
  readonly from: number;
  readonly to: number;
  readonly releases: number;
  readonly records: number;
  readonly tokens: ReadonlySet<string>;
  readonly integrations: ReadonlySet<string>;
  /** First six characters of its ids, with the smallest and the largest number behind them. */
  readonly prefixes: ReadonlyMap<string, { readonly min: bigint; readonly max: bigint }>;
  readonly isSealed: boolean;
  /** The chain's link after its last frame, in hex. */
  readonly hash: string;
}

export interface Outstanding extends ReservationEntry {
  /** When it was last zero, or the last time a segment restated it. */
  readonly since: number;
}

/** So many frames and releases of sealed segments stay in memory; the others are read again when asked for. */
const keptEntries = 1_000_000;

/** The account of what is in the log, fed frame by frame in the order of the log. */
export class Segments {
  readonly #directory: string;
  readonly #summaries = new Map<number, SegmentSummary>();
  /** Most recently used last. */
  readonly #loaded = new Map<number, SegmentDirectory>();
  #current: SegmentDirectory | undefined;
  lapses: readonly Lapse[] = [];
  readonly tombstones: Tombstone[] = [];
  readonly #outstanding = new Map<string, Outstanding>();
  #lastRelease = 0;
  #lastAt = 0;
  isClosed = true;

  constructor(directory: string) {
    this.#directory = directory;
  }

  get lastRelease(): number {
    return this.#lastRelease;
  }

  /** The latest time that any frame carries. */
  get lastAt(): number {
    return this.#lastAt;
  }

  get current(): SegmentDirectory | undefined {
    return this.#current;
  }

  /** Reservations whose records no durable frame names yet. */
  outstanding(): readonly Outstanding[] {
    return [...this.#outstanding.values()].filter(({ outstanding }) => outstanding > 0);
  }

  outstandingOf(token: string, object: string): number {
    return this.#outstanding.get(reservationKey(token, object))?.outstanding ?? 0;
  }

  /** Of the log in all its segments. */
  get bytes(): number {
    let bytes = this.#current?.bytes ?? 0;
    for (const summary of this.#summaries.values()) bytes += summary.bytes;
    return bytes;
  }

  /** Oldest first, the one being written included. */
  summaries(): readonly SegmentSummary[] {
    return [...this.#summaries.values(), ...(this.#current === undefined ? [] : [summarise(this.#current)])];
  }

  add(frame: LoggedFrame): void {
    const { head, entry } = frame;
    if (frame.segment !== this.#current?.segment) this.#begin(frame.segment);
    this.#current?.add(frame);
    this.#lastAt = Math.max(this.#lastAt, head.at);
    this.isClosed = entry?.kind === 'close';
    const lastRelease = frame.notes === undefined ? head.release : head.release + head.count - 1;
    this.#lastRelease = Math.max(this.#lastRelease, lastRelease);
    if (entry?.kind === 'lapse') this.lapses = [...this.lapses, entry.value];
    else if (entry?.kind === 'tombstone') this.tombstones.push(entry.value);
    else if (entry?.kind === 'reservation') this.#restate(entry.value, head.at);
    for (const { token, object, records } of frame.notes?.head.kinds ?? []) this.#settle(token, object, records);
  }

  /** The segment is gone by policy; its tombstone stands in the log. */
  forget(directory: SegmentDirectory): void {
    const { segment, lapses } = directory;
    this.#summaries.delete(segment);
    this.#loaded.delete(segment);
    this.lapses = this.lapses.filter((lapse) => !lapses.some((gone) => isDeepStrictEqual(gone, lapse)));
  }

  async directoryOf(segment: number): Promise<SegmentDirectory> {
    if (segment === this.#current?.segment) return this.#current;
    const loaded = this.#loaded.get(segment) ?? (await this.#load(segment));
    this.#keep(loaded);
    return loaded;
  }

  async #load(segment: number): Promise<SegmentDirectory> {
    const loaded = new SegmentDirectory(segment);
    const bytes = await readSegment(this.#directory, segment);
    const { damage } = walkSegment(segment, bytes, undefined, (frame) => loaded.add(frame));
    if (damage !== undefined) walkBehind(damage, bytes, (frame) => loaded.add(frame));
    return loaded;
  }

  #begin(segment: number): void {
    const before = this.#current;
    this.#current = new SegmentDirectory(segment);
    if (before === undefined) return;
    this.#summaries.set(before.segment, summarise(before));
    this.#keep(before);
  }

  #keep(directory: SegmentDirectory): void {
    this.#loaded.delete(directory.segment);
    this.#loaded.set(directory.segment, directory);
    let entries = 0;
    for (const kept of [...this.#loaded.values()].reverse()) {
      entries += kept.entries;
      if (entries > keptEntries && kept !== directory) this.#loaded.delete(kept.segment);
    }
  }

  #restate(entry: ReservationEntry, at: number): void {
    const key = reservationKey(entry.token, entry.object);
    const before = this.#outstanding.get(key);
    if (entry.outstanding === 0) this.#outstanding.delete(key);
    else this.#outstanding.set(key, { ...entry, since: before?.since ?? at });
  }

  #settle(token: string, object: string, records: number): void {
    const key = reservationKey(token, object);
    const before = this.#outstanding.get(key);
    if (before === undefined) return;
    this.#outstanding.set(key, { ...before, outstanding: Math.max(0, before.outstanding - records) });
  }
}

export const reservationKey = (token: string, object: string): string => `${token}\n${object}`;

function summarise(directory: SegmentDirectory): SegmentSummary {
  return {
    segment: directory.segment,
    bytes: directory.bytes,
    from: directory.from,
    to: directory.to,
    releases: directory.releaseCount,
    records: directory.records,
    tokens: directory.tokens,
    integrations: directory.integrations,
    prefixes: directory.prefixes,
    isSealed: directory.isSealed,
    hash: hexOf(directory.hash),
  };
}

const hexOf = (hash: Uint8Array): string => Buffer.from(hash).toString('hex');
