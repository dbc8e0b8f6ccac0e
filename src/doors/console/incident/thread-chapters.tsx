import { counted, durationInWords } from '#lib/words.ts';
import { useClock } from '../parts/clock.tsx';
import { Text } from '../parts/text.tsx';
import { clockTime, dayOf, type Zone } from '../parts/times.ts';
import type { Chapter } from './tell-chapters.ts';

/** Titles shown beneath the axis; the findings below tell them all. */
const mostTitles = 3;

interface ChaptersProps {
  readonly chapters: readonly Chapter[];
  readonly openedAt: number;
}

/** Beneath each busy stretch of the picture, what was new in it. */
export function ChaptersBelow({ chapters }: Pick<ChaptersProps, 'chapters'>) {
  return (
    <ol aria-label="The story in short" className="flex pb-4 text-xs">
      {chapters.map((chapter, index) => (
        <li
          key={chapter.stretch.from}
          className="shrink-0 pr-2 pl-1.5"
          style={{
            width: chapter.stretch.width,
            marginLeft: index === 0 ? 0 : chapter.stretch.x - endOf(chapters[index - 1]),
          }}
        >
          <News chapter={chapter} />
        </li>
      ))}
    </ol>
  );
}

const endOf = (chapter: Chapter | undefined): number =>
  chapter === undefined ? 0 : chapter.stretch.x + chapter.stretch.width;

/** The same one below the other, where the picture is too narrow for words: with times, pauses and the moment we knew. */
export function ChaptersInColumn({ chapters, openedAt }: ChaptersProps) {
  const { zone } = useClock();
  const knewIn = chapters.findLast(({ stretch }) => stretch.from <= openedAt);
  return (
    <ol aria-label="The story in short" className="py-3 text-sm">
      {chapters.map((chapter) => (
        <li key={chapter.stretch.from}>
          {chapter.after !== undefined && (
            <p className="ml-1 border-l border-dashed border-line-2 py-1.5 pl-4 text-ink-2">
              {durationInWords(chapter.after.ms)} later
              {chapter.after.acts > 0 && `, ${counted(chapter.after.acts, 'usual act')} between`}
            </p>
          )}
          <div className="ml-1 border-l-2 border-ink py-1 pl-4">
            <p className="text-ink-2">{spanInWords(chapter.stretch, zone)}</p>
            <News chapter={chapter} />
            {chapter === knewIn && (
              <p className="mt-1 font-semibold">Here Cordon knew, at {clockTime(openedAt, zone)}.</p>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}

function spanInWords({ from, to }: Chapter['stretch'], zone: Zone): string {
  const [first, last] = [dayOf(from, zone), dayOf(to, zone)];
  return `${first}, ${clockTime(from, zone)} to ${first === last ? '' : `${last}, `}${clockTime(to, zone)}`;
}

function News({ chapter: { news, again, deeds } }: { readonly chapter: Chapter }) {
  const shown = news.slice(0, mostTitles);
  const more = news.length - shown.length;
  return (
    <>
      {shown.map(({ title, level }) => (
        <span key={title} className={`block ${level === 'high' || level === 'critical' ? 'font-semibold' : ''}`}>
          <Text words={title} />
        </span>
      ))}
      {deeds.map((deed) => (
        <span key={deed} className="block font-semibold">
          {deed}
        </span>
      ))}
      {(more > 0 || again > 0) && (
        <span className="block text-ink-2">
          {[more > 0 ? `${more} more` : '', again > 0 ? `${again} as before` : ''].filter(Boolean).join(', ')}
        </span>
      )}
    </>
  );
}
