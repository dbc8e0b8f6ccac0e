/**
 * The body of a frame of notes, many small answers at once, little-endian, numbers as LEB128 varints:
 *
 *     0 length of the head (32 bits)  4 head (JSON)  then each answer:
 *       which of the head's kinds · which of its queries, from 1; 0 for none · written after it left, ms, zigzag-wise
 *       how many lists of ids, for each: prefix × 2 + 1 for customers · how many ids
 *         one: the id (64 bits) · 0, as `encodeIds` writes it
 *         more: smallest, largest (64 bits each) · bytes × 2 + 1 when ascending · the ids as `encodeIds` writes them
 *
 * The answers are releases with consecutive numbers, the first of them in the frame's head. The JSON alone says what a
 * segment's account needs; the rest is taken apart when somebody asks.
 */
import { z } from 'zod';
import { type IdBatch, type Release, senderTiers } from '#model/release.ts';
import type { SmallAnswer } from '../ledger.ts';
import { encodedBytesAtMost, encodeIds, type IdRange, isScattered } from './id-codec.ts';

const notesHead = z.strictObject({
  /** Answers alike but for time and query; `records`: of all of them. */
  kinds: z
    .array(
      z.strictObject({
        integration: z.string(),
        token: z.string(),
        tier: z.enum(senderTiers),
        address: z.string(),
        operation: z.string(),
        object: z.string(),
        fields: z.array(z.string()).readonly(),
        customerField: z.string().optional(),
        records: z.int().nonnegative(),
      }),
    )
    .readonly(),
  queries: z.array(z.string()).readonly(),
  /** First six characters of ids, the smallest and the largest number behind them. */
  prefixes: z.array(z.tuple([z.string().length(6), z.string().regex(/^\d+$/), z.string().regex(/^\d+$/)])).readonly(),
  /** Lists whose ids lie far apart, see `isScattered`; and the most ids of one answer. */
  scattered: z.int().nonnegative(),
  largest: z.int().nonnegative(),
});

export type NotesHead = z.infer<typeof notesHead>;

/** A list of ids of one answer, where they lie in the body. */
export interface NotedIds {
  readonly role: 'records' | 'customers';
  readonly prefix: string;
  readonly count: number;
  readonly range: IdRange;
  readonly at: number;
  readonly length: number;
}

export interface NotedAnswer {
  readonly kind: NotesHead['kinds'][number];
  readonly query: string | undefined;
  /** ms from when it left until it was written. */
  readonly age: number;
  readonly ids: readonly NotedIds[];
}

type Kind = { -readonly [Key in keyof NotesHead['kinds'][number]]: NotesHead['kinds'][number][Key] };

const word = 2 ** 32;
/** Varints of one answer and of one list, with room to spare. */
const answerBytes = 32;
const listBytes = 48;

/** What the encoder answers is valid until its next call. */
export type EncodeNotes = (
  answers: readonly SmallAnswer[],
  at: number,
) => { readonly head: NotesHead; readonly json: Uint8Array; readonly answers: Uint8Array };

export function createNotesEncoder(): EncodeNotes {
  let scratch = Buffer.allocUnsafeSlow(64 * 1024);
  return (answers, at) => {
    const need = answers.reduce((sum, answer) => sum + bytesAtMost(answer), 0);
    if (need > scratch.length) scratch = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(need)));
    const kinds = new Kinds();
    const queries = new Map<string, number>();
    const prefixes = new Map<string, { index: number; min: bigint; max: bigint }>();
    const lists = { scattered: 0, largest: 0 };
    let end = 0;
    for (const { release, records, customers } of answers) {
      let ids = 0;
      const kind = kinds.of(release);
      end = writeVarint(kind.index, scratch, end);
      end = writeVarint(release.query === undefined ? 0 : placeOf(queries, release.query) + 1, scratch, end);
      const age = at - release.at;
      end = writeVarint(age < 0 ? -2 * age - 1 : 2 * age, scratch, end);
      end = writeVarint(records.length + customers.length, scratch, end);
      for (const batch of records) {
        ids += batch.numbers.length;
        end = writeList(batch, 0, prefixes, lists, scratch, end);
      }
      kind.kind.records += ids;
      for (const batch of customers) end = writeList(batch, 1, prefixes, lists, scratch, end);
      lists.largest = Math.max(lists.largest, ids);
    }
    const head = {
      kinds: kinds.all,
      queries: [...queries.keys()],
      ...lists,
      prefixes: [...prefixes].map(([prefix, { min, max }]): NotesHead['prefixes'][number] => [
        prefix,
        `${min}`,
        `${max}`,
      ]),
    };
    return { head, json: Buffer.from(JSON.stringify(head)), answers: scratch.subarray(0, end) };
  };
}

