/** Test-only: the same records as a scan reads them and as live pieces bring them, on a clock that is turned by hand. */
import { createDetection, type Detection } from '#detection/detect.ts';
import { loadRules } from '#detection/rules/load-rules.ts';
import { findSources } from '#detection/sources/find-sources.ts';
import { listFiles } from '#detection/sources/list-files.ts';
import { openInputs } from '#detection/sources/open-input.ts';
import { readLogs } from '#detection/sources/read-logs.ts';
import { readRecords } from '#detection/sources/read-records.ts';
import { type Alarm, createOrderedFeed } from '#intake/ordered-feed.ts';
import { readLivePiece } from '#intake/read-live-piece.ts';
import type { Event } from '#model/event.ts';
import type { Finding } from '#model/finding.ts';
import type { Incident } from '#model/incident.ts';
import type { Source } from '#model/source.ts';

/** A record as its vendor writes it, with the header it needs. */
export interface VendorRecord {
  readonly time: number;
  readonly header: string;
  readonly raw: string;
}

export interface Arrival {
  readonly record: VendorRecord;
  readonly at: number;
}

export interface Seen {
  readonly findings: readonly Finding[];
  readonly incidents: readonly Incident[];
}

/** Every record of the files, in the order of files and place. */
export async function recordsIn(paths: readonly string[]): Promise<readonly VendorRecord[]> {
  const sources = await findSources();
  const files = await listFiles(paths);
  if (!files.ok) throw new Error(JSON.stringify(files.failure));
  const records: VendorRecord[] = [];
  for (const path of files.value)
    for (const input of await openInputs(path)) {
      const content = Buffer.concat(await Array.fromAsync(input.read(), (chunk) => Buffer.from(chunk)));
      const text = content.toString();
      const header = /^\s*[[{]/.test(text) ? '' : text.slice(0, text.indexOf('\n') + 1);
      for await (const spans of readRecords([content], { file: path, sources }))
        for (const span of spans)
          if (span.fate === 'accepted') records.push({ time: span.event.time, header, raw: span.event.raw });
    }
  return records;
}

export async function newDetection(latenessMs?: number): Promise<Detection> {
  const rules = await loadRules({ ...(latenessMs !== undefined && { latenessMs }) });
  if (!rules.ok) throw new Error(JSON.stringify(rules.failure));
  return createDetection({ rules: rules.value.ruleSet });
}

/** What `cordon scan` says of the files. */
export async function scan(paths: readonly string[]): Promise<Seen> {
  const detection = await newDetection();
  const reading = await readLogs(paths, { sources: await findSources() });
  if (!reading.ok) throw new Error(JSON.stringify(reading.failure));
  const findings: Finding[] = [];
  for await (const events of reading.value.events) findings.push(...detection.observe(events).findings);
  return { findings, incidents: detection.incidents() };
}

/** What detection says when the records arrive as told, `together` of them in one piece where their headers allow. */
export async function arrive(
  arrivals: readonly Arrival[],
  { withinMs, together, detection }: { withinMs: number; together: number; detection: Detection },
): Promise<Seen & { readonly batches: number }> {
  const sources = await findSources();
  const time = handTurned(Math.min(...arrivals.map(({ at }) => at)));
  const findings: Finding[] = [];
  const known = new Set<string>();
  let batches = 0;
  const feed = createOrderedFeed({
    feed: {
      async feed(events) {
        batches += 1;
        const fresh = events.filter(({ key }) => !known.has(key) && known.add(key));
        const seen = detection.observe(fresh);
        findings.push(...seen.findings);
        return { ...seen, incidents: [], added: fresh.length, keys: new Set(fresh.map(({ key }) => key)) };
      },
    },
    withinMs,
    clock: time.clock,
    alarm: time.alarm,
  });
  const lots: Promise<unknown>[] = [];
  for (const piece of piecesOf(arrivals, together, withinMs)) {
    await time.turnTo(piece.at);
    await read(piece, sources, (events) => void lots.push(feed.add(events)));
  }
  await time.turnTo(Number.POSITIVE_INFINITY);
  await Promise.all(lots);
  return { findings, incidents: detection.incidents(), batches };
}

interface Piece {
  readonly at: number;
  readonly content: string;
}

/** A piece comes with the last of its records, and with none of them late. */
function piecesOf(arrivals: readonly Arrival[], together: number, withinMs: number): readonly Piece[] {
  const pieces: Piece[] = [];
  const ordered = [...arrivals].sort((one, other) => one.at - other.at);
  for (let index = 0; index < ordered.length; ) {
    const { header } = ordered[index]!.record;
    let end = index + 1;
    let latest = ordered[index]!.record.time + withinMs;
    while (end < ordered.length && end - index < together) {
      const { record, at } = ordered[end]!;
      latest = Math.min(latest, record.time + withinMs);
      if (record.header !== header || at >= latest) break;
      end += 1;
    }
    const part = ordered.slice(index, end);
    pieces.push({ at: part.at(-1)!.at, content: header + part.map(({ record }) => `${record.raw}\n`).join('') });
    index = end;
  }
  return pieces;
}

async function read(piece: Piece, sources: readonly Source[], take: (events: readonly Event[]) => void): Promise<void> {
  const live = { name: 'piece', content: Buffer.from(piece.content), arrivedAt: piece.at };
  await readLivePiece(live, {
    sources,
    quarantined: () => {
      throw new Error(`a record of the trial cannot be read: ${piece.content.slice(0, 200)}`);
    },
    take: async (events) => take(events),
  });
}

/** A clock that stands until it is turned; alarms on the way ring in their turn. */
function handTurned(start: number) {
  let now = start;
  const alarms = new Set<{ readonly at: number; readonly ring: () => void }>();
  const alarm: Alarm = (ms, ring) => {
    const set = { at: now + ms, ring };
    alarms.add(set);
    return () => void alarms.delete(set);
  };
  const turnTo = async (at: number): Promise<void> => {
    for (;;) {
      // Whatever is under way comes to rest.
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
      const [next] = [...alarms].sort((one, other) => one.at - other.at);
      if (next === undefined || next.at > at) break;
      alarms.delete(next);
      now = Math.max(now, next.at);
      next.ring();
    }
    if (Number.isFinite(at)) now = Math.max(now, at);
  };
  return { clock: () => now, alarm, turnTo };
}
