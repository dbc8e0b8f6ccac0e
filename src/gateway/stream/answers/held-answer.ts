import { promisify } from 'node:util';
import { gunzip, gunzipSync } from 'node:zlib';
import type { BodySink, Flow } from '../upstream/connection.ts';

const gunzipAside = promisify(gunzip);
/** Above this, a page is inflated on another thread. */
const inlineBytes = 32 * 1024;
const firstRoomBytes = 16 * 1024;
const largestRoomBytes = 1024 * 1024;

/** Holds a whole answer of at most `mostBytes`; a larger one is dropped and marked. */
export class HeldAnswer implements BodySink {
  isTooLarge = false;
  readonly #mostBytes: number;
  readonly #flow: Flow;
  readonly #full: Buffer[] = [];
  #fullBytes = 0;
  #room: Buffer;
  #filled = 0;

  /** `length`: how long the body is, where that is known. */
  constructor(length: number | undefined, mostBytes: number, flow: Flow) {
    this.#mostBytes = mostBytes;
    this.#flow = flow;
    this.#room = Buffer.allocUnsafe(Math.min(length ?? firstRoomBytes, mostBytes));
  }

  room(): Uint8Array | undefined {
    if (this.#filled === this.#room.length) this.#grow();
    return this.isTooLarge ? undefined : this.#room.subarray(this.#filled);
  }

  lend(): Uint8Array | undefined {
    return this.room();
  }

  took(bytes: number): void {
    this.#filled += bytes;
  }

  bytes(): Buffer {
    const last = this.#room.subarray(0, this.#filled);
    return this.#full.length === 0 ? last : Buffer.concat([...this.#full, last]);
  }

  #grow(): void {
    if (this.#room.length > 0) this.#full.push(this.#room);
    this.#fullBytes += this.#room.length;
    const bytes = Math.min(
      Math.max(this.#fullBytes, firstRoomBytes),
      largestRoomBytes,
      this.#mostBytes - this.#fullBytes,
    );
    this.#filled = 0;
    this.#room = Buffer.alloc(0);
    if (bytes > 0) this.#room = Buffer.allocUnsafeSlow(bytes);
    else this.#giveUp();
  }

  /** Not from within the socket's callback: the connection is still looking at us. */
  #giveUp(): void {
    if (this.isTooLarge) return;
    this.isTooLarge = true;
    queueMicrotask(() => this.#flow.drop());
  }
}

/**
 * The plain bytes of a body: itself, or inflated to at most `mostBytes`; undefined for another encoding, bytes that are
 * no gzip, junk behind its end, or a larger page.
 */
export function inflate(
  bytes: Buffer,
  encoding: string | undefined,
  mostBytes: number,
): Buffer | undefined | Promise<Buffer | undefined> {
  if (encoding === undefined || encoding === 'identity') return bytes;
  if (encoding.toLowerCase() !== 'gzip') return undefined;
  const options = { maxOutputLength: mostBytes, rejectGarbageAfterEnd: true };
  try {
    return bytes.length <= inlineBytes
      ? gunzipSync(bytes, options)
      : gunzipAside(bytes, options).catch(() => undefined);
  } catch {
    return undefined;
  }
}
