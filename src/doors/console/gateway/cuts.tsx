import { counted, inWords } from '#lib/words.ts';
import { links } from '../links.ts';
import { Jump } from '../parts/jump.tsx';
import { Text } from '../parts/text.tsx';
import { Time } from '../parts/time.tsx';
import type { Cut } from './lay-out-river.ts';

const shownCuts = 4;

/** The cuts in words, the newest first; a new one is announced. */
export function Cuts({ cuts }: { readonly cuts: readonly Cut[] }) {
  const [newest] = cuts;
  return (
    <>
      <p aria-live="polite" className="sr-only">
        {newest?.words}
      </p>
      {cuts.length > 0 && (
        <ul className="mt-2 text-sm" aria-label="Cuts">
          {cuts.slice(0, shownCuts).map(({ at, integration, words, again }) => (
            <li key={`${at} ${integration}`} className="border-l-2 border-alarm py-0.5 pl-3">
              <span className="text-ink-2">
                <Time at={at} by="wall" />
              </span>{' '}
              <Jump
                to={links.gatewayIntegration(integration)}
                className="underline decoration-line-2 underline-offset-4"
              >
                <Text words={words} />
              </Jump>
              {again > 0 && <span className="text-ink-2">; refused {counted(again, 'time')} since</span>}
            </li>
          ))}
          {cuts.length > shownCuts && (
            <li className="pl-3.5 text-ink-2">and {inWords(cuts.length - shownCuts)} before, in this stretch</li>
          )}
        </ul>
      )}
    </>
  );
}
