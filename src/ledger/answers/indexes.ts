import { join } from 'node:path';
import { replaceFile } from '../log/log-disk.ts';
import type { SegmentDirectory } from '../segment-directory.ts';
import { buildIndex } from './build-index.ts';
import { IndexDamage, indexName, openIndex, type SegmentIndex } from './index-file.ts';
import { OpenIndex } from './open-index.ts';

/** So many stay open: each holds its table of at most two megabytes. */
const keptIndexes = 32;

/** The indexes of the sealed segments: opened when asked for, built again where the file is missing or wrong. */
export class Indexes {
  readonly #directory: string;
  readonly #load: (segment: number) => Promise<SegmentDirectory>;
  readonly #open = new Map<number, Promise<SegmentIndex>>();
  #current: { readonly segment: number; readonly index: OpenIndex } | undefined;
  #building: Promise<unknown> = Promise.resolve();

  constructor(directory: string, load: (segment: number) => Promise<SegmentDirectory>) {
    this.#directory = directory;
    this.#load = load;
  }

  /** Of the segment that is being written. */
  #ofOpen(directory: SegmentDirectory): OpenIndex {
    const { segment } = directory;
    if (this.#current?.segment !== segment) {
      this.#current = { segment, index: new OpenIndex(this.#directory, directory) };
    }
    return this.#current.index;
  }

  /** `hash`: the last link of the segment's chain. */
  #of(segment: number, hash: string): Promise<SegmentIndex> {
    const known = this.#open.get(segment) ?? this.#openOrBuild(segment, hash);
    this.#open.delete(segment);
    this.#open.set(segment, known);
    for (const oldest of this.#open.keys()) if (this.#open.size > keptIndexes) this.#open.delete(oldest);
    known.catch(() => this.#open.delete(segment));
    return known;
  }

  /** Answers with the segment's index; one that proves damaged is built again, once. */
  async ask<Answer>(directory: SegmentDirectory, question: (index: SegmentIndex) => Promise<Answer>): Promise<Answer> {
    if (!directory.isSealed) return question(this.#ofOpen(directory));
    const { segment } = directory;
    const hash = Buffer.from(directory.hash).toString('hex');
    try {
      return await question(await this.#of(segment, hash));
    } catch (reason) {
      if (!(reason instanceof IndexDamage)) throw reason;
      this.#open.set(segment, this.#build(segment, hash));
      return question(await this.#of(segment, hash));
    }
  }

  /** The segment was sealed just now: its index is made beside the streams, so that no answer waits for it. */
  prepare(segment: number, hash: Uint8Array): void {
    // Whoever asks for it meets the same error, and has somebody to tell.
    this.#of(segment, Buffer.from(hash).toString('hex')).catch(() => undefined);
  }

  /** Waits for what is being built. */
  async settle(): Promise<void> {
    await this.#building;
  }

  forget(segment: number): void {
    this.#open.delete(segment);
  }

  async #openOrBuild(segment: number, hash: string): Promise<SegmentIndex> {
    return (await openIndex(this.#directory, segment, hash)) ?? this.#build(segment, hash);
  }

  /** One at a time: it takes memory. */
  #build(segment: number, hash: string): Promise<SegmentIndex> {
    const built = this.#building.then(async () => {
      const bytes = await buildIndex(this.#directory, await this.#load(segment));
      await replaceFile(join(this.#directory, indexName(segment)), bytes);
      const index = await openIndex(this.#directory, segment, hash);
      if (index === undefined) throw new Error(`the index of segment ${segment} cannot be read back`);
      return index;
    });
    this.#building = built.catch(() => undefined);
    return built;
  }
}
