import type { Release } from '#model/release.ts';
import type { IdFrame, ReleasePart, SegmentDirectory } from '../segment-directory.ts';
import type { SegmentSummary, Segments } from '../segments.ts';
import type { Role } from './index-file.ts';

/** Which releases an answer is about: what is absent does not narrow it. */
export interface Selection {
  /** Ids of Cordon tokens. */
  readonly tokens?: readonly string[];
  readonly integrations?: readonly string[];
  /** When the ids were written down, ms since 1970 UTC; `to` is the first moment behind. */
  readonly from?: number;
  readonly to?: number;
}

/** What of a segment is selected: the part of a release, and its frames within the window. */
export interface SelectedPart {
  readonly part: ReleasePart;
  readonly frames: readonly IdFrame[];
  /** All of its frames are selected. */
  readonly isWhole: boolean;
}

export const isWithin = (at: number, { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }: Selection) =>
  at >= from && at < to;

/** Whether a span of time, both ends included, and the window meet. */
export const meets = (span: { readonly from: number; readonly to: number }, selection: Selection): boolean =>
  span.to >= (selection.from ?? Number.NEGATIVE_INFINITY) && span.from < (selection.to ?? Number.POSITIVE_INFINITY);

/** The frames that lead to the customers of a release: the records themselves unless they name another; none: nobody's. */
export function customerRole({ customerField }: Release): Role | undefined {
  if (customerField === '') return undefined;
  return customerField === undefined || customerField.toLowerCase() === 'id' ? 'records' : 'customers';
}

export function isAbout(
  { tokens, integrations }: Selection,
  subject: { readonly token: string; readonly integration: string },
): boolean {
  return (tokens?.includes(subject.token) ?? true) && (integrations?.includes(subject.integration) ?? true);
}

/** The segments that may hold something selected, oldest first, each read when it is its turn. */
export async function* selectSegments(
  segments: Segments,
  selection: Selection,
): AsyncGenerator<{ readonly summary: SegmentSummary; readonly directory: SegmentDirectory }> {
  const { tokens, integrations } = selection;
  for (const summary of segments.summaries()) {
    if (!meets(summary, selection)) continue;
    if (tokens?.some((token) => summary.tokens.has(token)) === false) continue;
    if (integrations?.some((integration) => summary.integrations.has(integration)) === false) continue;
    yield { summary, directory: await segments.directoryOf(summary.segment) };
  }
}

export function* selectParts(directory: SegmentDirectory, selection: Selection): Generator<SelectedPart> {
  for (const part of directory.releases.values()) {
    if (part.frames.length === 0 || !isAbout(selection, part.release) || !meets(part, selection)) continue;
    const all = part.frames.map((ordinal) => directory.frames[ordinal]!);
    const frames = all.filter(({ at }) => isWithin(at, selection));
    if (frames.length > 0) yield { part, frames, isWhole: frames.length === all.length };
  }
}
