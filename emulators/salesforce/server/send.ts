import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { constants, createGzip } from 'node:zlib';
import type { Answer } from './answer.ts';
import type { Fault } from './faults.ts';

/** Below this a body is not worth compressing. */
const leastCompressed = 200;

/**
 * Sends an answer as the CRM does: chunked, compressed for those who accept it, no faster than it is read. True when
 * all of it was handed to the socket.
 */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  compresses: boolean,
  fault: Fault | undefined,
): Promise<boolean> {
  const { status, headers, body } = answer;
  if (body === undefined || request.method === 'HEAD') {
    response.writeHead(status, headers).end();
    return true;
  }
  const accepts = /\bgzip\b/i.test(String(request.headers['accept-encoding'] ?? ''));
  const isLong = typeof body !== 'string' || body.length >= leastCompressed;
  const zips = compresses && accepts && isLong && !('content-encoding' in headers);
  const vary = isLong ? { vary: 'Accept-Encoding' } : {};
  const encoding = zips ? { 'content-encoding': 'gzip' } : {};
  response.writeHead(status, { ...headers, ...vary, ...encoding, 'transfer-encoding': 'chunked' });
  const source = typeof body === 'string' ? Readable.from([Buffer.from(body)]) : Readable.from(bytesOf(body));
  const stages = [
    ...(fault?.kind === 'cut' ? [cutAfter(fault.afterBytes)] : []),
    ...(fault?.kind === 'stall' ? [stallAfter(fault.afterBytes)] : []),
    ...(fault?.kind === 'slow' && fault.bytesPerSecond !== undefined ? [throttled(fault.bytesPerSecond)] : []),
    ...(zips ? [createGzip({ level: constants.Z_BEST_SPEED })] : []),
  ];
  try {
    await pipeline([source, ...stages, response]);
    return true;
  } catch {
    // The caller went away, or a cut was ordered: either way the connection ends without the last chunk.
    response.destroy();
    return false;
  }
}

async function* bytesOf(pieces: AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const piece of pieces) if (piece !== '') yield Buffer.from(piece);
}

function cutAfter(bytes: number): Transform {
  let left = bytes;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (chunk.length < left) {
        left -= chunk.length;
        done(null, chunk);
        return;
      }
      this.push(chunk.subarray(0, left));
      // What was pushed goes out first.
      setTimeout(() => done(new Error('cut')), 50);
    },
  });
}

function stallAfter(bytes: number): Transform {
  let left = bytes;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      this.push(chunk.subarray(0, left));
      left -= chunk.length;
      if (left > 0) done();
    },
  });
}

function throttled(bytesPerSecond: number): Transform {
  return new Transform({
    async transform(chunk: Buffer, _encoding, done) {
      await delay((chunk.length / bytesPerSecond) * 1000);
      done(null, chunk);
    },
  });
}
