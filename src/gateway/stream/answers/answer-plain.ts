import { answered, type DataPath, type Outcome, type PlannedCall } from '../data-path.ts';
import { answerHeaders, isJson } from './answer-headers.ts';
import { inflate } from './held-answer.ts';
import { isObject } from './judge-record.ts';
import { endWith, parse, passAnswer, refuseShape, type WholeAnswer } from './pass-answer.ts';
import { rewriteAddresses } from './rewrite-addresses.ts';

/** JSON without records of customers: versions, limits, describes, the caller's own identity, pages of a job. */
export async function answerWithoutRecords(path: DataPath, call: PlannedCall, answer: WholeAnswer): Promise<Outcome> {
  if (answer.head.status === 204) return passAnswer(path, call, answer);
  const plain = await plainJson(path, answer);
  if (plain === undefined) return refuseShape(path, call, 'it is no JSON of the size that was to be expected');
  const scanned = path.scanners.scanJson(plain, {});
  if ('fault' in scanned) return refuseShape(path, call, scanned.fault);
  if (scanned.count > 0 || scanned.aggregates > 0) return refuseShape(path, call, 'it holds records');
  const { kind } = call.understood.asked;
  return kind === 'about' || kind === 'identity'
    ? passRewritten(path, call, answer, plain.toString())
    : passAnswer(path, call, answer);
}

/**
 * A bulk job, the list of them or the links to its pages. The id of a new job is remembered before the client learns
 * it; of a list only the caller's own jobs leave.
 */
export async function answerJob(path: DataPath, call: PlannedCall, answer: WholeAnswer): Promise<Outcome> {
  if (answer.head.status === 204) return passAnswer(path, call, answer);
  const plain = await plainJson(path, answer);
  const value = plain && parse(plain);
  if (!isObject(value)) return refuseShape(path, call, 'it is no JSON of a bulk job');
  if (holdsRecord(value)) return refuseShape(path, call, 'it holds records');
  const { asked } = call.understood;
  const { identity, plan } = call;
  if (asked.kind === 'bulk-list') return passOwnJobs(path, call, answer, value);
  const { id } = value;
  if (asked.kind === 'bulk-create') {
    if (typeof id !== 'string' || !/^\w{15,18}$/.test(id) || plan.opens === undefined) {
      return refuseShape(path, call, 'the new job has no id');
    }
    await path.planner.remember({ ...plan.opens, id, integration: identity.integration, family: identity.family });
  } else if (id !== undefined && !(typeof id === 'string' && path.planner.owns(identity, 'job', id))) {
    return refuseShape(path, call, 'it is another job');
  }
  return passAnswer(path, call, answer);
}

/** A list of jobs is a list of records in name only: theirs have no attributes, as every record of data has. */
function holdsRecord(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return 'attributes' in value || Object.values(value).some(holdsRecord);
}

async function plainJson(path: DataPath, answer: WholeAnswer): Promise<Buffer | undefined> {
  if (!isJson(answer.head)) return undefined;
  return inflate(answer.body, answer.head.headers.get('content-encoding'), path.limits.pageBytes);
}

function passOwnJobs(
  path: DataPath,
  call: PlannedCall,
  answer: WholeAnswer,
  list: Readonly<Record<string, unknown>>,
): Outcome {
  const { records } = list;
  if (!Array.isArray(records)) return refuseShape(path, call, 'the list of jobs has no list');
  const isOwn = (job: unknown) =>
    isObject(job) && typeof job['id'] === 'string' && path.planner.owns(call.identity, 'job', job['id']);
  const own = (records as unknown[]).filter(isOwn);
  if (own.length === records.length) return passAnswer(path, call, answer);
  return passText(path, call, answer, JSON.stringify({ ...list, records: own }));
}

function passRewritten(path: DataPath, call: PlannedCall, answer: WholeAnswer, text: string): Outcome {
  const rewritten = rewriteAddresses(text, path.origin);
  return rewritten === text ? passAnswer(path, call, answer) : passText(path, call, answer, rewritten);
}

function passText(path: DataPath, call: PlannedCall, answer: WholeAnswer, text: string): Outcome {
  const body = Buffer.from(text);
  const { 'Content-Encoding': _, ...headers } = answerHeaders(answer.head, body.length);
  call.response.writeHead(answer.head.status, headers);
  endWith(path, call.response, body);
  return answered(answer.head.status, body.length);
}
