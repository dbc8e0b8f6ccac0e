/**
 * The index of a sealed segment, a file beside it that can always be made again:
 *
 *     "CLIDX001"  length and CRC-32 of the head  head (JSON)  bitmaps  buckets  table
 *
 * Bitmaps: the ids of each release that has many of them here. Buckets: for frames whose ids lie far apart, so that their
 * range says nothing, each bucket of ids has the ordinals of the frames that hold one of it. The table has two numbers
 * of 32 bits a bucket: where it ends behind the first, and its CRC-32.
 */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { segmentName } from '../log/log.ts';
import type { IdFrame } from '../segment-directory.ts';
import { IdPage } from './id-page.ts';
import type { IdBitmap, IdSet } from './id-set.ts';
import { addPortable } from './portable-bitmap.ts';

export type Role = IdFrame['role'];

export interface SegmentIndex {
  /** Adds the ids of a release in this segment; false where it has too few to be indexed. */
  addTo(into: IdSet, release: number, role: Role): Promise<boolean>;
  /** Ordinals of the scattered frames that may hold the id; a frame that is not named does not. */
  scatteredWith(id: bigint): Promise<readonly number[]>;
}

export const magic = 'CLIDX001';
export const headAt = 16;
/** A release with fewer ids in a segment is read from its frames. */
export const indexedIds = 4096;

export const indexName = (segment: number): string => segmentName(segment).replace('.ledger', '.index');

const indexHead = z.strictObject({
  segment: z.int(),
  hash: z.string(),
  bitmaps: z.array(
    z.strictObject({
      release: z.int(),
      role: z.enum(['records', 'customers']),
      prefix: z.string(),
      high: z.int(),
      at: z.int(),
      length: z.int(),
      crc: z.int(),
    }),
  ),
  buckets: z.int(),
  bucketsAt: z.int(),
  tableAt: z.int(),
  tableCrc: z.int(),
});

export type IndexHead = z.infer<typeof indexHead>;

/** The bucket of an id among a power of two. */
export function bucketOf(low: number, high: number, buckets: number): number {
  const mixed = Math.imul(low ^ Math.imul(high, 0x9e37_79b1), 0x85eb_ca6b);
  return (mixed ^ (mixed >>> 15)) & (buckets - 1);
}

/** Opens the index of the segment whose last hash is given; undefined where there is none, or it is another's or damaged. */
export async function openIndex(directory: string, segment: number, hash: string): Promise<SegmentIndex | undefined> {
  const path = join(directory, indexName(segment));
  const head = await readHead(path).catch(() => undefined);
  if (head === undefined || head.segment !== segment || head.hash !== hash) return undefined;
  const bytes = await readPart(path, head.tableAt, head.buckets * 8).catch(() => undefined);
  if (bytes === undefined || crc32(bytes) !== head.tableCrc) return undefined;
  const table = new Uint32Array(new Uint8Array(bytes).buffer);
  const whole = new Map<string, IndexHead['bitmaps']>();
  for (const bitmap of head.bitmaps) {
    const key = `${bitmap.release} ${bitmap.role}`;
    const known = whole.get(key);
    if (known === undefined) whole.set(key, [bitmap]);
    else known.push(bitmap);
  }
  return {
    addTo: async (into, release, role) => {
      const parts = whole.get(`${release} ${role}`);
      for (const part of parts ?? []) into.addBitmap(await readBitmap(path, part));
      return parts !== undefined;
    },
    scatteredWith: async (id) => {
      if (head.buckets === 0) return [];
      const bucket = bucketOf(Number(id & 0xffff_ffffn), Number(id >> 32n), head.buckets);
      const from = bucket === 0 ? 0 : table[bucket * 2 - 2]!;
      const end = table[bucket * 2]!;
      if (from === end) return [];
      const part = await readPart(path, head.bucketsAt + from, end - from);
      if (crc32(part) !== table[bucket * 2 + 1]) throw new IndexDamage(path);
      return ordinalsIn(part);
    },
  };
}

function ordinalsIn(bitmap: Uint8Array): readonly number[] {
  const pages = new Map<number, IdPage>();
  addPortable(bitmap, (upper) => {
    const page = new IdPage();
    pages.set(upper, page);
    return page;
  });
  return [...pages].flatMap(([upper, page]) => {
    const ordinals = new Uint32Array(page.size);
    page.copyTo(ordinals, 0, upper * 65_536);
    return [...ordinals];
  });
}

/** The file is not what was written: to be thrown away and built again. */
export class IndexDamage extends Error {}

async function readBitmap(path: string, part: IndexHead['bitmaps'][number]): Promise<IdBitmap> {
  const bytes = await readPart(path, part.at, part.length);
  if (crc32(bytes) !== part.crc) throw new IndexDamage(path);
  return { prefix: part.prefix, high: part.high, bytes };
}

async function readHead(path: string): Promise<IndexHead | undefined> {
  const start = await readPart(path, 0, headAt);
  if (start.toString('latin1', 0, 8) !== magic) return undefined;
  const bytes = await readPart(path, headAt, start.readUInt32LE(8));
  if (crc32(bytes) !== start.readUInt32LE(12)) return undefined;
  return indexHead.safeParse(JSON.parse(bytes.toString())).data;
}

async function readPart(path: string, at: number, length: number): Promise<Buffer> {
  const handle = await open(path).catch(() => undefined);
  if (handle === undefined) throw new IndexDamage(path);
  try {
    const bytes = Buffer.allocUnsafe(length);
    const { bytesRead } = await handle.read(bytes, 0, length, at);
    if (bytesRead !== length) throw new IndexDamage(path);
    return bytes;
  } finally {
    await handle.close();
  }
}
