import type { Segments } from '../segments.ts';
import { IdSet } from './id-set.ts';
import { readFrames } from './read-frames.ts';
import { customerRole, type Selection, selectParts, selectSegments } from './select-frames.ts';

/** What left through one integration, step by step. */
export interface RiverSeries {
  readonly integration: string;
  /** One number a step: records, and distinct customers within the step. */
  readonly records: readonly number[];
  readonly customers: readonly number[];
}

interface Banks {
  readonly records: number[];
  readonly customers: (IdSet | undefined)[];
}

const stepsAtMost = 10_000;

/** The river of the window [from, to) in steps of `stepMs`, 60,000 for minutes; integrations by name. */
export async function countRiver(
  sources: { readonly directory: string; readonly segments: Segments },
  window: Required<Pick<Selection, 'from' | 'to'>> & { readonly stepMs: number },
): Promise<readonly RiverSeries[]> {
  const { from, to, stepMs } = window;
  const steps = Math.ceil((to - from) / stepMs);
  if (!(steps > 0 && steps <= stepsAtMost)) throw new RangeError(`a river has 1 to ${stepsAtMost} steps`);
  const rivers = new Map<string, Banks>();
  const banksOf = (integration: string): Banks => {
    const known = rivers.get(integration);
    if (known !== undefined) return known;
    const banks = { records: new Array<number>(steps).fill(0), customers: new Array<undefined>(steps).fill(undefined) };
    rivers.set(integration, banks);
    return banks;
  };
  for await (const { summary, directory } of selectSegments(sources.segments, { from, to })) {
    const leading = [...selectParts(directory, { from, to })].flatMap(({ part, frames }) => {
      const banks = banksOf(part.release.integration);
      const role = customerRole(part.release);
      for (const frame of frames) {
        if (frame.role === 'records') banks.records[Math.floor((frame.at - from) / stepMs)]! += frame.count;
      }
      return frames.filter((frame) => frame.role === role).map((frame) => ({ frame, banks }));
    });
    const banksAt = new Map(leading.map(({ frame, banks }) => [frame.ordinal, banks]));
    const frames = leading.map(({ frame }) => frame).sort((a, b) => a.ordinal - b.ordinal);
    await readFrames(sources.directory, summary.segment, frames, (frame, body) => {
      const { customers } = banksAt.get(frame.ordinal)!;
      const step = Math.floor((frame.at - from) / stepMs);
      customers[step] ??= new IdSet();
      customers[step].addFrame(frame, body);
    });
  }
  return [...rivers]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([integration, { records, customers }]) => ({
      integration,
      records,
      customers: customers.map((set) => set?.size ?? 0),
    }));
}
