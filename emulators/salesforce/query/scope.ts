import type { Call, Field as NamedField, Operand } from '#soql/query.ts';
import type { Field, FieldType, Reference, Table, Value } from '../objects/table.ts';
import type { Tables } from '../objects/tables.ts';
import { malformed, noSuchColumn, type Problem } from './problem.ts';

/** A cell of whatever a row is: of a table, or of a computed answer. */
export interface Column<Row> {
  readonly type: FieldType;
  readonly value: (row: Row) => Value;
}

/** Where names of one query are looked up. What cannot be resolved is noted in `problems`, and the first is answered. */
export interface Scope {
  readonly tables: Tables;
  readonly table: Table;
  /** Names that stand for the main object: its own and its alias, lower case. */
  readonly names: ReadonlySet<string>;
  /** Moment of the query, ms UTC. */
  readonly now: number;
  readonly problems: Problem[];
}

export interface ResolvedField extends Column<number> {
  readonly field: Field;
  /** The references followed to reach it; empty for a field of the object itself. */
  readonly path: readonly Reference[];
}

const nothing: Column<number> = { type: 'string', value: () => null };

/** `['Account', 'Owner', 'Name']`, compared without case; undefined when there is no such column. */
export function resolveField(scope: Scope, named: NamedField): ResolvedField | undefined {
  const names =
    named.path.length > 1 && scope.names.has(named.path[0]!.toLowerCase()) ? named.path.slice(1) : named.path;
  const path: Reference[] = [];
  let table = scope.table;
  for (const name of names.slice(0, -1)) {
    const reference = referenceOf(table, name);
    const next = reference === undefined ? undefined : scope.tables.get(reference.table.toLowerCase());
    if (reference === undefined || next === undefined) {
      scope.problems.push({
        ...malformed(`Didn't understand relationship '${name}' in field path.`),
        errorCode: 'INVALID_FIELD',
      });
      return undefined;
    }
    path.push(reference);
    table = next;
  }
  const field = fieldOf(table, names.at(-1)!);
  if (field === undefined) {
    scope.problems.push(noSuchColumn(names.at(-1)!, table.name));
    return undefined;
  }
  return { type: field.type, field, path, value: followed(path, field.value) };
}

export function fieldOf(table: Table, name: string): Field | undefined {
  const lower = name.toLowerCase();
  return table.fields.find((field) => field.name.toLowerCase() === lower);
}

export const referenceOf = (table: Table, relationship: string): Reference | undefined =>
  table.fields.find(({ reference }) => reference?.relationship.toLowerCase() === relationship.toLowerCase())?.reference;

function followed(path: readonly Reference[], value: (row: number) => Value): (row: number) => Value {
  if (path.length === 0) return value;
  return (row) => {
    let at: number | undefined = row;
    for (const reference of path) {
      at = reference.rowOf(at);
      if (at === undefined) return null;
    }
    return value(at);
  };
}

/** A field, or a function of one: a part of a date (UTC), or a presentation that leaves the value as it is. */
export function resolveOperand(scope: Scope, operand: Operand): Column<number> {
  if (operand.kind === 'field') return resolveField(scope, operand) ?? nothing;
  const [argument] = operand.arguments;
  if (argument === undefined || (argument.kind !== 'field' && argument.kind !== 'call')) return refuse(scope, operand);
  if (['TOLABEL', 'FORMAT', 'CONVERTCURRENCY', 'CONVERTTIMEZONE'].includes(operand.name)) {
    return resolveOperand(scope, argument);
  }
  const part = dateParts[operand.name];
  if (part === undefined) return refuse(scope, operand);
  const inner = resolveOperand(scope, argument);
  return {
    type: operand.name === 'DAY_ONLY' ? 'date' : 'int',
    value: (row) => {
      const time = inner.value(row);
      return typeof time === 'number' ? part(new Date(time)) : null;
    },
  };
}

function refuse(scope: Scope, { name }: Call): Column<number> {
  scope.problems.push(malformed(`unexpected function: ${name}`));
  return nothing;
}

const dayMs = 86_400_000;
const dayInYear = (date: Date): number =>
  Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / dayMs) + 1;

/** "Date Functions", SOQL and SOSL Reference; the house's fiscal year is the calendar's. */
const dateParts: Readonly<Record<string, (date: Date) => number>> = {
  CALENDAR_YEAR: (date) => date.getUTCFullYear(),
  CALENDAR_QUARTER: (date) => Math.floor(date.getUTCMonth() / 3) + 1,
  CALENDAR_MONTH: (date) => date.getUTCMonth() + 1,
  FISCAL_YEAR: (date) => date.getUTCFullYear(),
  FISCAL_QUARTER: (date) => Math.floor(date.getUTCMonth() / 3) + 1,
  FISCAL_MONTH: (date) => date.getUTCMonth() + 1,
  DAY_IN_MONTH: (date) => date.getUTCDate(),
  DAY_IN_WEEK: (date) => date.getUTCDay() + 1,
  DAY_IN_YEAR: dayInYear,
  DAY_ONLY: (date) => Math.floor(date.getTime() / dayMs) * dayMs,
  HOUR_IN_DAY: (date) => date.getUTCHours(),
  WEEK_IN_MONTH: (date) => Math.ceil(date.getUTCDate() / 7),
  WEEK_IN_YEAR: (date) => Math.ceil(dayInYear(date) / 7),
};
