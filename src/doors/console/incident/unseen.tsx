import { useQuery } from '@tanstack/react-query';
import type { LiveGap } from '#model/wire.ts';
import { Fact } from '../parts/page.tsx';
import { Text } from '../parts/text.tsx';
import { Stamp } from '../parts/time.tsx';
import { nowQuery } from '../server/queries.ts';

const shownGaps = 5;

/** What no log will ever show of the incident's time, and what that does to its numbers. */
export function Unseen({ gaps }: { readonly gaps: readonly LiveGap[] }) {
  const sources = useQuery({ ...nowQuery, enabled: false }).data?.sources ?? [];
  const titleOf = (source: string): string => sources.find(({ name }) => name === source)?.title ?? source;
  return (
    <Fact name="Not seen">
      <ul>
        {gaps.slice(0, shownGaps).map((gap) => (
          <li key={`${gap.reading}/${gap.stream}/${gap.from}/${gap.to}`}>
            Between <Stamp at={gap.from} /> and <Stamp at={gap.to} /> nothing of {titleOf(gap.source)},{' '}
            <Text words={gap.stream} />, could be had: <Text words={gap.why} />
          </li>
        ))}
        {gaps.length > shownGaps && <li className="text-ink-2">and {gaps.length - shownGaps} more</li>}
      </ul>
      {gaps.some(({ hidesRows }) => hidesRows) && (
        <p className="text-amber">What was read then is in no log: the rows have no upper bound.</p>
      )}
    </Fact>
  );
}
