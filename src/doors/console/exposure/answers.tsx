import { counted } from '#lib/words.ts';
import type { ReleaseView } from '#model/gateway-wire.ts';
import { Tier } from '../gateway/tier.tsx';
import { useClock } from '../parts/clock.tsx';
import { Text } from '../parts/text.tsx';
import { Stamp } from '../parts/time.tsx';
import { zoneName } from '../parts/times.ts';

const ends = {
  complete: { words: '', ink: '' },
  cut: { words: 'cut at the budget', ink: 'font-medium text-alarm' },
  broken: { words: 'broken off', ink: 'text-amber' },
  'under way': { words: 'under way', ink: 'text-amber' },
  // A stream that a crash of the gateway ended, or one that still runs; a small answer is whole.
  unknown: { words: 'no end written down', ink: 'text-amber' },
} as const satisfies Record<ReleaseView['end'], unknown>;

/** Every answer that left, the newest first. Each opens into its query. */
export function Answers({ releases }: { readonly releases: readonly ReleaseView[] }) {
  const { zone } = useClock();
  return (
    <table className="w-full table-fixed text-sm">
      <thead className="border-b border-line text-ink-2 max-md:sr-only">
        <tr>
          <th scope="col" className="w-36 py-2">
            When, {zoneName(zone, releases[0]?.at ?? 0)}
          </th>
          <th scope="col" className="w-44 py-2 pr-4">
            Integration
          </th>
          <th scope="col" className="w-40 py-2 pr-6 text-right">
            Left
          </th>
          <th scope="col" className="py-2">
            Fields
          </th>
          <th scope="col" className="w-44 py-2 pl-6">
            From
          </th>
        </tr>
      </thead>
      <tbody>
        {releases.map((release) => (
          <Answer key={`${release.id} ${release.at}`} release={release} />
        ))}
      </tbody>
    </table>
  );
}

function Answer({ release }: { readonly release: ReleaseView }) {
  const { at, integration, records, object, fields, query, address, tier, end, operation } = release;
  const { words, ink } = ends[end];
  return (
    <tr className="border-b border-line align-top max-md:block max-md:py-2 md:[&>td]:py-1.5">
      <td className="max-md:mr-3 max-md:inline-block">
        <Stamp at={at} />
      </td>
      <td className="break-words max-md:inline-block md:pr-4">
        <Text words={integration} />
      </td>
      <td className="max-md:block md:pr-6 md:text-right">
        {counted(records, 'record')}
        <span className="block text-ink-2 max-md:inline">
          <span className="md:hidden"> </span>
          of <Text words={object} />
          {operation === 'bulk' && ', in bulk'}
        </span>
        {words !== '' && <span className={`block max-md:inline ${ink}`}> {words}</span>}
      </td>
      <td className="min-w-0 break-words max-md:block">
        <Text words={fields.join(', ')} />
        {query !== undefined && (
          <details>
            <summary className="w-fit text-ink-2">Query</summary>
            <code className="block py-1 text-xs break-words whitespace-pre-wrap">
              <Text words={query} />
            </code>
          </details>
        )}
      </td>
      <td className="max-md:block md:pl-6">
        <span className="font-mono text-xs leading-5 break-all">
          <Text words={address} />
        </span>
        <span className="block max-md:ml-3 max-md:inline">
          <span className="text-ink-2">bound by </span>
          <Tier tier={tier} />
        </span>
      </td>
    </tr>
  );
}
