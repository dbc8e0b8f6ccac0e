import { parseInstant } from '#lib/instant.ts';
import { toLongId } from '#lib/salesforce-id.ts';
import type { Value as Literal } from '#soql/query.ts';
import { stringValue } from '#soql/string-literal.ts';
import type { FieldType, Value } from '../objects/table.ts';
import { relativeDate } from './relative-date.ts';

/** A literal as cells of a type compare with it: `[low, high)`, or a point where both are one value. */
export interface Bounds {
  readonly low: Value;
  readonly high: Value;
  readonly isPoint: boolean;
}

const dayMs = 86_400_000;
const point = (value: Value): Bounds => ({ low: value, high: value, isPoint: true });

/** Cells and literals of text compare without case, ids exactly; everything else as it is. */
export function comparable(type: FieldType, value: Value): Value {
  return typeof value !== 'string' || type === 'id' || type === 'reference' ? value : value.toLowerCase();
}

/** Undefined when a literal of this kind does not fit the type. `now`: ms UTC, for TODAY and its like. */
export function boundsOf(type: FieldType, literal: Literal, now: number): Bounds | undefined {
  if (literal.kind === 'constant' && literal.value === null) return point(null);
  switch (type) {
    case 'boolean':
      return literal.kind === 'constant' ? point(literal.value) : undefined;
    case 'int':
    case 'double':
    case 'currency':
    case 'percent':
      if (literal.kind === 'number') return point(Number(literal.text));
      return literal.kind === 'currency' ? point(Number(literal.text.slice(3))) : undefined;
    case 'date':
    case 'datetime':
      return timeBounds(type, literal, now);
    case 'id':
    case 'reference':
      return literal.kind === 'string' ? point(toLongId(stringValue(literal))) : undefined;
    default:
      return literal.kind === 'string' ? point(stringValue(literal).toLowerCase()) : undefined;
  }
}

function timeBounds(type: 'date' | 'datetime', literal: Literal, now: number): Bounds | undefined {
  if (literal.kind === 'relativeDate') {
    const span = relativeDate(literal, now);
    return span === undefined ? undefined : { low: span.from, high: span.to, isPoint: false };
  }
  if (type === 'date' && literal.kind === 'date') return point(Date.parse(`${literal.text}T00:00:00Z`));
  if (type === 'datetime' && literal.kind === 'dateTime') {
    const time = parseInstant(literal.text);
    return time === undefined ? undefined : point(time);
  }
  if (type === 'datetime' && literal.kind === 'date') {
    const start = Date.parse(`${literal.text}T00:00:00Z`);
    return { low: start, high: start + dayMs, isPoint: false };
  }
  return undefined;
}

/** Below, at or above: numbers by size, texts by their characters, false before true; null is not compared. */
export function compare(one: Value, other: Value): number {
  if (one === other) return 0;
  return (one ?? '') < (other ?? '') ? -1 : 1;
}
