import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event } from '#model/event.ts';
import { Heap } from './heap.ts';
import { ReadEvent } from './read-event.ts';
import type { RecordFormat } from './record-format.ts';
import { isEarlierEntry, RunReader, type SortEntry, SortRun } from './sort-run.ts';
import type { AcceptedSpan } from './span.ts';

const readBytes = 1 << 24;
const batchEvents = 256;

/** What all files that are sorted at one time may together hold in memory, beyond one run each while they are read. */
export class SortRoom {
  bytesLeft: number;
  /** Size of a run: what one file is sorted by in memory. */
  readonly runBytes: number;

  constructor(bytes = 1 << 25, runBytes = 1 << 24) {
    this.bytesLeft = bytes;
    this.runBytes = runBytes;
  }
}

/**
 * Sorts one file's events by time, then place in the file: in memory when they fit into one run and there is room,
 * else in runs written to a temporary file and merged. That file is private and removed at the end, on error,
 * and, where the system lets an open file be unlinked, even when the process is killed.
 */
export async function* sortByTime(
  batches: AsyncIterable<readonly AcceptedSpan[]>,
  room: SortRoom,
  arrivalOf: (time: number) => number,
): AsyncGenerator<readonly Event[], void, void> {
  const formats = new FormatList();
  const file = new RunFile();
  let held = 0;
  try {
    let run = new SortRun(room.runBytes);
    let name = '';
    for await (const batch of batches)
      for (const span of batch) {
        name = span.event.origin.file;
        const entry = entryOf(span, formats);
        if (run.add(entry)) continue;
        await file.write(run);
        run = new SortRun(room.runBytes);
        run.add(entry);
      }
    const remake = (entry: SortEntry): Event => remakeEvent(entry, formats.at(entry.format), name, arrivalOf);
    if (file.runs === 0 && run.bytes <= room.bytesLeft) {
      held = run.bytes;
      room.bytesLeft -= held;
      for (const batch of inBatches(run.entries())) yield batch.map(remake);
    } else {
      await file.write(run);
      for await (const batch of file.batches()) yield batch.map(remake);
    }
  } finally {
    room.bytesLeft += held;
    await file.remove();
  }
}

function entryOf({ event, format }: AcceptedSpan, formats: FormatList): SortEntry {
  const { offset, bytes } = event.origin;
  return { time: event.time, offset, bytes, format: formats.indexOf(format), raw: event.raw };
}

function remakeEvent(
  { offset, bytes, raw }: SortEntry,
  format: RecordFormat,
  file: string,
  arrivalOf: (time: number) => number,
): Event {
  const reading = format.reread(raw);
  if ('invalid' in reading)
    throw new Error(`${format.source.name} refuses a record that it has read: ${reading.invalid}`);
  const arrivedAt = arrivalOf(reading.time);
  return new ReadEvent(reading, format, arrivedAt, { file, offset, bytes }, raw, undefined);
}

function* inBatches(entries: Iterable<SortEntry>): Generator<readonly SortEntry[], void, void> {
  let batch: SortEntry[] = [];
  for (const entry of entries) {
    batch.push(entry);
    if (batch.length < batchEvents) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

class FormatList {
  readonly #formats: RecordFormat[] = [];
  readonly #positions = new Map<RecordFormat, number>();

  indexOf(format: RecordFormat): number {
    const known = this.#positions.get(format);
    if (known !== undefined) return known;
    this.#positions.set(format, this.#formats.length);
    return this.#formats.push(format) - 1;
  }

  at(index: number): RecordFormat {
    return this.#formats[index]!;
  }
}

/** Sorted runs one behind the other in one temporary file, made when the first is written. */
class RunFile {
  readonly #ends: number[] = [];
  #directory: string | undefined;
  #handle: FileHandle | undefined;

  get runs(): number {
    return this.#ends.length;
  }

  async write(run: SortRun): Promise<void> {
    this.#handle ??= await this.#create();
    let end = this.#ends.at(-1) ?? 0;
    for (const piece of run.encoded()) {
      await this.#handle.write(piece, 0, piece.length, end);
      end += piece.length;
    }
    this.#ends.push(end);
  }

  /** All entries in order. */
  async *batches(): AsyncGenerator<readonly SortEntry[], void, void> {
    const readers = new Heap<RunReader>((one, other) => isEarlierEntry(one.entry!, other.entry!));
    const pieceBytes = Math.max(1 << 12, Math.min(1 << 16, Math.floor(readBytes / this.#ends.length)));
    for (const [index, end] of this.#ends.entries()) {
      const reader = new RunReader(this.#handle!, this.#ends[index - 1] ?? 0, end, pieceBytes);
      await reader.advance();
      if (reader.entry !== undefined) readers.add(reader);
    }
    let batch: SortEntry[] = [];
    for (let least = readers.first; least !== undefined; least = readers.first) {
      batch.push(least.entry!);
      const loading = least.advance();
      if (loading !== undefined) await loading;
      if (batch.length >= batchEvents) {
        yield batch;
        batch = [];
      }
      if (least.entry === undefined) readers.takeFirst();
      else readers.firstChanged();
    }
    if (batch.length > 0) yield batch;
  }

  async remove(): Promise<void> {
    await this.#handle?.close();
    if (this.#directory !== undefined) await rm(this.#directory, { recursive: true, force: true });
  }

  async #create(): Promise<FileHandle> {
    this.#directory = await mkdtemp(join(tmpdir(), 'cordon-sort-'));
    const handle = await open(join(this.#directory, 'runs'), 'wx+', 0o600);
    // Windows keeps the name of an open file; `remove` takes it then.
    await rm(this.#directory, { recursive: true, force: true }).catch(() => undefined);
    return handle;
  }
}
