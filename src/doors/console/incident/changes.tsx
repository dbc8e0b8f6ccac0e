import type { IncidentView } from '#model/wire.ts';
import { By } from '../parts/by.tsx';
import { StateMark } from '../parts/level.tsx';
import { Text } from '../parts/text.tsx';
import { Time } from '../parts/time.tsx';

/** Who moved it, when and why; oldest first, as a story is read. */
export function Changes({ incident }: { readonly incident: Pick<IncidentView, 'changes' | 'openedAt'> }) {
  return (
    <ol>
      <li className="grid gap-x-4 border-b border-line py-2 sm:grid-cols-[200px_120px_1fr]">
        <span className="text-ink-2">
          Cordon · <Time at={incident.openedAt} />
        </span>
        <StateMark state="open" />
        <span>Opened by the findings above.</span>
      </li>
      {[...incident.changes]
        .sort((a, b) => a.at - b.at)
        .map((change) => (
          <li
            key={`${change.at} ${change.to}`}
            className="grid gap-x-4 border-b border-line py-2 sm:grid-cols-[200px_120px_1fr]"
          >
            <span className="text-ink-2">
              <By id={change.by} /> · <Time at={change.at} />
            </span>
            <StateMark state={change.to} />
            <span className="break-words">
              <Text words={change.reason} />
            </span>
          </li>
        ))}
    </ol>
  );
}
