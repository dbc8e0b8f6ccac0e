import { counted } from '#lib/words.ts';
import type { Evidence, Finding } from '#model/finding.ts';
import { EventLine } from '../events/event-line.tsx';
import { links } from '../links.ts';
import { Jump } from '../parts/jump.tsx';
import { LevelMark } from '../parts/level.tsx';
import { Text } from '../parts/text.tsx';
import { Stamp, Time } from '../parts/time.tsx';
import { findingAnchor } from './finding-anchor.ts';
import { groupFindings, type RuleFindings } from './group-findings.ts';

const historyWords = {
  known: 'Judged against what is usual for this grant.',
  none: 'Too little history to say what is usual here: by itself this opens no incident.',
  'not needed': 'Needs no history: it is telling in itself.',
} as const satisfies Record<Finding['history'], string>;

/** Every reason, one block a rule, with what it rests on. Opens into its evidence; evidence opens into its line. */
export function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  return (
    <ol>
      {groupFindings(findings).map((group) => (
        <li key={group.times[0].rule.name}>
          <RuleBlock group={group} />
        </li>
      ))}
    </ol>
  );
}

function RuleBlock({ group }: { readonly group: RuleFindings }) {
  const { times, level, evidence, lines } = group;
  const [{ rule, key, firstAt, explanation, history, raisedAt }, ...later] = times;
  return (
    <article
      id={findingAnchor(key)}
      tabIndex={-1}
      className="scroll-mt-4 border-b border-line py-4 outline-none focus:shadow-[inset_2px_0_0_var(--color-ink)] sm:focus:-mx-3 sm:focus:px-3"
      aria-label={rule.title}
    >
      <h3 className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <span className="font-semibold">{rule.title}</span>
        <span className="text-sm font-normal">
          <LevelMark level={level} />
        </span>
        <span className="text-sm font-normal text-ink-2">
          {later.length > 0 && `${counted(times.length, 'time')}, first `}
          <Time at={firstAt} />
        </span>
      </h3>
      <p className="mt-1 max-w-[72ch] break-words">
        <Text words={explanation} />
      </p>
      {later.length > 0 && <Again later={later} said={explanation} />}
      <p className="mt-1 max-w-[72ch] text-sm text-ink-2">
        {historyWords[history]} Rests on {counted(lines, 'line')}. Could be known from <Stamp at={raisedAt} />.
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
          {evidence.length < lines ? `${evidence.length} of ${counted(lines, 'line')}` : counted(lines, 'line')}
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

/** The same rule, later: what it said, where it said something else. */
const Again = ({ later, said }: { readonly later: readonly Finding[]; readonly said: string }) => (
  <ol className="mt-1 max-w-[84ch] text-sm text-ink-2">
    {later.map(({ key, firstAt, explanation }) => (
      <li key={key} id={findingAnchor(key)} className="grid gap-x-4 sm:grid-cols-[132px_1fr]">
        <Stamp at={firstAt} />
        <span className="min-w-0 break-words">
          {explanation === said ? 'The same again.' : <Text words={explanation} />}
        </span>
      </li>
    ))}
  </ol>
);

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
