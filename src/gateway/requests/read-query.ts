import type { Condition, Field, Operand, Ordering, Selection, Soql, Value } from '#soql/query.ts';
import type { Refusal } from '../call.ts';
import { followPath, followRelationship, foreignKeyOf, type Relationships } from './follow-path.ts';
import type { Clause, Column, QueryReading, Read } from './query-reading.ts';
import { refuseQuery } from './refuse.ts';
import {
  columnFunctions,
  filterFunctions,
  isComputing,
  isCounting,
  refuseBind,
  refusesClauses,
  rowFunctions,
} from './soql-bounds.ts';

/** Names that a walk of relationships may have: five relationships and a field. SOQL and SOSL Reference. */
const longestPath = 6;

/** What JSON answers use themselves: no alias may be mistaken for it. */
const reserved: ReadonlySet<string> = new Set([
  'attributes',
  'records',
  'totalsize',
  'done',
  'nextrecordsurl',
  'type',
  'url',
  'id',
]);

/** One query's own names, and what is collected over all of it; the first refusal counts, reading goes on to the end. */
interface Scope {
  readonly object: string;
  /** What may stand before a dot for the object itself, lower case. */
  readonly ownNames: ReadonlySet<string>;
  readonly relationships: Relationships;
  readonly reads: Read[];
  readonly objects: Set<string>;
  readonly refusals: Refusal[];
}

/**
 * Gives every field of a query its object, and the query one meaning: aliases of objects are taken out, and what cannot
 * be counted or named exactly is refused. Whether it may be read is not asked here.
 */
export function readQuery(query: Soql, relationships: Relationships): QueryReading | Refusal {
  const scope = openScope(query, query.from[0].path[0]!, {
    relationships,
    reads: [],
    objects: new Set(),
    refusals: [],
  });
  const reading = readWhole(query, scope);
  return scope.refusals[0] ?? reading;
}

function openScope(query: Soql, object: string, shared: Omit<Scope, 'object' | 'ownNames'>): Scope {
  const [{ path, alias }] = query.from;
  const names = [path.at(-1)!, ...(alias === undefined ? [] : [alias])];
  shared.objects.add(object);
  return { ...shared, object, ownNames: new Set(names.map((name) => name.toLowerCase())) };
}

function readWhole(query: Soql, scope: Scope): QueryReading {
  const answer = answerOf(query, scope);
  const functions = answer === 'records' ? filterFunctions : rowFunctions;
  const columns: Column[] = [];
  const children: QueryReading['children'][number][] = [];
  const select = query.select.map((selection) =>
    answer === 'records' ? readSelection(selection, scope, columns, children) : readComputed(selection, scope),
  );
  refuseRepeated(columns, children, scope);
  const canonical = { ...query, ...readClauses(query, scope, functions), select, from: [sourceOf(query)] } as const;
  return {
    object: scope.object,
    answer,
    query: canonical,
    columns,
    children,
    reads: scope.reads,
    objects: [...scope.objects],
    hasFunctions: query.select.some((each) => each.kind === 'column' && each.operand.kind === 'call'),
  };
}

const sourceOf = (query: Soql) => ({ path: [query.from[0].path.at(-1)!], alias: undefined, at: 0 });

function answerOf(query: Soql, scope: Scope): QueryReading['answer'] {
  refuse(scope, refusesClauses(query));
  if (query.groupBy !== undefined) return 'computed';
  const operands = query.select.map((each) => (each.kind === 'column' ? each.operand : undefined));
  if (!operands.some((operand) => operand !== undefined && isComputing(operand))) return 'records';
  if (!operands.every((operand) => operand !== undefined && isComputing(operand)))
    refuse(scope, refuseQuery('mixed-columns', 'fields and computed columns do not mix without GROUP BY'));
  if (!operands.every((operand) => operand !== undefined && isCounting(operand))) return 'computed';
  const [only] = operands;
  const isBare = operands.length === 1 && only?.kind === 'call' && only.name === 'COUNT' && only.arguments.length === 0;
  return isBare && query.where === undefined ? 'count' : 'number';
}

