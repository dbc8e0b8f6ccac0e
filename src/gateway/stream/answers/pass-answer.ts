import type { ServerResponse } from 'node:http';
import { answered, type DataPath, notice, type Outcome, type PlannedCall } from '../data-path.ts';
import { refusal, refuse, type TransportRefusal, unavailable } from '../refuse.ts';
import type { AnswerHead } from '../upstream/answer-head.ts';
import { answerHeaders, isJson } from './answer-headers.ts';
import { inflate } from './held-answer.ts';
import { isErrorList, isOauthError } from './judge-outline.ts';

/** A whole answer of the CRM, held. */
export interface WholeAnswer {
  readonly head: AnswerHead;
  readonly body: Buffer;
}

export const mostErrorBytes = 64 * 1024;

/** Lets a whole answer go, byte for byte as the CRM sent it. */
export function passAnswer(
  path: Pick<DataPath, 'atTurnEnd'>,
  call: PlannedCall,
  answer: WholeAnswer,
  records = 0,
): Outcome {
  const { head, body } = answer;
  call.response.writeHead(head.status, answerHeaders(head, head.status === 204 ? undefined : body.length));
  if (head.status === 204) call.response.end();
  else endWith(path, call.response, body);
  return answered(head.status, body.length, records);
}

/** Up to so many bytes, what copying costs is less than what a second write does. */
const togetherBytes = 64 * 1024;

/** Ends an answer. Node hands head and body to the socket as one only where the body is text: Latin-1 says its bytes. */
export function endWith({ atTurnEnd }: Pick<DataPath, 'atTurnEnd'>, response: ServerResponse, body: Buffer): void {
  if (body.length > togetherBytes) response.end(body);
  else atTurnEnd(() => response.end(body.toString('latin1'), 'latin1'));
}

export function refuseCall(path: DataPath, call: PlannedCall, refused: TransportRefusal): Outcome {
  path.tally.refused(refused.reason);
  refuse(call.response, refused);
  return { status: refused.status, records: 0, bytes: 0, why: refused.reason };
}

/** An answer that is not what it must be does not leave, and somebody is told. 403: no client asks again. */
export function refuseShape(path: DataPath, call: PlannedCall, why: string): Outcome {
  const explanation = `The CRM's answer was not what was asked for, and nothing of it left: ${why}`;
  notice(path, call.identity, 'unknown-shape', 'medium', explanation);
  path.log({ level: 'warning', event: 'unknown-shape', integration: call.identity.integration, why });
  const message = `Cordon gateway: the CRM's answer is not understood, and nothing of it was passed on (${why}).`;
  return refuseCall(path, call, refusal(403, 'FUNCTIONALITY_NOT_ENABLED', message, 'unknown-shape'));
}

/** Errors pass when they are of the CRM's own shape. A 401 is the gateway's to mend: told on, clients would loop on it. */
export async function passError(path: DataPath, call: PlannedCall, answer: WholeAnswer): Promise<Outcome> {
  if (answer.head.status === 401) {
    path.log({ level: 'error', event: 'crm-token-refused', integration: call.identity.integration });
    const message = "Cordon gateway: the CRM does not take this integration's credential; its owner must renew it.";
    return refuseCall(path, call, unavailable(message, 'crm-token-refused'));
  }
  const encoding = answer.head.headers.get('content-encoding');
  const plain = await inflate(answer.body, encoding, mostErrorBytes);
  const value = plain && isJson(answer.head) ? parse(plain) : undefined;
  if (!isErrorList(value) && !isOauthError(value)) {
    return refuseShape(path, call, `status ${answer.head.status} without the CRM's form of an error`);
  }
  return { ...passAnswer(path, call, answer), why: 'crm-error' };
}

/** Undefined when it is no JSON. */
export function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
