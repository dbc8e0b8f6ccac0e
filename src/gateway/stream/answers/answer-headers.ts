import { type AnswerHead, passedNames } from '../upstream/answer-head.ts';

/** The head that the client gets: what the allow-list passes, and the content as the CRM declared it. */
export function answerHeaders(head: AnswerHead, length: number | undefined): Record<string, string | number> {
  const headers: Record<string, string | number> = {};
  const type = head.headers.get('content-type');
  if (type !== undefined) headers['Content-Type'] = type;
  const encoding = head.headers.get('content-encoding');
  if (encoding !== undefined) headers['Content-Encoding'] = encoding;
  if (length !== undefined) headers['Content-Length'] = length;
  for (const [name, value] of head.headers) if (passedNames.has(name)) headers[name] = value;
  return headers;
}

export const isJson = (head: AnswerHead): boolean =>
  /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i.test(head.headers.get('content-type') ?? '');

export const isCsv = (head: AnswerHead): boolean =>
  /^text\/csv(?:\s*;\s*charset="?utf-8"?)?\s*$/i.test(head.headers.get('content-type') ?? '');
