import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEntry } from './entries.ts';
import { type Frame, frameHash, noHash, readFrame, wasSynced } from './frame.ts';
import { type LogEnd, type LoggedFrame, segmentName } from './log.ts';
import { readNotes, readNotesHead } from './notes.ts';

/** Bytes of a segment that are not what was written there. */
export interface Damage {
  readonly segment: number;
  readonly offset: number;
  readonly why: string;
}

/** How the bytes of one segment were read. */
export interface SegmentWalk {
  readonly end: LogEnd;
  /** The hash before its first frame, as the frame says. */
  readonly hashBefore: Uint8Array;
  /** The first bytes that do not go on as they should; the walk ends there. */
  readonly damage: Damage | undefined;
  /** The damage may be the unfinished end of a write that was never acknowledged. */
  readonly isTorn: boolean;
}

export type Visit = (frame: LoggedFrame) => void;

/** The numbers of the segments in the directory, ascending. */
export async function listSegments(directory: string): Promise<readonly number[]> {
  const names = await readdir(directory);
  return names
    .filter((name) => /^\d{8}\.ledger$/.test(name))
    .map((name) => Number(name.slice(0, 8)))
    .sort((a, b) => a - b);
}

export const readSegment = (directory: string, segment: number): Promise<Buffer> =>
  readFile(join(directory, segmentName(segment)));

/**
 * Visits the frames of one segment in order, each checked against its checksum and the chain. `previous` undefined: the
 * first frame's link is taken as it is.
 */
export function walkSegment(
  segment: number,
  bytes: Buffer,
  previous: Uint8Array | undefined,
  visit: Visit,
): SegmentWalk {
  let [offset, frames, framesBefore, isSealed] = [0, 0, 0, false];
  let hash = previous;
  let since = 0;
  let why: string | undefined;
  while (offset < bytes.length && why === undefined) {
    const frame = isSealed ? 'bytes behind the seal' : readFrame(bytes, offset, hash);
    const logged = typeof frame === 'string' ? frame : understand(segment, frame, frames, bytes);
    if (typeof frame === 'string' || typeof logged === 'string') {
      why = String(typeof frame === 'string' ? frame : logged);
      break;
    }
    hash = logged.hash;
    if (logged.entry?.kind === 'segment') framesBefore = logged.entry.value.framesBefore;
    if (frames === 0) since = logged.head.at;
    visit(logged);
    offset += frame.length;
    frames += 1;
    isSealed = frame.kind === 'seal';
  }
  const hashBefore = bytes.length >= 92 ? new Uint8Array(bytes.subarray(60, 92)) : (previous ?? noHash);
  return {
    end: { segment, length: offset, hash: hash ?? noHash, frames, framesBefore, since, isSealed },
    hashBefore,
    damage: why === undefined ? undefined : { segment, offset, why },
    isTorn: why !== undefined && !isSealed && !wasSynced(bytes, offset),
  };
}

/** Goes on behind damage: whole frames only, their chain unchecked. For reading evidence, never for writing on. */
export function walkBehind(damage: Damage, bytes: Buffer, visit: Visit): void {
  for (let offset = damage.offset + 1; offset < bytes.length; ) {
    const frame = readFrame(bytes, offset, undefined);
    const logged = typeof frame === 'string' ? undefined : understand(damage.segment, frame, 1, bytes);
    if (typeof frame === 'string' || logged === undefined || typeof logged === 'string') {
      const next = bytes.indexOf('CLF1', offset + 1, 'latin1');
      if (next < 0) return;
      offset = next;
    } else {
      visit(logged);
      offset += frame.length;
    }
  }
}

function understand(segment: number, frame: Frame, ordinal: number, bytes: Buffer): LoggedFrame | string {
  const { kind, body, offset, length } = frame;
  const isIds = kind === 'records' || kind === 'customers';
  const notes = kind === 'notes' ? understandNotes(frame) : undefined;
  const entry = isIds || kind === 'notes' ? undefined : parseEntry(kind, body);
  const isGood = isIds
    ? frame.count > 0 && frame.count <= body.length && frame.prefix !== ''
    : (notes ?? entry) !== undefined;
  if (!isGood) return `a frame of ${kind} that holds something else`;
  if ((ordinal === 0) !== (kind === 'segment')) return 'a frame out of place';
  if (entry?.kind === 'segment' && entry.value.segment !== segment) return `the head of segment ${entry.value.segment}`;
  if (entry?.kind === 'seal' && entry.value.frames !== ordinal + 1) return `a seal over ${entry.value.frames} frames`;
  const head = {
    kind,
    count: frame.count,
    release: frame.release,
    at: frame.at,
    prefix: frame.prefix,
    range: frame.range,
  };
  const hash = frameHash(bytes.subarray(offset, offset + length));
  return { segment, offset, length, head, hash, entry, notes };
}

function understandNotes({ body, count }: Frame): LoggedFrame['notes'] {
  const found = readNotes(body, count) && readNotesHead(body);
  return found && { head: found.head, body };
}
