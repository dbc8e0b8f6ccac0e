import { tablesWithLogs } from '../logs/log-tables.ts';
import type { Table } from '../objects/table.ts';
import type { Tables } from '../objects/tables.ts';
import { comparable, compare } from '../query/literal.ts';
import { noSuchType, notFound, type Problem, problem } from '../query/problem.ts';
import { describeQuery, isProblem } from '../query/run-query.ts';
import { fieldOf } from '../query/scope.ts';
import type { ShapePart } from '../query/shape.ts';
import { type Answer, answerProblem, type Call, json } from '../server/answer.ts';
import type { Organization } from '../server/organization.ts';
import { type Asker, printRows } from './answer-query.ts';
import { describeGlobal, describeTable } from './describe.ts';

/** What stands below `/services/data/vXX.X/sobjects`. */
export function answerSobjects(organization: Organization, call: Call, asker: Asker, below: readonly string[]): Answer {
  const [name, second, third, ...more] = below;
  if (call.method !== 'GET') return answerProblem(readOnly());
  const tables = tablesWithLogs(organization, asker.version);
  if (name === undefined) return json(describeGlobal(tables, asker.version));
  const table = tables.get(name.toLowerCase());
  if (table === undefined || more.length > 0) return answerProblem(notFound());
  if (second === undefined) {
    return json({
      objectDescribe: describeGlobal(new Map([[name, table]]), asker.version).sobjects[0],
      recentItems: [],
    });
  }
  if (second === 'describe' && third === undefined) return json(describeTable(tables, table, asker.version));
  const row = third === undefined ? table.rowOf(second) : rowByExternalId(table, second, third);
  if (row === undefined) return answerProblem(notFound());
  const parts = partsOf(organization, tables, table, call.query.get('fields')?.split(','));
  if (isProblem(parts)) return answerProblem(parts);
  return json(printRows(organization, asker, table, parts, [row])[0], 200, 1);
}

const readOnly = (): Problem =>
  problem('INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id', 403);

/** `/sobjects/Contact/LoyaltyNumber__c/MO000000123` */
function rowByExternalId(table: Table, name: string, value: string): number | undefined {
  const field = fieldOf(table, name);
  if (field?.isExternalId !== true) return undefined;
  const wanted = comparable(field.type, value);
  const isWanted = (row: number): boolean => comparable(field.type, field.value(row)) === wanted;
  if (field.isAscending !== true) {
    for (let row = 0; row < table.size; row++) if (isWanted(row)) return row;
    return undefined;
  }
  let [low, high] = [0, table.size];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (compare(comparable(field.type, field.value(middle)), wanted) < 0) low = middle + 1;
    else high = middle;
  }
  return low < table.size && isWanted(low) ? low : undefined;
}

/** The fields named, relationship fields too; all of the object when none is. */
function partsOf(
  organization: Organization,
  tables: Tables,
  table: Table,
  fields: readonly string[] | undefined,
): readonly ShapePart[] | Problem {
  const names = fields?.map((name) => name.trim()) ?? table.fields.map(({ name }) => name);
  const strange = names.find((name) => !/^\w+(?:\.\w+)*$/.test(name));
  if (strange !== undefined) return problem('INVALID_FIELD', `No such column '${strange}' on entity '${table.name}'`);
  const described = describeQuery(tables, `SELECT ${names.join(', ')} FROM ${table.name}`, organization.clock());
  return isProblem(described) ? described : described.shape.parts;
}

/** "Retrieve Records with sObject Collections", REST API Developer Guide: at most 2,000 ids, null for what is not there. */
export function answerCollection(organization: Organization, call: Call, asker: Asker, name: string): Answer {
  const table = organization.tables.get(name.toLowerCase());
  if (table === undefined) return answerProblem(noSuchType(name));
  const asked = call.method === 'GET' ? askedByQuery(call) : askedByBody(call);
  if (asked === undefined) {
    return answerProblem(problem('JSON_PARSER_ERROR', 'The request needs a list of ids and a list of fields'));
  }
  if (asked.ids.length > 2_000) {
    return answerProblem(
      problem('EXCEEDED_ID_LIMIT', 'record limit reached. cannot submit more than 2000 records into this call'),
    );
  }
  const parts = partsOf(organization, organization.tables, table, asked.fields);
  if (isProblem(parts)) return answerProblem(parts);
  const records = printRows(organization, asker, table, parts, asked.ids.map(table.rowOf));
  return json(records, 200, records.filter((record) => record !== null).length);
}

interface AskedRecords {
  readonly ids: readonly string[];
  readonly fields: readonly string[];
}

function askedByQuery({ query }: Call): AskedRecords | undefined {
  const [ids, fields] = [query.get('ids')?.split(','), query.get('fields')?.split(',')];
  return ids === undefined || fields === undefined ? undefined : { ids, fields };
}

function askedByBody({ body }: Call): AskedRecords | undefined {
  const asked = parseObject(body);
  const [ids, fields] = [asked?.['ids'], asked?.['fields']];
  return isTexts(ids) && isTexts(fields) && fields.length > 0 ? { ids, fields } : undefined;
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

/** A JSON object, or undefined for whatever else. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
