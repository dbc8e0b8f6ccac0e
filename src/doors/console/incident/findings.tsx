import { counted } from '#lib/words.ts';
import type { Evidence, Finding } from '#model/finding.ts';
import { EventLine } from '../events/event-line.tsx';
import { links } from '../links.ts';
import { Jump } from '../parts/jump.tsx';
import { LevelMark } from '../parts/level.tsx';
import { percent } from '../parts/numbers.ts';
import { Text } from '../parts/text.tsx';
import { Stamp, Time } from '../parts/time.tsx';
import { findingAnchor } from './finding-anchor.ts';

const historyWords = {
  known: 'Judged against what is usual for this grant.',
  none: 'Too little history to say what is usual here: by itself this opens no incident.',
  'not needed': 'Needs no history: it is telling in itself.',
} as const satisfies Record<Finding['history'], string>;

/** Every reason, with what it rests on. Opens into its evidence; evidence opens into its line. */
export function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  const lines = findings.reduce((sum, finding) => sum + finding.evidenceCount, 0);
  return (
    <ol>
      {[...findings]
        .sort((a, b) => a.firstAt - b.firstAt)
        .map((finding) => (
          <li key={finding.key}>
            <FindingView finding={finding} share={lines === 0 ? 0 : finding.evidenceCount / lines} />
          </li>
        ))}
    </ol>
  );
}

function FindingView({ finding, share }: { readonly finding: Finding; readonly share: number }) {
  const { rule, evidence, evidenceCount } = finding;
  return (
    <article
      id={findingAnchor(finding.key)}
      tabIndex={-1}
      className="scroll-mt-4 border-b border-line py-4 outline-none focus:shadow-[inset_2px_0_0_var(--color-ink)] sm:focus:-mx-3 sm:focus:px-3"
      aria-label={rule.title}
    >
      <h3 className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <span className="font-semibold">{rule.title}</span>
        <span className="text-sm font-normal">
          <LevelMark level={finding.level} />
        </span>
        <span className="text-sm font-normal text-ink-2">
          <Time at={finding.firstAt} />
        </span>
      </h3>
      <p className="mt-1 max-w-[72ch]">
        <Text words={finding.explanation} />
      </p>
      <p className="mt-1 max-w-[72ch] text-sm text-ink-2">
        {historyWords[finding.history]} Rests on {counted(evidenceCount, 'line')}, {percent(share)} of this incident’s
        evidence. Could be known from <Stamp at={finding.raisedAt} />.
      </p>
      <p className="mt-1 flex flex-wrap gap-x-4 text-sm text-ink-2">
        <Jump to={links.rule(rule.name)} className="underline decoration-line-2 underline-offset-4 hover:text-ink">
          Rule and runbook
        </Jump>
        {rule.techniques.map((technique) => (
          <span key={technique}>ATT&amp;CK {technique}</span>
        ))}
      </p>
      <details className="mt-2">
        <summary className="w-fit text-sm font-medium">
          Evidence:{' '}
          {evidence.length < evidenceCount
            ? `${evidence.length} of ${counted(evidenceCount, 'line')}`
            : counted(evidenceCount, 'line')}
        </summary>
        <ol className="mt-2 border-t border-line">
          {evidence.map((line) => (
            <EvidenceLine key={line.key} line={line} />
          ))}
        </ol>
      </details>
    </article>
  );
}

function EvidenceLine({ line }: { readonly line: Evidence }) {
  const { slots } = line;
  const told = [
    slots['query_info.query_string'] ?? slots['resources.type']?.join(', ') ?? slots.message ?? '',
    slots['unmapped.rows'] === undefined ? '' : counted(slots['unmapped.rows'], 'row'),
    slots['src_endpoint.ip'] ?? '',
  ].filter((part) => part !== '');
  return (
    <li className="border-b border-line">
      <details>
        <summary className="grid cursor-pointer grid-cols-[max-content_1fr] gap-x-4 py-1.5 text-sm hover:bg-wash md:grid-cols-[132px_140px_1fr]">
          <span className="text-ink-2">
            <Stamp at={line.time} />
          </span>
          <span>{slots.activity_name}</span>
          <span className="min-w-0 truncate text-ink-2 max-md:col-span-2">
            <Text words={told.join(' · ')} />
          </span>
        </summary>
        <div className="py-2 pl-1 sm:pl-4">
          <EventLine event={line} />
        </div>
      </details>
    </li>
  );
}
