/** 32 bits of a 54-bit id that carry both where it is looked for and its neighbours' company: eight in a row share a line. */
function hashOf(low: number, high: number): number {
  let hash = Math.imul((low >>> 3) ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** Three 32-bit words an id: its low half; its upper 22 bits under ten of the time; the time's low half. */
const words = 3;
const smallest = 64;
const largest = 4096;
const deepest = 24;
const fullAt = 0.8;
const twoTo32 = 2 ** 32;

interface Shard {
  /** How many leading bits of the hash its ids share. */
  readonly depth: number;
  readonly capacity: number;
  readonly cells: Int32Array;
  used: number;
}

const shardOf = (depth: number, capacity: number): Shard => ({
  depth,
  capacity,
  cells: new Int32Array(words * capacity),
  used: 0,
});

/**
 * When each id was last seen: exact, for ids of 54 bits (`lib/salesforce-id-number.ts`) and times in ms since 1970 up to
 * the year 2109. Open addressing in shards that split one by one (extendible hashing, Fagin and others 1979), so that
 * growing to millions never halts the process: 15 to 30 bytes an id. Ids come as two 32-bit halves, because a BigInt a
 * record would cost more than the look-up.
 */
export class IdTimes {
  #depth = 0;
  #directory: Shard[] = [shardOf(0, smallest)];

  /**
   * Sets the time of an id and returns the former one, 0 when it is new. Ids of `expired` and before may be dropped to
   * make room.
   */
  swap(low: number, high: number, time: number, expired: number): number {
    const hash = hashOf(low, high);
    const shard = this.#directory[this.#depth === 0 ? 0 : hash >>> (32 - this.#depth)]!;
    const { cells } = shard;
    const at = find(cells, shard.capacity, hash, low, high);
    const word = cells[at + 1]!;
    const former = (word >>> 22) * twoTo32 + (cells[at + 2]! >>> 0);
    if (former === 0) {
      if (shard.used >= fullAt * shard.capacity) {
        this.#makeRoom(shard, hash, expired);
        return this.swap(low, high, time, expired);
      }
      shard.used++;
    }
    cells[at] = low;
    cells[at + 1] = high | ((time / twoTo32) << 22);
    cells[at + 2] = time;
    return former;
  }

  /** Visits every id with its time, in no order; `visit` must not change them. */
  each(visit: (low: number, high: number, time: number) => void): void {
    for (const { cells } of new Set(this.#directory)) {
      for (let at = 0; at < cells.length; at += words) {
        const time = timeAt(cells, at);
        if (time !== 0) visit(cells[at]!, cells[at + 1]! & 0x3fffff, time);
      }
    }
  }

  /** Bytes that the ids and the directory take. */
  get bytes(): number {
    let sum = 8 * this.#directory.length;
    for (const shard of new Set(this.#directory)) sum += shard.cells.byteLength;
    return sum;
  }

  #makeRoom(shard: Shard, hash: number, expired: number): void {
    let kept = 0;
    for (let at = 0; at < shard.cells.length; at += words) if (timeAt(shard.cells, at) > expired) kept++;
    const isMostlyPast = kept < (fullAt / 2) * shard.capacity;
    const isToSplit = !isMostlyPast && shard.capacity === largest && shard.depth < deepest;
    const capacity = isMostlyPast || isToSplit ? shard.capacity : 2 * shard.capacity;
    const halves = isToSplit ? 2 : 1;
    const by = Array.from({ length: halves }, () => shardOf(shard.depth + halves - 1, capacity));
    this.#replace(shard, hash, by, expired);
  }

  /** Puts one shard, or two that differ in the next bit of the hash, in the place of `old`. */
  #replace(old: Shard, hash: number, by: readonly Shard[], expired: number): void {
    if (by.length === 2 && old.depth === this.#depth) {
      this.#directory = this.#directory.flatMap((shard) => [shard, shard]);
      this.#depth++;
    }
    for (let at = 0; at < old.cells.length; at += words) {
      if (timeAt(old.cells, at) <= expired) continue;
      const low = old.cells[at]!;
      const high = old.cells[at + 1]! & 0x3fffff;
      const its = hashOf(low, high);
      const shard = by.length === 1 ? by[0]! : by[(its >>> (31 - old.depth)) & 1]!;
      const to = find(shard.cells, shard.capacity, its, low, high);
      for (let word = 0; word < words; word++) shard.cells[to + word] = old.cells[at + word]!;
      shard.used++;
    }
    const share = 2 ** (this.#depth - old.depth);
    const first = old.depth === 0 ? 0 : (hash >>> (32 - old.depth)) * share;
    for (let index = 0; index < share; index++) {
      this.#directory[first + index] = by[by.length === 1 || index < share / 2 ? 0 : 1]!;
    }
  }
}

const timeAt = (cells: Int32Array, at: number): number => (cells[at + 1]! >>> 22) * twoTo32 + (cells[at + 2]! >>> 0);

/** Where the id stands, or the free cell where it would. */
function find(cells: Int32Array, capacity: number, hash: number, low: number, high: number): number {
  const mask = capacity - 1;
  let slot = ((hash << 3) | (low & 7)) & mask;
  for (;;) {
    const at = words * slot;
    const word = cells[at + 1]!;
    if (cells[at] === low && (word & 0x3fffff) === high && (word >>> 22 !== 0 || cells[at + 2] !== 0)) return at;
    if (word >>> 22 === 0 && cells[at + 2] === 0) return at;
    slot = (slot + 1) & mask;
  }
}
