import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { LedgerRefusal } from '../log/disk-room.ts';
import { type Frame, readFrame } from '../log/frame.ts';
import { segmentName } from '../log/log.ts';
import type { IdFrame } from '../segment-directory.ts';

const readBytes = 2 * 2 ** 20;
/** Frames closer than this are read together. */
const gapBytes = 64 * 1024;

/**
 * Reads frames of one segment, given in the order of the file, and hands over each body: a view, valid during the call.
 * Each is checked again; rejects with a LedgerRefusal when the file is no longer what it was at the start.
 */
export async function readFrames(
  directory: string,
  segment: number,
  frames: readonly IdFrame[],
  visit: (frame: IdFrame, body: Uint8Array) => void,
): Promise<void> {
  if (frames.length === 0) return;
  const path = join(directory, segmentName(segment));
  const handle = await open(path);
  try {
    for (const batch of batchesOf(frames)) {
      const from = batch[0]!.offset;
      const last = batch.at(-1)!;
      const bytes = Buffer.allocUnsafe(last.offset + last.length - from);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
      let read: Frame | string = 'no frame';
      let readAt = -1;
      for (const frame of batch) {
        // Small answers share theirs.
        if (frame.offset !== readAt) read = readFrame(bytes.subarray(0, bytesRead), frame.offset - from, undefined);
        readAt = frame.offset;
        if (typeof read === 'string') throw changed(path, frame.offset, read);
        const body = bodyOf(frame, read);
        if (body === undefined) throw changed(path, frame.offset, 'another frame');
        visit(frame, body);
      }
    }
  } finally {
    await handle.close();
  }
}

/** The bytes of its ids; undefined when the frame is not the one that it was found in. */
function bodyOf(frame: IdFrame, read: Frame): Uint8Array | undefined {
  const { part } = frame;
  if (part === undefined) return read.release === frame.release && read.count === frame.count ? read.body : undefined;
  const isAmong = frame.release >= read.release && frame.release < read.release + read.count;
  if (read.kind !== 'notes' || !isAmong) return undefined;
  return read.body.subarray(part.at, part.at + part.length);
}

function changed(path: string, offset: number, found: string): LedgerRefusal {
  const where = `${path}, byte ${offset}`;
  return new LedgerRefusal(
    { kind: 'invalid', where, found, expected: 'the frame that was there when the ledger was opened' },
    `${where}: ${found}`,
  );
}

function* batchesOf(frames: readonly IdFrame[]): Generator<readonly IdFrame[]> {
  let batch: IdFrame[] = [];
  let [start, end] = [0, 0];
  for (const frame of frames) {
    if (batch.length > 0 && (frame.offset - end > gapBytes || frame.offset + frame.length - start > readBytes)) {
      yield batch;
      batch = [];
    }
    if (batch.length === 0) start = frame.offset;
    batch.push(frame);
    end = frame.offset + frame.length;
  }
  if (batch.length > 0) yield batch;
}
