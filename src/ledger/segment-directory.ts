import type { Release } from '#model/release.ts';
import type { ReleaseEnd } from './ledger.ts';
import type { Lapse, ReleaseEntry, Tombstone } from './log/entries.ts';
import { noHash } from './log/frame.ts';
import { type IdRange, isScattered } from './log/id-codec.ts';
import type { LoggedFrame } from './log/log.ts';
import { type NotedAnswer, readNotes } from './log/notes.ts';

/** A frame of ids: where it lies, and what can be said of it without reading it. */
export interface IdFrame {
  /** Its place among the segment's frames of ids. */
  readonly ordinal: number;
  readonly offset: number;
  readonly length: number;
  /** Of a small answer among others in its frame: where its ids lie in the frame's body. */
  readonly part: { readonly at: number; readonly length: number } | undefined;
  readonly role: 'records' | 'customers';
  readonly count: number;
  readonly release: number;
  readonly at: number;
  readonly prefix: string;
  readonly range: IdRange;
}

/** The part of a release that lies in one segment. */
export interface ReleasePart {
  readonly release: Release;
  /** Ordinals of its frames. */
  readonly frames: number[];
  records: number;
  customers: number;
  /** Times of its first and last frame here. */
  from: number;
  to: number;
  ended: ReleaseEnd | undefined;
}

/** A frame of small answers that nobody has asked about yet. */
interface Pending {
  readonly head: LoggedFrame['head'];
  readonly offset: number;
  readonly length: number;
  readonly body: Uint8Array;
}

/**
 * What one segment holds, without the ids: built as frames are written or replayed, all durable. Small answers are taken
 * apart when somebody asks: while they are written, nobody waits for that.
 */
export class SegmentDirectory {
  readonly segment: number;
  readonly #frames: IdFrame[] = [];
  readonly #releases = new Map<number, ReleasePart>();
  #pending: Pending[] = [];
  /** Of all its releases. */
  readonly tokens = new Set<string>();
  readonly integrations = new Set<string>();
  /** First six characters of its ids, with the smallest and the largest number behind them. */
  readonly prefixes = new Map<string, { min: bigint; max: bigint }>();
  releaseCount = 0;
  /** Frames whose ids lie far apart, see `isScattered`; and the most ids of one release, or more. */
  scattered = 0;
  largest = 0;
  /** Smallest and largest id of each frame, as doubles: rounded alike, an id in a range stays in it. */
  #ranges = new Float64Array(128);
  readonly lapses: Lapse[] = [];
  readonly tombstones: Tombstone[] = [];
  bytes = 0;
  records = 0;
  /** The chain's link after its last frame. */
  hash: Uint8Array = noHash;
  isSealed = false;
  /** Times of the first and last records, or of what a crash left unknown. */
  from = Number.POSITIVE_INFINITY;
  to = Number.NEGATIVE_INFINITY;

  constructor(segment: number) {
    this.segment = segment;
  }

  get frames(): readonly IdFrame[] {
    this.#takeApart();
    return this.#frames;
  }

  get releases(): ReadonlyMap<number, ReleasePart> {
    this.#takeApart();
    return this.#releases;
  }

  /** Frames and releases that it keeps in memory, those included that nobody has asked about yet. */
  get entries(): number {
    const pending = this.#pending.reduce((sum, { head }) => sum + head.count, 0);
    return this.#frames.length + this.releaseCount + pending;
  }

  add(logged: LoggedFrame): void {
    const { head, entry } = logged;
    this.hash = logged.hash;
    this.bytes = logged.offset + logged.length;
    if (logged.notes !== undefined) this.#addNotes(logged, logged.notes);
    else if (entry === undefined) this.#addIds(logged);
    else if (entry.kind === 'release') this.#addRelease(head.release, entry.value);
    else if (entry.kind === 'lapse') this.#addLapse(entry.value);
    else if (entry.kind === 'tombstone') this.tombstones.push(entry.value);
    else if (entry.kind === 'seal') this.isSealed = true;
    else if (entry.kind === 'end') {
      const part = this.#releases.get(head.release);
      if (part !== undefined) part.ended = entry.value.how;
    }
  }

  /** The frames whose range the id lies in, or as good as. */
  framesAround(id: bigint): readonly IdFrame[] {
    const about = Number(id);
    const frames = this.frames;
    const ranges = this.#ranges;
    const found: IdFrame[] = [];
    for (let ordinal = 0; ordinal < frames.length; ordinal++) {
      if (ranges[ordinal * 2]! <= about && ranges[ordinal * 2 + 1]! >= about) found.push(frames[ordinal]!);
    }
    return found;
  }

