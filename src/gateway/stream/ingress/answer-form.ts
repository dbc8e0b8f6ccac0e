import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallHead, Refusal } from '../../call.ts';
import type { Caller } from '../../parts.ts';
import type { DataPath } from '../data-path.ts';
import { refusal, refuse, writeJson } from '../refuse.ts';
import { readCallBody } from './call-body.ts';

type FormPath = 'token' | 'revoke' | 'introspect';

const form = /^\/services\/oauth2\/(token|revoke|introspect)$/;
/** The CRM also takes `GET /services/oauth2/revoke?token=…`. Salesforce Help, "Revoke OAuth Tokens". */
const revokeByQuery = /^\/services\/oauth2\/revoke(?:\?|$)/;
const mostBytes = 32 * 1024;

/** Which of the OAuth endpoints a call is for. */
export function formPath({ method, target }: CallHead): FormPath | undefined {
  if (method === 'GET') return revokeByQuery.test(target) ? 'revoke' : undefined;
  return method === 'POST' ? (form.exec(target)?.[1] as FormPath | undefined) : undefined;
}

/** `POST /services/oauth2/token` and its neighbours: the broker answers the form. RFC 6749 section 3.2. */
export async function answerForm(
  path: DataPath,
  request: IncomingMessage,
  response: ServerResponse,
  head: CallHead,
  caller: Caller,
  which: FormPath,
): Promise<void> {
  const fields = await (head.method === 'GET' ? readQuery : readForm)(request, response, head);
  if ('errorCode' in fields) return refuse(response, fields);
  const answer = await path.broker.answerForm(which, fields, head, caller);
  path.tally.call(`oauth-${which}`, answer.status, 0);
  writeJson(response, answer.status, answer.body === undefined ? '' : JSON.stringify(answer.body));
}

async function readForm(
  request: IncomingMessage,
  response: ServerResponse,
  head: CallHead,
): Promise<URLSearchParams | Refusal> {
  const type = head.headers.get('content-type') ?? '';
  if (!/^application\/x-www-form-urlencoded(?:\s*;\s*charset="?utf-8"?)?\s*$/i.test(type)) {
    return refusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'A form is expected.', 'content-type');
  }
  const body = await readCallBody(request, response, head, mostBytes);
  return body !== undefined && 'errorCode' in body ? body : new URLSearchParams(body?.toString('utf8') ?? '');
}

async function readQuery(
  request: IncomingMessage,
  response: ServerResponse,
  head: CallHead,
): Promise<URLSearchParams | Refusal> {
  const body = await readCallBody(request, response, head, 0);
  if (body !== undefined && 'errorCode' in body) return body;
  return new URLSearchParams(head.target.split('?').slice(1).join('?'));
}
