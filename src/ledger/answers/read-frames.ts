import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { LedgerRefusal } from '../log/disk-room.ts';
import { readFrame } from '../log/frame.ts';
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
      for (const frame of batch) {
        const read = readFrame(bytes.subarray(0, bytesRead), frame.offset - from, undefined);
        if (typeof read === 'string' || read.release !== frame.release || read.count !== frame.count) {
          throw changed(path, frame.offset, typeof read === 'string' ? read : 'another frame');
        }
        visit(frame, read.body);
      }
    }
  } finally {
    await handle.close();
  }
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
