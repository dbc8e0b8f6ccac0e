import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Act } from './acts.ts';
import { dayMs, hourMs } from './calendar.ts';
import type { House } from './house.ts';
import { type Channel, channels, type LogName, logFiles } from './lines/log-files.ts';
import { createActWriter } from './lines/write-act.ts';

/** A stretch of the house's logs as an organisation would export it. */
export interface LogExport {
  /** In time order (ordinary-life.ts, a story's, or both merged). */
  readonly acts: Iterable<Act>;
  readonly channels?: readonly Channel[];
  /** Only these logs; all of the channels' when absent. */
  readonly only?: readonly LogName[];
  /** Whether event log files hold an hour (needs the paid licence) or a day. */
  readonly interval?: 'Hourly' | 'Daily';
}

/** Text to be put at the end of the file at `path`, relative to the export's directory. */
export interface LogPart {
  readonly path: string;
  readonly text: string;
  readonly lines: number;
}

/**
 * The export's files part by part: `event-log-files/2026-10-13T10_RestApi.csv`, `real-time-events/ApiEvent.ndjson`,
 * `LoginHistory.json`, `SetupAuditTrail.csv`, `okta.ndjson`. Holds one interval in memory.
 */
export function* exportLogs(house: House, options: LogExport): Generator<LogPart> {
  const length = options.interval === 'Daily' ? dayMs : hourMs;
  const write = createActWriter(house, options.channels ?? channels);
  const only = options.only === undefined ? undefined : new Set(options.only);
  const begun = new Set<LogName>();
  let lines = new Map<LogName, string[]>();
  let start: number | undefined;
  for (const act of options.acts) {
    const own = Math.floor(act.time / length) * length;
    if (start !== undefined && own !== start) {
      yield* parts(lines, start, length, begun);
      lines = new Map();
    }
    start = own;
    write(act, (log, line) => {
      if (only !== undefined && !only.has(log)) return;
      const known = lines.get(log);
      if (known === undefined) lines.set(log, [line]);
      else known.push(line);
    });
  }
  if (start !== undefined) yield* parts(lines, start, length, begun);
  for (const log of begun) yield { path: pathOf(log, 0, length), text: logFiles[log].tail, lines: 0 };
}

function* parts(
  lines: ReadonlyMap<LogName, readonly string[]>,
  start: number,
  length: number,
  begun: Set<LogName>,
): Generator<LogPart> {
  for (const [log, own] of lines) {
    const file = logFiles[log];
    const body = own.join(file.between);
    if (file.channel === 'event-log-file') {
      yield { path: pathOf(log, start, length), text: file.head + body + file.tail, lines: own.length };
      continue;
    }
    yield {
      path: pathOf(log, start, length),
      text: (begun.has(log) ? file.between : file.head) + body,
      lines: own.length,
    };
    begun.add(log);
  }
}

function pathOf(log: LogName, start: number, length: number): string {
  const { name, channel } = logFiles[log];
  if (channel === 'real-time') return `real-time-events/${name}`;
  if (channel !== 'event-log-file') return name;
  const stamp = new Date(start).toISOString().slice(0, length === dayMs ? 10 : 13);
  return `event-log-files/${stamp}_${name}`;
}

const compress = promisify(gzip);

/** Writes an export under `directory`, which must be new or empty; `compressed` writes gzip with `.gz` names. */
export async function writeLogs(
  directory: string,
  house: House,
  options: LogExport & { readonly compressed?: boolean },
): Promise<{ readonly files: number; readonly lines: number; readonly bytes: number }> {
  const written = new Set<string>();
  let lines = 0;
  let bytes = 0;
  for (const part of exportLogs(house, options)) {
    const path = join(directory, options.compressed === true ? `${part.path}.gz` : part.path);
    // Gzip members one after another are one gzip file (RFC 1952, section 2.2).
    const content = options.compressed === true ? await compress(part.text) : Buffer.from(part.text);
    if (written.has(path)) await appendFile(path, content);
    else {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content, { flag: 'wx' });
    }
    written.add(path);
    lines += part.lines;
    bytes += content.length;
  }
  return { files: written.size, lines, bytes };
}
