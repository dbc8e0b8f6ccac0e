/** Test-only: a disk that can lose its power. */
import { basename, dirname } from 'node:path';
import type { Call } from './record-calls.ts';

type Change = Extract<Call, { kind: 'write' | 'truncate' }>;

interface File {
  durable: Buffer;
  /** Asked for since the last sync: after a power cut each may be there or not. */
  pending: Change[];
  /** What a sync under way makes durable: what was asked for before it began. By who called it. */
  readonly covered: Map<string, ReadonlySet<Change>>;
}

/**
 * One directory as POSIX promises it, and no better: a file's bytes are on the disk once the file was synced, its name
 * once the directory was.
 */
export class Disk {
  readonly #directory: string;
  readonly #isKept: (name: string) => boolean;
  readonly #names = new Map<string, File>();
  #durableNames: ReadonlyMap<string, File> = new Map();

  constructor(directory: string, isKept: (name: string) => boolean) {
    this.#directory = directory;
    this.#isKept = isKept;
  }

  apply(call: Call): void {
    if (call.kind === 'print' || call.kind === 'send') return;
    if (call.kind === 'sync' && call.path === this.#directory) {
      this.#durableNames = new Map(this.#names);
      return;
    }
    const name = basename(call.path);
    if (dirname(call.path) !== this.#directory || !this.#isKept(name)) return;
    const file = this.#names.get(name);
    if (call.kind === 'create') {
      if (file === undefined) this.#names.set(name, { durable: Buffer.alloc(0), pending: [], covered: new Map() });
    } else if (file === undefined) {
      throw new Error(`${call.kind} of ${call.path}, which was never created`);
    } else if (call.kind === 'remove') {
      this.#names.delete(name);
    } else if (call.kind === 'begin-sync') {
      file.covered.set(call.by, new Set(file.pending));
    } else if (call.kind === 'sync') {
      const covered = file.covered.get(call.by ?? '') ?? new Set(file.pending);
      file.durable = changed(
        file.durable,
        file.pending.filter((change) => covered.has(change)),
      );
      file.pending = file.pending.filter((change) => !covered.has(change));
      file.covered.delete(call.by ?? '');
    } else {
      file.pending.push(call);
    }
  }

  /** What is there after a power cut now, `survives` deciding about each change that was not synced. */
  afterPowerCut(survives: (change: Change) => boolean): ReadonlyMap<string, Buffer> {
    return new Map(
      [...this.#durableNames].map(([name, file]) => [name, changed(file.durable, file.pending.filter(survives))]),
    );
  }
}

function changed(content: Buffer, changes: readonly Change[]): Buffer {
  const ends = changes.map((change) =>
    change.kind === 'truncate' ? change.length : change.offset + change.bytes.length,
  );
  const bytes = Buffer.alloc(Math.max(content.length, ...ends));
  content.copy(bytes);
  let length = content.length;
  for (const [index, change] of changes.entries()) {
    if (change.kind === 'write') {
      change.bytes.copy(bytes, change.offset);
      length = Math.max(length, ends[index]!);
    } else {
      bytes.fill(0, change.length, length);
      length = change.length;
    }
  }
  return bytes.subarray(0, length);
}
