import { linePrinter, printHeader } from '../query/print-record.ts';
import { notFound, type Problem, problem } from '../query/problem.ts';
import { isProblem } from '../query/run-query.ts';
import type { Asker } from '../rest/answer-query.ts';
import { parseObject } from '../rest/answer-rows.ts';
import { type Answer, answerProblem, type Call, empty, jsonType } from '../server/answer.ts';
import type { Organization } from '../server/organization.ts';
import { delimiters, type Job, type JobRequest, lineEndings } from './jobs.ts';

/** What stands below `/services/data/vXX.X/jobs/query`. */
export function answerBulk(organization: Organization, call: Call, asker: Asker, below: readonly string[]): Answer {
  const [id, part, ...more] = below;
  if (id === undefined)
    return call.method === 'POST' ? createJob(organization, call, asker) : listJobs(organization, call, asker);
  const job = organization.jobs.find(id);
  if (job === undefined || more.length > 0) return answerProblem(notFound());
  if (part === undefined) return answerJob(organization, call, job);
  if (call.method !== 'GET') return answerProblem(notFound());
  const refusal = refuseResults(organization, job, asker);
  if (refusal !== undefined) return answerProblem(refusal);
  if (part === 'results') return answerResults(organization, call, job);
  return part === 'resultPages' ? answerResultPages(organization, call, job) : answerProblem(notFound());
}

function createJob(organization: Organization, call: Call, { userId, version }: Asker): Answer {
  const request = readRequest(call.body);
  if (isProblem(request)) return answerProblem(request);
  const job = organization.jobs.create(request, userId, version);
  return isProblem(job) ? answerProblem(job) : answerJobs(describeJob(organization, job, false));
}

function readRequest(body: string): JobRequest | Problem {
  const asked = parseObject(body);
  if (asked === undefined) return problem('JSON_PARSER_ERROR', 'The request body is not a JSON object');
  const { operation, query, columnDelimiter = 'COMMA', lineEnding = 'LF', contentType = 'CSV' } = asked;
  if (operation !== 'query' && operation !== 'queryAll')
    return problem('INVALIDJOB', 'InvalidJob : No operation specified for job');
  if (typeof query !== 'string') return problem('INVALIDJOB', 'InvalidJob : No query specified for job');
  if (contentType !== 'CSV') return problem('INVALIDJOB', 'InvalidJob : contentType must be CSV');
  if (!isKeyOf(delimiters, columnDelimiter)) return problem('INVALIDJOB', 'InvalidJob : columnDelimiter is not known');
  if (!isKeyOf(lineEndings, lineEnding)) return problem('INVALIDJOB', 'InvalidJob : lineEnding is not known');
  return { operation, query, columnDelimiter, lineEnding };
}

const isKeyOf = <Table extends object>(table: Table, key: unknown): key is keyof Table =>
  typeof key === 'string' && Object.hasOwn(table, key);

const instant = (time: number): string => new Date(time).toISOString().replace('Z', '+0000');

/** "Get Information About a Query Job"; the progress is left out of what a creation answers. */
function describeJob(organization: Organization, job: Job, withProgress: boolean): Record<string, unknown> {
  const { state, records } = organization.jobs.progress(job);
  const progress = {
    numberRecordsProcessed: records,
    retries: 0,
    totalProcessingTime: state === 'UploadComplete' ? 0 : organization.clock() - job.createdAt,
    isPkChunkingSupported: true,
  };
  return {
    id: job.id,
    operation: job.operation,
    object: job.table.name,
    createdById: job.userId,
    createdDate: instant(job.createdAt),
    systemModstamp: instant(job.changedAt),
    state,
    concurrencyMode: 'Parallel',
    contentType: 'CSV',
    apiVersion: Number(job.version),
    ...(withProgress ? { jobType: 'V2Query' } : {}),
    lineEnding: job.lineEnding,
    columnDelimiter: job.columnDelimiter,
    ...(withProgress ? progress : {}),
  };
}

/** The real one writes versions as `64.0`, which JSON.stringify does not. */
const answerJobs = (body: unknown): Answer => ({
  status: 200,
  headers: jsonType,
  body: JSON.stringify(body).replace(/"apiVersion":(\d+)(?=[,}])/g, '"apiVersion":$1.0'),
});

const jobsListed = 1_000;

function listJobs(organization: Organization, call: Call, { version }: Asker): Answer {
  if (call.method !== 'GET') return answerProblem(notFound());
  const type = call.query.get('jobType');
  const all = type === null || type === 'V2Query' ? organization.jobs.list() : [];
  const from = Number(call.query.get('queryLocator') ?? 0);
  const next = from + jobsListed;
  const done = next >= all.length;
  const records = all.slice(from, next).map((job) => describeJob(organization, job, true));
  const nextRecordsUrl = done ? null : `/services/data/v${version}/jobs/query?queryLocator=${next}`;
  return answerJobs({ done, records, nextRecordsUrl });
}

