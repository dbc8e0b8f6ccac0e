import type { Comparison, Condition, Membership } from '#soql/query.ts';
import type { Field, Value } from '../objects/table.ts';
import { type Bounds, boundsOf, comparable, compare } from './literal.ts';
import { resolveField, type Scope } from './scope.ts';

/** The rows that a condition leaves to be looked at: a stretch of the table, or a list of rows in rising order. */
export type Candidates =
  | { readonly kind: 'stretch'; readonly from: number; readonly to: number; readonly isExact: boolean }
  | { readonly kind: 'list'; readonly rows: readonly number[]; readonly isExact: boolean };

const longestList = 200_000;

/**
 * Finds rows by halving where a field rises with the row number (ids, numbers, creation dates), and by looking up where
 * the house can tell them (e-mail addresses, pointers). `isExact`: no row needs to be tested any more.
 */
export function narrow(scope: Scope, condition: Condition | undefined): Candidates {
  const all = { kind: 'stretch', from: 0, to: scope.table.size, isExact: condition === undefined } as const;
  switch (condition?.kind) {
    case 'and':
      return condition.conditions.map((part) => narrow(scope, part)).reduce(intersect);
    case 'or':
      return condition.conditions.map((part) => narrow(scope, part)).reduce((one, other) => unite(one, other) ?? all);
    case 'comparison':
      return narrowComparison(scope, condition) ?? all;
    case 'membership':
      return narrowMembership(scope, condition) ?? all;
    default:
      return all;
  }
}

function rootField(scope: Scope, left: Comparison['left']): Field | undefined {
  if (left.kind !== 'field') return undefined;
  const resolved = resolveField({ ...scope, problems: [] }, left);
  return resolved?.path.length === 0 ? resolved.field : undefined;
}

function narrowComparison(scope: Scope, { left, operator, right }: Comparison): Candidates | undefined {
  const field = rootField(scope, left);
  const bounds = field === undefined ? undefined : boundsOf(field.type, right, scope.now);
  if (field === undefined || bounds === undefined || bounds.low === null) return undefined;
  if (operator === '=') return rowsHolding(scope, field, bounds);
  if (field.isAscending !== true) return undefined;
  const { size } = scope.table;
  const stretch = (from: number, to: number): Candidates => ({ kind: 'stretch', from, to, isExact: true });
  const upTo = (limit: Value, isIncluded: boolean): number => firstRow(field, size, limit, isIncluded);
  switch (operator) {
    case '<':
      return stretch(0, upTo(bounds.low, false));
    case '>=':
      return stretch(upTo(bounds.low, false), size);
    case '>':
      return stretch(upTo(bounds.high, bounds.isPoint), size);
    case '<=':
      return stretch(0, upTo(bounds.high, bounds.isPoint));
    default:
      return undefined;
  }
}

/** The first row whose value is not below `limit`, or is above it where equal ones are `passed` by as well. */
function firstRow(field: Field, size: number, limit: Value, passed: boolean): number {
  let [low, high] = [0, size];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const order = compare(comparable(field.type, field.value(middle)), limit);
    if (order < 0 || (passed && order === 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function rowsHolding({ table }: Scope, field: Field, { low, high, isPoint }: Bounds): Candidates | undefined {
  if (field.isAscending === true) {
    const from = firstRow(field, table.size, low, false);
    return { kind: 'stretch', from, to: firstRow(field, table.size, high, isPoint), isExact: true };
  }
  if (field.rowsWith === undefined || typeof low !== 'string') return undefined;
  return { kind: 'list', rows: [...field.rowsWith(low)].sort((one, other) => one - other), isExact: false };
}

function narrowMembership(scope: Scope, { left, operator, right }: Membership): Candidates | undefined {
  const field = rootField(scope, left);
  if (operator !== 'IN' || right.kind !== 'list' || field === undefined) return undefined;
  let found: Candidates | undefined = { kind: 'list', rows: [], isExact: true };
  for (const literal of right.values) {
    const bounds = boundsOf(field.type, literal, scope.now);
    const rows = bounds === undefined || bounds.low === null ? undefined : rowsHolding(scope, field, bounds);
    found = rows === undefined || found === undefined ? undefined : unite(found, rows);
  }
  return found;
}

function intersect(one: Candidates, other: Candidates): Candidates {
  const isExact = one.isExact && other.isExact;
  if (one.kind === 'stretch' && other.kind === 'stretch') {
    const from = Math.max(one.from, other.from);
    return { kind: 'stretch', from, to: Math.max(from, Math.min(one.to, other.to)), isExact };
  }
  if (one.kind === 'stretch') return intersect(other, one);
  const members = other.kind === 'list' ? new Set(other.rows) : undefined;
  const isIn = (row: number): boolean =>
    other.kind === 'list' ? members!.has(row) : row >= other.from && row < other.to;
  return { kind: 'list', rows: one.rows.filter(isIn), isExact };
}

/** Undefined when the union would be a long list. */
function unite(one: Candidates, other: Candidates): Candidates | undefined {
  if (sizeOf(one) + sizeOf(other) > longestList) return undefined;
  const rows = new Set([...listed(one), ...listed(other)]);
  return {
    kind: 'list',
    rows: [...rows].sort((first, second) => first - second),
    isExact: one.isExact && other.isExact,
  };
}

export const sizeOf = (rows: Candidates): number => (rows.kind === 'list' ? rows.rows.length : rows.to - rows.from);

const listed = (rows: Candidates): readonly number[] =>
  rows.kind === 'list' ? rows.rows : Array.from({ length: rows.to - rows.from }, (_, at) => rows.from + at);
