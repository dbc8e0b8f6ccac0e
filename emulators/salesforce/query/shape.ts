import type { Selection as Selected, Soql } from '#soql/query.ts';
import type { Children, Field, FieldType, Table, Value } from '../objects/table.ts';
import { malformed, problem } from './problem.ts';
import { referenceOf, resolveField, resolveOperand, type Scope } from './scope.ts';

/** What each record of an answer shows, in the order asked for. */
export type ShapePart =
  | { readonly kind: 'cell'; readonly name: string; readonly type: FieldType; readonly value: (row: number) => Value }
  | {
      readonly kind: 'parent';
      readonly name: string;
      readonly table: Table;
      readonly rowOf: (row: number) => number | undefined;
      readonly parts: ShapePart[];
    }
  | { readonly kind: 'children'; readonly children: Children; readonly table: Table; readonly query: ChildQuery };

export interface ChildQuery {
  readonly parts: readonly ShapePart[];
  /** All children of the parent's row that the inner query asks for, in its order. */
  readonly rowsOf: (row: number) => readonly number[];
}

/** One column of a bulk export: `Account.Name`. */
export interface FlatColumn {
  readonly name: string;
  readonly field: Field;
  readonly type: FieldType;
  readonly value: (row: number) => Value;
}

export interface Shape {
  readonly parts: readonly ShapePart[];
  readonly columns: readonly FlatColumn[];
}

/** `prepareChildren` compiles `(SELECT … FROM Contacts)`. */
export function compileShape(
  scope: Scope,
  query: Soql,
  prepareChildren: (query: Soql, children: Children, table: Table) => ChildQuery,
): Shape {
  const parts: ShapePart[] = [];
  const columns: FlatColumn[] = [];
  for (const selection of query.select) {
    if (selection.kind === 'typeof') scope.problems.push(malformed('unexpected token: TYPEOF'));
    else if (selection.kind === 'children') {
      const part = compileChildren(scope, selection.query, prepareChildren);
      if (part !== undefined) parts.push(part);
    } else addColumn(scope, selection, query, parts, columns);
  }
  return { parts, columns };
}

function addColumn(
  scope: Scope,
  { operand, alias }: Extract<Selected, { kind: 'column' }>,
  query: Soql,
  parts: ShapePart[],
  columns: FlatColumn[],
): void {
  if (operand.kind === 'field') {
    const resolved = resolveField(scope, operand);
    if (resolved === undefined) return;
    const { field, path, type, value } = resolved;
    const name = [...path.map(({ relationship }) => relationship), field.name].join('.');
    columns.push({ name, field, type, value });
    place(scope, parts, resolved);
    return;
  }
  if (operand.name === 'FIELDS') {
    for (const field of fieldsOf(scope, query, operand.arguments[0])) {
      columns.push({ name: field.name, field, type: field.type, value: field.value });
      addCell(parts, { kind: 'cell', name: field.name, type: field.type, value: field.value });
    }
    return;
  }
  const column = resolveOperand(scope, operand);
  const inner = operand.arguments[0];
  const name = alias ?? (inner?.kind === 'field' ? inner.path.at(-1)! : 'expr0');
  addCell(parts, { kind: 'cell', name, ...column });
}

function addCell(parts: ShapePart[], cell: Extract<ShapePart, { kind: 'cell' }>): void {
  if (!parts.some((part) => part.kind === 'cell' && part.name === cell.name)) parts.push(cell);
}

/** Fields of one parent stand in one object, where the first of them was asked for. */
function place(scope: Scope, parts: ShapePart[], resolved: NonNullable<ReturnType<typeof resolveField>>): void {
  let here = parts;
  for (const reference of resolved.path) {
    const table = scope.tables.get(reference.table.toLowerCase())!;
    const name = reference.relationship;
    let parent = here.find(
      (part): part is Extract<ShapePart, { kind: 'parent' }> => part.kind === 'parent' && part.name === name,
    );
    if (parent === undefined) {
      parent = { kind: 'parent', name, table, rowOf: reference.rowOf, parts: [] };
      here.push(parent);
    }
    here = parent.parts;
  }
  const { field } = resolved;
  addCell(here, { kind: 'cell', name: field.name, type: field.type, value: field.value });
}

/** FIELDS(ALL), FIELDS(STANDARD), FIELDS(CUSTOM): "FIELDS()", SOQL and SOSL Reference. */
function fieldsOf(scope: Scope, query: Soql, which: { readonly kind: string } | undefined): readonly Field[] {
  const name = which !== undefined && 'path' in which ? String(which.path).toUpperCase() : '';
  const limit = query.limit?.kind === 'number' ? Number(query.limit.text) : Number.POSITIVE_INFINITY;
  if (!['ALL', 'STANDARD', 'CUSTOM'].includes(name)) scope.problems.push(malformed(`unexpected token: ${name}`));
  if (name !== 'STANDARD' && limit > 200) {
    scope.problems.push(malformed('The SOQL FIELDS function must have a LIMIT of at most 200'));
  }
  return scope.table.fields.filter((field) => name === 'ALL' || field.name.endsWith('__c') === (name === 'CUSTOM'));
}

function compileChildren(
  scope: Scope,
  query: Soql,
  prepareChildren: (query: Soql, children: Children, table: Table) => ChildQuery,
): ShapePart | undefined {
  const name = query.from[0].path.at(-1)!.toLowerCase();
  const children = scope.table.children.find(({ relationship }) => relationship.toLowerCase() === name);
  const table = children === undefined ? undefined : scope.tables.get(children.table.toLowerCase());
  if (children === undefined || table === undefined) {
    const known = referenceOf(scope.table, name) === undefined ? 'relationship' : 'child relationship';
    scope.problems.push(
      problem(
        'INVALID_TYPE',
        `Didn't understand ${known} '${query.from[0].path.join('.')}' in FROM part of query call.`,
      ),
    );
    return undefined;
  }
  return { kind: 'children', children, table, query: prepareChildren(query, children, table) };
}