function answerJob(organization: Organization, call: Call, job: Job): Answer {
  const { state } = organization.jobs.progress(job);
  const isRunning = state === 'UploadComplete' || state === 'InProgress';
  if (call.method === 'GET') return answerJobs(describeJob(organization, job, true));
  if (call.method === 'DELETE') {
    if (isRunning)
      return answerProblem(problem('INVALIDJOBSTATE', `InvalidJobState : Can't delete a job in state ${state}`));
    organization.jobs.delete(job);
    return empty(204);
  }
  if (call.method !== 'PATCH') return answerProblem(notFound());
  if (parseObject(call.body)?.['state'] !== 'Aborted')
    return answerProblem(problem('INVALIDJOB', 'InvalidJob : state must be Aborted'));
  if (!isRunning)
    return answerProblem(problem('INVALIDJOBSTATE', `InvalidJobState : Can't abort a job in state ${state}`));
  organization.jobs.abort(job);
  return answerJobs(describeJob(organization, job, false));
}

function refuseResults(organization: Organization, job: Job, asker: Asker): Problem | undefined {
  if (job.userId !== asker.userId)
    return problem('INSUFFICIENT_ACCESS', 'insufficient access rights on object id', 403);
  if (job.version !== asker.version) {
    return problem('API_ERROR', `The job was created with version ${job.version} of the API`, 409);
  }
  const { state } = organization.jobs.progress(job);
  if (state === 'JobComplete') return undefined;
  return problem(
    'JOB_NOT_COMPLETE',
    `can only download query results of successfully completed bulk job with status: JOB_COMPLETE. Current status: ${state}`,
    412,
  );
}

/** As the documentation's own example `MTAwMDA` shows: the number of the first record, in Base64. */
const printLocator = (from: number): string => Buffer.from(String(from)).toString('base64').replaceAll('=', '');

function readLocator(locator: string | null): number | undefined {
  if (locator === null) return 0;
  const from = Number(Buffer.from(locator, 'base64').toString());
  return Number.isSafeInteger(from) && from >= 0 && printLocator(from) === locator ? from : undefined;
}

/** "Get Results for a Query Job" */
function answerResults(organization: Organization, call: Call, job: Job): Answer {
  const { selected } = job;
  const from = readLocator(call.query.get('locator'));
  const asked = Number(call.query.get('maxRecords') ?? organization.behaviour.bulkPageRecords);
  if (selected === undefined || from === undefined || (from > 0 && from >= selected.size)) {
    return answerProblem(problem('INVALID_QUERY_LOCATOR', 'invalid query locator'));
  }
  if (!Number.isInteger(asked) || asked < 1)
    return answerProblem(problem('INVALID_REQUEST_PARAMETER', 'maxRecords must be a positive number'));
  const records = Math.min(asked, selected.size - from);
  const next = from + records;
  return {
    status: 200,
    headers: {
      'content-type': 'text/csv',
      'sforce-numberofrecords': String(records),
      'sforce-locator': next < selected.size ? printLocator(next) : 'null',
    },
    body: printResults(organization, job, from, records),
    records,
  };
}

async function* printResults(
  organization: Organization,
  job: Job,
  from: number,
  count: number,
): AsyncGenerator<string> {
  const [delimiter, lineEnd] = [delimiters[job.columnDelimiter], lineEndings[job.lineEnding]];
  const printLine = linePrinter(job.columns, delimiter, lineEnd);
  const hasHeader = from === 0 || organization.behaviour.repeatsCsvHeader;
  let text = hasHeader ? printHeader(job.columns, delimiter, lineEnd) : '';
  for await (const rows of job.selected?.portions(from, count) ?? []) {
    for (const row of rows) text += printLine(row);
    if (text.length < 65_536) continue;
    yield text;
    text = '';
  }
  yield text;
}

const pagesListed = 5;

/**
 * "Get Parallel Results for a Query Job": up to five pages at once. The guide calls a page's address `resultUrl` and
 * gives the whole path; the vendor's Postman collection and a client that uses it say `resultLink`, below the version.
 */
function answerResultPages(organization: Organization, call: Call, job: Job): Answer {
  const first = readLocator(call.query.get('locator'));
  const size = job.selected?.size ?? 0;
  if (first === undefined || first > size)
    return answerProblem(problem('INVALID_QUERY_LOCATOR', 'invalid query locator'));
  const step = organization.behaviour.bulkPageRecords;
  const starts = Array.from({ length: pagesListed }, (_, at) => first + at * step).filter(
    (from) => from === 0 || from < size,
  );
  const next = first + pagesListed * step;
  const done = next >= size;
  const version = `/services/data/v${job.version}`;
  return answerJobs({
    resultPages: starts.map((from) => {
      const resultLink = `/jobs/query/${job.id}/results?locator=${printLocator(from)}`;
      return { resultUrl: `${version}${resultLink}`, resultLink };
    }),
    nextRecordsUrl: done ? null : `${version}/jobs/query/${job.id}/resultPages?locator=${printLocator(next)}`,
    done,
  });
}
