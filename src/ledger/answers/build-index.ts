import { setImmediate } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { RoaringBitmap32 } from 'roaring-wasm';
import { decodeIds, isScattered } from '../log/id-codec.ts';
import type { IdFrame, ReleasePart, SegmentDirectory } from '../segment-directory.ts';
import { IdSet } from './id-set.ts';
import { bucketOf, headAt, type IndexHead, indexedIds, magic, type Role } from './index-file.ts';
import { readFrames } from './read-frames.ts';

/** About so many ids share a bucket, and so many buckets a segment has at most. */
const idsPerBucket = 8;
const bucketsAtMost = 262_144;
/** Work between two looks at the event loop. */
const bucketsAtOnce = 1024;

/** The index of a sealed segment: the same bytes for the same segment. Works in slices beside the streams. */
export async function buildIndex(directory: string, segment: SegmentDirectory): Promise<Uint8Array> {
  const data: Uint8Array[] = [];
  const bitmaps: IndexHead['bitmaps'] = [];
  let at = 0;
  const push = (bytes: Uint8Array): number => {
    data.push(bytes);
    at += bytes.length;
    return at - bytes.length;
  };
  // Nothing is taken apart for an index that says nothing.
  for (const part of segment.largest < indexedIds ? [] : segment.releases.values()) {
    for (const role of ['records', 'customers'] as const) {
      if (part[role] < indexedIds) continue;
      for (const { prefix, high, bytes } of await bitmapsOf(directory, segment, part, role)) {
        const place = { at: push(bytes), length: bytes.length, crc: crc32(bytes) };
        bitmaps.push({ release: part.release.id, role, prefix, high, ...place });
      }
    }
  }
  const { table, blobs } = await buildBuckets(directory, segment);
  const bucketsAt = at;
  for (const blob of blobs) push(blob);
  const tableBytes = new Uint8Array(table.buffer);
  const tableAt = push(tableBytes);
  return joined(data, (shift) => ({
    segment: segment.segment,
    hash: Buffer.from(segment.hash).toString('hex'),
    bitmaps: bitmaps.map((bitmap) => ({ ...bitmap, at: bitmap.at + shift })),
    buckets: table.length / 2,
    bucketsAt: bucketsAt + shift,
    tableAt: tableAt + shift,
    tableCrc: crc32(tableBytes),
  }));
}

async function bitmapsOf(directory: string, segment: SegmentDirectory, part: ReleasePart, role: Role) {
  const set = new IdSet();
  const frames = part.frames.map((ordinal) => segment.frames[ordinal]!).filter((frame) => frame.role === role);
  await readFrames(directory, segment.segment, frames, (frame, body) => set.addFrame(frame, body));
  return set.serialise();
}

async function buildBuckets(directory: string, segment: SegmentDirectory) {
  const frames = segment.scattered === 0 ? [] : segment.frames.filter(isScattered);
  const ids = frames.reduce((sum, { count }) => sum + count, 0);
  const buckets = ids === 0 ? 0 : Math.min(bucketsAtMost, 2 ** Math.ceil(Math.log2(Math.max(1, ids / idsPerBucket))));
  const { starts, ordinals } = await sortIntoBuckets(directory, segment.segment, frames, ids, buckets);
  const table = new Uint32Array(buckets * 2);
  const blobs: Uint8Array[] = [];
  let end = 0;
  for (let bucket = 0; bucket < buckets; bucket++) {
    if (bucket % bucketsAtOnce === 0) await setImmediate();
    const members = ordinals.subarray(starts[bucket]!, starts[bucket + 1]!);
    let crc = 0;
    if (members.length > 0) {
      const bitmap = RoaringBitmap32.from(members);
      const bytes = bitmap.serialize('portable');
      bitmap.dispose();
      blobs.push(bytes);
      end += bytes.length;
      crc = crc32(bytes);
    }
    table[bucket * 2] = end;
    table[bucket * 2 + 1] = crc;
  }
  return { table, blobs };
}

/** A counting sort: `ordinals[starts[b]..starts[b + 1]]` are the frames with an id of bucket b, ascending. */
async function sortIntoBuckets(
  directory: string,
  segment: number,
  frames: readonly IdFrame[],
  ids: number,
  buckets: number,
) {
  const bucketOfId = new Uint32Array(ids);
  const starts = new Uint32Array(buckets + 2);
  let at = 0;
  await readFrames(directory, segment, frames, (frame, body) => {
    const numbers = new BigUint64Array(frame.count);
    decodeIds(body, frame.range, numbers);
    const halves = new Uint32Array(numbers.buffer);
    for (let index = 0; index < halves.length; index += 2) {
      const bucket = bucketOf(halves[index]!, halves[index + 1]!, buckets);
      bucketOfId[at++] = bucket;
      starts[bucket + 2]! += 1;
    }
  });
  for (let bucket = 2; bucket < starts.length; bucket++) starts[bucket]! += starts[bucket - 1]!;
  const ordinals = new Uint32Array(ids);
  at = 0;
  for (const { ordinal, count } of frames) {
    for (let index = 0; index < count; index++) ordinals[starts[bucketOfId[at++]! + 1]!++] = ordinal;
  }
  return { starts, ordinals };
}

/** The head names places in the file and is as long as what it says: the places shift until both agree. */
function joined(data: readonly Uint8Array[], headOf: (shift: number) => IndexHead): Uint8Array {
  let shift = headAt;
  let head = Buffer.from(JSON.stringify(headOf(shift)));
  while (shift < headAt + head.length) {
    shift = headAt + head.length;
    head = Buffer.from(JSON.stringify(headOf(shift)));
  }
  // Where a smaller shift would have done: blanks are JSON too.
  const padded = Buffer.alloc(shift - headAt, ' ');
  head.copy(padded);
  const start = Buffer.alloc(headAt);
  start.write(magic, 'latin1');
  start.writeUInt32LE(padded.length, 8);
  start.writeUInt32LE(crc32(padded), 12);
  return Buffer.concat([start, padded, ...data]);
}
