import { notFound } from '../query/problem.ts';
import { type Answer, answerProblem } from '../server/answer.ts';
import type { Organization } from '../server/organization.ts';

const pieceLength = 65_536;

/** `GET /services/data/vXX.X/sobjects/EventLogFile/0AT…/LogFile`: the file itself, in pieces. */
export function answerLogFile({ logs }: Organization, id: string): Answer {
  const csv = logs.fileOf(id);
  if (csv === undefined) return answerProblem(notFound());
  return {
    status: 200,
    headers: { 'content-type': 'text/csv; charset=UTF-8' },
    body: (async function* pieces() {
      for (let at = 0; at < csv.length; at += pieceLength) yield csv.slice(at, at + pieceLength);
    })(),
  };
}
