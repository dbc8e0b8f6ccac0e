import type { Call, Condition, Operand, Soql } from '#soql/query.ts';
import type { FieldType, Value } from '../objects/table.ts';
import { compileCondition } from './condition.ts';
import { comparable } from './literal.ts';
import { printJson } from './print-record.ts';
import { malformed, type Problem, problem } from './problem.ts';
import { type Column, resolveOperand, type Scope } from './scope.ts';
import { compareByKey, type Selected } from './select-rows.ts';

/** COUNT, SUM and their like, taken over the rows of one group. */
interface Tally {
  readonly add: (value: Value) => void;
  readonly result: () => Value;
}

const names = ['COUNT', 'COUNT_DISTINCT', 'SUM', 'AVG', 'MIN', 'MAX'] as const;
type AggregateName = (typeof names)[number];

const isAggregateName = (name: string): name is AggregateName => (names as readonly string[]).includes(name);

const isAggregate = (operand: Operand): operand is Call => operand.kind === 'call' && isAggregateName(operand.name);

/** A query that computes: GROUP BY, or a function over many rows, but for the lone `COUNT()`. */
export const isGrouped = (query: Soql): boolean =>
  query.groupBy !== undefined ||
  query.select.some((selection) => selection.kind === 'column' && isAggregate(selection.operand));

/** `SELECT COUNT() FROM Contact`: the number of rows, no record. */
export const isCount = (query: Soql): boolean => {
  const [only, ...others] = query.select;
  return (
    others.length === 0 &&
    only?.kind === 'column' &&
    isAggregate(only.operand) &&
    only.operand.name === 'COUNT' &&
    only.operand.arguments.length === 0
  );
};

function createTally(name: AggregateName, type: Column<number>['type']): Tally {
  const distinct = new Set<Value>();
  let [count, sum] = [0, 0];
  let [least, most]: [Value, Value] = [null, null];
  const results: Record<AggregateName, () => Value> = {
    COUNT: () => count,
    COUNT_DISTINCT: () => distinct.size,
    SUM: () => (count === 0 ? null : sum),
    AVG: () => (count === 0 ? null : sum / count),
    MIN: () => least,
    MAX: () => most,
  };
  const add = (value: Value): void => {
    if (value === null) return;
    count++;
    if (name === 'COUNT_DISTINCT') distinct.add(comparable(type, value));
    else if (typeof value === 'number') sum += value;
    if (least === null || value < least) least = value;
    if (most === null || value > most) most = value;
  };
  return { add, result: results[name] };
}

interface Output {
  readonly key: string;
  readonly operand: Operand;
  readonly name: string;
  readonly aggregate: AggregateName | undefined;
  readonly column: Column<number>;
}

const textOf = (operand: Operand): string =>
  operand.kind === 'field'
    ? operand.path.join('.').toLowerCase()
    : `${operand.name}(${operand.arguments.map((part) => (part.kind === 'field' || part.kind === 'call' ? textOf(part) : '')).join(',')})`;

/** Every group or function named anywhere in the query, each once; unnamed ones are called `expr0`, `expr1`, … */
function outputsOf(scope: Scope, query: Soql): { readonly all: readonly Output[]; readonly shown: readonly Output[] } {
  const all = new Map<string, Output>();
  let unnamed = 0;
  const add = (operand: Operand, alias?: string): Output => {
    const key = textOf(operand);
    const known = all.get(key);
    if (known !== undefined && alias === undefined) return known;
    const aggregate = isAggregate(operand) && isAggregateName(operand.name) ? operand.name : undefined;
    const name = alias ?? (operand.kind === 'field' ? operand.path.at(-1)! : `expr${unnamed++}`);
    const output = { key, operand, name, aggregate, column: inputOf(scope, operand) };
    all.set(key, output);
    return output;
  };
  const shown = query.select.flatMap((selection) =>
    selection.kind === 'column' ? [add(selection.operand, selection.alias)] : [],
  );
  for (const operand of query.groupBy?.operands ?? []) add(operand);
  const asked = [...operandsOf(query.having), ...query.orderBy.map(({ operand }) => operand)];
  for (const operand of asked.filter(isAggregate)) add(operand);
  return { all: [...all.values()], shown };
}

function operandsOf(condition: Condition | undefined): readonly Operand[] {
  if (condition === undefined) return [];
  if (condition.kind === 'not') return operandsOf(condition.condition);
  return 'conditions' in condition ? condition.conditions.flatMap(operandsOf) : [condition.left];
}

function inputOf(scope: Scope, operand: Operand): Column<number> {
  if (!isAggregate(operand)) return resolveOperand(scope, operand);
  const [argument] = operand.arguments;
  if (argument?.kind === 'field' || argument?.kind === 'call') return resolveOperand(scope, argument);
  return { type: 'int', value: () => 1 };
}

