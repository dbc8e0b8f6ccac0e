import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { boundsInWords, counted, durationInWords } from '#lib/words.ts';
import type { Grant } from '#model/finding.ts';
import type { IncidentView } from '#model/wire.ts';
import { links } from '../links.ts';
import { Copy } from '../parts/copy.tsx';
import { Jump } from '../parts/jump.tsx';
import { LevelMark, StateMark } from '../parts/level.tsx';
import { Fact, Facts, Page, Section } from '../parts/page.tsx';
import { Answer, Skeleton } from '../parts/states.tsx';
import { Text, WithCommands } from '../parts/text.tsx';
import { Time } from '../parts/time.tsx';
import { incidentQuery } from '../server/queries.ts';
import { useMay } from '../server/session.ts';
import { Changes } from './changes.tsx';
import { Findings } from './findings.tsx';
import { GrantLife } from './grant-life.tsx';
import { Notes } from './notes.tsx';
import { RestrictionControl } from './restriction.tsx';
import { Steps } from './steps.tsx';
import { Thread } from './thread.tsx';
import { Unseen } from './unseen.tsx';
import { WhatLeft } from './what-left.tsx';

export function IncidentPage() {
  const { id } = useParams({ from: '/frame/incidents/$id' });
  const query = useQuery(incidentQuery(id));
  if (query.data !== undefined) return <Incident incident={query.data} />;
  return (
    <Page title={`Incident ${id}`}>
      <Answer of={query} waiting={<Skeleton lines={10} height={44} />}>
        {() => null}
      </Answer>
      {query.error !== null && (
        <Jump to={links.incidents()} className="mt-4 inline-block underline underline-offset-4">
          All incidents
        </Jump>
      )}
    </Page>
  );
}

function Incident({ incident }: { readonly incident: IncidentView }) {
  const mayAdminister = useMay('administer');
  return (
    <Page title={incident.title} heading={<Headline incident={incident} />}>
      <Facing incident={incident} />
      <Section title="The thread">
        <Thread {...incident} />
      </Section>
      <Section title="Findings" aside={findingsAside(incident.findings)}>
        <Findings findings={incident.findings} />
      </Section>
      {incident.grantHistory !== undefined && (
        <Section title="The grant before this incident">
          <GrantLife history={incident.grantHistory} incident={incident} />
        </Section>
      )}
      <Section title="Notes">
        <Notes id={incident.id} notes={incident.notes} />
      </Section>
      <Section title="What people and Cordon did">
        <Changes incident={incident} />
      </Section>
      {mayAdminister && (
        <Section title="Who may know">
          <RestrictionControl incident={incident} />
        </Section>
      )}
    </Page>
  );
}

const findingsAside = (findings: IncidentView['findings']): string =>
  `${counted(findings.length, 'finding')} of ${counted(new Set(findings.map(({ rule }) => rule.name)).size, 'rule')}, in order of time`;

function Headline({ incident }: { readonly incident: IncidentView }) {
  const needsPerson = incident.state === 'open';
  return (
    <div className="w-full">
      <p className="mb-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-sm text-ink-2">
        <Jump to={links.incidents()} className="underline decoration-line-2 underline-offset-4 hover:text-ink">
          Incidents
        </Jump>
        <code>{incident.id}</code>
        <Copy text={`${location.origin}${links.incident(incident.id)}`} name="Copy link" />
        {incident.restriction !== undefined && (
          <strong className="font-semibold text-ink">Restricted to named readers</strong>
        )}
      </p>
      <h1 className="max-w-[34ch] text-2xl font-semibold tracking-tight break-words sm:max-w-[46ch]">
        <Text words={incident.title} />
      </h1>
      <p className="mt-3 flex flex-wrap items-center gap-x-5 gap-y-1">
        <StateMark state={incident.state} />
        <LevelMark level={incident.level} needsPerson={needsPerson} />
        <span className="text-ink-2">
          first act <Time at={incident.firstAt} />, last <Time at={incident.lastAt} />
        </span>
      </p>
      <Steps incident={incident} />
    </div>
  );
}

