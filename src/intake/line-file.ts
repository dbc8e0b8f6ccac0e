import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { readRecords } from '#detection/sources/read-records.ts';
import type { Source } from '#model/source.ts';

/** How far a file that grows by lines was read, and by what it is known again. */
export interface LinesRead {
  /** The file itself, whatever it is called after a rotation. */
  readonly inode: number;
  /** Byte offset behind the last whole line read. */
  readonly end: number;
  /** That line: a file that was begun anew, or another under the same name, has another there. */
  readonly lastLine: { readonly bytes: number; readonly sha256: string };
  /** The lines beginning with `#` at the top of the file, without which its other lines say nothing (Zeek, W3C). */
  readonly directives?: readonly string[];
}

/** What stands behind the lines read before. */
export interface Growth {
  readonly bytes: Buffer;
  /** Of the first of them. */
  readonly offset: number;
  readonly read: LinesRead;
  /** There is more to be read at once. */
  readonly isMore: boolean;
}

/** Read at once; a record is not longer than 1 MB. */
const mostBytes = 1 << 22;
const longestLine = 1 << 18;
const headBytes = 1 << 14;
const lineFeed = 10;
const openingBrace = 123;

/**
 * Marks the end of what was read up to `upTo` bytes, so that reading can go on there. Undefined where the last whole line
 * is no record by itself: a row needs its header, a piece of a longer object its beginning.
 */
export async function markLines(
  file: string,
  inode: number,
  upTo: number,
  sources: readonly Source[],
): Promise<LinesRead | undefined> {
  const from = Math.max(0, upTo - longestLine);
  const tail = await readBytes(file, from, upTo);
  const end = tail?.lastIndexOf(lineFeed) ?? -1;
  if (tail === undefined || end < 1) return undefined;
  const start = tail.lastIndexOf(lineFeed, end - 1) + 1;
  const line = tail.subarray(start, end + 1);
  if (start === 0 && from > 0) return undefined;
  const directives = line[0] === openingBrace ? undefined : await directivesOf(file, upTo);
  if (!(await isRecord(line, sources, directives))) return undefined;
  return markBehind(line, { inode, end: from + end + 1, ...(directives && { directives }) });
}

/** Undefined where the head of the file is longer than a log's is. */
async function directivesOf(file: string, upTo: number): Promise<readonly string[] | undefined> {
  const head = await readBytes(file, 0, Math.min(headBytes, upTo));
  const lines = head?.toString('utf8').split(/\r?\n/) ?? [];
  const first = lines.findIndex((line) => !line.startsWith('#'));
  return first < 0 ? undefined : lines.slice(0, first);
}

async function isRecord(
  line: Buffer,
  sources: readonly Source[],
  directives: readonly string[] | undefined,
): Promise<boolean> {
  const text = line.toString('latin1');
  if (directives === undefined ? !/^\{.*\}\r?\n$/s.test(text) : text.startsWith('#')) return false;
  for await (const spans of readRecords([line], { file: '', sources, ...(directives && { directives }) }))
    for (const { fate } of spans) if (fate === 'accepted') return true;
  return false;
}

/**
 * The lines that came behind `read` in a file of `size` bytes; at most some 4 MB of them. A line that is not ended yet is
 * left for later, unless the file rests. Undefined when the file no longer goes on from there.
 */
export async function readGrowth(
  file: string,
  known: LinesRead,
  size: number,
  isAtRest: boolean,
): Promise<Growth | undefined> {
  const { lastLine, end } = known;
  const upTo = Math.min(size, end + mostBytes);
  const found = await readBytes(file, end - lastLine.bytes, upTo);
  if (found === undefined || digest(found.subarray(0, lastLine.bytes)) !== lastLine.sha256) return undefined;
  const added = found.subarray(lastLine.bytes);
  const lines = added.subarray(0, added.lastIndexOf(lineFeed) + 1);
  const isMore = upTo < size;
  // Not a line any more: nothing of the kind is read by lines.
  if (isMore && lines.length === 0) return undefined;
  const line = lines.subarray(lines.lastIndexOf(lineFeed, -2) + 1);
  return {
    bytes: isAtRest && !isMore ? added : lines,
    offset: end,
    read: lines.length === 0 ? known : markBehind(line, { ...known, end: end + lines.length }),
    isMore,
  };
}

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const markBehind = (line: Buffer, of: Omit<LinesRead, 'lastLine'>): LinesRead => ({
  ...of,
  lastLine: { bytes: line.length, sha256: digest(line) },
});

/** Undefined where the file has less or is gone. */
async function readBytes(file: string, from: number, to: number): Promise<Buffer | undefined> {
  if (to < from) return undefined;
  try {
    const handle = await open(file, 'r');
    try {
      const bytes = Buffer.alloc(to - from);
      let have = 0;
      while (have < bytes.length) {
        const { bytesRead } = await handle.read(bytes, have, bytes.length - have, from + have);
        if (bytesRead === 0) return undefined;
        have += bytesRead;
      }
      return bytes;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    return undefined;
  }
}
