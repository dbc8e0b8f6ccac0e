import type { IdBatch, Release } from '#model/release.ts';
import { decodeIds } from '../log/id-codec.ts';
import type { IdFrame, SegmentDirectory } from '../segment-directory.ts';
import type { Segments } from '../segments.ts';
import { readFrames } from './read-frames.ts';
import { customerRole, type Selection, selectParts, selectSegments } from './select-frames.ts';

/** What left at one moment, as a budget counts it. */
export interface Spending {
  readonly release: Release;
  readonly integration: string;
  readonly token: string;
  readonly at: number;
  readonly object: string;
  readonly records: readonly IdBatch[];
  /**
   * Ids of the records' customers, in their order; undefined where every record counts as one. Records without customer
   * are absent, as all of reference data are.
   */
  readonly customers: readonly IdBatch[] | undefined;
}

/** What was written down in the window, in its order: for budgets after a restart. One act of the log at a time. */
export async function* spendingsOf(
  sources: { readonly directory: string; readonly segments: Segments },
  selection: Selection,
): AsyncGenerator<Spending> {
  for await (const { directory } of selectSegments(sources.segments, selection)) {
    const frames = [...selectParts(directory, selection)]
      .flatMap((selected) => selected.frames)
      .sort((a, b) => a.ordinal - b.ordinal);
    for (const acts of inGroups(actsOf(frames), 65_536)) yield* read(sources.directory, directory, acts);
  }
}

async function* read(
  path: string,
  segment: SegmentDirectory,
  acts: readonly (readonly IdFrame[])[],
): AsyncGenerator<Spending> {
  const batches = new Map<IdFrame, IdBatch>();
  await readFrames(path, segment.segment, acts.flat(), (frame, body) => {
    const numbers = new BigUint64Array(frame.count);
    decodeIds(body, frame.range, numbers);
    batches.set(frame, { prefix: frame.prefix, numbers });
  });
  for (const act of acts) {
    const { release } = segment.releases.get(act[0]!.release)!;
    const of = (role: IdFrame['role']) =>
      act.filter((frame) => frame.role === role).map((frame) => batches.get(frame)!);
    yield {
      release,
      integration: release.integration,
      token: release.token,
      at: act[0]!.at,
      object: release.object,
      records: of('records'),
      customers: customerRole(release) === 'records' ? undefined : of('customers'),
    };
  }
}

/** Frames of one release that were written together: records, then their customers. */
function* actsOf(frames: readonly IdFrame[]): Generator<readonly IdFrame[]> {
  let act: IdFrame[] = [];
  for (const frame of frames) {
    const last = act.at(-1);
    const isNext =
      last !== undefined &&
      (frame.release !== last.release ||
        frame.ordinal !== last.ordinal + 1 ||
        frame.at !== last.at ||
        (frame.role === 'records' && last.role === 'customers'));
    if (isNext) {
      yield act;
      act = [];
    }
    act.push(frame);
  }
  if (act.length > 0) yield act;
}

/** Acts together while they hold no more than so many ids: what is in memory at a time. */
function* inGroups(acts: Iterable<readonly IdFrame[]>, idsAtMost: number): Generator<readonly (readonly IdFrame[])[]> {
  let group: (readonly IdFrame[])[] = [];
  let ids = 0;
  for (const act of acts) {
    const count = act.reduce((sum, frame) => sum + frame.count, 0);
    if (group.length > 0 && ids + count > idsAtMost) {
      yield group;
      [group, ids] = [[], 0];
    }
    group.push(act);
    ids += count;
  }
  if (group.length > 0) yield group;
}