function readClauses(query: Soql, scope: Scope, functions: ReadonlySet<string>) {
  return {
    where: query.where && readCondition(query.where, 'WHERE', scope, functions),
    groupBy: query.groupBy && {
      kind: query.groupBy.kind,
      operands: query.groupBy.operands.map((operand) => readOperand(operand, 'GROUP BY', scope, functions)),
    },
    having: query.having && readCondition(query.having, 'HAVING', scope, functions),
    orderBy: query.orderBy.map(
      (ordering): Ordering => ({ ...ordering, operand: readOperand(ordering.operand, 'ORDER BY', scope, functions) }),
    ),
  };
}

function readSelection(
  selection: Selection,
  scope: Scope,
  columns: Column[],
  children: QueryReading['children'][number][],
): Selection {
  if (selection.kind === 'children') return readChildren(selection.query, scope, children);
  if (selection.kind === 'typeof') {
    refuse(scope, refuseQuery('typeof', 'TYPEOF reads records of several objects; ask for each object by itself'));
    return selection;
  }
  const { operand, alias } = selection;
  if (alias !== undefined)
    refuse(scope, refuseQuery('field-alias', `the alias ${alias} of a field would hide what the column holds`));
  const read = readOperand(operand, 'SELECT', scope, columnFunctions);
  const field = read.kind === 'field' ? read : read.arguments[0];
  if (field?.kind !== 'field' || (read.kind === 'call' && read.arguments.length !== 1))
    refuse(scope, refuseQuery('function', 'a function in SELECT takes one field'));
  else columns.push({ path: field.path, objects: objectsOf(field, scope), isComputed: read.kind === 'call' });
  return { kind: 'column', operand: read, alias: undefined };
}

function objectsOf(field: Field, scope: Scope): readonly string[] {
  const objects = followPath(scope.object, field.path, scope.relationships);
  return 'errorCode' in objects ? [] : objects;
}

function readComputed(selection: Selection, scope: Scope): Selection {
  if (selection.kind !== 'column') {
    refuse(scope, refuseQuery('mixed-columns', 'sub-queries and TYPEOF do not mix with computed columns'));
    return selection;
  }
  const { alias } = selection;
  if (alias !== undefined && reserved.has(alias.toLowerCase()))
    refuse(scope, refuseQuery('reserved-alias', `the alias ${alias} is a name that answers use themselves`));
  return { ...selection, operand: readOperand(selection.operand, 'SELECT', scope, rowFunctions) };
}

/** `(SELECT LastName FROM Contacts)`, also `FROM a.Contacts` where `a` is the outer object. */
function readChildren(query: Soql, outer: Scope, children: QueryReading['children'][number][]): Selection {
  const path = query.from[0].path;
  const isOuter = path.length === 2 && outer.ownNames.has(path[0]!.toLowerCase());
  const named: Soql = isOuter ? { ...query, from: [{ ...query.from[0], path: path.slice(1) }] } : query;
  const relationship = named.from[0].path[0]!;
  const object = followRelationship(outer.object, relationship, outer.relationships);
  if (typeof object !== 'string') {
    refuse(outer, object);
    return { kind: 'children', query };
  }
  const { reads } = outer;
  reads.push({ object, field: `${outer.object}Id`, clause: 'SELECT', isImplied: true });
  const reading = readWhole(named, openScope(named, object, outer));
  if (reading.answer !== 'records')
    refuse(outer, refuseQuery('mixed-columns', 'a sub-query of a relationship answers records'));
  children.push({ relationship, reading });
  return { kind: 'children', query: reading.query };
}

function readJoin(query: Soql, outer: Scope): Soql {
  const [only] = query.select;
  if (query.select.length !== 1 || only?.kind !== 'column' || only.operand.kind !== 'field')
    refuse(outer, refuseQuery('semi-join', 'a semi-join selects one field'));
  const scope = openScope(query, query.from[0].path[0]!, outer);
  const before = scope.reads.length;
  const reading = readWhole(query, scope);
  scope.reads.forEach((read, index) => {
    if (index >= before) scope.reads[index] = { ...read, clause: 'a semi-join' };
  });
  return reading.query;
}

