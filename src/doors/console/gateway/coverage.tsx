import { inWords } from '#lib/words.ts';
import type { CoverageView } from '#model/gateway-wire.ts';
import { percent } from '../parts/numbers.ts';
import { Text } from '../parts/text.tsx';

/** Beside every number that says exact: how much of the house it is exact about. */
export function Coverage({ coverage }: { readonly coverage: CoverageView }) {
  const { integrations, reads, outside, words } = coverage;
  return (
    <aside aria-label="Coverage" className="mt-6 max-w-prose border-l-2 border-line-2 pl-4 text-sm text-ink-2">
      <p>
        <Text words={words} />
      </p>
      <p>
        {inWords(integrations.behind)} of {inWords(integrations.all)} integrations stand behind the gateway
        {reads !== undefined &&
          reads.all > 0 &&
          `, with ${percent(reads.behind / reads.all)} of the records that third parties read`}
        .
      </p>
      {outside.length > 0 && (
        <details>
          <summary>Those that do not</summary>
          <p>
            <Text words={outside.join(', ')} />
          </p>
        </details>
      )}
    </aside>
  );
}
