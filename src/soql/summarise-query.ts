import type { Comparison, Condition, Field, Operand, Selection, Soql } from './query.ts';
import { likeParts, stringValue } from './string-literal.ts';

/** What a query asks for, as far as it can be told without the organisation's schema. Names stand as written. */
export interface QuerySummary {
  readonly mainObject: string;
  /**
   * The main object first, then child relationships (`Contacts`), semi-joined objects and the types of TYPEOF, each
   * once.
   */
  readonly objects: readonly string[];
  /** `Field`, `Relation.Field`, of child queries `Contacts.LastName`; the arguments of functions; each once. */
  readonly fields: readonly string[];
  /** Columns of the answer; undefined under FIELDS(), where only the schema knows. */
  readonly fieldCount: number | undefined;
  /** The answer is one number: `SELECT COUNT() FROM Contact`, also `COUNT(Id)`. */
  readonly isCount: boolean;
  /** The answer holds computed rows, not records. */
  readonly isAggregate: boolean;
  /** Whether WHERE narrows the records; paging by Id, `!= null` and `LIKE '%'` do not. */
  readonly isFiltered: boolean;
  readonly limit: number | undefined;
  readonly orderBy: readonly string[];
  /** Fixed parts of the patterns of LIKE, lower case. */
  readonly likeLiterals: readonly string[];
  /** Strings of WHERE and HAVING, sub-queries included. */
  readonly literals: readonly string[];
}

const aggregates: ReadonlySet<string> = new Set(['COUNT', 'COUNT_DISTINCT', 'SUM', 'AVG', 'MIN', 'MAX']);

/** Sums a query up for rules and for people. */
export function summariseQuery(query: Soql): QuerySummary {
  const names = new Names();
  collectQuery(query, '', names);
  const objects = [...names.objects];
  const isGrouped = query.groupBy !== undefined;
  const only = query.select.length === 1 ? query.select[0]! : undefined;
  return {
    mainObject: objects[0]!,
    objects,
    fields: [...names.fields],
    fieldCount: names.hasOpenFields ? undefined : columnsOf(query.select),
    isCount: !isGrouped && only?.kind === 'column' && only.operand.kind === 'call' && only.operand.name === 'COUNT',
    isAggregate: isGrouped || query.select.some(isAggregateColumn),
    isFiltered: query.where !== undefined && narrows(query.where),
    limit: query.limit?.kind === 'number' ? Number(query.limit.text) : undefined,
    orderBy: query.orderBy.map(({ operand }) => nameOperand(operand, aliasesOf(query))),
    likeLiterals: names.likeLiterals,
    literals: names.literals,
  };
}

class Names {
  readonly objects = new Set<string>();
  readonly fields = new Set<string>();
  readonly literals: string[] = [];
  readonly likeLiterals: string[] = [];
  hasOpenFields = false;
}

/** Aliases of FROM, lower case, and the path each stands for; the main object's is empty. */
type Aliases = ReadonlyMap<string, readonly string[]>;

function aliasesOf(query: Soql): Aliases {
  const [main, ...joined] = query.from;
  const aliases = new Map<string, readonly string[]>([[main.path.at(-1)!.toLowerCase(), []]]);
  if (main.alias !== undefined) aliases.set(main.alias.toLowerCase(), []);
  for (const { path, alias } of joined) if (alias !== undefined) aliases.set(alias.toLowerCase(), path.slice(1));
  return aliases;
}

function nameField(field: Field, aliases: Aliases): string {
  const [first, ...rest] = field.path;
  const stands = rest.length === 0 ? undefined : aliases.get(first!.toLowerCase());
  return stands === undefined ? field.path.join('.') : [...stands, ...rest].join('.');
}

function nameOperand(operand: Operand, aliases: Aliases): string {
  if (operand.kind === 'field') return nameField(operand, aliases);
  const names = operand.arguments.map((each) =>
    each.kind === 'field' || each.kind === 'call' ? nameOperand(each, aliases) : '',
  );
  return `${operand.name}(${names.join(', ')})`;
}

