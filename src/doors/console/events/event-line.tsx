import { useState } from 'react';
import { bytesInWords } from '#lib/words.ts';
import type { EventView } from '#model/wire.ts';
import { links } from '../links.ts';
import { Copy } from '../parts/copy.tsx';
import { Jump } from '../parts/jump.tsx';
import { Text } from '../parts/text.tsx';

interface EventLineProps {
  readonly event: Pick<EventView, 'key' | 'time' | 'raw' | 'origin' | 'source'>;
  /** A link to the event's own page. */
  readonly withLink?: boolean;
}

/** The original line, byte for byte or made readable, and where it stands. */
export function EventLine({ event, withLink = true }: EventLineProps) {
  const [isPretty, setPretty] = useState(false);
  const pretty = prettyJson(event.raw);
  const { file, offset, bytes } = event.origin;
  const place = `${file}:${offset}`;
  return (
    <div className="text-sm">
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        className="max-h-72 overflow-auto rounded-sm bg-wash p-3 text-xs leading-5 break-all whitespace-pre-wrap"
      >
        <Text words={isPretty && pretty !== undefined ? pretty : event.raw} keepLines />
      </pre>
      <p className="mt-1.5 flex flex-wrap items-baseline gap-x-4 gap-y-1 text-ink-2">
        <span className="min-w-0 break-all">
          <Text words={place} /> · {bytesInWords(bytes)}
        </span>
        {pretty !== undefined && (
          <button
            type="button"
            aria-pressed={isPretty}
            onClick={() => setPretty(!isPretty)}
            className="underline decoration-line-2 underline-offset-4 hover:text-ink"
          >
            {isPretty ? 'As it came' : 'Readable'}
          </button>
        )}
        <Copy text={event.raw} name="Copy line" />
        <Copy
          text={`${new Date(event.time).toISOString()} ${event.source} ${place}\n${event.raw}`}
          name="Copy with origin"
        />
        {withLink && (
          <Jump to={links.event(event.key)} className="underline decoration-line-2 underline-offset-4 hover:text-ink">
            Event page
          </Jump>
        )}
      </p>
    </div>
  );
}

function prettyJson(raw: string): string | undefined {
  if (!/^\s*[{[]/.test(raw)) return undefined;
  try {
    return JSON.stringify(JSON.parse(raw), undefined, 2);
  } catch {
    return undefined;
  }
}
