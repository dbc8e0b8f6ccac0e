import type { Store } from '#model/records.ts';
import type { Source } from '#model/source.ts';
import type { SourceHealth, SourceState, StreamHealth, StreamState } from '#model/wire.ts';
import { StreamNotes, type StreamTally } from './stream-health.ts';

/** The streams of all live sources, and how they fare. */
export interface StreamBook {
  /** Notes on one stream, continued from what is kept of it and the gaps it ever told. */
  open(
    stream: { readonly source: string; readonly reading: string; readonly stream: string },
    saved: Partial<StreamTally>,
  ): Promise<StreamNotes>;
  /** The sources with their streams beside them; a source fails where a stream of it does. */
  beside(sources: readonly SourceHealth[], now: number): readonly SourceHealth[];
}

const [firstInstant, lastInstant] = [-8.64e15, 8.64e15];

export function createStreamBook(sources: readonly Source[], gaps: Store['gaps']): StreamBook {
  const all: StreamNotes[] = [];
  return {
    async open(stream, saved) {
      const longestLagMs = sources.find(({ name }) => name === stream.source)?.longestLagMs ?? 0;
      const notes = new StreamNotes(stream, longestLagMs, saved);
      for (const gap of await gaps.touching(firstInstant, lastInstant))
        if (gap.reading === stream.reading && gap.stream === stream.stream) notes.gapTold(gap);
      all.push(notes);
      return notes;
    },
    beside: (health, now) =>
      health.map((source) => {
        const streams = all.filter((notes) => notes.source === source.name).map((notes) => notes.view(now));
        return streams.length === 0 ? source : withStreams(source, streams);
      }),
  };
}

/** The worst first: what a source is that has such a stream. */
const sourceStates: readonly (readonly [StreamState, SourceState])[] = [
  ['failing', 'failing'],
  ['silent', 'silent'],
  ['behind', 'lagging'],
  ['resting', 'lagging'],
  ['catching up', 'loading'],
  ['starting', 'loading'],
  ['on time', 'on time'],
];

function withStreams(source: SourceHealth, streams: readonly StreamHealth[]): SourceHealth {
  const failing = streams.find(({ state }) => state === 'failing');
  const [, state] = sourceStates.find(([worst]) => streams.some((stream) => stream.state === worst))!;
  const lastError = failing && `${failing.reading} ${failing.stream}: ${failing.why}`;
  return { ...source, state, streams, ...(lastError !== undefined && { lastError }) };
}
