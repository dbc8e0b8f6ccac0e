import { parseSoql } from '#soql/parse-soql.ts';
import type { Condition, Soql } from '#soql/query.ts';
import type { Children, Table, Value } from '../objects/table.ts';
import type { Tables } from '../objects/tables.ts';
import { aggregate, isCount, isGrouped } from './aggregate.ts';
import { compileCondition } from './condition.ts';
import { comparable } from './literal.ts';
import { narrow } from './narrow.ts';
import { malformed, malformedBy, noSuchType, type Problem, problem } from './problem.ts';
import { resolveField, resolveOperand, type Scope } from './scope.ts';
import { compareByKey, type Selected, type Selection, type SortKey, selectRows } from './select-rows.ts';
import { type ChildQuery, compileShape, type Shape } from './shape.ts';

/** What a query answers. */
export type Answered =
  | { readonly kind: 'rows'; readonly table: Table; readonly shape: Shape; readonly selected: Selected }
  | { readonly kind: 'aggregates'; readonly table: Table; readonly records: readonly Record<string, Value>[] }
  | { readonly kind: 'count'; readonly table: Table; readonly size: number };

export const isProblem = (answer: object): answer is Problem => 'errorCode' in answer;

/** Values that one `IN (SELECT …)` may bring. */
const mostJoined = 200_000;

/** Understands a query and finds its rows. `now`: ms UTC. Stops when the signal says that nobody waits any more. */
export async function runQuery(
  tables: Tables,
  text: string,
  now: number,
  signal?: AbortSignal,
): Promise<Answered | Problem> {
  const parsed = parseSoql(text);
  if (!parsed.ok) return malformedBy(parsed.failure);
  return runParsed(tables, parsed.value, now, signal);
}

/** The object that a query reads and how each record will look, without reading any. */
export function describeQuery(
  tables: Tables,
  text: string,
  now: number,
): { readonly query: Soql; readonly table: Table; readonly shape: Shape } | Problem {
  const parsed = parseSoql(text);
  if (!parsed.ok) return malformedBy(parsed.failure);
  const scope = scopeOf(tables, parsed.value, now);
  if (isProblem(scope)) return scope;
  const shape = compileShape(
    scope,
    isGrouped(parsed.value) ? { ...parsed.value, select: [] } : parsed.value,
    prepareChildren(scope),
  );
  return scope.problems[0] ?? { query: parsed.value, table: scope.table, shape };
}

function scopeOf(tables: Tables, query: Soql, now: number): Scope | Problem {
  const [source, ...others] = query.from;
  if (others.length > 0 || source.path.length > 1) return malformed('unexpected token: ,');
  if (query.allRows) return malformed('ALL ROWS not allowed in this context');
  const table = tables.get(source.path[0]!.toLowerCase());
  if (table === undefined) return noSuchType(source.path[0]!);
  const names = new Set([table.name.toLowerCase(), source.alias?.toLowerCase() ?? '']);
  return { tables, table, names, now, problems: [] };
}

async function runParsed(tables: Tables, query: Soql, now: number, signal?: AbortSignal): Promise<Answered | Problem> {
  const scope = scopeOf(tables, query, now);
  if (isProblem(scope)) return scope;
  const joined = await runJoins(scope, query.where, signal);
  if (isProblem(joined)) return joined;
  const grouped = isGrouped(query);
  const shape = compileShape(scope, grouped ? { ...query, select: [] } : query, prepareChildren(scope));
  const selection = compileSelection(scope, query, joined, grouped && !isCount(query));
  const [first] = scope.problems;
  if (first !== undefined) return first;
  const selected = await selectRows(selection, signal);
  if (isProblem(selected)) return selected;
  const { table } = scope;
  if (!grouped) return { kind: 'rows', table, shape, selected };
  if (isCount(query) && query.groupBy === undefined) return { kind: 'count', table, size: selected.size };
  const records = await aggregate(scope, query, selected);
  return isProblem(records) ? records : { kind: 'aggregates', table, records };
}

function compileSelection(
  scope: Scope,
  query: Soql,
  joined: ReadonlyMap<Soql, ReadonlySet<Value>>,
  isComputed: boolean,
): Selection {
  const { now, problems } = scope;
  const resolve = (operand: Parameters<typeof resolveOperand>[1]) => resolveOperand(scope, operand);
  const test =
    query.where === undefined ? undefined : compileCondition(query.where, { resolve, joined, now, problems });
  const candidates = narrow(scope, query.where);
  const window = windowOf(scope, query);
  const kept = { candidates, test: candidates.isExact ? undefined : test };
  if (isComputed) return { ...kept, isBackward: false, sortKeys: [], offset: 0, limit: Number.POSITIVE_INFINITY };
  const sortKeys = query.orderBy.map(
    (ordering): SortKey => ({
      ...resolveOperand(scope, ordering.operand),
      isDescending: ordering.direction === 'DESC',
      nullsFirst: ordering.nulls !== 'LAST',
    }),
  );
  const natural = naturalOrder(scope, query);
  return { ...kept, ...window, isBackward: natural === 'backward', sortKeys: natural === undefined ? sortKeys : [] };
}

