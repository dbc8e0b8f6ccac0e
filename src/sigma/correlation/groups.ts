import { detach } from '#lib/detach.ts';
import type { Measure } from './measure.ts';
import { SlidingWindow } from './sliding-window.ts';

/** A group among those of its size. */
interface Group {
  readonly key: string;
  readonly window: SlidingWindow;
  size: number;
  weight: number;
  shelf: number;
  /** Touched before and after it. */
  older: Group | undefined;
  newer: Group | undefined;
}

/** Groups of like size: n to 2n-1 occurrences, n a power of two. */
interface Shelf {
  groups: number;
  weight: number;
  oldest: Group | undefined;
  newest: Group | undefined;
}

/**
 * The groups of one correlation, by size. When there is no room, the shelf that takes most of it pays, and on it the
 * group longest untouched: who floods the correlation with new groups pushes out such as are no larger than theirs, and
 * a noisy group costs the noisy.
 */
export class Groups {
  readonly #timespanMs: number;
  readonly #createMeasure: () => Measure;
  readonly #groups = new Map<string, Group>();
  readonly #shelves: Shelf[] = Array.from({ length: 32 }, () => ({
    groups: 0,
    weight: 0,
    oldest: undefined,
    newest: undefined,
  }));
  #weight = 0;

  constructor(timespanMs: number, measure: () => Measure) {
    this.#timespanMs = timespanMs;
    this.#createMeasure = measure;
  }

  get size(): number {
    return this.#groups.size;
  }

  /** Events of all groups. */
  get weight(): number {
    return this.#weight;
  }

  /** Lets `change` work on the window of a group, new if it is not known, and returns what it returns. */
  touch<Result>(key: string, change: (window: SlidingWindow) => Result): Result {
    const known = this.#groups.get(key);
    const group = known ?? this.#open(key);
    const result = change(group.window);
    this.#settle(group, true);
    return result;
  }

  /** Drops the groups and occurrences that are older than `time`. */
  forgetBefore(time: number): void {
    for (const group of this.#groups.values()) this.#forgetIn(group, (window) => window.forgetBefore(time));
  }

  /** Drops one group that is not `kept`, if there is another, and tells whether it held anything newer than `time`. */
  forgetGroup(kept: string, time: number): boolean {
    const group = this.#payer('groups', kept);
    if (group === undefined) return false;
    const wasNeeded = group.window.newest >= time;
    this.#close(group);
    return wasNeeded;
  }

  /** Drops the older half of a group, of `kept` only if that leaves something; returns how many occurrences that were. */
  forgetHalf(kept: string): number {
    const group = this.#payer('weight', this.#groups.get(kept)?.size === 1 ? kept : undefined);
    const count = Math.ceil((group?.size ?? 0) / 2);
    if (group !== undefined) this.#forgetIn(group, (window) => window.forgetOldest(count));
    return count;
  }

  #payer(by: 'groups' | 'weight', kept: string | undefined): Group | undefined {
    let shelf: Shelf | undefined;
    for (const each of this.#shelves) {
      const isOnlyKept = each.oldest === each.newest && each.oldest?.key === kept;
      if (each.groups > 0 && !isOnlyKept && (shelf === undefined || each[by] > shelf[by])) shelf = each;
    }
    return shelf?.oldest?.key === kept ? shelf?.oldest?.newer : shelf?.oldest;
  }

  #forgetIn(group: Group, forget: (window: SlidingWindow) => void): void {
    forget(group.window);
    if (group.window.size === 0) this.#close(group);
    else if (group.window.size !== group.size) this.#settle(group, false);
  }

  #open(key: string): Group {
    const window = new SlidingWindow(this.#timespanMs, this.#createMeasure);
    const own = detach(key);
    const group: Group = { key: own, window, size: 0, weight: 0, shelf: 0, older: undefined, newer: undefined };
    this.#groups.set(own, group);
    this.#link(group, 0);
    return group;
  }

  #close(group: Group): void {
    this.#groups.delete(group.key);
    this.#unlink(group);
    this.#weight -= group.weight;
  }

  /** Puts a group on the shelf of its size, as the newest there if it was touched or comes from another. */
  #settle(group: Group, isTouched: boolean): void {
    const { size, weight } = group.window;
    const at = shelfOf(size);
    this.#weight += weight - group.weight;
    const moves = at !== group.shelf || (isTouched && group.newer !== undefined);
    if (moves) this.#unlink(group);
    else this.#shelves[at]!.weight += weight - group.weight;
    group.size = size;
    group.weight = weight;
    if (moves) this.#link(group, at);
  }

  #link(group: Group, at: number): void {
    const shelf = this.#shelves[at]!;
    group.shelf = at;
    group.older = shelf.newest;
    group.newer = undefined;
    if (shelf.newest === undefined) shelf.oldest = group;
    else shelf.newest.newer = group;
    shelf.newest = group;
    shelf.groups += 1;
    shelf.weight += group.weight;
  }

  #unlink(group: Group): void {
    const shelf = this.#shelves[group.shelf]!;
    if (group.older === undefined) shelf.oldest = group.newer;
    else group.older.newer = group.newer;
    if (group.newer === undefined) shelf.newest = group.older;
    else group.newer.older = group.older;
    shelf.groups -= 1;
    shelf.weight -= group.weight;
  }
}

const shelfOf = (size: number): number => 31 - Math.clz32(Math.max(1, size));
