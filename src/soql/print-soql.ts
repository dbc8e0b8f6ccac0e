import type {
  Bind,
  Condition,
  Field,
  GroupBy,
  Membership,
  Operand,
  Ordering,
  Selection,
  Soql,
  Source,
  Value,
  With,
} from './query.ts';

/** The query as text on one line: `parseSoql(printSoql(query))` is `query` again but for offsets. */
export function printSoql(query: Soql): string {
  return [
    `SELECT ${list(query.select, printSelection)} FROM ${list(query.from, printSource)}`,
    query.scope && `USING SCOPE ${query.scope}`,
    query.where && `WHERE ${printCondition(query.where)}`,
    query.with && `WITH ${printWith(query.with)}`,
    query.groupBy && `GROUP BY ${printGroupBy(query.groupBy)}`,
    query.having && `HAVING ${printCondition(query.having)}`,
    query.orderBy.length > 0 && `ORDER BY ${list(query.orderBy, printOrdering)}`,
    query.limit && `LIMIT ${printArgument(query.limit)}`,
    query.offset && `OFFSET ${printArgument(query.offset)}`,
    query.allRows && 'ALL ROWS',
    query.forPurposes.length > 0 && `FOR ${query.forPurposes.join(', ')}`,
    query.updates.length > 0 && `UPDATE ${query.updates.join(', ')}`,
  ]
    .filter(Boolean)
    .join(' ');
}

const list = <Item>(items: readonly Item[], print: (item: Item) => string): string => items.map(print).join(', ');

function printSelection(selection: Selection): string {
  switch (selection.kind) {
    case 'column':
      return printOperand(selection.operand) + (selection.alias === undefined ? '' : ` ${selection.alias}`);
    case 'children':
      return `(${printSoql(selection.query)})`;
    case 'typeof': {
      const branches = selection.branches.map(({ type, fields }) => `WHEN ${type} THEN ${list(fields, printField)}`);
      const otherwise = selection.otherwise.length > 0 ? [`ELSE ${list(selection.otherwise, printField)}`] : [];
      return ['TYPEOF', printField(selection.field), ...branches, ...otherwise, 'END'].join(' ');
    }
  }
}

const printSource = ({ path, alias }: Source): string => path.join('.') + (alias === undefined ? '' : ` ${alias}`);
const printField = ({ path }: Field): string => path.join('.');
const printBind = ({ path }: Bind): string => `:${path.join('.')}`;

const printOperand = (operand: Operand): string =>
  operand.kind === 'field' ? printField(operand) : `${operand.name}(${list(operand.arguments, printArgument)})`;

const printArgument = (argument: Operand | Value): string =>
  argument.kind === 'field' || argument.kind === 'call' ? printOperand(argument) : printValue(argument);

function printValue(value: Value): string {
  switch (value.kind) {
    case 'string':
      return `'${value.escaped}'`;
    case 'constant':
      return String(value.value);
    case 'relativeDate':
      return value.count === undefined ? value.name : `${value.name}:${value.count}`;
    case 'bind':
      return printBind(value);
    default:
      return value.text;
  }
}

function printCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.conditions.map(printTerm).join(` ${condition.kind.toUpperCase()} `);
    case 'not':
      return `NOT ${printTerm(condition.condition)}`;
    case 'comparison':
      return `${printOperand(condition.left)} ${condition.operator} ${printValue(condition.right)}`;
    case 'membership':
      return `${printOperand(condition.left)} ${condition.operator} ${printMembers(condition.right)}`;
  }
}

const printTerm = (condition: Condition): string =>
  condition.kind === 'and' || condition.kind === 'or' ? `(${printCondition(condition)})` : printCondition(condition);

function printMembers(members: Membership['right']): string {
  if (members.kind === 'bind') return printBind(members);
  return `(${members.kind === 'list' ? list(members.values, printValue) : printSoql(members.query)})`;
}

function printWith(clause: With): string {
  switch (clause.kind) {
    case 'mode':
      return clause.mode;
    case 'user':
      return `UserId = ${printValue(clause.id)}`;
    case 'recordVisibility':
      return `RecordVisibilityContext (${list(clause.settings, ({ name, value }) => `${name} = ${value}`)})`;
    case 'dataCategory':
      return `DATA CATEGORY ${clause.filters
        .map(({ group, operator, categories }) => `${group} ${operator} (${categories.join(', ')})`)
        .join(' AND ')}`;
  }
}

const printGroupBy = ({ kind, operands }: GroupBy): string =>
  kind === 'plain' ? list(operands, printOperand) : `${kind}(${list(operands, printOperand)})`;

const printOrdering = ({ operand, direction, nulls }: Ordering): string =>
  printOperand(operand) +
  (direction === undefined ? '' : ` ${direction}`) +
  (nulls === undefined ? '' : ` NULLS ${nulls}`);
