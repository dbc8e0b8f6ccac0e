import type { ReachView } from '#model/gateway-wire.ts';

/**
 * Sides of the nested squares, px: areas are as the numbers are. The outermost is the house's customers where their
 * number is known, else all that it has read and still may; without a budget what it could take is the whole.
 */
export function areasOf(
  { all, read, left }: Pick<ReachView['objects'][number], 'all' | 'read' | 'left'>,
  side: number,
): { readonly has: number; readonly could: number } {
  const whole = Math.max(1, all ?? read + (left ?? 0));
  const sideOf = (count: number): number => side * Math.sqrt(Math.min(1, count / whole));
  // What was read stays visible however small its share.
  const has = read === 0 ? 0 : Math.max(2, left === undefined && all === undefined ? side / 3 : sideOf(read));
  return { has, could: left === undefined ? side : Math.max(has, sideOf(read + left)) };
}
