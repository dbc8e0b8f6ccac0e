import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Expected, Row } from './expected.ts';
import type { Client, Errand, SceneTold } from './visit.ts';

export const version = '64.0';
const base = `/services/data/v${version}`;
const fields = ['Id', 'FirstName', 'LastName', 'Email', 'Description'];
const [few, some, onePage, many] = [40, 450, 3000, 7000];
const refreshed = [`GET ${base}/query 401`, 'POST /services/oauth2/token 200', `GET ${base}/query 200`];
const more = `GET ${base}/query/LOCATOR 200`;

/** What the scenes ask for, beside what an errand says. */
export const askedFor = ({ table }: Expected) => ({
  version,
  fields,
  ids: Array.from({ length: few }, (_, row) => table('Contact').idAt(row)),
  shortQuery: `SELECT ${fields} FROM Contact ORDER BY Id LIMIT ${some}`,
  longQuery: `SELECT ${fields} FROM Contact ORDER BY Id LIMIT ${many}`,
  relatedQuery: `SELECT Id, Account.Name FROM Contact ORDER BY Id LIMIT ${few}`,
  nestedQuery: `SELECT Id, (SELECT Id, ContactId, Subject FROM Cases) FROM Contact ORDER BY Id LIMIT ${few}`,
  bulkQuery: `SELECT ${fields} FROM Contact LIMIT ${many}`,
  onePageQuery: `SELECT ${fields} FROM Contact LIMIT ${onePage}`,
  idsQuery: `SELECT Id FROM Contact LIMIT ${onePage}`,
  endlessQuery: 'SELECT Id, Email FROM Contact LIMIT 500000',
  batchSize: 200,
  maxRecords: 2000,
});

/** Ids of all customers that any of the scenes in which everything is allowed asks for. */
export const everyCustomerAsked = ({ table }: Expected): string[] =>
  Array.from({ length: many }, (_, row) => table('Contact').idAt(row));

/** The scenes of `visits/` that each client plays where everything is allowed, in this order. */
export const allowedScenes: Readonly<Record<Client, readonly string[]>> = {
  jsforce: jsforceScenes(),
  'jsforce-node': jsforceScenes(),
  'node-sf-bulk2': [
    'bulk-pages',
    'bulk-semicolons',
    'bulk-all',
    'bulk-stream',
    'bulk-result-pages',
    'bulk-list',
    'bulk-abort',
  ],
  nforce: ['identity', 'limits', 'describe', 'query', 'query-gzip', 'query-all', 'row', 'refresh'],
};

function jsforceScenes(): readonly string[] {
  const about = ['authorize', 'identity', 'limits', 'describe', 'describe-global'];
  const queries = ['query', 'query-all', 'query-small-pages', 'query-related', 'query-nested', 'query-slashed'];
  return [...about, ...queries, 'retrieve', 'row', 'composite', 'composite-batch', 'bulk', 'refresh'];
}

interface Place {
  readonly expected: Expected;
  readonly errand: Errand;
}
type Check = (told: SceneTold, place: Place) => void;

