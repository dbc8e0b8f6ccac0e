import { chmod, lstat, unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { readRecords } from '#detection/sources/read-records.ts';
import type { Event } from '#model/event.ts';
import type { Intake } from './intake.ts';
import { LineWriter } from './line-writer.ts';

export interface SocketPlace {
  /** Path of the socket's file. */
  readonly socket: string;
  /** Who may write to it: `0600` the user that Cordon runs as, `0660` its group too. */
  readonly mode: '0600' | '0660';
}

/** Lines that wait for the store; at more than this writers are left waiting in their kernel buffers. */
const mostHeldBytes = 8 << 20;
const mostWriters = 32;
/** Lines are gathered this long, so that the store is asked once for many. */
const gatherMs = 100;
const retryMs = 5_000;
const eventsPerBatch = 1_000;

interface Lines {
  readonly bytes: Buffer;
  /** Which writer sent them, for the origin of events. */
  readonly writer: number;
}

/**
 * Listens on a Unix stream socket for NDJSON until the intake stops: Suricata with `filetype: unix_stream`, or any
 * forwarder, as many at a time as like. What cannot be listened on is told as the place's failure and tried again. There
 * is no acknowledgement on a socket: what a writer has sent and the store does not have yet is lost when Cordon is
 * killed; when it is closed, all that has arrived is stored first.
 */
export async function listenSocket(place: SocketPlace, intake: Intake): Promise<void> {
  const inflow = new Inflow();
  const pumping = pump(place, inflow, intake);
  // A store that fails ends the listening as it ends all reading.
  const broken = new AbortController();
  pumping.catch(() => broken.abort());
  const until = AbortSignal.any([intake.signal, broken.signal]);
  while (!until.aborted) {
    const fault = await serve(place, inflow, until, () => intake.health.recovered(place.socket));
    if (fault === undefined) break;
    intake.health.failed(place.socket, fault);
    await setTimeout(retryMs, undefined, { signal: until }).catch(() => undefined);
  }
  inflow.close();
  await pumping;
}

/** Serves until `until`; or why it could not. */
async function serve(
  { socket: path, mode }: SocketPlace,
  inflow: Inflow,
  until: AbortSignal,
  onListening: () => void,
): Promise<string | undefined> {
  const problem = await makeWay(path);
  if (problem !== undefined) return problem;
  const server = createServer((socket) => inflow.add(socket));
  server.maxConnections = mostWriters;
  try {
    await listen(server, path);
    await chmod(path, Number.parseInt(mode, 8));
    onListening();
    await aborted(until);
    return undefined;
  } catch (error) {
    return `cannot listen: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`;
  } finally {
    inflow.endWriters();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Removes the file of a socket whose server is gone; never one that somebody listens on, nor another kind of file. */
async function makeWay(path: string): Promise<string | undefined> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  if (!found.isSocket()) return 'the path is there and is no socket';
  if (await isServed(path)) return 'another program listens on this socket';
  await unlink(path).catch(() => undefined);
  return undefined;
}

const isServed = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });

/** Binds so that nobody else may connect before the mode is set; `listen` binds a path at once. */
function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', resolve);
    const before = process.umask(0o177);
    try {
      server.listen(path);
    } finally {
      process.umask(before);
    }
  });
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** What writers have sent and nobody has taken yet. Pauses all writers while it is too much. */
class Inflow {
  #held: Lines[] = [];
  #heldBytes = 0;
  #tooLong = 0;
  #isClosed = false;
  #wake = (): void => {};
  readonly #writers = new Set<Socket>();
  #count = 0;

  get isClosed(): boolean {
    return this.#isClosed;
  }

  add(socket: Socket): void {
    const writer = ++this.#count;
    const lines = new LineWriter();
    this.#writers.add(socket);
    socket.on('data', (chunk: Buffer) => {
      this.#hold(writer, lines.take(chunk));
      this.#tooLong += lines.takeTooLong();
    });
    // A torn connection is an end like any other: what came whole is kept.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#writers.delete(socket);
      this.#hold(writer, lines.end());
    });
    if (this.#heldBytes > mostHeldBytes) socket.pause();
  }

  endWriters(): void {
    for (const socket of this.#writers) socket.destroy();
  }

  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  /** All that is held, as soon as there is something; empty once nothing more will come. */
  async take(): Promise<{ readonly lines: readonly Lines[]; readonly tooLong: number }> {
    while (this.#held.length === 0 && this.#tooLong === 0 && !this.#isClosed)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    const taken = { lines: this.#held, tooLong: this.#tooLong };
    this.#held = [];
    this.#tooLong = 0;
    return taken;
  }

  /** What was taken is stored: writers may go on. */
  release(lines: readonly Lines[]): void {
    for (const { bytes } of lines) this.#heldBytes -= bytes.length;
    if (this.#heldBytes <= mostHeldBytes / 2) for (const socket of this.#writers) socket.resume();
  }

  #hold(writer: number, bytes: Buffer | undefined): void {
    if (bytes === undefined) {
      if (this.#tooLong > 0) this.#wake();
      return;
    }
    this.#held.push({ bytes, writer });
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > mostHeldBytes) for (const socket of this.#writers) socket.pause();
    this.#wake();
  }
}

/** Stores what comes in, a batch at a time, until the inflow is closed and empty. */
async function pump(place: SocketPlace, inflow: Inflow, intake: Intake): Promise<void> {
  for (;;) {
    if (!inflow.isClosed) await setTimeout(gatherMs, undefined, { signal: intake.signal }).catch(() => undefined);
    const { lines, tooLong } = await inflow.take();
    if (lines.length === 0 && tooLong === 0 && inflow.isClosed) return;
    const { events, unread } = await readLines(place, lines, intake);
    for (let index = 0; index < events.length; index += eventsPerBatch)
      await intake.feed.feed(events.slice(index, index + eventsPerBatch));
    inflow.release(lines);
    if (tooLong > 0) intake.health.failed(place.socket, `passed over ${tooLong} lines of more than 1 MB`);
    else if (unread !== undefined) intake.health.failed(place.socket, unread);
    else intake.health.recovered(place.socket);
  }
}

/** In order of event time over all writers; `unread`: what was wrong with the last line that no source reads. */
async function readLines(
  { socket }: SocketPlace,
  lines: readonly Lines[],
  { sources, clock, health }: Intake,
): Promise<{ readonly events: readonly Event[]; readonly unread: string | undefined }> {
  const events: Event[] = [];
  let unread: string | undefined;
  const byWriter = Map.groupBy(lines, ({ writer }) => writer);
  for (const [writer, sent] of byWriter) {
    const chunks = sent.map(({ bytes }) => bytes);
    for await (const spans of readRecords(chunks, { file: `${socket}#${writer}`, sources, arrivalOf: clock }))
      for (const span of spans) {
        if (span.fate === 'accepted') events.push(span.event);
        if (span.fate !== 'quarantined') continue;
        if (span.source !== undefined) health.counted(span.source, { duplicates: 0, quarantined: 1 });
        unread = `a line was not read: ${span.reason}`;
      }
  }
  events.sort((one, other) => one.time - other.time);
  return { events, unread };
}
