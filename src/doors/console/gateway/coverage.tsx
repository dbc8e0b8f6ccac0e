import { inWords } from '#lib/words.ts';
import type { CoverageView } from '#model/gateway-wire.ts';
import { links } from '../links.ts';
import { Jump } from '../parts/jump.tsx';
import { Text } from '../parts/text.tsx';

/** px of the bar. */
const width = 160;

/** Beside every number that says exact: how much of the house it is exact about. */
export function Coverage({ coverage }: { readonly coverage: CoverageView }) {
  const { integrations, reads, outside, words } = coverage;
  const shares = [
    { name: 'integrations', share: integrations },
    ...(reads === undefined ? [] : [{ name: 'records that logs saw third parties read', share: reads }]),
  ].filter(({ share }) => share.all > 0);
  return (
    <section aria-label="Coverage" className="mt-10 border-t border-line-2 pt-3">
      <h2 className="font-semibold">How much this covers</h2>
      <p className="mt-1 max-w-[72ch]">
        <Text words={words} />
      </p>
      <ul className="mt-2 text-sm text-ink-2">
        {shares.map(({ name, share }) => (
          <li key={name} className="flex items-center gap-3 py-0.5">
            <svg width={width} height="8" className="shrink-0 text-ink" aria-hidden="true">
              <rect width={width} height="8" fill="currentColor" fillOpacity="0.12" />
              <rect width={(share.behind / share.all) * width} height="8" fill="currentColor" fillOpacity="0.75" />
            </svg>
            <span>
              {inWords(share.behind)} of {inWords(share.all)} {name}
            </span>
          </li>
        ))}
      </ul>
      {outside.length > 0 && (
        <details className="mt-2 text-sm">
          <summary className="w-fit text-ink-2">
            {inWords(outside.length)} go straight to the CRM, those that read most first
          </summary>
          <ul className="mt-1 max-w-5xl columns-1 gap-x-8 sm:columns-2 lg:columns-3">
            {outside.map((name) => (
              <li key={name} className="break-inside-avoid py-0.5 break-words">
                <Jump
                  to={links.integrations({ text: name })}
                  className="underline decoration-line-2 underline-offset-4 hover:text-ink"
                >
                  <Text words={name} />
                </Jump>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