/** What each scene must come to. */
export const checks: Readonly<Record<string, Check>> = {
  authorize: tokenThen(`POST /services/oauth2/token 200`, `GET ${base}/query 200`),
  refresh: tokenThen(...refreshed, 'POST /services/oauth2/revoke 200', ...refreshed),
  identity: (told, { expected, errand }) => {
    const [organization_id, user_id] = errand.identity.split('/').slice(-2);
    assert.equal(organization_id, expected.house.organizationId);
    const rest = `${errand.url}/services/data/v{version}/`;
    assert.deepEqual(gotIn(told), { id: errand.identity, user_id, organization_id, rest });
  },
  limits: (told) => {
    const apiUsage = z.object({ used: z.int().positive(), limit: z.int().positive() }).optional();
    const { names } = z.strictObject({ names: z.array(z.string()), apiUsage }).parse(gotIn(told));
    for (const name of ['DailyApiRequests', 'DailyBulkV2QueryJobs']) assert.ok(names.includes(name), name);
  },
  describe: (told) => {
    const described = z.object({ name: z.literal('Contact'), fields: z.array(z.string()) }).parse(gotIn(told));
    assert.ok(fields.every((field) => described.fields.includes(field)));
  },
  'describe-global': (told) => {
    const names = z.array(z.string()).parse(gotIn(told));
    assert.ok(['Account', 'Case', 'Contact', 'Order'].every((name) => names.includes(name)));
  },
  query: everyCustomer(many, [`GET ${base}/query 200`, more, more, more]),
  'query-gzip': everyCustomer(many, [`GET ${base}/query 200`, more, more, more]),
  'query-all': everyCustomer(many, [`GET ${base}/queryAll 200`, more, more, more]),
  'query-small-pages': everyCustomer(some, [`GET ${base}/query 200`, more, more]),
  'query-slashed': everyCustomer(some, [`GET /${base}/query 200`]),
  'query-related': (told, { expected }) => {
    const account = (row: number): number => expected.table('Account').rowOf(accountIdOf(expected, row))!;
    const records = Array.from({ length: few }, (_, row) => ({
      ...expected.record('Contact', row, ['Id']),
      Account: expected.record('Account', account(row), ['Name']),
    }));
    assertRecords(told, records);
  },
  'query-nested': (told, { expected }) => {
    const records = Array.from({ length: few }, (_, row) => ({
      ...expected.record('Contact', row, ['Id']),
      Cases: casesOf(expected, row),
    }));
    assertRecords(told, records);
  },
  retrieve: (told, { expected }) => {
    assertSame(z.array(z.unknown()).parse(gotIn(told)), customers(expected, few));
    assert.deepEqual(sentIn(told), [`POST ${base}/composite/sobjects/Contact 200`]);
  },
  row: (told, { expected }) => assert.deepEqual(gotIn(told), customers(expected, 1)[0]),
  composite: (told, { expected }) => {
    const part = z.object({ referenceId: z.string(), httpStatusCode: z.literal(200), body: z.unknown() });
    const parts = z.object({ compositeResponse: z.array(part) }).parse(gotIn(told)).compositeResponse;
    assert.deepEqual(
      parts.map(({ referenceId }) => referenceId),
      ['some', 'one'],
    );
    assertPage(parts[0]?.body, customers(expected, some));
    assert.deepEqual(parts[1]?.body, customers(expected, 1)[0]);
  },
  'composite-batch': (told, { expected }) => {
    const part = z.object({ statusCode: z.literal(200), result: z.looseObject({}) });
    const answer = z.object({ hasErrors: z.literal(false), results: z.tuple([part, part]) }).parse(gotIn(told));
    assertPage(answer.results[0].result, customers(expected, some));
    assert.ok('DailyApiRequests' in answer.results[1].result);
  },
  bulk: (told, { expected }) => {
    const { records } = z.strictObject({ records: z.array(z.unknown()) }).parse(gotIn(told));
    assertSame(records, cellsOf(customers(expected, onePage)));
  },
  'bulk-pages': csvPages([2000, 2000, 2000, 1000]),
  'bulk-semicolons': csvPages([2000, 2000, 2000, 1000], { delimiter: ';', lineEnd: '\r\n' }),
  'bulk-all': csvPages([2000, 2000, 2000, 1000]),
  'bulk-result-pages': csvPages([3000, 3000, 1000]),
  'bulk-stream': (told, { expected }) => {
    const { csv } = z.strictObject({ csv: z.string() }).parse(gotIn(told));
    assertSame(csv.split('\n'), csvOf(customers(expected, onePage), { delimiter: ',', lineEnd: '\n' }).split('\n'));
  },
  'bulk-list': (told) => assert.deepEqual(gotIn(told), { listed: true }),
  'bulk-abort': (told) => assert.deepEqual(gotIn(told), { state: 'Aborted' }),
};

function customers({ record }: Expected, count: number): Row[] {
  return Array.from({ length: count }, (_, row) => record('Contact', row, fields));
}

