import type { Bounds } from '#model/finding.ts';
import type { Release } from '#model/release.ts';
import type { ReleaseEnd } from '../ledger.ts';
import type { Lapse } from '../log/entries.ts';
import type { SegmentDirectory } from '../segment-directory.ts';
import type { Segments } from '../segments.ts';
import { IdSet } from './id-set.ts';
import { indexedIds } from './index-file.ts';
import type { Indexes } from './indexes.ts';
import { readFrames } from './read-frames.ts';
import {
  customerRole,
  isAbout,
  meets,
  type SelectedPart,
  type Selection,
  selectParts,
  selectSegments,
} from './select-frames.ts';

/** One answer that left, as far as it is selected. */
export interface ExposedRelease {
  readonly release: Release;
  readonly records: number;
  /** Times of its first and last records. */
  readonly from: number;
  readonly to: number;
  /** Undefined while it is under way, or when the process ended before it. */
  readonly ended: ReleaseEnd | undefined;
}

export interface Exposure {
  /** The latest of them, newest first. */
  readonly releases: readonly ExposedRelease[];
  readonly releaseCount: number;
  /** Records, each as often as it left. `atMost` counts what a crash left unknown, and what is under way unnamed. */
  readonly records: Bounds;
  /** Distinct customers; records that name none may each stand for another one. */
  readonly customers: Bounds;
  /** Fields that left, of which object, in how many records; most first. */
  readonly fields: readonly { readonly object: string; readonly field: string; readonly records: number }[];
  /** What crashes left unknown of it. */
  readonly lapses: readonly Lapse[];
  /** Records that leave at this moment, whose ids are not durable yet. */
  readonly underWay: number;
  /** Records that name no customer although their policy says where to find one. */
  readonly withoutCustomer: number;
  /** Records of reference data, by object: nobody's, so they stand for no customer. */
  readonly reference: readonly { readonly object: string; readonly records: number }[];
  /** The distinct customers, sorted, as 18 characters. */
  customerIds(): Generator<string>;
  /** Lets go of the customers, a few megabytes for millions, for who keeps the rest of the answer. */
  dispose(): void;
}

export interface ExposureSources {
  readonly directory: string;
  readonly segments: Segments;
  /** Undefined: everything is read from the frames. */
  readonly indexes: Indexes | undefined;
  /** Records of a reservation that were taken and that no durable frame names. */
  underWay(selection: Selection): number;
}

const latestAtMost = 500;

/** What left: which records and whose, of which fields, by which queries. */
export async function expose(sources: ExposureSources, selection: Selection): Promise<Exposure> {
  const { segments } = sources;
  const customers = new IdSet();
  const releases = new Map<number, ExposedRelease>();
  const fields = new Map<string, { object: string; field: string; records: number }>();
  const reference = new Map<string, number>();
  let [records, withoutCustomer] = [0, 0];
  for await (const { directory } of selectSegments(segments, selection)) {
    const parts = [...selectParts(directory, selection)];
    for (const selected of parts) {
      const counts = countsOf(selected);
      records += counts.records;
      withoutCustomer += counts.withoutCustomer;
      countFields(fields, selected.part.release, counts.records);
      const { release } = selected.part;
      if (customerRole(release) === undefined)
        reference.set(release.object, (reference.get(release.object) ?? 0) + counts.records);
      releases.set(release.id, joinRelease(releases.get(release.id), selected, counts.records));
    }
    await collectCustomers(sources, directory, parts, customers);
  }
  const lapses = segments.lapses.filter((lapse) => isAbout(selection, lapse) && meets(lapse, selection));
  const underWay = sources.underWay(selection);
  const distinct = customers.size;
  const unknown = lapses.reduce((sum, { upTo }) => sum + upTo, underWay);
  return {
    releases: [...releases.values()].sort((a, b) => b.release.id - a.release.id).slice(0, latestAtMost),
    releaseCount: releases.size,
    records: { atLeast: records, atMost: records + unknown },
    customers: { atLeast: distinct, atMost: distinct + withoutCustomer + unknown },
    fields: [...fields.values()].sort((a, b) => b.records - a.records),
    lapses,
    underWay,
    withoutCustomer,
    reference: [...reference].map(([object, count]) => ({ object, records: count })),
    customerIds: () => customers.ids(),
    dispose: () => customers.clear(),
  };
}

function countsOf({ part, frames }: SelectedPart): { readonly records: number; readonly withoutCustomer: number } {
  let [records, customers] = [0, 0];
  for (const { role, count } of frames) {
    if (role === 'records') records += count;
    else customers += count;
  }
  const namesOthers = customerRole(part.release) === 'customers';
  return { records, withoutCustomer: namesOthers ? Math.max(0, records - customers) : 0 };
}

function countFields(
  fields: Map<string, { object: string; field: string; records: number }>,
  { object, fields: names }: Release,
  records: number,
): void {
  for (const field of names) {
    const known = fields.get(`${object}\n${field}`);
    if (known === undefined) fields.set(`${object}\n${field}`, { object, field, records });
    else known.records += records;
  }
}

function joinRelease(
  before: ExposedRelease | undefined,
  { part, frames }: SelectedPart,
  records: number,
): ExposedRelease {
  return {
    release: part.release,
    records: (before?.records ?? 0) + records,
    from: before?.from ?? frames[0]!.at,
    to: frames.at(-1)!.at,
    ended: part.ended,
  };
}

/** Whole parts of large releases from the index, the others from their frames. */
async function collectCustomers(
  { directory: path, indexes }: ExposureSources,
  directory: SegmentDirectory,
  parts: readonly SelectedPart[],
  into: IdSet,
): Promise<void> {
  const frames = [];
  for (const { part, frames: selected, isWhole } of parts) {
    const role = customerRole(part.release);
    if (role === undefined) continue;
    const isAdded =
      isWhole &&
      part[role] >= indexedIds &&
      (await indexes?.ask(directory, (index) => index.addTo(into, part.release.id, role))) === true;
    if (!isAdded) frames.push(...selected.filter((frame) => frame.role === role));
  }
  frames.sort((a, b) => a.ordinal - b.ordinal);
  await readFrames(path, directory.segment, frames, (frame, body) => into.addFrame(frame, body));
}
