import { levels } from '#model/finding.ts';
import type { Scalar } from './rule-in-work.ts';

const orders = ['gte', 'gt', 'lte', 'lt'] as const;
export const comparisons = ['eq', 'ne', ...orders] as const;
export type Comparison = (typeof comparisons)[number] | 'in' | 'not_in';

/** Values of different kinds are neither equal nor in any order. */
export function compareScalars(found: Scalar, operator: (typeof comparisons)[number], value: Scalar): boolean {
  if (operator === 'eq') return found === value;
  if (operator === 'ne') return found !== value;
  if (typeof found !== typeof value || found === null || value === null) return false;
  if (operator === 'gte') return found >= value;
  if (operator === 'gt') return found > value;
  return operator === 'lte' ? found <= value : found < value;
}

/** Weakest first, as pySigma has them. */
const ranks: Readonly<Record<string, readonly string[]>> = {
  level: levels,
  status: ['unsupported', 'deprecated', 'experimental', 'test', 'stable'],
};

/** Of an attribute that the rule does not have nothing is true. Levels and statuses are in order. */
export function compareAttribute(name: string, found: unknown, operator: Comparison, value: Scalar): boolean {
  if (found === undefined) return false;
  if (operator === 'in' || operator === 'not_in')
    return Array.isArray(found) && found.includes(value) === (operator === 'in');
  if (Array.isArray(found)) return operator === 'ne';
  if (!isScalar(found)) return false;
  const rank = Object.hasOwn(ranks, name) ? ranks[name] : undefined;
  if (rank === undefined) return compareScalars(found, operator, typeof found === 'number' ? Number(value) : value);
  return compareScalars(rank.indexOf(String(found)), operator, rank.indexOf(String(value)));
}

const isScalar = (value: unknown): value is Scalar =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
