import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallHead, Refusal } from '../../call.ts';
import { refusal } from '../refuse.ts';

/**
 * Reads the body of a call, of at most `mostBytes`; undefined when it has none. A body where none is expected, a larger
 * or an encoded one is refused; one that breaks off is undefined to no one: the connection is gone then.
 */
export function readCallBody(
  request: IncomingMessage,
  response: ServerResponse,
  head: CallHead,
  mostBytes: number,
): Promise<Buffer | Refusal> | Refusal | undefined {
  const length = head.headers.get('content-length');
  if (length === '0' || (length === undefined && !head.headers.has('transfer-encoding'))) return undefined;
  const encoding = head.headers.get('content-encoding') ?? 'identity';
  if (encoding !== 'identity') {
    return refusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'A compressed request is not taken.', 'encoded-body');
  }
  const tooLarge = refusal(413, 'REQUEST_TOO_LARGE', `The request body may have ${mostBytes} bytes.`, 'large-body');
  if (Number(length ?? 0) > mostBytes) return tooLarge;
  if (head.headers.has('expect')) response.writeContinue();
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= mostBytes) chunks.push(chunk);
      else resolve(tooLarge);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', () => resolve(refusal(400, 'BAD_REQUEST', 'The request broke off.', 'broken-request')));
    request.on('close', () => resolve(refusal(400, 'BAD_REQUEST', 'The request broke off.', 'broken-request')));
  });
}