function accountIdOf({ record }: Expected, contact: number): string {
  return String(record('Contact', contact, ['AccountId'])['AccountId']);
}

function casesOf({ table, record }: Expected, contact: number): Row | null {
  const { size, rowAt } = table('Contact')
    .children.find(({ relationship }) => relationship === 'Cases')!
    .of(contact);
  const records = Array.from({ length: size }, (_, position) =>
    record('Case', rowAt(position), ['Id', 'ContactId', 'Subject']),
  );
  return size === 0 ? null : { totalSize: size, done: true, records };
}

/** Records as an export has them: text only, nothing where REST says null. */
function cellsOf(records: readonly Row[]): Readonly<Record<string, string>>[] {
  return records.map(({ attributes: _, ...cells }) =>
    Object.fromEntries(Object.entries(cells).map(([name, value]) => [name, value === null ? '' : String(value)])),
  );
}

/** The bytes of an export. */
function csvOf(records: readonly Row[], { delimiter, lineEnd }: CsvForm): string {
  const lines = [fields, ...cellsOf(records).map((cells) => Object.values(cells))];
  return lines.map((line) => line.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(delimiter) + lineEnd).join('');
}

interface CsvForm {
  readonly delimiter: string;
  readonly lineEnd: string;
}

function csvPages(sizes: readonly number[], form: CsvForm = { delimiter: ',', lineEnd: '\n' }): Check {
  return (told, { expected }) => {
    const page = z.object({ csv: z.string(), records: z.coerce.number() });
    const { pages } = z.looseObject({ pages: z.array(page) }).parse(gotIn(told));
    assert.deepEqual(
      pages.map(({ records }) => records),
      sizes,
    );
    const rest = customers(expected, many);
    for (const { csv, records } of pages) {
      assertSame(csv.split('\n'), csvOf(rest.splice(0, records), form).split('\n'));
    }
  };
}

function everyCustomer(count: number, requests: readonly string[]): Check {
  return (told, { expected }) => {
    assertRecords(told, customers(expected, count));
    assert.deepEqual(sentIn(told), requests);
  };
}

function tokenThen(...requests: readonly string[]): Check {
  return (told, { expected, errand }) => {
    const met = z.strictObject({
      identity: z.literal(errand.identity).optional(),
      instanceUrl: z.literal(errand.url),
      records: z.array(z.unknown()),
      again: z.literal(some).optional(),
    });
    const got = met.parse(gotIn(told));
    assertSame(got.records, customers(expected, some));
    assert.deepEqual(sentIn(told), requests);
  };
}

/** One query's records, all of its pages together. */
function assertRecords(told: SceneTold, records: readonly Row[]): void {
  const got = z.strictObject({ totalSize: z.literal(records.length), records: z.array(z.unknown()) });
  assertSame(got.parse(gotIn(told)).records, records);
}

function assertPage(body: unknown, records: readonly Row[]): void {
  const page = z.strictObject({
    totalSize: z.literal(records.length),
    done: z.literal(true),
    records: z.array(z.unknown()),
  });
  assertSame(page.parse(body).records, records);
}

/** Shows the first difference only: all those between two exports would take minutes to print. */
export function assertSame(got: readonly unknown[], wanted: readonly unknown[]): void {
  const at = wanted.findIndex((one, place) => !isDeepStrictEqual(one, got[place]));
  if (at >= 0) assert.deepEqual(got[at], wanted[at]);
  assert.equal(got.length, wanted.length);
}

function gotIn({ got, error }: SceneTold): unknown {
  assert.equal(error, undefined);
  return got;
}

/** `GET /services/data/v64.0/query/LOCATOR 200`: without what differs from one run to the next. */
export function sentIn({ requests }: SceneTold): string[] {
  return requests.map(({ method, path, status }) => {
    const same = path.replace(/(?<=\/query\/)01g[^/]+$/, 'LOCATOR').replace(/(?<=\/jobs\/query\/)[^/]+/, 'JOB');
    return `${method} ${same} ${status}`;
  });
}
