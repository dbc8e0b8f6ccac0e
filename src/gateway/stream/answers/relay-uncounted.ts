import type { ServerResponse } from 'node:http';
import type { BodySink, Flow } from '../upstream/connection.ts';

const roomBytes = 64 * 1024;
const mostWaitingBytes = 1024 * 1024;

/** Passes an answer on as it comes, uncounted: only for paths that a policy opened so, loudly. */
export class UncountedRelay implements BodySink {
  /** Bytes that left. */
  bytes = 0;
  readonly #response: ServerResponse;
  readonly #flow: Flow;
  #room: Buffer | undefined;
  #waiting = 0;

  constructor(response: ServerResponse, flow: Flow) {
    this.#response = response;
    this.#flow = flow;
  }

  room(): Uint8Array | undefined {
    if (this.#waiting >= mostWaitingBytes) return undefined;
    this.#room ??= Buffer.allocUnsafeSlow(roomBytes);
    return this.#room;
  }

  lend(): Uint8Array | undefined {
    return this.room();
  }

  took(bytes: number): void {
    const part = this.#room!.subarray(0, bytes);
    this.#room = undefined;
    this.#waiting += bytes;
    this.bytes += bytes;
    this.#response.write(part, () => {
      this.#waiting -= bytes;
      this.#flow.resume();
    });
  }
}
