import { ScrollArea } from '../parts/scroll-area.tsx';
import { diffLines, hunksOf } from './diff-lines.ts';

const lookOf = {
  same: { mark: ' ', ink: 'text-ink-2', says: '' },
  gone: { mark: '−', ink: 'text-ink-2', says: 'gone: ' },
  new: { mark: '+', ink: 'bg-wash font-medium', says: 'new: ' },
} as const;

/** The lines that a change of a policy's text changes. */
export function Difference({ before, after }: { readonly before: string; readonly after: string }) {
  const hunks = hunksOf(diffLines(before, after));
  if (hunks.length === 0) return <p className="text-sm text-ink-2">Nothing is changed yet.</p>;
  return (
    <div>
      <h3 className="mb-1 font-medium">What you change</h3>
      <ScrollArea className="overflow-x-auto border-y border-line py-2" name="Lines that change">
        {hunks.map((hunk, place) => (
          <pre
            // biome-ignore lint/suspicious/noArrayIndexKey: stretches of one text have no other identity
            key={place}
            className={`text-sm ${place > 0 ? 'mt-2 border-t border-line pt-2' : ''}`}
          >
            {hunk.map(({ kind, text }, line) => (
              <span
                // biome-ignore lint/suspicious/noArrayIndexKey: lines of one text have no other identity
                key={line}
                className={`block ${lookOf[kind].ink}`}
              >
                <span aria-hidden="true">{lookOf[kind].mark} </span>
                <span className="sr-only">{lookOf[kind].says}</span>
                <span className={kind === 'gone' ? 'line-through' : ''}>{text}</span>
              </span>
            ))}
          </pre>
        ))}
      </ScrollArea>
    </div>
  );
}
