import { useQuery } from '@tanstack/react-query';
import { boundsInWords, counted } from '#lib/words.ts';
import type { IncidentView } from '#model/wire.ts';
import { groupFindings } from '../incident/group-findings.ts';
import { links } from '../links.ts';
import { buttonClass } from '../parts/button.tsx';
import { Jump } from '../parts/jump.tsx';
import { LevelMark, StateMark } from '../parts/level.tsx';
import { Fact, Facts } from '../parts/page.tsx';
import { SidePanel } from '../parts/side-panel.tsx';
import { Answer } from '../parts/states.tsx';
import { Text, WithCommands } from '../parts/text.tsx';
import { Time } from '../parts/time.tsx';
import { incidentQuery } from '../server/queries.ts';

interface IncidentPanelProps {
  readonly id: string | undefined;
  readonly onClose: () => void;
}

/** A quick look at an incident beside the list. */
export function IncidentPanel({ id, onClose }: IncidentPanelProps) {
  const query = useQuery({ ...incidentQuery(id ?? ''), enabled: id !== undefined });
  return (
    <SidePanel
      title={id ?? ''}
      open={id !== undefined}
      onClose={onClose}
      {...(id === undefined ? {} : { to: links.incident(id) })}
    >
      <Answer of={query}>{(incident) => <Look incident={incident} />}</Answer>
    </SidePanel>
  );
}

function Look({ incident }: { readonly incident: IncidentView }) {
  return (
    <>
      <p className="text-lg font-semibold break-words">
        <Text words={incident.title} />
      </p>
      <p className="mt-2 flex flex-wrap gap-x-5">
        <StateMark state={incident.state} />
        <LevelMark level={incident.level} needsPerson={incident.state === 'open'} />
      </p>
      <p className="my-4">
        <Text words={incident.summary.split(/\n{2,}/)[0] ?? ''} keepLines />
      </p>
      <Facts>
        <Fact name="First act">
          <Time at={incident.firstAt} />
        </Fact>
        <Fact name="Last act">
          <Time at={incident.lastAt} />
        </Fact>
        <Fact name="Known">
          <Time at={incident.openedAt} />
        </Fact>
        <Fact name="Rows read">{boundsInWords(incident.rows)}</Fact>
        <Fact name="Findings">
          <ul>
            {groupFindings(incident.findings).map(({ times }) => (
              <li key={times[0].rule.name}>
                <Text words={times[0].rule.title} />
                {times.length > 1 && <span className="text-ink-2"> · {counted(times.length, 'time')}</span>}
              </li>
            ))}
          </ul>
        </Fact>
        {incident.advice[0] !== undefined && (
          <Fact name="Do first">
            <WithCommands words={incident.advice[0]} />
          </Fact>
        )}
      </Facts>
      <Jump to={links.incident(incident.id)} className={`${buttonClass('main')} mt-6`}>
        Open the incident
      </Jump>
    </>
  );
}
