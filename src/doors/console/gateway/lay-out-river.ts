import type { RiverView } from '#model/gateway-wire.ts';

/** One integration's stretch of the stream: its outline in the picture, and its numbers. */
export interface Current {
  readonly integration: string;
  /** SVG path. */
  readonly path: string;
  readonly records: readonly number[];
  readonly customers: readonly number[];
  readonly total: number;
}

export interface RiverLayout {
  readonly currents: readonly Current[];
  readonly steps: number;
  /** Records at the top edge. */
  readonly top: number;
  /** y of the budget, where one is set and within the picture. */
  readonly budgetY: number | undefined;
  readonly cuts: readonly { readonly x: number; readonly words: string; readonly integration: string }[];
}

/** Integrations beyond this many flow together as "others". */
const mostCurrents = 6;

/**
 * The stream as stacked steps, largest integration at the bottom: each step is as high as the records that left in it,
 * so that a cut is an edge and nothing is smoothed away. Pictures are `width` × `height` px.
 */
export function layOutRiver(view: RiverView, width: number, height: number): RiverLayout {
  const series = gathered(view);
  const steps = Math.max(1, Math.round((view.to - view.from) / view.stepMs));
  const sums = Array.from({ length: steps }, (_, step) =>
    series.reduce((sum, each) => sum + (each.records[step] ?? 0), 0),
  );
  const top = niceTop(Math.max(1, ...sums, view.budgetPerStep ?? 0));
  const xOf = (step: number): number => (step / steps) * width;
  const yOf = (records: number): number => height - (records / top) * height;
  const below = new Array<number>(steps).fill(0);
  const currents = series.map((each) => {
    const upper: string[] = [];
    const lower: string[] = [];
    for (let step = 0; step < steps; step++) {
      const base = below[step]!;
      const crest = base + (each.records[step] ?? 0);
      const [left, right] = [round(xOf(step)), round(xOf(step + 1))];
      upper.push(`${left} ${round(yOf(crest))} L${right} ${round(yOf(crest))}`);
      lower.unshift(`${right} ${round(yOf(base))} L${left} ${round(yOf(base))}`);
      below[step] = crest;
    }
    return { ...each, path: `M${upper.join(' L')} L${lower.join(' L')}Z` };
  });
  return {
    currents,
    steps,
    top,
    budgetY: view.budgetPerStep === undefined ? undefined : yOf(view.budgetPerStep),
    cuts: view.cuts
      .filter(({ at }) => at >= view.from && at <= view.to)
      .map(({ at, words, integration }) => ({
        x: ((at - view.from) / (view.to - view.from)) * width,
        words,
        integration,
      })),
  };
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** 1, 2 or 5 times a power of ten at or above the largest. */
export function niceTop(largest: number): number {
  const power = 10 ** Math.floor(Math.log10(largest));
  const step = [1, 2, 5, 10].find((each) => each * power >= largest) ?? 10;
  return step * power;
}

function gathered({ series }: RiverView): readonly Omit<Current, 'path'>[] {
  const total = (records: readonly number[]): number => records.reduce((sum, each) => sum + each, 0);
  const sorted = series
    .map((each) => ({ ...each, total: total(each.records) }))
    .filter((each) => each.total > 0)
    .sort((one, other) => other.total - one.total);
  if (sorted.length <= mostCurrents) return sorted;
  const rest = sorted.slice(mostCurrents - 1);
  const added = (pick: (each: (typeof rest)[number]) => readonly number[]): readonly number[] =>
    (pick(rest[0]!) ?? []).map((_, step) => rest.reduce((sum, each) => sum + (pick(each)[step] ?? 0), 0));
  const others = {
    integration: `${rest.length} others`,
    records: added((each) => each.records),
    customers: added((each) => each.customers),
    total: rest.reduce((sum, each) => sum + each.total, 0),
  };
  return [...sorted.slice(0, mostCurrents - 1), others];
}
