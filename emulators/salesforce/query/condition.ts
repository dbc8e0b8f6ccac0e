import type { Comparison, Condition, Membership, Operand, Soql, StringLiteral } from '#soql/query.ts';
import { stringValue } from '#soql/string-literal.ts';
import type { Value } from '../objects/table.ts';
import { type Bounds, boundsOf, comparable, compare } from './literal.ts';
import { malformed, type Problem, problem } from './problem.ts';
import type { Column } from './scope.ts';

type Test<Row> = (row: Row) => boolean;

export interface ConditionContext<Row> {
  readonly resolve: (operand: Operand) => Column<Row>;
  /** What the query within `IN (SELECT …)` answered, asked beforehand. */
  readonly joined: ReadonlyMap<Soql, ReadonlySet<Value>>;
  readonly now: number;
  readonly problems: Problem[];
}

/** WHERE or HAVING as a test of one row. */
export function compileCondition<Row>(condition: Condition, context: ConditionContext<Row>): Test<Row> {
  switch (condition.kind) {
    case 'and': {
      const tests = condition.conditions.map((part) => compileCondition(part, context));
      return (row) => tests.every((test) => test(row));
    }
    case 'or': {
      const tests = condition.conditions.map((part) => compileCondition(part, context));
      return (row) => tests.some((test) => test(row));
    }
    case 'not': {
      const test = compileCondition(condition.condition, context);
      return (row) => !test(row);
    }
    case 'comparison':
      return compileComparison(condition, context);
    case 'membership':
      return compileMembership(condition, context);
  }
}

function compileComparison<Row>(comparison: Comparison, context: ConditionContext<Row>): Test<Row> {
  const { type, value } = context.resolve(comparison.left);
  const { operator, right } = comparison;
  if (operator === 'LIKE') {
    if (right.kind !== 'string') return refuse(comparison.left, context);
    const pattern = likePattern(right);
    return (row) => pattern.test(String(value(row) ?? ''));
  }
  const bounds = boundsOf(type, right, context.now);
  if (bounds === undefined) return refuse(comparison.left, context);
  const cell: (row: Row) => Value = (row) => comparable(type, value(row));
  const { low, high, isPoint } = bounds;
  const within = (found: Value): boolean => holds(bounds, found);
  switch (operator) {
    case '=':
      return (row) => within(cell(row));
    case '!=':
      return (row) => !within(cell(row));
    case '<':
      return ordered(cell, (found) => compare(found, low) < 0);
    case '>=':
      return ordered(cell, (found) => compare(found, low) >= 0);
    case '>':
      return ordered(cell, (found) => (isPoint ? compare(found, high) > 0 : compare(found, high) >= 0));
    case '<=':
      return ordered(cell, (found) => (isPoint ? compare(found, high) <= 0 : compare(found, high) < 0));
  }
}

const holds = ({ low, high, isPoint }: Bounds, found: Value): boolean =>
  isPoint ? found === low : found !== null && compare(found, low) >= 0 && compare(found, high) < 0;

/** An empty cell is neither below nor above anything. */
const ordered =
  <Row>(cell: (row: Row) => Value, test: (found: Value) => boolean): Test<Row> =>
  (row) => {
    const found = cell(row);
    return found !== null && test(found);
  };

function compileMembership<Row>(membership: Membership, context: ConditionContext<Row>): Test<Row> {
  const { left, operator, right } = membership;
  const { type, value } = context.resolve(left);
  const isIn = operator === 'IN';
  if (!isIn && operator !== 'NOT IN') return refuse(left, context);
  if (right.kind === 'semi-join') {
    const joined = context.joined.get(right.query) ?? new Set<Value>();
    return (row) => joined.has(comparable(type, value(row))) === isIn;
  }
  if (right.kind === 'bind') return refuse(left, context);
  const members = right.values.map((literal) => boundsOf(type, literal, context.now));
  if (members.includes(undefined)) return refuse(left, context);
  const points = new Set<Value>(members.flatMap((bounds) => (bounds?.isPoint ? [bounds.low] : [])));
  const spans = members.filter((bounds): bounds is Bounds => bounds?.isPoint === false);
  return (row) => {
    const found = comparable(type, value(row));
    return (points.has(found) || spans.some((span) => holds(span, found))) === isIn;
  };
}

function refuse<Row>(operand: Operand, context: ConditionContext<Row>): Test<Row> {
  const name = operand.kind === 'field' ? operand.path.join('.') : operand.name;
  context.problems.push(
    operand.kind === 'call'
      ? malformed(`unexpected value for ${name}`)
      : problem('INVALID_FIELD', `value of filter criterion for field '${name}' must be of the field's own type`),
  );
  return () => false;
}

/** `%` is any text, `_` any character, unless a backslash stands before them; without case. */
function likePattern(literal: StringLiteral): RegExp {
  const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const source = literal.escaped.replace(/\\u[0-9a-f]{4}|\\.|%|_|[^\\%_]+/gis, (piece) => {
    if (piece === '%') return '[\\s\\S]*';
    if (piece === '_') return '[\\s\\S]';
    return literally(stringValue({ kind: 'string', escaped: piece }));
  });
  return new RegExp(`^${source}$`, 'i');
}