function readCondition(condition: Condition, clause: Clause, scope: Scope, functions: ReadonlySet<string>): Condition {
  const again = (each: Condition): Condition => readCondition(each, clause, scope, functions);
  switch (condition.kind) {
    case 'and':
    case 'or':
      return { kind: condition.kind, conditions: condition.conditions.map(again) };
    case 'not':
      return { kind: 'not', condition: again(condition.condition) };
    case 'comparison':
      refuseBound([condition.right], scope);
      return { ...condition, left: readOperand(condition.left, clause, scope, functions) };
    case 'membership': {
      const { right } = condition;
      const left = readOperand(condition.left, clause, scope, functions);
      if (right.kind === 'semi-join')
        return { ...condition, left, right: { ...right, query: readJoin(right.query, scope) } };
      refuseBound(right.kind === 'list' ? right.values : [right], scope);
      return { ...condition, left };
    }
  }
}

function refuseBound(values: readonly Value[], scope: Scope): void {
  if (values.some(({ kind }) => kind === 'bind')) refuse(scope, refuseBind);
}

function readOperand(operand: Operand, clause: Clause, scope: Scope, functions: ReadonlySet<string>): Operand {
  if (operand.kind === 'field') return readField(operand, clause, scope);
  if (operand.name === 'FIELDS')
    refuse(scope, refuseQuery('unnamed-fields', 'FIELDS(…) does not say which fields it reads; name them'));
  else if (!functions.has(operand.name))
    refuse(scope, refuseQuery('function', `${operand.name}() in ${clause} is not a function that it can judge there`));
  const readArgument = (each: (typeof operand.arguments)[number]): (typeof operand.arguments)[number] => {
    if (each.kind === 'bind') refuse(scope, refuseBind);
    return each.kind === 'field' || each.kind === 'call' ? readOperand(each, clause, scope, functions) : each;
  };
  return { ...operand, arguments: operand.arguments.map(readArgument) };
}

function readField(field: Field, clause: Clause, scope: Scope): Field {
  const path = withoutOwnName(field.path, scope);
  const objects = path.length > longestPath ? tooLong : followPath(scope.object, path, scope.relationships);
  if ('errorCode' in objects) {
    refuse(scope, objects);
    return field;
  }
  objects.forEach((object, index) => {
    const isLast = index === path.length - 1;
    scope.objects.add(object);
    scope.reads.push({
      object,
      field: isLast ? path[index]! : foreignKeyOf(path[index]!),
      clause,
      isImplied: !isLast,
    });
  });
  return { ...field, path };
}

const tooLong = refuseQuery('long-path', `a field is reached over ${longestPath - 1} relationships at most`);

/** `Contact.Name` and `c.Name` of `FROM Contact c` are `Name`, unless the same word is a relationship of Contact too. */
function withoutOwnName(path: readonly string[], scope: Scope): readonly string[] {
  if (path.length < 2 || !scope.ownNames.has(path[0]!.toLowerCase())) return path;
  if (typeof followRelationship(scope.object, path[0]!, scope.relationships) === 'string')
    refuse(
      scope,
      refuseQuery('ambiguous-name', `${path[0]} is the object itself and a relationship of it; rename the alias`),
    );
  return path.slice(1);
}

function refuseRepeated(columns: readonly Column[], children: QueryReading['children'], scope: Scope): void {
  const names = [...columns.map(({ path }) => path.join('.')), ...children.map(({ relationship }) => relationship)];
  const distinct = new Set(names.map((name) => name.toLowerCase()));
  if (distinct.size < names.length) refuse(scope, refuseQuery('repeated-column', 'a column stands there twice'));
}

function refuse(scope: Scope, refusal: Refusal | undefined): void {
  if (refusal !== undefined) scope.refusals.push(refusal);
}
