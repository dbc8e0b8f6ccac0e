import { decodeIds, isScattered } from '../log/id-codec.ts';
import type { IdFrame, SegmentDirectory } from '../segment-directory.ts';
import { IdSet } from './id-set.ts';
import { bucketOf, type Role, type SegmentIndex } from './index-file.ts';
import { readFrames } from './read-frames.ts';

const buckets = 65_536;

/**
 * The index of the segment that is still being written, in memory: each question first takes in the frames that have come
 * since the last. Nothing is kept for a segment that nobody asks about.
 */
export class OpenIndex implements SegmentIndex {
  readonly #path: string;
  readonly #segment: SegmentDirectory;
  readonly #sets = new Map<string, { readonly set: IdSet; taken: number }>();
  /** The newest entry of each bucket, and of each entry the one before it and its frame; -1: none. */
  readonly #newest = new Int32Array(buckets).fill(-1);
  #before = new Int32Array(1024);
  #frame = new Int32Array(1024);
  #entries = 0;
  #taken = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(path: string, segment: SegmentDirectory) {
    this.#path = path;
    this.#segment = segment;
  }

  addTo(into: IdSet, release: number, role: Role): Promise<boolean> {
    return this.#inTurn(async () => {
      const key = `${release} ${role}`;
      const kept = this.#sets.get(key) ?? { set: new IdSet(), taken: 0 };
      this.#sets.set(key, kept);
      const all = this.#segment.releases.get(release)?.frames ?? [];
      const frames = all.slice(kept.taken).map((ordinal) => this.#segment.frames[ordinal]!);
      const asked = frames.filter((frame) => frame.role === role);
      await readFrames(this.#path, this.#segment.segment, asked, (frame, body) => kept.set.addFrame(frame, body));
      kept.taken += frames.length;
      into.addSet(kept.set);
      return true;
    });
  }

  scatteredWith(id: bigint): Promise<readonly number[]> {
    return this.#inTurn(async () => {
      const frames = this.#segment.frames.slice(this.#taken);
      await readFrames(this.#path, this.#segment.segment, frames.filter(isScattered), (frame, body) =>
        this.#take(frame, body),
      );
      this.#taken += frames.length;
      const found = new Set<number>();
      const bucket = bucketOf(Number(id & 0xffff_ffffn), Number(id >> 32n), buckets);
      for (let entry = this.#newest[bucket]!; entry >= 0; entry = this.#before[entry]!) found.add(this.#frame[entry]!);
      return [...found];
    });
  }

  #take({ ordinal, range, count }: IdFrame, body: Uint8Array): void {
    const numbers = new BigUint64Array(count);
    decodeIds(body, range, numbers);
    const halves = new Uint32Array(numbers.buffer);
    while (this.#entries + count > this.#frame.length) {
      this.#before = widened(this.#before);
      this.#frame = widened(this.#frame);
    }
    for (let index = 0; index < halves.length; index += 2) {
      const bucket = bucketOf(halves[index]!, halves[index + 1]!, buckets);
      this.#before[this.#entries] = this.#newest[bucket]!;
      this.#frame[this.#entries] = ordinal;
      this.#newest[bucket] = this.#entries++;
    }
  }

  /** One question at a time: each takes in what the next need not. */
  #inTurn<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    const answer = this.#turn.then(ask);
    this.#turn = answer.catch(() => undefined);
    return answer;
  }
}

function widened(list: Int32Array): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(list.length * 2);
  wider.set(list);
  return wider;
}