/** Sorting by a field that rises with the rows needs no sorting. */
function naturalOrder(scope: Scope, query: Soql): 'forward' | 'backward' | undefined {
  const [first] = query.orderBy;
  if (first === undefined) return 'forward';
  if (first.operand.kind !== 'field') return undefined;
  const field = resolveField({ ...scope, problems: [] }, first.operand);
  if (field === undefined || field.path.length > 0 || field.field.isAscending !== true) return undefined;
  if (query.orderBy.length > 1 && field.field.type !== 'id') return undefined;
  return first.direction === 'DESC' ? 'backward' : 'forward';
}

function windowOf(scope: Scope, query: Soql): { readonly offset: number; readonly limit: number } {
  const counts = [query.limit, query.offset].map((count) => {
    if (count?.kind === 'bind') scope.problems.push(malformed("unexpected token: ':'"));
    return count?.kind === 'number' ? Number(count.text) : undefined;
  });
  const [limit = Number.POSITIVE_INFINITY, offset = 0] = counts;
  if (offset > 2_000) {
    scope.problems.push(problem('NUMBER_OUTSIDE_VALID_RANGE', 'Maximum SOQL offset allowed is 2000'));
  }
  return { limit, offset };
}

/** Asks the queries within `IN (SELECT …)` first. */
async function runJoins(
  scope: Scope,
  condition: Condition | undefined,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<Soql, ReadonlySet<Value>> | Problem> {
  const joined = new Map<Soql, ReadonlySet<Value>>();
  for (const query of joinsOf(condition)) {
    const answer = await runParsed(scope.tables, query, scope.now, signal);
    if (isProblem(answer)) return answer;
    const column = answer.kind === 'rows' ? answer.shape.columns[0] : undefined;
    if (answer.kind !== 'rows' || column === undefined) return malformed('Unknown semi join');
    if (answer.selected.size > mostJoined) {
      return problem('QUERY_TIMEOUT', 'Your query request was running for too long.');
    }
    const values = new Set<Value>();
    for await (const rows of answer.selected.portions(0, answer.selected.size)) {
      for (const row of rows) values.add(comparable(column.type, column.value(row)));
    }
    joined.set(query, values);
  }
  return joined;
}

function joinsOf(condition: Condition | undefined): readonly Soql[] {
  switch (condition?.kind) {
    case 'and':
    case 'or':
      return condition.conditions.flatMap(joinsOf);
    case 'not':
      return joinsOf(condition.condition);
    case 'membership':
      return condition.right.kind === 'semi-join' ? [condition.right.query] : [];
    default:
      return [];
  }
}

/** Inner queries see only their parent's rows, which are few: they are answered on the spot. */
function prepareChildren(scope: Scope): (query: Soql, children: Children, table: Table) => ChildQuery {
  return (query, children, table) => {
    const alias = query.from[0].alias?.toLowerCase() ?? '';
    const inner: Scope = {
      ...scope,
      table,
      names: new Set([table.name.toLowerCase(), children.relationship.toLowerCase(), alias]),
    };
    if (joinsOf(query.where).length > 0) scope.problems.push(malformed('Semi join is not allowed in an inner query'));
    if (isGrouped(query)) scope.problems.push(malformed('Grouping is not allowed in an inner query'));
    const { parts } = compileShape(inner, query, prepareChildren(inner));
    const { test, sortKeys, isBackward, offset, limit } = compileSelection(inner, query, new Map(), false);
    const where = query.where === undefined ? undefined : (test ?? compileWhere(inner, query.where));
    const rowsOf = (row: number): readonly number[] => {
      const { size, rowAt } = children.of(row);
      let rows = Array.from({ length: size }, (_, at) => rowAt(at));
      if (where !== undefined) rows = rows.filter(where);
      if (isBackward) rows.reverse();
      if (sortKeys.length > 0) rows.sort((one, other) => orderOf(sortKeys, one, other));
      return rows.slice(offset, offset + limit);
    };
    return { parts, rowsOf };
  };
}

function compileWhere(scope: Scope, where: Condition): (row: number) => boolean {
  const { now, problems } = scope;
  return compileCondition(where, {
    resolve: (operand) => resolveOperand(scope, operand),
    joined: new Map(),
    now,
    problems,
  });
}

function orderOf(keys: readonly SortKey[], one: number, other: number): number {
  for (const key of keys) {
    const order = compareByKey(key, key.value(one), key.value(other));
    if (order !== 0) return order;
  }
  return one - other;
}