/** Beside each other: what happened, and what to do. */
function Facing({ incident }: { readonly incident: IncidentView }) {
  const late = incident.openedAt - incident.openedByEventAt;
  return (
    <div className="grid grid-cols-1 gap-x-12 gap-y-8 lg:grid-cols-[3fr_2fr]">
      <section aria-labelledby="happened">
        <h2 id="happened" className="border-b border-line-2 pb-2 font-semibold">
          What happened
        </h2>
        <Summary text={incident.summary} />
        <Facts>
          <Fact name="Rows read">{boundsInWords(incident.rows)}</Fact>
          {incident.gaps !== undefined && <Unseen gaps={incident.gaps} />}
          <WhatLeft incident={incident.id} findings={incident.findings} />
          <Fact name="Known">
            <Time at={incident.openedAt} />, {durationInWords(Math.max(0, late))} after the act that gave it away
            {incident.openedByEventAt > incident.firstAt &&
              ` and ${durationInWords(Math.max(0, incident.openedAt - incident.firstAt))} after the first`}
          </Fact>
          <Fact name="Grants">
            <ul>
              {incident.grants.map((grant) => (
                <li key={grant.key}>
                  <GrantLink grant={grant} />
                </li>
              ))}
            </ul>
          </Fact>
          <Fact name="ATT&CK">{incident.techniques.join(' · ') || 'none named'}</Fact>
        </Facts>
      </section>
      <section aria-labelledby="do">
        <h2 id="do" className="border-b border-line-2 pb-2 font-semibold">
          What to do now
        </h2>
        {incident.advice.length === 0 && <p className="py-3 text-ink-2">Nothing is advised beyond watching.</p>}
        <Advice steps={incident.advice.slice(0, firstSteps)} from={1} />
        {incident.advice.length > firstSteps && (
          <details className="py-2">
            <summary className="w-fit text-sm text-ink-2">
              {incident.advice.length - firstSteps} more, as single rules advise
            </summary>
            <Advice steps={incident.advice.slice(firstSteps)} from={firstSteps + 1} />
          </details>
        )}
      </section>
    </div>
  );
}

/** What comes before all else; the rest opens, so that the picture stands near. */
const firstSteps = 4;

const Advice = ({ steps, from }: { readonly steps: readonly string[]; readonly from: number }) => (
  <ol start={from}>
    {steps.map((step, index) => (
      <li key={step} className="grid grid-cols-[24px_minmax(0,1fr)] border-b border-line py-2 break-words">
        <span className="text-ink-2">{from + index}</span>
        <WithCommands words={step} />
      </li>
    ))}
  </ol>
);

/** The first paragraph tells it; the rest is there for who has the time. */
function Summary({ text }: { readonly text: string }) {
  const [first = '', ...rest] = text.split(/\n{2,}/);
  return (
    <div className="max-w-[68ch] py-3">
      <p className="text-lg whitespace-pre-line">
        <Text words={first} keepLines />
      </p>
      {rest.length > 0 && (
        <details className="mt-2">
          <summary className="w-fit text-sm text-ink-2">Signs, and what is usual for this grant</summary>
          {rest.map((paragraph) => (
            <p key={paragraph} className="mt-2 break-words whitespace-pre-line">
              <Text words={paragraph} keepLines />
            </p>
          ))}
        </details>
      )}
    </div>
  );
}

/** An integration behind the gateway acts as itself: it is named once. */
function GrantLink({ grant }: { readonly grant: Grant }) {
  const machine = grant.address === undefined ? undefined : `the machine at ${grant.address}`;
  const app = grant.appName ?? grant.appUid ?? machine ?? 'no app';
  const user = grant.userName ?? grant.userUid ?? machine ?? 'an unnamed user';
  return (
    <Jump to={links.events({ grant: grant.key })} className="underline decoration-line-2 underline-offset-4">
      <Text words={app} />
      {app !== user && (
        <>
          <span className="text-ink-2"> with the rights of </span>
          <Text words={user} />
        </>
      )}
    </Jump>
  );
}
