/**
 * One frame of the log, little-endian:
 *
 *     0 magic  4 length  8 kind, flags  12 count  16 release  24 at  32 synced  36 prefix  44 min  52 max
 *     60 hash of the frame before  92 body  length - 4 CRC-32 of all before it
 *
 * The chain is SHA-256 over whole frames. `synced` says how many bytes of the segment were on the disk when the frame was
 * written: a frame that cannot be read although a later one knows it was synced has been damaged, not torn.
 */
import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { IdRange } from './id-codec.ts';

const frameKinds = [
  'segment',
  'release',
  'records',
  'customers',
  'end',
  'reservation',
  'lapse',
  'tombstone',
  'seal',
  'close',
  'notes',
] as const;
export type FrameKind = (typeof frameKinds)[number];

export interface FrameHead {
  readonly kind: FrameKind;
  /** Ids in the body, or answers in that of notes; 0 for frames of JSON. */
  readonly count: number;
  /** 0 where the frame belongs to none; the first of the answers of notes. */
  readonly release: number;
  /** When it was written, ms since 1970 UTC. */
  readonly at: number;
  /** The six characters of the ids; empty for frames of JSON and of notes. */
  readonly prefix: string;
  readonly range: IdRange;
}

export interface Frame extends FrameHead {
  /** Where it begins in its segment. */
  readonly offset: number;
  readonly length: number;
  readonly synced: number;
  /** A view of the segment's bytes. */
  readonly body: Uint8Array;
}

export const headBytes = 92;
const tailBytes = 4;
export const frameBytes = (bodyBytes: number): number => headBytes + bodyBytes + tailBytes;

const magic = 0x31_46_4c_43; // "CLF1"
const word = 2 ** 32;
export const noRange: IdRange = { min: 0n, max: 0n, isAscending: true };
/** The hash before the first frame. */
export const noHash: Uint8Array = new Uint8Array(32);

/** Completes the frame whose body already lies at `at + headBytes`, and answers its hash, the next link of the chain. */
export function sealFrame(
  into: Buffer,
  at: number,
  bodyBytes: number,
  head: FrameHead,
  synced: number,
  previous: Uint8Array,
): Uint8Array {
  const length = frameBytes(bodyBytes);
  into.writeUInt32LE(magic, at);
  into.writeUInt32LE(length, at + 4);
  into.writeUInt16LE(frameKinds.indexOf(head.kind) + 1, at + 8);
  into.writeUInt16LE(head.range.isAscending ? 1 : 0, at + 10);
  into.writeUInt32LE(head.count, at + 12);
  writeWhole(into, head.release, at + 16);
  writeWhole(into, head.at, at + 24);
  into.writeUInt32LE(synced, at + 32);
  into.fill(0, at + 36, at + 44);
  into.write(head.prefix, at + 36, 6, 'latin1');
  into.writeBigUInt64LE(head.range.min, at + 44);
  into.writeBigUInt64LE(head.range.max, at + 52);
  into.set(previous, at + 60);
  const end = at + length - tailBytes;
  into.writeUInt32LE(crc32(into.subarray(at, end)), end);
  return frameHash(into.subarray(at, at + length));
}

export const frameHash = (frame: Uint8Array): Uint8Array => hash('sha256', frame, 'buffer');

/** The frame at `offset`, or why there is none; `previous` undefined: the chain is not looked at. */
export function readFrame(segment: Buffer, offset: number, previous: Uint8Array | undefined): Frame | string {
  if (offset + frameBytes(0) > segment.length) return 'an unfinished frame';
  if (segment.readUInt32LE(offset) !== magic) return 'no frame';
  const length = segment.readUInt32LE(offset + 4);
  if (length < frameBytes(0) || offset + length > segment.length) return 'an unfinished frame';
  const end = offset + length - tailBytes;
  if (crc32(segment.subarray(offset, end)) !== segment.readUInt32LE(end)) return 'a frame with a wrong checksum';
  if (previous !== undefined && segment.compare(previous, 0, 32, offset + 60, offset + 92) !== 0) {
    return 'a frame that does not follow from the one before';
  }
  const kind = frameKinds[segment.readUInt16LE(offset + 8) - 1];
  if (kind === undefined) return 'a frame of unknown kind';
  const flags = segment.readUInt16LE(offset + 10);
  return {
    kind,
    count: segment.readUInt32LE(offset + 12),
    release: readWhole(segment, offset + 16),
    at: readWhole(segment, offset + 24),
    prefix: segment[offset + 36] === 0 ? '' : segment.toString('latin1', offset + 36, offset + 42),
    range: {
      min: segment.readBigUInt64LE(offset + 44),
      max: segment.readBigUInt64LE(offset + 52),
      isAscending: (flags & 1) !== 0,
    },
    offset,
    length,
    synced: segment.readUInt32LE(offset + 32),
    body: segment.subarray(offset + headBytes, end),
  };
}

/** Whether any whole frame behind `damaged` was written when the byte there was already on the disk. */
export function wasSynced(segment: Buffer, damaged: number): boolean {
  const mark = Buffer.from([0x43, 0x4c, 0x46, 0x31]);
  for (let at = segment.indexOf(mark, damaged + 1); at >= 0; at = segment.indexOf(mark, at + 1)) {
    const frame = readFrame(segment, at, undefined);
    if (typeof frame !== 'string' && frame.synced > damaged) return true;
  }
  return false;
}

function writeWhole(into: Buffer, value: number, at: number): void {
  into.writeUInt32LE(value % word, at);
  into.writeUInt32LE(Math.floor(value / word), at + 4);
}

const readWhole = (from: Buffer, at: number): number => from.readUInt32LE(at) + from.readUInt32LE(at + 4) * word;
