import { loadWasm, reserve, type WasmExports } from './load-wasm.ts';

/** Numbers of ids in few bytes: one for each step under 64, so that sorted exports take little more than a byte an id. */
export interface EncodedIds {
  /** Zig-zag varints (LEB128) of what each number adds to the one before, modulo 2⁶⁴; the first adds to nought. */
  readonly bytes: Uint8Array;
  /** Smallest and largest of the numbers; of none: 2⁶⁴ - 1 and nought. */
  readonly min: bigint;
  readonly max: bigint;
}

/** Both directions; what they answer belongs to the caller. */
export interface IdCodec {
  encodeIds(numbers: BigUint64Array): EncodedIds;
  /** Throws a RangeError unless the bytes are exactly `count` numbers in their shortest form. */
  decodeIds(bytes: Uint8Array, count: number): BigUint64Array<ArrayBuffer>;
}

interface Codec extends WasmExports {
  encode(from: number, count: number, to: number): number;
  decode(from: number, bytes: number, to: number, count: number): number;
  min(): bigint;
  max(): bigint;
}

const longestVarint = 10;

/** Loads the codec. Its memory grows to eighteen bytes an id of the longest list it saw. */
export function createIdCodec(): IdCodec {
  const codec = loadWasm<Codec>('encode-ids')();
  const start = codec.firstFree();
  return {
    encodeIds(numbers) {
      const from = start;
      const to = from + numbers.byteLength;
      reserve(codec.memory, to + numbers.length * longestVarint);
      new BigUint64Array(codec.memory.buffer, from, numbers.length).set(numbers);
      const length = codec.encode(from, numbers.length, to);
      const bytes = new Uint8Array(codec.memory.buffer, to, length).slice();
      return { bytes, min: BigInt.asUintN(64, codec.min()), max: BigInt.asUintN(64, codec.max()) };
    },
    decodeIds(bytes, count) {
      const to = start;
      const from = to + count * BigUint64Array.BYTES_PER_ELEMENT;
      reserve(codec.memory, from + bytes.length);
      new Uint8Array(codec.memory.buffer, from, bytes.length).set(bytes);
      if (!codec.decode(from, bytes.length, to, count)) throw new RangeError(`these bytes are not ${count} ids`);
      return new BigUint64Array(codec.memory.buffer, to, count).slice();
    },
  };
}