  #addNotes({ head, offset, length }: LoggedFrame, { head: told, body }: NonNullable<LoggedFrame['notes']>): void {
    this.#pending.push({ head, offset, length, body: new Uint8Array(body) });
    this.releaseCount += head.count;
    for (const { token, integration, records } of told.kinds) {
      this.tokens.add(token);
      this.integrations.add(integration);
      this.records += records;
    }
    this.scattered += told.scattered;
    this.largest = Math.max(this.largest, told.largest);
    for (const [prefix, min, max] of told.prefixes) this.#extend(prefix, BigInt(min), BigInt(max));
    this.#widen(head.at, head.at);
  }

  #takeApart(): void {
    if (this.#pending.length === 0) return;
    const pending = this.#pending;
    this.#pending = [];
    for (const frame of pending) {
      const answers = readNotes(frame.body, frame.head.count) ?? [];
      for (const [index, answer] of answers.entries()) this.#addAnswer(frame, frame.head.release + index, answer);
    }
  }

  #addAnswer({ head, offset, length }: Pending, id: number, { kind, query, age, ids }: NotedAnswer): void {
    const { records: _, customerField, ...words } = kind;
    const release = { ...words, customerField, id, at: head.at - age, query };
    const times = { from: head.at, to: head.at };
    // A small answer under a reservation is written whole, when it leaves.
    const part: ReleasePart = { release, frames: [], records: 0, customers: 0, ...times, ended: 'complete' };
    this.#releases.set(id, part);
    for (const { role, prefix, count, range, ...place } of ids) {
      const frame = { offset, length, part: place, role, count, release: id, at: head.at, prefix, range };
      this.#addFrame(part, frame);
    }
  }

  #addIds({ head, offset, length }: LoggedFrame): void {
    this.#takeApart();
    const part = this.#releases.get(head.release);
    // Only behind damage, where the head may be what is missing.
    if (part === undefined) return;
    const { count, release, at, prefix, range } = head;
    const role = head.kind === 'customers' ? 'customers' : 'records';
    this.#widen(at, at);
    part.from = Math.min(part.from, at);
    part.to = Math.max(part.to, at);
    if (role === 'records') this.records += count;
    this.#extend(prefix, range.min, range.max);
    if (isScattered(head)) this.scattered += 1;
    this.largest = Math.max(this.largest, part[role] + count);
    this.#addFrame(part, { offset, length, part: undefined, role, count, release, at, prefix, range });
  }

  #addFrame(part: ReleasePart, frame: Omit<IdFrame, 'ordinal'>): void {
    const ordinal = this.#frames.length;
    part.frames.push(ordinal);
    part[frame.role] += frame.count;
    this.#noteRange(ordinal, frame.range);
    this.#frames.push({ ordinal, ...frame });
  }

  #extend(prefix: string, min: bigint, max: bigint): void {
    const known = this.prefixes.get(prefix);
    if (known === undefined) {
      this.prefixes.set(prefix, { min, max });
      return;
    }
    if (min < known.min) known.min = min;
    if (max > known.max) known.max = max;
  }

  #noteRange(ordinal: number, { min, max }: IdRange): void {
    if (ordinal * 2 === this.#ranges.length) {
      const wider = new Float64Array(this.#ranges.length * 2);
      wider.set(this.#ranges);
      this.#ranges = wider;
    }
    this.#ranges[ordinal * 2] = Number(min);
    this.#ranges[ordinal * 2 + 1] = Number(max);
  }

  #addLapse(lapse: Lapse): void {
    this.lapses.push(lapse);
    this.#widen(lapse.from, lapse.to);
  }

  #widen(from: number, to: number): void {
    this.from = Math.min(this.from, from);
    this.to = Math.max(this.to, to);
  }

  #addRelease(id: number, entry: ReleaseEntry): void {
    const like = entry.like === undefined ? undefined : this.#releases.get(entry.like)?.release;
    const release = expandRelease(id, entry, like);
    this.tokens.add(release.token);
    this.integrations.add(release.integration);
    this.releaseCount += 1;
    const times = { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY };
    this.#releases.set(id, { release, frames: [], records: 0, customers: 0, ...times, ended: undefined });
  }
}

const unknown = 'unknown';

/** What is unknown is so only behind damage. */
function expandRelease(id: number, entry: ReleaseEntry, like: Release | undefined): Release {
  return {
    id,
    at: entry.at,
    integration: entry.integration ?? like?.integration ?? unknown,
    token: entry.token ?? like?.token ?? unknown,
    tier: entry.tier ?? like?.tier ?? 'unbound',
    address: entry.address ?? like?.address ?? unknown,
    operation: entry.operation ?? like?.operation ?? unknown,
    object: entry.object ?? like?.object ?? unknown,
    fields: entry.fields ?? like?.fields ?? [],
    query: entry.query === undefined ? like?.query : (entry.query ?? undefined),
    customerField: entry.customerField === undefined ? like?.customerField : (entry.customerField ?? undefined),
  };
}

/** A release's head in as few words as say it, given one before it in the same segment. */
export function shortenRelease(release: Omit<Release, 'id'>, like: Release | undefined): ReleaseEntry {
  const { at, integration, token, tier, address, operation, object, fields } = release;
  const query = release.query ?? null;
  const customerField = release.customerField ?? null;
  if (like === undefined) {
    return { at, integration, token, tier, address, operation, object, fields, query, customerField };
  }
  return {
    at,
    like: like.id,
    ...(integration !== like.integration && { integration }),
    ...(token !== like.token && { token }),
    ...(tier !== like.tier && { tier }),
    ...(address !== like.address && { address }),
    ...(operation !== like.operation && { operation }),
    ...(object !== like.object && { object }),
    ...(!isSameList(fields, like.fields) && { fields }),
    ...(query !== (like.query ?? null) && { query }),
    ...(customerField !== (like.customerField ?? null) && { customerField }),
  };
}

const isSameList = (one: readonly string[], other: readonly string[]): boolean =>
  one === other || (one.length === other.length && one.every((text, index) => text === other[index]));
