import { salesforceId } from '#emulators/house/salesforce-id.ts';
import type { Soql } from '#soql/query.ts';
import type { Table } from '../objects/table.ts';
import type { Tables } from '../objects/tables.ts';
import { isGrouped } from '../query/aggregate.ts';
import { type Problem, problem } from '../query/problem.ts';
import { describeQuery, isProblem, runQuery } from '../query/run-query.ts';
import type { Selected } from '../query/select-rows.ts';
import type { FlatColumn } from '../query/shape.ts';

/** How long a job waits and how fast it works; see Behaviour. */
interface Pace {
  readonly bulkRowsPerSecond: number;
  readonly bulkQueueMs: number;
}

export const delimiters = { COMMA: ',', CARET: '^', BACKQUOTE: '`', PIPE: '|', SEMICOLON: ';', TAB: '\t' } as const;
export const lineEndings = { LF: '\n', CRLF: '\r\n' } as const;

/** What a caller asks a query job for. "Create a Query Job", Bulk API 2.0 and Bulk API Developer Guide. */
export interface JobRequest {
  readonly operation: 'query' | 'queryAll';
  readonly query: string;
  readonly columnDelimiter: keyof typeof delimiters;
  readonly lineEnding: keyof typeof lineEndings;
}

export type JobState = 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Aborted' | 'Failed';

export interface Job extends JobRequest {
  readonly id: string;
  readonly userId: string;
  /** `64.0` */
  readonly version: string;
  readonly table: Table;
  readonly columns: readonly FlatColumn[];
  readonly createdAt: number;
  readonly abort: AbortController;
  selected: Selected | undefined;
  outcome: 'Aborted' | 'Failed' | undefined;
  changedAt: number;
}

/** Seven days, as "Bulk API and Bulk API 2.0 Limits and Allocations" has it. */
const lifeMs = 7 * 86_400_000;

export class BulkJobs {
  readonly #tables: Tables;
  readonly #clock: () => number;
  readonly #pace: Pace;
  readonly #jobs = new Map<string, Job>();
  created = 0;

  constructor(tables: Tables, clock: () => number, pace: Pace) {
    this.#tables = tables;
    this.#clock = clock;
    this.#pace = pace;
  }

  /** The rows are counted in the background; the states advance with the clock, not before they are. */
  create(request: JobRequest, userId: string, version: string): Job | Problem {
    const now = this.#clock();
    const described = describeQuery(this.#tables, request.query, now);
    if (isProblem(described))
      return { ...described, message: `${described.errorCode}: ${described.message}`, errorCode: 'API_ERROR' };
    const refusal = refuseInBulk(described.query);
    if (refusal !== undefined)
      return problem('API_ERROR', `FeatureNotEnabled : ${refusal} not supported in Bulk Query`);
    this.created++;
    const job: Job = {
      ...request,
      id: salesforceId('750', this.created * 7_919),
      userId,
      version,
      table: described.table,
      columns: described.shape.columns,
      createdAt: now,
      abort: new AbortController(),
      selected: undefined,
      outcome: undefined,
      changedAt: now,
    };
    for (const [id, { createdAt }] of this.#jobs) if (createdAt < now - lifeMs) this.#jobs.delete(id);
    this.#jobs.set(job.id, job);
    void this.#work(job);
    return job;
  }

  async #work(job: Job): Promise<void> {
    try {
      const answered = await runQuery(this.#tables, job.query, job.createdAt, job.abort.signal);
      if (!isProblem(answered) && answered.kind === 'rows') job.selected = answered.selected;
      else job.outcome = 'Failed';
    } catch {
      // Only an abort interrupts the scan, and then the outcome stands already.
      job.outcome ??= 'Failed';
    }
  }

  find(id: string): Job | undefined {
    return this.#jobs.get(id) ?? [...this.#jobs.values()].find((job) => job.id.slice(0, 15) === id);
  }

  list(): readonly Job[] {
    return [...this.#jobs.values()];
  }

  delete(job: Job): void {
    job.abort.abort();
    this.#jobs.delete(job.id);
  }

  abort(job: Job): void {
    job.outcome = 'Aborted';
    job.changedAt = this.#clock();
    job.abort.abort();
  }

  /** Where the job stands at this moment, and how many records it has gone through. */
  progress(job: Job): { readonly state: JobState; readonly records: number } {
    if (job.outcome !== undefined) return { state: job.outcome, records: 0 };
    const workedMs = this.#clock() - job.createdAt - this.#pace.bulkQueueMs;
    if (workedMs < 0) return { state: 'UploadComplete', records: 0 };
    const worked = Math.floor((workedMs / 1000) * this.#pace.bulkRowsPerSecond);
    if (job.selected === undefined) return { state: 'InProgress', records: 0 };
    if (worked < job.selected.size) return { state: 'InProgress', records: worked };
    return { state: 'JobComplete', records: job.selected.size };
  }

  close(): void {
    for (const job of this.#jobs.values()) job.abort.abort();
  }
}

/** "SOQL Considerations", Bulk API 2.0: what no bulk query may have in it. */
function refuseInBulk(query: Soql): string | undefined {
  if (isGrouped(query)) return 'Aggregate Relationships';
  if (query.offset !== undefined) return 'OFFSET';
  if (query.select.some(({ kind }) => kind === 'children')) return 'Nested Query';
  const isCall = query.select.some((part) => part.kind === 'column' && part.operand.kind === 'call');
  return isCall && !JSON.stringify(query.select).includes('FIELDS') ? 'Function' : undefined;
}
