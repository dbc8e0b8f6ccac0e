import { tablesForQuery } from '../logs/log-tables.ts';
import type { FieldType, Table } from '../objects/table.ts';
import { type PrintContext, type PrintedRecord, printJson, printRecord } from '../query/print-record.ts';
import { malformed, problem } from '../query/problem.ts';
import { describeQuery, isProblem, runQuery } from '../query/run-query.ts';
import type { FlatColumn, ShapePart } from '../query/shape.ts';
import { type Answer, answerProblem, type Call, json, jsonType } from '../server/answer.ts';
import type { Organization } from '../server/organization.ts';
import type { Cursor } from './cursors.ts';

/** Who asks, and by which version of the API. */
export interface Asker {
  readonly userId: string;
  /** `64.0` */
  readonly version: string;
}

/** `GET /services/data/vXX.X/query?q=` and `queryAll`: no row of the house is deleted, so both answer alike. */
export async function answerQuery(organization: Organization, call: Call, asker: Asker): Promise<Answer> {
  const text = call.query.get('q');
  if (text === null) return answerProblem(malformed('unexpected token: <EOF>'));
  if (call.query.get('columns') === 'true') return answerColumns(organization, text);
  const tables = tablesForQuery(organization, asker.version, text);
  if (isProblem(tables)) return answerProblem(tables);
  const answered = await runQuery(tables, text, organization.clock(), call.signal);
  if (isProblem(answered)) return answerProblem(answered);
  const { table } = answered;
  if (answered.kind === 'count') return json({ totalSize: answered.size, done: true, records: [] });
  if (answered.kind === 'aggregates') {
    const records = answered.records.map((record) => ({ attributes: { type: 'AggregateResult' }, ...record }));
    return json({ totalSize: records.length, done: true, records }, 200, records.length);
  }
  const { selected, shape } = answered;
  const opening = { userId: asker.userId, table, parts: shape.parts, selected };
  const size = batchSizeOf(call);
  const cursor = selected.size > size ? organization.cursors.open(opening) : { ...opening, id: '', openedAt: 0 };
  return answerPage(organization, asker, cursor, 0, size);
}

/** `GET /services/data/vXX.X/query/01g…-2000` */
export function answerQueryMore(organization: Organization, call: Call, asker: Asker, locator: string): Answer {
  const [, id = '', offset = ''] = /^(\w{15,18})-(\d{1,9})$/.exec(locator) ?? [];
  const cursor = organization.cursors.find(id, asker.userId);
  if (cursor === undefined || Number(offset) >= cursor.selected.size) {
    return answerProblem(problem('INVALID_QUERY_LOCATOR', 'invalid query locator'));
  }
  return answerPage(organization, asker, cursor, Number(offset), batchSizeOf(call));
}

/** `Sforce-Query-Options: batchSize=200`: 200 to 2,000, which is also what it is when unsaid. */
function batchSizeOf({ headers }: Call): number {
  const asked = /batchSize\s*=\s*(\d+)/i.exec(String(headers['sforce-query-options'] ?? ''))?.[1];
  return Math.min(2_000, Math.max(200, Number(asked ?? 2_000)));
}

function answerPage(organization: Organization, asker: Asker, cursor: Cursor, from: number, size: number): Answer {
  const { selected } = cursor;
  const next = from + size;
  const done = next >= selected.size;
  const nextRecordsUrl = done ? {} : { nextRecordsUrl: pathOf(asker, `${cursor.id}-${next}`) };
  const head = JSON.stringify({ totalSize: selected.size, done, ...nextRecordsUrl });
  return {
    status: 200,
    headers: jsonType,
    body: printPage(organization, asker, cursor, from, size, `${head.slice(0, -1)},"records":[`),
    records: Math.max(0, Math.min(size, selected.size - from)),
  };
}

const pathOf = ({ version }: Asker, locator: string): string => `/services/data/v${version}/query/${locator}`;

async function* printPage(
  organization: Organization,
  asker: Asker,
  { table, parts, selected }: Cursor,
  from: number,
  size: number,
  head: string,
): AsyncGenerator<string> {
  const context = printContext(organization, asker);
  let text = head;
  let isFirst = true;
  for await (const rows of selected.portions(from, size)) {
    for (const row of rows) {
      text += `${isFirst ? '' : ','}${JSON.stringify(printRecord(context, table, parts, row))}`;
      isFirst = false;
    }
    yield text;
    text = '';
  }
  yield `${text}]}`;
}

function printContext(organization: Organization, asker: Asker): PrintContext {
  return {
    version: asker.version,
    openChildren: (table, parts, rows) => {
      const selected = {
        size: rows.length,
        portions: async function* portions(from: number, count: number) {
          yield rows.slice(from, from + count);
        },
      };
      const { id } = organization.cursors.open({ userId: asker.userId, table, parts, selected });
      return pathOf(asker, `${id}-200`);
    },
  };
}

/** Records by their rows, all fields or those of `parts`; null for a row that is not there. */
export const printRows = (
  organization: Organization,
  asker: Asker,
  table: Table,
  parts: readonly ShapePart[],
  rows: readonly (number | undefined)[],
): (PrintedRecord | null)[] => {
  const context = printContext(organization, asker);
  return rows.map((row) => (row === undefined ? null : printRecord(context, table, parts, row)));
};

/** `&columns=true`, which the vendor's CLI asks after each query: what the columns are, and no record. */
function answerColumns(organization: Organization, text: string): Answer {
  const described = describeQuery(organization.tables, text, organization.clock());
  if (isProblem(described)) return answerProblem(described);
  const { table, shape, query } = described;
  return json({
    columnMetadata: shape.columns.map(describeColumn),
    entityName: table.name,
    groupBy: query.groupBy !== undefined,
    idSelected: shape.columns.some(({ name }) => name === 'Id'),
    keyPrefix: table.keyPrefix,
  });
}

const numbers: readonly FieldType[] = ['int', 'double', 'currency', 'percent'];

const describeColumn = ({ name, field, type }: FlatColumn): Record<string, unknown> => ({
  aggregate: false,
  apexType: printJson('string', type),
  booleanType: type === 'boolean',
  columnName: name,
  custom: field.name.endsWith('__c'),
  displayName: name,
  foreignKeyName: field.reference?.relationship ?? null,
  insertable: false,
  joinColumns: [],
  numberType: numbers.includes(type),
  textType: !numbers.includes(type) && type !== 'boolean',
  updatable: false,
});
