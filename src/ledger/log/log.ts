import { join } from 'node:path';
import type { Failure } from '#model/result.ts';
import type { SmallAnswer } from '../ledger.ts';
import { type DiskRoom, LedgerRefusal } from './disk-room.ts';
import type { Entry } from './entries.ts';
import { type FrameHead, frameBytes, headBytes, noRange, sealFrame } from './frame.ts';
import { encodedBytesAtMost, encodeIds } from './id-codec.ts';
import type { LogDisk, LogFile } from './log-disk.ts';
import { createNotesEncoder, type EncodeNotes, type NotesHead } from './notes.ts';

/** A frame as it stands in the log, without its ids. */
export interface LoggedFrame {
  readonly segment: number;
  readonly offset: number;
  readonly length: number;
  readonly head: FrameHead;
  /** The chain's link after it. */
  readonly hash: Uint8Array;
  readonly entry: Entry | undefined;
  /** Of many small answers: what their head says, and the whole body, a view that holds until the visit is over. */
  readonly notes: { readonly head: NotesHead; readonly body: Uint8Array } | undefined;
}

/** Where the log goes on. */
export interface LogEnd {
  readonly segment: number;
  readonly length: number;
  readonly hash: Uint8Array;
  /** Frames in this segment, and in all before it. */
  readonly frames: number;
  readonly framesBefore: number;
  /** When its first frame was written. */
  readonly since: number;
  /** Its seal is written: the next frame begins another segment. */
  readonly isSealed: boolean;
}

export interface LogOptions {
  readonly directory: string;
  readonly disk: LogDisk;
  readonly clock: () => number;
  /** `before`: durable when `commit` resolves. `behind`: in the kernel then, on the disk soon after. */
  readonly sync: 'before' | 'behind';
  /** A segment ends when it is so long, or so old. */
  readonly segmentBytes: number;
  readonly segmentMs: number;
  /** Called in order, when the frames can be read from the files. */
  readonly onWritten: (frames: readonly LoggedFrame[]) => void;
  /** A segment has begun: what must stand in every segment is written now. */
  readonly onSegment: () => void;
}

interface Chunk {
  readonly segment: number;
  readonly at: number;
  buffer: Buffer;
  length: number;
  readonly frames: LoggedFrame[];
  readonly waiting: { resolve(): void; reject(reason: unknown): void }[];
  isLastOfSegment: boolean;
}

const chunkBytes = 4 * 2 ** 20;
/** Small answers of a segment: who asks about one has them all in memory. */
const answersAtMost = 65_536;

export const segmentName = (segment: number): string => `${String(segment).padStart(8, '0')}.ledger`;

/** The one writer of the segments: encodes at once, in order, and commits all that gathered meanwhile together. */
export class Log {
  readonly #options: LogOptions;
  readonly #room: DiskRoom;
  readonly #queue: Chunk[] = [];
  readonly #spare: Buffer[] = [];
  #file: { readonly segment: number; readonly file: LogFile } | undefined;
  #filling: Chunk | undefined;
  #segment: number;
  #length: number;
  #hash: Uint8Array;
  #frames: number;
  #framesBefore: number;
  /** Small answers in this segment, as far as this process wrote them. */
  #answers = 0;
  readonly #encodeNotes: EncodeNotes = createNotesEncoder();
  #since: number;
  #isSealed: boolean;
  /** How far the segment being written is on the disk, and how far it is in the kernel. */
  #synced: number;
  #written: number;
  #isDraining = false;
  #syncing: Promise<void> | undefined;
  #broken: LedgerRefusal | undefined;

  constructor(options: LogOptions, room: DiskRoom, end: LogEnd | undefined) {
    this.#options = options;
    this.#room = room;
    this.#segment = end?.segment ?? 0;
    this.#length = end?.length ?? 0;
    this.#hash = end?.hash ?? new Uint8Array(32);
    this.#frames = end?.frames ?? 0;
    this.#framesBefore = end?.framesBefore ?? 0;
    this.#since = end?.since ?? 0;
    this.#isSealed = end?.isSealed ?? true;
    this.#synced = this.#length;
    this.#written = this.#length;
  }

  /** The chain's newest link and where it stands, durable or not. */
  get end(): LogEnd {
    return {
      segment: this.#segment,
      length: this.#length,
      hash: this.#hash,
      frames: this.#frames,
      framesBefore: this.#framesBefore,
      since: this.#since,
      isSealed: this.#isSealed,
    };
  }

