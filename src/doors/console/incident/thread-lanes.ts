import type { ThreadMark } from '#model/wire.ts';

export type Lane = ThreadMark['lane'];
const lanes = ['sign-in', 'grant', 'reconnaissance', 'reading', 'containment', 'duties'] as const;

/** What an empty lane says: that nothing was done is part of the story. */
export const emptyLane = {
  'sign-in': 'none seen',
  grant: 'no change',
  reconnaissance: 'none seen',
  reading: 'none seen',
  containment: 'none yet',
  duties: 'none yet',
} as const satisfies Record<Lane, string>;

export interface LaneRow {
  readonly lane: Lane;
  readonly isEmpty: boolean;
  /** px from the top of the picture. */
  readonly top: number;
  readonly height: number;
  /** px of the cord that its knots hang on. */
  readonly y: number;
}

/** px */
export const bracketHeight = 40;
export const scaleHeight = 40;
/** px that the bars of rows read may hang below the cord of their lane. */
export const barRoom = 44;
const fullHeight = 40;
const emptyHeight = 28;

/** Lanes one below the other: empty ones thinner, reading with room for what left. */
export function layOutLanes(marks: readonly Pick<ThreadMark, 'lane'>[]): readonly LaneRow[] {
  const used = new Set(marks.map(({ lane }) => lane));
  const rows: LaneRow[] = [];
  let top = bracketHeight;
  for (const lane of lanes) {
    const isEmpty = !used.has(lane);
    const cord = isEmpty ? emptyHeight : fullHeight;
    const height = lane === 'reading' && !isEmpty ? cord + barRoom : cord;
    rows.push({ lane, isEmpty, top, height, y: top + cord / 2 });
    top += height;
  }
  return rows;
}

export const bottomOf = (rows: readonly LaneRow[]): number => {
  const last = rows.at(-1);
  return last === undefined ? bracketHeight : last.top + last.height;
};
