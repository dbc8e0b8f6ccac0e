import { type Level, levels } from '#model/finding.ts';
import type { ThreadMark } from '#model/wire.ts';
import type { Stretch, ThreadAxis } from './thread-layout.ts';

/** Marks of one lane that would be drawn over each other, drawn as one. */
export interface Knot {
  readonly lane: ThreadMark['lane'];
  readonly marks: readonly ThreadMark[];
  /** Findings are knots; other acts are beads, or cords where they last. */
  readonly isFinding: boolean;
  /** An act that some finding rests on; other acts are the grant's usual life. */
  readonly isTold: boolean;
  /** The gravest of its findings. */
  readonly level: Level | undefined;
  /** px; a finding stands where it begins. */
  readonly from: number;
  readonly to: number;
}

/** px between knots of one lane below which they become one. */
const closest = 22;

/** What is drawn: acts inside pressed stretches are left to `actsWithin`. In order of place. */
export function gatherMarks(
  marks: readonly ThreadMark[],
  axis: ThreadAxis,
  isTold: (mark: ThreadMark) => boolean = () => false,
): readonly Knot[] {
  const knots: Knot[] = [];
  for (const mark of marks.filter((each) => isShown(each, axis)).toSorted((a, b) => a.from - b.from)) {
    const isFinding = mark.findingKey !== undefined;
    const from = axis.place(mark.from);
    const to = isFinding ? from : axis.place(mark.to);
    const told = isFinding || isTold(mark);
    const at = knots.findLastIndex(
      (knot) => knot.lane === mark.lane && knot.isFinding === isFinding && knot.isTold === told,
    );
    const last = knots[at];
    if (last === undefined || from - last.to > closest) {
      knots.push({ lane: mark.lane, marks: [mark], isFinding, isTold: told, level: mark.level, from, to });
    } else {
      const level = graver(last.level, mark.level);
      knots[at] = { ...last, marks: [...last.marks, mark], level, to: isFinding ? last.to : Math.max(last.to, to) };
    }
  }
  return knots.toSorted((a, b) => a.from - b.from);
}

const isShown = (mark: ThreadMark, { stretches }: ThreadAxis): boolean =>
  mark.findingKey !== undefined ||
  stretches.some(({ kind, from, to }) => kind === 'busy' && mark.from <= to && mark.to >= from);

const graver = (one: Level | undefined, other: Level | undefined): Level | undefined =>
  levels.findLast((level) => level === one || level === other);

/** How many stretches of other acts lie wholly inside a pressed stretch: the grant's usual life went on. */
export const actsWithin = ({ from, to }: Stretch, marks: readonly ThreadMark[]): number =>
  marks.filter((mark) => mark.findingKey === undefined && mark.from > from && mark.to < to).length;
