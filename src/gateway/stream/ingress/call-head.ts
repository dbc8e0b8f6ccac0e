import type { IncomingMessage } from 'node:http';
import type { CallHead, Refusal } from '../../call.ts';
import { refusal } from '../refuse.ts';

/** Whoever sends one of these twice wants two readers to see two things. */
const neverTwice = new Set(['authorization', 'content-length', 'content-type', 'dpop', 'host', 'transfer-encoding']);
const targetForm = /^\/[\x21\x22\x24-\x7e]*$/;

/**
 * The head of a call as the gateway judges it, on top of what Node's strict parser already refuses: HTTP/1.1 only (to an
 * older client a cut answer looks whole), a path for a target, its leading slashes collapsed, no header twice with two
 * values (RFC 9110 section 5.3, RFC 9112 sections 3.2 and 6.1).
 */
export function readCallHead(request: IncomingMessage, mostTargetBytes: number): CallHead | Refusal {
  const target = request.url ?? '';
  if (request.httpVersion !== '1.1') return refusal(400, 'BAD_REQUEST', 'Only HTTP/1.1 is spoken here.', 'old-http');
  if (target.length > mostTargetBytes) return refusal(431, 'URI_TOO_LONG', 'The URI is too long.', 'long-target');
  if (!targetForm.test(target)) return refusal(400, 'BAD_REQUEST', 'The request target is malformed.', 'bad-target');
  const headers = new Map<string, string>();
  const { rawHeaders } = request;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase();
    const value = rawHeaders[index + 1]!;
    const before = headers.get(name);
    if (before !== undefined && (before !== value || neverTwice.has(name))) {
      return refusal(400, 'BAD_REQUEST', `The header ${name.slice(0, 40)} stands twice.`, 'header-twice');
    }
    headers.set(name, value);
  }
  if (!headers.has('host')) return refusal(400, 'BAD_REQUEST', 'The header host is missing.', 'no-host');
  const coding = headers.get('transfer-encoding');
  if (coding !== undefined && (coding.toLowerCase() !== 'chunked' || headers.has('content-length'))) {
    return refusal(400, 'BAD_REQUEST', 'The length of the request is ambiguous.', 'smuggling');
  }
  return { method: request.method ?? '', target: target.replace(/^\/+/, '/'), headers };
}
