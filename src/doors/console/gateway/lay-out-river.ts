import type { GatewayIntegrationView, RiverView } from '#model/gateway-wire.ts';

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
  readonly cuts: readonly (Cut & { readonly x: number })[];
}

/** One cut, and how often the integration was refused at its budget afterwards. */
export interface Cut {
  readonly at: number;
  readonly integration: string;
  readonly words: string;
  readonly again: number;
}

/** Integrations beyond this many flow together as "others". */
const mostCurrents = 6;

/** A budget further above the highest step than this would press the stream flat: it is told in words instead. */
const highestBudget = 3;

/** Refusals of one integration closer together than this are one cut, ms. */
const oneCutMs = 5 * 60_000;

/**
 * The stream as stacked steps, largest integration at the bottom: each step is as high as the records that left in it,
 * so that a cut is an edge and nothing is smoothed away. Pictures are `width` × `height` px.
 */
export function layOutRiver(
  view: Pick<RiverView, 'from' | 'to' | 'stepMs' | 'series' | 'cuts'>,
  {
    width,
    height,
    budgetPerStep,
  }: { readonly width: number; readonly height: number; readonly budgetPerStep?: number | undefined },
): RiverLayout {
  const series = gathered(view.series);
  const steps = Math.max(1, Math.round((view.to - view.from) / view.stepMs));
  const sums = Array.from({ length: steps }, (_, step) =>
    series.reduce((sum, each) => sum + (each.records[step] ?? 0), 0),
  );
  const crest = Math.max(1, ...sums);
  const budget = budgetPerStep !== undefined && budgetPerStep <= crest * highestBudget ? budgetPerStep : undefined;
  const top = niceTop(Math.max(crest, budget ?? 0));
  const yOf = (records: number): number => height - (records / top) * height;
  const below = new Array<number>(steps).fill(0);
  const currents = series.map((each) => ({
    ...each,
    path: pathOf(each.records, below, (step) => (step / steps) * width, yOf),
  }));
  return {
    currents,
    steps,
    top,
    budgetY: budget === undefined ? undefined : yOf(budget),
    cuts: gatherCuts(view.cuts)
      .filter(({ at }) => at >= view.from && at <= view.to)
      .map((cut) => ({ ...cut, x: ((cut.at - view.from) / (view.to - view.from)) * width })),
  };
}

/** The outline of one current upon `below`, which it raises. */
function pathOf(
  records: readonly number[],
  below: number[],
  xOf: (step: number) => number,
  yOf: (records: number) => number,
): string {
  const upper: string[] = [];
  const lower: string[] = [];
  for (const [step, base] of below.entries()) {
    const crest = base + (records[step] ?? 0);
    const [left, right] = [round(xOf(step)), round(xOf(step + 1))];
    upper.push(`${left} ${round(yOf(crest))} L${right} ${round(yOf(crest))}`);
    lower.unshift(`${right} ${round(yOf(base))} L${left} ${round(yOf(base))}`);
    below[step] = crest;
  }
  return `M${upper.join(' L')} L${lower.join(' L')}Z`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** 1, 2 or 5 times a power of ten at or above the largest. */
export function niceTop(largest: number): number {
  const power = 10 ** Math.floor(Math.log10(largest));
  const step = [1, 2, 5, 10].find((each) => each * power >= largest) ?? 10;
  return step * power;
}

const total = (records: readonly number[]): number => records.reduce((sum, each) => sum + each, 0);

function gathered(series: RiverView['series']): readonly Omit<Current, 'path'>[] {
  const sorted = series
    .map((each) => ({ ...each, total: total(each.records) }))
    .filter((each) => each.total > 0)
    .sort((one, other) => other.total - one.total || one.integration.localeCompare(other.integration));
  if (sorted.length <= mostCurrents) return sorted;
  const rest = sorted.slice(mostCurrents - 1);
  const added = (pick: (each: (typeof rest)[number]) => readonly number[]): readonly number[] =>
    pick(rest[0]!).map((_, step) => rest.reduce((sum, each) => sum + (pick(each)[step] ?? 0), 0));
  const others = {
    integration: `${rest.length} others`,
    records: added((each) => each.records),
    customers: added((each) => each.customers),
    total: rest.reduce((sum, each) => sum + each.total, 0),
  };
  return [...sorted.slice(0, mostCurrents - 1), others];
}

/** Who is cut and asks again every few seconds is cut once, and refused so often: newest first. */
export function gatherCuts(cuts: RiverView['cuts']): readonly Cut[] {
  const latest = new Map<string, { cut: Cut; lastAt: number }>();
  const gathered: { cut: Cut; lastAt: number }[] = [];
  for (const { at, integration, words } of [...cuts].sort((one, other) => one.at - other.at)) {
    const known = latest.get(integration);
    if (known !== undefined && at - known.lastAt < oneCutMs) {
      known.cut = { ...known.cut, again: known.cut.again + 1 };
      known.lastAt = at;
      continue;
    }
    const begun = { cut: { at, integration, words, again: 0 }, lastAt: at };
    latest.set(integration, begun);
    gathered.push(begun);
  }
  return gathered.map(({ cut }) => cut).reverse();
}

/** Who read in one step, the most first. */
export const readersIn = (
  { currents }: Pick<RiverLayout, 'currents'>,
  step: number,
): readonly {
  readonly integration: string;
  readonly records: number;
  readonly customers: number;
  readonly place: number;
}[] =>
  currents
    .map(({ integration, records, customers }, place) => ({
      integration,
      records: records[step] ?? 0,
      customers: customers[step] ?? 0,
      place,
    }))
    .filter(({ records }) => records > 0)
    .sort((one, other) => other.records - one.records);

/**
 * Records a step if all budgets of records were spent evenly; undefined where an integration has none, and nothing bounds
 * the stream. Of several budgets of one integration the tightest counts.
 */
export function evenBudget(
  integrations: readonly Pick<GatewayIntegrationView, 'budgets'>[],
  stepMs: number,
): number | undefined {
  const rates = integrations.map(({ budgets }) =>
    Math.min(
      ...budgets
        .filter(({ what, object }) => what === 'records' && object === undefined)
        .map(({ limit, windowMs }) => (limit / windowMs) * stepMs),
    ),
  );
  const sum = total(rates);
  return rates.length > 0 && Number.isFinite(sum) ? sum : undefined;
}
