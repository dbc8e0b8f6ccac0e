import { parseSoql } from '#soql/parse-soql.ts';
import type { Condition, Operand, Soql } from '#soql/query.ts';
import type { Table } from '../objects/table.ts';
import type { Tables } from '../objects/tables.ts';
import { type Problem, problem } from '../query/problem.ts';
import type { Behaviour, Organization } from '../server/organization.ts';
import type { LogRecord } from './log-book.ts';
import { type LogObject, logObjectOf, logObjects } from './log-objects.ts';

/** An organisation that has no hourly files has no column for it either. */
const isVisible =
  ({ hourlyLogFiles }: Behaviour) =>
  (field: string): boolean =>
    hourlyLogFiles || (field !== 'Interval' && field !== 'Sequence');

const isOpen = (object: LogObject, behaviour: Behaviour, version: number): boolean =>
  version >= object.since && (object.licence === undefined || behaviour[object.licence]);

/** The log objects that the organisation has in this version of the API (`64.0`), beside its other tables. */
export function tablesWithLogs(organization: Organization, version: string): Tables {
  const { tables, behaviour } = organization;
  const open = logObjects.filter((object) => isOpen(object, behaviour, Number(version)));
  return new Map([
    ...tables,
    ...open.map((object) => [object.name.toLowerCase(), tableOf(organization, object)] as const),
  ]);
}

function tableOf({ logs, behaviour }: Organization, object: LogObject, isShown = (_: LogRecord) => true): Table {
  const isHere = (record: LogRecord): boolean => behaviour.hourlyLogFiles || record['Interval'] !== 'Hourly';
  return logs.tableOf(object, isVisible(behaviour), (record) => isHere(record) && isShown(record));
}

/** The tables for one query, or why its log object may not be asked like this. */
export function tablesForQuery(organization: Organization, version: string, text: string): Tables | Problem {
  const parsed = parseSoql(text);
  const query = parsed.ok ? parsed.value : undefined;
  const object = query === undefined ? undefined : logObjectOf(query.from[0].path.join('.'));
  if (query === undefined || object === undefined) return organization.tables;
  const tables = tablesWithLogs(organization, version);
  const refusal = refuseFields(object, query);
  if (refusal !== undefined) return refusal;
  if (object.name !== 'EventLogFile' || namesInterval(query)) return tables;
  // Unless a query names Interval, Sequence or an id, hourly files do not show (elastic/integrations, pull request 20931).
  const daily = tableOf(organization, object, (record) => record['Interval'] === 'Daily');
  return new Map([...tables, ['eventlogfile', daily]]);
}

function refuseFields(object: LogObject, query: Soql): Problem | undefined {
  const refused = (name: string, what: string): Problem =>
    problem('INVALID_FIELD', `field '${name}' can not be ${what} in a query call`);
  const filters = object.filters?.map((name) => name.toLowerCase());
  const filtered = namesIn(query.where).find((name) => filters?.includes(name.toLowerCase()) === false);
  if (filtered !== undefined) return refused(filtered, 'filtered');
  if (!object.isBig) return undefined;
  const wrong = query.orderBy.find(
    ({ operand, direction }) => nameOf(operand).toLowerCase() !== 'eventdate' || direction !== 'DESC',
  );
  return wrong === undefined ? undefined : refused(nameOf(wrong.operand), 'sorted');
}

const nameOf = (operand: Operand): string => (operand.kind === 'field' ? operand.path.join('.') : operand.name);

const namesInterval = (query: Soql): boolean =>
  namesIn(query.where).some((name) => ['interval', 'sequence', 'id'].includes(name.toLowerCase()));

function namesIn(condition: Condition | undefined): readonly string[] {
  switch (condition?.kind) {
    case 'and':
    case 'or':
      return condition.conditions.flatMap(namesIn);
    case 'not':
      return namesIn(condition.condition);
    case 'comparison':
    case 'membership':
      return [nameOf(condition.left)];
    default:
      return [];
  }
}
