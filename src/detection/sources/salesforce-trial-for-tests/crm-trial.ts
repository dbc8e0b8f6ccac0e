/** Test-only: the emulated CRM as the suite of live sources wants it, whichever of its logs is tried. */
import { LogBook } from '#emulators/salesforce/logs/log-book.ts';
import { type LogObject, logObjectOf } from '#emulators/salesforce/logs/log-objects.ts';
import { type Salesforce, startSalesforce } from '#emulators/salesforce/salesforce.ts';
import type { LiveTrial, RunningTrial, TrialFault, TrialFile } from '../live-conformance-for-tests/live-trial.ts';

/** What every polled log of the CRM is told. */
export interface Polling {
  readonly pollSeconds: number;
  readonly silenceSeconds: number;
  readonly overlapSeconds: number;
}

export interface TriedLog {
  readonly settings: (polling: Polling) => object;
  /** All that holds its records. */
  readonly objects: readonly string[];
  /** Puts one event for each time; gives them as `cordon scan` would read them. `serial`: of the first. */
  readonly put: (logs: LogBook, times: readonly number[], serial: number) => readonly TrialFile[];
}

export const objectOf = (name: string): LogObject => {
  const object = logObjectOf(name);
  if (object === undefined) throw new RangeError(`the CRM has no log ${name}`);
  return object;
};

/** Records of one object, put and as NDJSON. */
export function putRecords(
  logs: LogBook,
  name: string,
  records: readonly Readonly<Record<string, unknown>>[],
): TrialFile {
  const object = objectOf(name);
  logs.putRecords(object, records);
  const lines = records.map((record) => JSON.stringify({ attributes: { type: name }, ...record }));
  return { name: `${name}.ndjson`, content: lines.map((line) => `${line}\n`).join('') };
}

const path = /^\/services\/data\//;

export const crmTrial = (log: TriedLog): LiveTrial => ({ start: () => startTrial(log) });

async function startTrial(log: TriedLog): Promise<RunningTrial> {
  const logs = new LogBook();
  const written: TrialFile[] = [];
  const puts: { readonly at: number; readonly times: readonly number[] }[] = [];
  const lost: number[] = [];
  let crm: Salesforce = await startSalesforce({ logs });
  const app = crm.apps[0]!;
  let isReordering = false;
  const faults: Readonly<Record<TrialFault, () => Promise<void> | void>> = {
    duplicates: () => {
      logs.repeats = true;
    },
    reordering: () => {
      isReordering = true;
    },
    gap: () => {
      const asked = Math.max(0, ...crm.control.requests().map(({ at }) => at));
      lost.push(...puts.filter(({ at }) => at > asked).flatMap(({ times }) => times));
      for (const name of log.objects) logs.prune(objectOf(name), () => true);
    },
    throttled: () => {
      const headers = { 'retry-after': '1' };
      const told = {
        status: 403,
        errorCode: 'REQUEST_LIMIT_EXCEEDED',
        message: 'TotalRequests Limit exceeded.',
        headers,
      };
      crm.control.inject({ path, fault: { kind: 'refuse', ...told }, every: 2, times: Number.POSITIVE_INFINITY });
    },
    broken: () => {
      const told = { status: 500, errorCode: 'UNKNOWN_EXCEPTION', message: 'An unexpected error occurred' };
      crm.control.inject({ path, fault: { kind: 'refuse', ...told }, every: 3, times: Number.POSITIVE_INFINITY });
      crm.control.inject({ path, fault: { kind: 'cut', afterBytes: 600 }, every: 2, times: Number.POSITIVE_INFINITY });
    },
    'expired-cursor': () => {
      crm.control.expireLocators();
      crm.control.expireAccess(app.clientId);
    },
    'half-open': () =>
      crm.control.inject({ fault: { kind: 'slow', delayMs: 600_000 }, times: Number.POSITIVE_INFINITY }),
    restart: async () => {
      const { port } = new URL(crm.url);
      await crm.close();
      crm = await startSalesforce({ logs, port: Number(port) });
    },
  };
  return {
    settings: {
      instanceUrl: crm.url,
      signIn: { grant: 'client_credentials', clientId: app.clientId, clientSecret: { env: 'CRM_SECRET' } },
      // The suite's events happened up to two hours before they are put.
      ...log.settings({ pollSeconds: 0.1, silenceSeconds: 0.5, overlapSeconds: 10_800 }),
    },
    environment: { CRM_SECRET: app.clientSecret },
    put: async (times) => {
      const serial = puts.reduce((sum, put) => sum + put.times.length, 0);
      written.push(...log.put(logs, isReordering ? times.toReversed() : times, serial));
      puts.push({ at: Date.now(), times });
    },
    files: () => written,
    lost: () => lost,
    fault: async (kind) => faults[kind](),
    mend: async () => {
      crm.control.clearFaults();
      logs.repeats = false;
      isReordering = false;
    },
    close: () => crm.close(),
  };
}
