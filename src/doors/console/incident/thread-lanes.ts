import type { ThreadMark } from '#model/wire.ts';

export const lanes = ['sign-in', 'grant', 'reconnaissance', 'reading', 'containment', 'duties'] as const;

/** px */
export const laneHeight = 40;
const scaleHeight = 44;
export const bracketHeight = 36;
export const threadHeight = bracketHeight + lanes.length * laneHeight + scaleHeight;
export const laneY = (lane: ThreadMark['lane']): number => bracketHeight + (lanes.indexOf(lane) + 0.5) * laneHeight;
