import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { GatewayCallLine, GatewayLine, GatewayNoticeLine } from '#model/gateway-line.ts';

type Told<Line extends GatewayLine> = Omit<Line, 'cordonGateway' | 'kind' | 'id' | 'at'> & { readonly at: number };

export interface LineLog {
  /** Durable within a second. */
  call(line: Told<GatewayCallLine>): void;
  /** Durable as soon as the disk allows. */
  notice(line: Told<GatewayNoticeLine>): void;
  /** Resolves when all that was told is durable. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

export interface LineLogOptions {
  /** Files are `gateway-YYYY-MM-DD.ndjson` in it; the main house watches the folder like any other log. */
  readonly directory: string;
  /** Tells this run's lines from those of others. */
  readonly run: string;
  /** Told what could not be written; the lines wait and are tried again. */
  readonly onProblem: (error: unknown) => void;
  /** How long calls gather before they are written, ms. */
  readonly gatherMs?: number;
}

/** The gateway's own log, for detection: NDJSON by day (UTC) of event time, appended and synced in order. */
export async function openLineLog(options: LineLogOptions): Promise<LineLog> {
  await mkdir(options.directory, { recursive: true });
  return new RunningLineLog(options);
}

class RunningLineLog implements LineLog {
  readonly #options: LineLogOptions;
  #waiting: { readonly day: string; readonly text: string }[] = [];
  #writing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #file: { readonly day: string; readonly handle: FileHandle } | undefined;
  #count = 0;

  constructor(options: LineLogOptions) {
    this.#options = options;
  }

  call(line: Told<GatewayCallLine>): void {
    this.#add({ kind: 'call', ...this.#head(withinBounds(line)) });
    this.#timer ??= setTimeout(() => this.#flush(), this.#options.gatherMs ?? 1000).unref();
  }

  notice(line: Told<GatewayNoticeLine>): void {
    this.#add({ kind: 'notice', ...this.#head(line) });
    this.#flush();
  }

  async settle(): Promise<void> {
    this.#flush();
    await this.#writing;
    if (this.#waiting.length > 0) throw new Error(`${this.#waiting.length} lines of the gateway's log are not written`);
  }

  async close(): Promise<void> {
    try {
      await this.settle();
    } finally {
      clearTimeout(this.#timer);
      await this.#closeFile();
    }
  }

  #head<Line extends { readonly at: number }>(line: Line) {
    this.#count += 1;
    const at = new Date(line.at).toISOString();
    return { ...line, cordonGateway: 1, id: `${this.#options.run}-${this.#count}`, at } as const;
  }

  #add(line: GatewayLine): void {
    this.#waiting.push({ day: line.at.slice(0, 10), text: `${printLine(line)}\n` });
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      this.#waiting = [];
      const { day } = lines[0]!;
      const others = lines.findIndex((line) => line.day !== day);
      const now = others < 0 ? lines : lines.slice(0, others);
      if (others >= 0) this.#waiting = [...lines.slice(others), ...this.#waiting];
      try {
        const { handle } = await this.#fileOf(day);
        await handle.appendFile(now.map(({ text }) => text).join(''));
        await handle.datasync();
      } catch (error) {
        this.#waiting = [...now, ...this.#waiting];
        await this.#closeFile().catch(() => undefined);
        this.#options.onProblem(error);
        return;
      }
    }
  }

  async #fileOf(day: string): Promise<{ readonly handle: FileHandle }> {
    if (this.#file?.day === day) return this.#file;
    await this.#closeFile();
    const handle = await open(join(this.#options.directory, `gateway-${day}.ndjson`), 'a+', 0o600);
    this.#file = { day, handle };
    await endLine(handle);
    return this.#file;
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.handle.close();
  }
}

/** What a crash or a full disk left half written stays a line of its own. */
async function endLine(handle: FileHandle): Promise<void> {
  const { size } = await handle.stat();
  if (size === 0) return;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  if (buffer[0] !== 10) await handle.appendFile('\n');
}

const mostNames = 60;
const longestName = 120;

/** A refused call may name anything, at any length; so much of it is written, or refusals alone would fill the disk. */
function withinBounds(line: Told<GatewayCallLine>): Told<GatewayCallLine> {
  const { status, object, fields } = line;
  if (status < 400) return line;
  return {
    ...line,
    ...(object !== undefined && { object: object.slice(0, longestName) }),
    ...(fields && { fields: fields.slice(0, mostNames).map((name) => name.slice(0, longestName)) }),
  };
}

/** One line of plain text: what a terminal would obey (C1 controls) or turn about (bidirectional marks) stands escaped. */
const printLine = (line: GatewayLine): string =>
  JSON.stringify(line).replace(
    /[\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