type Group = readonly { readonly output: Output; readonly value: () => Value; readonly add: (value: Value) => void }[];

/** What the query computes, as records `{expr0: …}`; all groups are held in memory, so their number is bounded. */
export async function aggregate(
  scope: Scope,
  query: Soql,
  selected: Selected,
): Promise<Record<string, Value>[] | Problem> {
  const { all, shown } = outputsOf(scope, query);
  const grouping = new Set((query.groupBy?.operands ?? []).map(textOf));
  const stray = all.find((output) => output.aggregate === undefined && !grouping.has(output.key));
  if (stray !== undefined) {
    return malformed(`Field must be grouped or aggregated: ${stray.name}`);
  }
  if (query.groupBy !== undefined && query.groupBy.kind !== 'plain')
    return malformed(`unexpected token: ${query.groupBy.kind}`);
  const groups = await gather(all, selected, query.groupBy === undefined);
  if (groups === undefined) return tooMany();
  const sorted = sortGroups(scope, query, havingOf(scope, query, groups));
  const [problemFound] = scope.problems;
  if (problemFound !== undefined) return problemFound;
  const offset = query.offset?.kind === 'number' ? Number(query.offset.text) : 0;
  const limit = query.limit?.kind === 'number' ? Number(query.limit.text) : Number.POSITIVE_INFINITY;
  const wanted = sorted.slice(offset, offset + limit);
  if (wanted.length > 2_000) return tooMany();
  return wanted.map((group) =>
    Object.fromEntries(shown.map((output) => [output.name, printJson(typeOf(output), valueIn(group, output.key))])),
  );
}

const typeOf = ({ aggregate: name, column }: Output): FieldType =>
  name?.startsWith('COUNT') === true ? 'int' : name === 'AVG' ? 'double' : column.type;

const tooMany = (): Problem =>
  problem(
    'EXCEEDED_ID_LIMIT',
    'Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch',
  );

async function gather(outputs: readonly Output[], selected: Selected, isOne: boolean): Promise<Group[] | undefined> {
  const groups = new Map<string, Group>();
  const create = (): Group =>
    outputs.map((output) => {
      const { aggregate: name, column } = output;
      if (name !== undefined) {
        const tally = createTally(name, column.type);
        return { output, add: tally.add, value: tally.result };
      }
      let kept: Value = null;
      return {
        output,
        add: (value) => {
          kept = value;
        },
        value: () => kept,
      };
    });
  if (isOne) groups.set('[]', create());
  for await (const rows of selected.portions(0, selected.size)) {
    for (const row of rows) {
      const cells = outputs.map(({ column }) => column.value(row));
      const key = JSON.stringify(cells.filter((_, at) => outputs[at]!.aggregate === undefined));
      let group = groups.get(key);
      if (group === undefined) {
        group = create();
        groups.set(key, group);
        if (groups.size > 50_000) return undefined;
      }
      for (const [at, part] of group.entries()) part.add(cells[at]!);
    }
  }
  return [...groups.values()];
}

const valueIn = (group: Group, key: string): Value => group.find(({ output }) => output.key === key)?.value() ?? null;

/** How HAVING and ORDER BY see a group: by its operand, or by its alias. */
function groupColumn(scope: Scope, groups: readonly Group[], operand: Operand): Column<Group> {
  const sample = groups[0] ?? [];
  const key = textOf(operand);
  const part = sample.find(({ output }) => output.key === key || output.name.toLowerCase() === key);
  if (part === undefined) {
    if (sample.length > 0)
      scope.problems.push(malformed(`Ordered or filtered field must be grouped or aggregated: ${key}`));
    return { type: 'string', value: () => null };
  }
  return { type: typeOf(part.output), value: (group) => valueIn(group, part.output.key) };
}

function havingOf(scope: Scope, query: Soql, groups: readonly Group[]): readonly Group[] {
  if (query.having === undefined) return groups;
  const resolve = (operand: Operand): Column<Group> => groupColumn(scope, groups, operand);
  const { now, problems } = scope;
  return groups.filter(compileCondition(query.having, { resolve, joined: new Map(), now, problems }));
}

function sortGroups(scope: Scope, query: Soql, groups: readonly Group[]): readonly Group[] {
  const keys = query.orderBy.map(({ operand, direction, nulls }) => ({
    ...groupColumn(scope, groups, operand),
    isDescending: direction === 'DESC',
    nullsFirst: nulls !== 'LAST',
  }));
  return [...groups].sort((one, other) => {
    for (const key of keys) {
      const order = compareByKey(key, key.value(one), key.value(other));
      if (order !== 0) return order;
    }
    return 0;
  });
}
