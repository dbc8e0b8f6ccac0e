import type { ReachView } from '#model/gateway-wire.ts';

/**
 * Side of the square of what was read, px, inside the square of what could be: areas are as the numbers are. The whole is
 * what was read and what may still be; without a budget nobody knows the whole, and a third of a side stands for some.
 */
export function readSide({ read, left }: Pick<ReachView['objects'][number], 'read' | 'left'>, side: number): number {
  if (read === 0) return 0;
  // What was read stays visible however small its share.
  return left === undefined ? side / 3 : Math.max(2, side * Math.sqrt(read / (read + left)));
}