const bytesAtMost = ({ records, customers }: SmallAnswer): number =>
  [...records, ...customers].reduce(
    (sum, { numbers }) => sum + listBytes + encodedBytesAtMost(numbers.length),
    answerBytes,
  );

/** The kinds of one frame's answers: neighbours are mostly of one kind. */
class Kinds {
  readonly all: Kind[] = [];
  readonly #places = new Map<string, { readonly index: number; readonly kind: Kind }>();
  #last: { readonly release: Omit<Release, 'id'>; readonly place: { index: number; kind: Kind } } | undefined;

  of(release: Omit<Release, 'id'>): { readonly index: number; readonly kind: Kind } {
    if (this.#last !== undefined && isAlike(release, this.#last.release)) return this.#last.place;
    const { integration, token, tier, address, operation, object, fields, customerField } = release;
    const key = JSON.stringify([integration, token, tier, address, operation, object, fields, customerField]);
    let place = this.#places.get(key);
    if (place === undefined) {
      const words = { integration, token, tier, address, operation, object, fields };
      const kind: Kind = { ...words, ...(customerField !== undefined && { customerField }), records: 0 };
      place = { index: this.all.length, kind };
      this.all.push(kind);
      this.#places.set(key, place);
    }
    this.#last = { release, place };
    return place;
  }
}

const isAlike = (one: Omit<Release, 'id'>, other: Omit<Release, 'id'>): boolean =>
  one.token === other.token &&
  one.fields === other.fields &&
  one.object === other.object &&
  one.operation === other.operation &&
  one.address === other.address &&
  one.customerField === other.customerField &&
  one.tier === other.tier &&
  one.integration === other.integration;

function placeOf(places: Map<string, number>, text: string): number {
  const known = places.get(text);
  if (known !== undefined) return known;
  places.set(text, places.size);
  return places.size - 1;
}

function writeList(
  { prefix, numbers }: IdBatch,
  role: 0 | 1,
  prefixes: Map<string, { index: number; min: bigint; max: bigint }>,
  lists: { scattered: number },
  into: Buffer,
  at: number,
): number {
  if (!/^[0-9A-Za-z]{6}$/.test(prefix)) throw new RangeError('an id prefix has six letters or digits');
  const first = numbers[0]!;
  let known = prefixes.get(prefix);
  if (known === undefined) {
    known = { index: prefixes.size, min: first, max: first };
    prefixes.set(prefix, known);
  }
  let end = writeVarint(known.index * 2 + role, into, at);
  end = writeVarint(numbers.length, into, end);
  if (numbers.length === 1) {
    if (first < known.min) known.min = first;
    if (first > known.max) known.max = first;
    end = into.writeBigUInt64LE(first, end);
    into[end] = 0;
    return end + 1;
  }
  // The ids go where they will lie when their length takes three bytes, which is checked; then they are moved up.
  const idsAt = end + 16 + 8;
  const range = encodeIds(numbers, into, idsAt);
  if (range.min < known.min) known.min = range.min;
  if (range.max > known.max) known.max = range.max;
  if (isScattered({ range, count: numbers.length })) lists.scattered += 1;
  end = into.writeBigUInt64LE(range.min, end);
  end = into.writeBigUInt64LE(range.max, end);
  end = writeVarint((range.end - idsAt) * 2 + (range.isAscending ? 1 : 0), into, end);
  into.copyWithin(end, idsAt, range.end);
  return end + range.end - idsAt;
}

function writeVarint(value: number, into: Uint8Array, at: number): number {
  let rest = value;
  let end = at;
  for (; rest >= 128; rest = Math.floor(rest / 128)) into[end++] = (rest % 128) | 128;
  into[end++] = rest;
  return end;
}

/** The head of a body, and where the answers begin; undefined when that is no body of notes. */
export function readNotesHead(body: Uint8Array): { readonly head: NotesHead; readonly at: number } | undefined {
  if (body.length < 4) return undefined;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  const at = 4 + bytes.readUInt32LE(0);
  if (at > bytes.length) return undefined;
  try {
    const parsed = notesHead.safeParse(JSON.parse(bytes.toString('utf8', 4, at)));
    return parsed.success ? { head: parsed.data, at } : undefined;
  } catch {
    return undefined;
  }
}

/** Takes the answers of a body apart, in their order; undefined when they are not what this module writes. */
export function readNotes(body: Uint8Array, count: number): readonly NotedAnswer[] | undefined {
  const found = readNotesHead(body);
  if (found === undefined) return undefined;
  const reader = new Reader(Buffer.from(body.buffer, body.byteOffset, body.length), found.at);
  const answers: NotedAnswer[] = [];
  try {
    for (let index = 0; index < count; index++) answers.push(readAnswer(reader, found.head));
  } catch (reason) {
    if (reason instanceof RangeError) return undefined;
    throw reason;
  }
  return reader.at === body.length ? answers : undefined;
}

function readAnswer(reader: Reader, { kinds, queries, prefixes }: NotesHead): NotedAnswer {
  const kind = kinds[reader.varint()];
  const query = reader.varint();
  const age = reader.varint();
  const lists = reader.varint();
  if (kind === undefined || query > queries.length) throw new RangeError('no such word');
  const ids: NotedIds[] = [];
  for (let list = 0; list < lists; list++) ids.push(readList(reader, prefixes));
  return {
    kind,
    query: query === 0 ? undefined : queries[query - 1],
    age: age % 2 === 0 ? age / 2 : -(age + 1) / 2,
    ids,
  };
}

function readList(reader: Reader, prefixes: NotesHead['prefixes']): NotedIds {
  const which = reader.varint();
  const prefix = prefixes[which >> 1]?.[0];
  const count = reader.varint();
  if (prefix === undefined || count === 0) throw new RangeError('no such prefix');
  const role = which % 2 === 1 ? 'customers' : 'records';
  const min = reader.whole();
  if (count === 1) {
    reader.skip(1);
    return { role, prefix, count, range: { min, max: min, isAscending: true }, at: reader.at - 1, length: 1 };
  }
  const max = reader.whole();
  const shape = reader.varint();
  const length = Math.floor(shape / 2);
  if (count > length) throw new RangeError('fewer bytes than ids');
  const at = reader.at;
  reader.skip(length);
  return { role, prefix, count, range: { min, max, isAscending: shape % 2 === 1 }, at, length };
}

/** Throws a RangeError at the end of the bytes. */
class Reader {
  at: number;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; scale < word * word; scale *= 128) {
      const byte = this.#bytes.readUInt8(this.at);
      this.at += 1;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new RangeError('a number without end');
  }

  whole(): bigint {
    const value = this.#bytes.readBigUInt64LE(this.at);
    this.at += 8;
    return value;
  }

  skip(bytes: number): void {
    if (this.at + bytes > this.#bytes.length) throw new RangeError('more bytes than there are');
    this.at += bytes;
  }
}
