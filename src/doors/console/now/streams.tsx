import { counted, durationInWords, listInWords } from '#lib/words.ts';
import type { StreamHealth, StreamState } from '#model/wire.ts';
import { useClock } from '../parts/clock.tsx';
import { Text } from '../parts/text.tsx';
import { Stamp, Time } from '../parts/time.tsx';

const stateLook = {
  'on time': { words: 'on time', ink: 'text-ink-2' },
  'catching up': { words: 'catching up', ink: 'text-ink' },
  starting: { words: 'not heard yet', ink: 'text-ink-2' },
  behind: { words: 'behind', ink: 'text-amber' },
  resting: { words: 'resting', ink: 'text-amber' },
  silent: { words: 'silent', ink: 'text-amber' },
  failing: { words: 'failing', ink: 'text-alarm' },
} as const satisfies Record<StreamState, unknown>;

const isHeard = ({ state }: StreamHealth): boolean => state !== 'starting';

/** The streams of a source that is read live: where each stands, why it rests or fails, and what could not be had. */
export function Streams({ streams }: { readonly streams: readonly StreamHealth[] }) {
  const unheard = streams.filter((stream) => !isHeard(stream));
  return (
    <ul aria-label="Streams" className="mt-1 border-l border-line-2 pl-3">
      {streams.filter(isHeard).map((stream) => (
        <Stream key={`${stream.reading}/${stream.stream}`} stream={stream} />
      ))}
      {unheard.length > 0 && (
        <li className="py-0.5 text-sm text-ink-2">
          not heard yet: <span className="break-words">{listInWords(unheard.map(({ stream }) => stream))}</span>
        </li>
      )}
    </ul>
  );
}

function Stream({ stream }: { readonly stream: StreamHealth }) {
  const { house } = useClock();
  const { state, why, until, reachedUntil, lagMs, lastContactAt, gaps, lastGap } = stream;
  const look = stateLook[state];
  return (
    <li className="py-0.5 text-sm text-ink-2">
      <span className="break-all text-ink">
        <Text words={stream.stream} />
      </span>{' '}
      <span className={look.ink}>{look.words}</span>
      {state === 'catching up' && reachedUntil !== undefined && (
        <>
          , read up to <Stamp at={reachedUntil} />
        </>
      )}
      {lagMs !== undefined && ` · newest ${durationInWords(lagMs)} late`}
      {lastContactAt !== undefined && (
        <>
          {' · heard '}
          <Time at={lastContactAt} />
        </>
      )}
      {why !== undefined && (
        <span className="block text-amber">
          <Text words={why} />
          {until !== undefined && until > house && ` Asked again in ${durationInWords(until - house)}.`}
        </span>
      )}
      {lastGap !== undefined && (
        <span className="block text-amber">
          {counted(gaps, 'gap')}; the latest <Stamp at={lastGap.from} /> to <Stamp at={lastGap.to} />:{' '}
          <Text words={lastGap.why} />
        </span>
      )}
    </li>
  );
}