  get segment(): number {
    return this.#segment;
  }

  /** Why nothing can be written now. */
  get failure(): Failure | undefined {
    return this.#refusal()?.failure;
  }

  /** Says that nothing is left open, if anything was written since the last such word. */
  finish(at: number): void {
    if (this.#broken === undefined && !this.#isSealed) this.writeEntry({ kind: 'close', value: {} }, at);
  }

  /** Throws what forbids writing. To be asked before the frames of one act are written. */
  demandRoom(): void {
    const refusal = this.#refusal();
    if (refusal !== undefined) throw refusal;
    this.prepare();
  }

  /** Begins another segment where it is time; without asking for room, which what must be written is kept back for. */
  prepare(): void {
    const { segmentBytes, segmentMs, clock } = this.#options;
    const isOver = this.#length >= segmentBytes || this.#answers >= answersAtMost || clock() - this.#since >= segmentMs;
    if (this.#isSealed || isOver) this.#beginSegment();
  }

  writeIds(head: Omit<FrameHead, 'range' | 'count'>, numbers: BigUint64Array): void {
    const chunk = this.#chunkWithRoom(frameBytes(encodedBytesAtMost(numbers.length)));
    const from = chunk.length + headBytes;
    const { end, ...range } = encodeIds(numbers, chunk.buffer, from);
    this.#finish(chunk, end - from, { ...head, range, count: numbers.length }, undefined);
  }

  /** `release`: that of the first of them. Answers what they have in common. */
  writeNotes(answers: readonly SmallAnswer[], release: number, at: number): NotesHead {
    const encoded = this.#encodeNotes(answers, at);
    const bodyBytes = 4 + encoded.json.length + encoded.answers.length;
    const chunk = this.#chunkWithRoom(frameBytes(bodyBytes));
    const from = chunk.length + headBytes;
    chunk.buffer.writeUInt32LE(encoded.json.length, from);
    chunk.buffer.set(encoded.json, from + 4);
    chunk.buffer.set(encoded.answers, from + 4 + encoded.json.length);
    const head = { kind: 'notes', count: answers.length, release, at, prefix: '', range: noRange } as const;
    const body = chunk.buffer.subarray(from, from + bodyBytes);
    this.#finish(chunk, bodyBytes, head, undefined, { head: encoded.head, body });
    this.#answers += answers.length;
    return encoded.head;
  }

  writeEntry(entry: Entry, at: number, release = 0): void {
    const body = Buffer.from(JSON.stringify(entry.value));
    const chunk = this.#chunkWithRoom(frameBytes(body.length));
    chunk.buffer.set(body, chunk.length + headBytes);
    const head = { kind: entry.kind, count: 0, release, at, prefix: '', range: noRange };
    this.#finish(chunk, body.length, head, entry);
  }

  /** Resolves when all that was written so far is safe; rejects with a LedgerRefusal when it will not be. */
  commit(): Promise<void> {
    const last = this.#filling ?? this.#queue.at(-1);
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    if (last === undefined) return Promise.resolve();
    return new Promise((resolve, reject) => {
      last.waiting.push({ resolve, reject });
      if (this.#isDraining) return;
      this.#isDraining = true;
      setImmediate(() => this.#drain());
    });
  }

  /** Resolves when all that was written so far is on the disk, whatever `sync` says. */
  async flush(): Promise<void> {
    await this.commit();
    await this.#syncing;
    if (this.#broken !== undefined) throw this.#broken;
  }

  /** Ends the segment being written, so that it can be indexed or dropped; the next write begins another. */
  seal(): void {
    if (!this.#isSealed) this.#beginSegment();
  }

  async close(): Promise<void> {
    if (this.#broken === undefined) await this.commit();
    await this.#syncing;
    await this.#file?.file.close();
    this.#file = undefined;
    this.#broken ??= refuse('closed', 'the ledger is closed');
  }

  #refusal(): LedgerRefusal | undefined {
    return this.#broken ?? this.#room.refusal();
  }

  #beginSegment(): void {
    const at = this.#options.clock();
    if (!this.#isSealed) {
      this.writeEntry({ kind: 'seal', value: { frames: this.#frames + 1 } }, at);
      this.#filling!.isLastOfSegment = true;
      this.#queue.push(this.#filling!);
      this.#filling = undefined;
    }
    this.#segment += 1;
    this.#length = 0;
    this.#framesBefore += this.#frames;
    this.#frames = 0;
    this.#answers = 0;
    this.#synced = 0;
    this.#written = 0;
    this.#since = at;
    this.#isSealed = false;
    this.writeEntry(
      { kind: 'segment', value: { format: 1, segment: this.#segment, framesBefore: this.#framesBefore } },
      at,
    );
    this.#options.onSegment();
  }

  #chunkWithRoom(bytes: number): Chunk {
    const open = this.#filling;
    if (open !== undefined && open.length + bytes <= open.buffer.length) return open;
    if (open !== undefined) this.#queue.push(open);
    const spare = bytes <= chunkBytes ? this.#spare.pop() : undefined;
    this.#filling = {
      segment: this.#segment,
      at: this.#length,
      buffer: spare ?? Buffer.allocUnsafeSlow(Math.max(bytes, chunkBytes)),
      length: 0,
      frames: [],
      waiting: [],
      isLastOfSegment: false,
    };
    return this.#filling;
  }

  #finish(
    chunk: Chunk,
    bodyBytes: number,
    head: FrameHead,
    entry: Entry | undefined,
    notes: LoggedFrame['notes'] = undefined,
  ): void {
    const length = frameBytes(bodyBytes);
    this.#hash = sealFrame(chunk.buffer, chunk.length, bodyBytes, head, this.#synced, this.#hash);
    chunk.frames.push({ segment: this.#segment, offset: this.#length, length, head, hash: this.#hash, entry, notes });
    chunk.length += length;
    this.#length += length;
    this.#frames += 1;
  }

  async #drain(): Promise<void> {
    try {
      for (let chunk = this.#take(); chunk !== undefined; chunk = this.#take()) await this.#write(chunk);
    } catch (reason) {
      this.#break(reason);
    } finally {
      this.#isDraining = false;
    }
  }

  #take(): Chunk | undefined {
    const chunk = this.#queue[0] ?? this.#filling;
    if (chunk === this.#filling && chunk !== undefined) {
      this.#queue.push(chunk);
      this.#filling = undefined;
    }
    return chunk;
  }

  async #write(chunk: Chunk): Promise<void> {
    const file = await this.#fileOf(chunk.segment);
    await file.write(chunk.buffer.subarray(0, chunk.length), chunk.at);
    const isBehind = this.#options.sync === 'behind' && !chunk.isLastOfSegment;
    if (this.#segment === chunk.segment) this.#written = chunk.at + chunk.length;
    if (isBehind) this.#syncSoon(file, chunk.segment);
    else await this.#sync(file, chunk);
    this.#options.onWritten(chunk.frames);
    this.#queue.shift();
    for (const { resolve } of chunk.waiting) resolve();
    if (chunk.buffer.length === chunkBytes && this.#spare.length < 2) this.#spare.push(chunk.buffer);
    if (chunk.isLastOfSegment) {
      await file.close();
      this.#file = undefined;
    }
  }

  async #sync(file: LogFile, chunk: Chunk): Promise<void> {
    await this.#syncing;
    await file.sync();
    if (this.#segment === chunk.segment) this.#synced = chunk.at + chunk.length;
  }

  /** One sync after the other until all that was written is on the disk. */
  #syncSoon(file: LogFile, segment: number): void {
    this.#syncing ??= this.#syncWritten(file, segment).catch((reason: unknown) => this.#break(reason));
  }

  async #syncWritten(file: LogFile, segment: number): Promise<void> {
    while (this.#segment === segment && this.#synced < this.#written) {
      const written = this.#written;
      await file.sync();
      if (this.#segment === segment) this.#synced = written;
    }
    this.#syncing = undefined;
  }

  async #fileOf(segment: number): Promise<LogFile> {
    if (this.#file?.segment === segment) return this.#file.file;
    const { disk, directory } = this.#options;
    const file = await disk.open(join(directory, segmentName(segment)));
    await disk.syncDirectory(directory);
    this.#file = { segment, file };
    return file;
  }

  /** After a write or a sync that failed, nobody knows what is on the disk: only a new start, which reads it, does. */
  #break(reason: unknown): void {
    const why = reason instanceof Error ? reason.message : String(reason);
    this.#broken ??= refuse('the disk', `the ledger cannot be written: ${why}`);
    const chunks = [...this.#queue.splice(0), ...(this.#filling === undefined ? [] : [this.#filling])];
    this.#filling = undefined;
    for (const { waiting } of chunks) for (const { reject } of waiting) reject(this.#broken);
  }
}

const refuse = (by: string, why: string): LedgerRefusal => new LedgerRefusal({ kind: 'refused', by, why }, why);