function collectQuery(query: Soql, prefix: string, names: Names): void {
  for (const { path } of query.from) names.objects.add(path.at(-1)!);
  const aliases = aliasesOf(query);
  for (const selection of query.select) collectSelection(selection, prefix, aliases, names);
  if (query.where !== undefined) collectCondition(query.where, names);
  if (query.having !== undefined) collectCondition(query.having, names);
}

function collectSelection(selection: Selection, prefix: string, aliases: Aliases, names: Names): void {
  switch (selection.kind) {
    case 'column':
      collectOperand(selection.operand, prefix, aliases, names);
      return;
    case 'children':
      collectQuery(selection.query, `${prefix}${selection.query.from[0].path.at(-1)!}.`, names);
      return;
    case 'typeof':
      for (const { type } of selection.branches) names.objects.add(type);
      for (const field of [...selection.branches.flatMap(({ fields }) => fields), ...selection.otherwise])
        names.fields.add(`${prefix}${nameField(selection.field, aliases)}.${field.path.join('.')}`);
  }
}

function collectOperand(operand: Operand, prefix: string, aliases: Aliases, names: Names): void {
  if (operand.kind === 'field') {
    names.fields.add(prefix + nameField(operand, aliases));
  } else if (operand.name === 'FIELDS') {
    names.hasOpenFields = true;
    names.fields.add(prefix + nameOperand(operand, aliases).toUpperCase());
  } else
    for (const argument of operand.arguments)
      if (argument.kind === 'field' || argument.kind === 'call') collectOperand(argument, prefix, aliases, names);
}

function collectCondition(condition: Condition, names: Names): void {
  switch (condition.kind) {
    case 'and':
    case 'or':
      for (const each of condition.conditions) collectCondition(each, names);
      return;
    case 'not':
      collectCondition(condition.condition, names);
      return;
    case 'comparison':
      if (condition.right.kind !== 'string') return;
      names.literals.push(stringValue(condition.right));
      if (condition.operator === 'LIKE')
        names.likeLiterals.push(...likeParts(condition.right).map((part) => part.toLowerCase()));
      return;
    case 'membership':
      if (condition.right.kind === 'semi-join') collectJoined(condition.right.query, names);
      else if (condition.right.kind === 'list')
        for (const value of condition.right.values)
          if (value.kind === 'string') names.literals.push(stringValue(value));
  }
}

/** A semi-join's columns decide which records are read but do not leave. */
function collectJoined(query: Soql, names: Names): void {
  const joined = new Names();
  collectQuery(query, '', joined);
  for (const object of joined.objects) names.objects.add(object);
  names.literals.push(...joined.literals);
  names.likeLiterals.push(...joined.likeLiterals);
}

function isAggregateColumn(selection: Selection): boolean {
  const isAggregate = (operand: Operand): boolean =>
    operand.kind === 'call' &&
    (aggregates.has(operand.name) || operand.arguments.some((each) => each.kind === 'call' && isAggregate(each)));
  return selection.kind === 'column' && isAggregate(selection.operand);
}

function columnsOf(select: readonly Selection[]): number {
  return select.reduce((sum, selection) => {
    if (selection.kind === 'column') return sum + 1;
    if (selection.kind === 'children') return sum + columnsOf(selection.query.select);
    const branches = [...selection.branches.map(({ fields }) => fields.length), selection.otherwise.length];
    return sum + Math.max(...branches);
  }, 0);
}

function narrows(condition: Condition): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.conditions.some(narrows);
    case 'or':
      return condition.conditions.every(narrows);
    case 'comparison':
      return comparisonNarrows(condition);
    default:
      return true;
  }
}

function comparisonNarrows({ left, operator, right }: Comparison): boolean {
  const name = left.kind === 'field' ? left.path.at(-1)!.toLowerCase() : undefined;
  if (operator === 'LIKE') return right.kind !== 'string' || !/^%+$/.test(right.escaped);
  if (name === 'id') return operator === '=';
  if (name === 'isdeleted') return !(right.kind === 'constant' && right.value === (operator === '!='));
  return !(operator === '!=' && right.kind === 'constant' && right.value === null);
}
