import { boundsInWords, counted } from '#lib/words.ts';
import type { IncidentRow } from '#model/wire.ts';
import { links } from '../links.ts';
import { Jump } from '../parts/jump.tsx';
import { LevelMark, StateMark } from '../parts/level.tsx';
import { Text } from '../parts/text.tsx';
import { RowTime } from '../parts/time.tsx';

/** One incident as a sentence that can be opened, with what is known about it beneath. */
export function IncidentSentence({ row }: { readonly row: IncidentRow }) {
  return (
    <div className="px-3 py-3">
      <Jump to={links.incident(row.id)} data-row className="row-link text-lg font-medium break-words">
        <Text words={row.title} />
      </Jump>
      <p className="mt-1 flex flex-wrap items-center gap-x-4 gap-y-0.5 text-sm text-ink-2">
        <LevelMark level={row.level} needsPerson={row.state === 'open'} />
        <StateMark state={row.state} />
        <span>rows read: {boundsInWords(row.rows)}</span>
        <span>{counted(row.findingCount, 'finding')}</span>
        <span>
          last act <RowTime at={row.lastAt} />
        </span>
        {row.restricted && <span>restricted</span>}
      </p>
    </div>
  );
}
