import type { ServerResponse } from 'node:http';

/** A refusal in the CRM's own shape; more statuses than a policy needs, since the transport refuses too. */
export interface TransportRefusal {
  readonly status: number;
  readonly errorCode: string;
  readonly message: string;
  readonly reason: string;
}

export function refusal<Status extends number>(
  status: Status,
  errorCode: string,
  message: string,
  reason: string,
): { status: Status; errorCode: string; message: string; reason: string } {
  return { status, errorCode, message, reason };
}

/** The gateway itself cannot now: every client of the CRM tries such a call again later. */
export const unavailable = (message: string, reason: string) => refusal(503, 'SERVER_UNAVAILABLE', message, reason);

export const refusalBody = ({ message, errorCode }: TransportRefusal): string =>
  JSON.stringify([{ message, errorCode }]);

/** Answers `[{"message","errorCode"}]`. Ends the connection where the call's body was not read to its end. */
export function refuse(response: ServerResponse, refused: TransportRefusal): void {
  writeJson(response, refused.status, refusalBody(refused));
}

export function writeJson(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const isUnread = !response.req.complete;
  response.writeHead(status, {
    'content-type': 'application/json;charset=UTF-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    ...(isUnread && { connection: 'close' }),
  });
  response.end(text, () => {
    if (isUnread) response.req.socket.destroySoon();
  });
}
