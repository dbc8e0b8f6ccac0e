import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallHead } from '../../call.ts';
import type { Caller } from '../../parts.ts';
import type { DataPath } from '../data-path.ts';
import { refusal, refuse, writeJson } from '../refuse.ts';
import { readCallBody } from './call-body.ts';

type FormPath = 'token' | 'revoke' | 'introspect';

const form = /^\/services\/oauth2\/(token|revoke|introspect)$/;
const mostBytes = 32 * 1024;

/** Which of the OAuth endpoints a call is for. */
export const formPath = (head: CallHead): FormPath | undefined =>
  head.method === 'POST' ? (form.exec(head.target)?.[1] as FormPath | undefined) : undefined;

/** `POST /services/oauth2/token` and its neighbours: the broker answers the form. RFC 6749 section 3.2. */
export async function answerForm(
  path: DataPath,
  request: IncomingMessage,
  response: ServerResponse,
  head: CallHead,
  caller: Caller,
  which: FormPath,
): Promise<void> {
  const type = head.headers.get('content-type') ?? '';
  if (!/^application\/x-www-form-urlencoded(?:\s*;\s*charset="?utf-8"?)?\s*$/i.test(type)) {
    return refuse(response, refusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'A form is expected.', 'content-type'));
  }
  const reading = readCallBody(request, response, head, mostBytes);
  const body = reading === undefined || 'status' in reading ? reading : await reading;
  if (body !== undefined && 'errorCode' in body) return refuse(response, body);
  const answer = await path.broker.answerForm(which, new URLSearchParams(body?.toString('utf8') ?? ''), head, caller);
  path.tally.call(`oauth-${which}`, answer.status, 0);
  writeJson(response, answer.status, answer.body === undefined ? '' : JSON.stringify(answer.body));
}
