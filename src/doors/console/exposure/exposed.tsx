import { boundsInWords, counted, inWords } from '#lib/words.ts';
import type { GatewayExposureView } from '#model/gateway-wire.ts';
import { Coverage } from '../gateway/coverage.tsx';
import { links } from '../links.ts';
import { Button } from '../parts/button.tsx';
import { useClock } from '../parts/clock.tsx';
import { Jump } from '../parts/jump.tsx';
import { Section } from '../parts/page.tsx';
import { Empty } from '../parts/states.tsx';
import { Text } from '../parts/text.tsx';
import { Stamp } from '../parts/time.tsx';
import { absolute } from '../parts/times.ts';
import { Answers } from './answers.tsx';
import { holdersOf } from './holders.ts';
import { SaveAnswers, SaveCustomers } from './save.tsx';
import type { SubjectKind } from './subject-kinds.ts';

interface ExposedProps {
  readonly view: GatewayExposureView;
  readonly kind: SubjectKind;
  readonly of: string;
  /** ms since 1970 UTC */
  readonly askedAt: number;
  readonly again: { readonly ask: () => void; readonly isBusy: boolean };
}

const link = 'underline decoration-line-2 underline-offset-4';

export function Exposed(props: ExposedProps) {
  const { view, kind, of } = props;
  if (view.releaseCount === 0) return <NothingLeft view={view} kind={kind} />;
  const { releases, releaseCount } = view;
  return (
    <>
      <Sentence {...props} />
      <Sureness view={view} />
      <div className="mt-4 flex flex-wrap items-center gap-2">
        <SaveAnswers view={view} of={of} />
        <SaveCustomers kind={kind} of={of} />
        <Asked {...props} />
      </div>
      <Fields view={view} />
      {kind !== 'token' && <Holders view={view} kind={kind} />}
      <Section
        title="Answers"
        aside={
          releaseCount > releases.length
            ? `the last ${inWords(releases.length)} of ${inWords(releaseCount)}`
            : undefined
        }
      >
        <Answers releases={releases} />
      </Section>
      <Coverage coverage={view.coverage} />
    </>
  );
}

function NothingLeft({ view, kind }: { readonly view: GatewayExposureView; readonly kind: SubjectKind }) {
  return (
    <>
      <Empty title="Nothing left through the gateway">
        <p>
          {kind === 'incident' ? (
            'No answer with records left by what this incident names: what was asked for was refused.'
          ) : (
            <>
              The ledger knows of no answer with records for the {view.subject.kind} <Text words={view.subject.name} />.
              Check how it is written.
            </>
          )}{' '}
          What went past the gateway is not in the ledger.
        </p>
      </Empty>
      <Coverage coverage={view.coverage} />
    </>
  );
}

const leads = {
  integration: '',
  window: '',
  token: 'Token ',
  customer: 'Customer ',
  incident: 'The tokens of incident ',
} as const satisfies Record<GatewayExposureView['subject']['kind'], string>;

/** The answer as one sentence, then as numbers. */
function Sentence({ view, kind, of }: ExposedProps) {
  const { subject, records, customers, releaseCount } = view;
  const readers = holdersOf(view.releases, 'integration').length;
  const figures =
    kind === 'customer'
      ? [
          [records.atMost === 1 ? 'time read' : 'times read', boundsInWords(records)],
          [readers === 1 ? 'integration' : 'integrations', inWords(readers)],
        ]
      : [
          [customers.atMost === 1 ? 'customer' : 'distinct customers', boundsInWords(customers)],
          [records.atMost === 1 ? 'record' : 'records', boundsInWords(records)],
          [releaseCount === 1 ? 'answer' : 'answers', inWords(releaseCount)],
        ];
  return (
    <>
      <h2 className="text-lg break-words">
        {leads[subject.kind]}
        <strong className={`font-semibold ${kind === 'incident' ? 'whitespace-nowrap' : ''}`}>
          <Text words={subject.name} />
        </strong>
        {kind === 'customer' ? ' was read' : ' read'} between <Stamp at={view.from} /> and <Stamp at={view.to} />
      </h2>
      {kind === 'incident' && <OfIncident view={view} of={of} />}
      <dl className="mt-4 flex flex-wrap gap-x-12 gap-y-4">
        {figures.map(([name, value]) => (
          <div key={name} className="flex flex-col-reverse">
            <dt className="text-ink-2">{name}</dt>
            <dd className="text-2xl font-semibold tracking-tight">{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** Whose token a thief has may have made others: the incident names only those it was seen with. */
function OfIncident({ view, of }: { readonly view: GatewayExposureView; readonly of: string }) {
  const integrations = holdersOf(view.releases, 'integration');
  return (
    <p className="max-w-prose text-ink-2">
      What stands here left by the tokens that{' '}
      <Jump to={links.incident(of)} className={link}>
        the incident
      </Jump>{' '}
      names. Where credentials are out, others may be the thief’s too:{' '}
      {integrations.map(({ name }, index) => (
        <span key={name}>
          {index > 0 && ', '}
          <Jump to={links.exposure({ kind: 'integration', of: name })} className={link}>
            all that <Text words={name} /> read
          </Jump>
        </span>
      ))}
      .
    </p>
  );
}

/** Exact, or bounded and why. Never more than what goes through the gateway. */
function Sureness({ view: { records, doubts, coverage } }: { readonly view: GatewayExposureView }) {
  const isExact = doubts.length === 0 && records.atLeast === records.atMost;
  const { behind, all } = coverage.integrations;
  return (
    <div className={`mt-4 border-l-2 pl-3 ${isExact ? 'border-verified' : 'border-amber'}`}>
      <p className={isExact ? 'text-verified' : 'font-medium text-amber'}>
        {isExact ? 'Exact' : 'Bounded, not exact,'} for what went through the gateway
        {behind < all && (
          <span className="font-normal text-ink-2">
            , as {inWords(behind)} of {inWords(all)} integrations do
          </span>
        )}
        .
      </p>
      {doubts.map((doubt) => (
        <p key={doubt} className="max-w-prose text-sm text-ink-2">
          <Text words={doubt} />
        </p>
      ))}
    </div>
  );
}

function Asked({ askedAt, again }: ExposedProps) {
  const { zone } = useClock();
  return (
    <span className="flex items-center gap-1 text-sm text-ink-2">
      As of {absolute(askedAt, zone)}
      <Button look="quiet" disabled={again.isBusy} onClick={again.ask}>
        {again.isBusy ? 'Asking…' : 'Ask again'}
      </Button>
    </span>
  );
}

function Fields({ view: { fields } }: { readonly view: GatewayExposureView }) {
  const most = Math.max(1, ...fields.map(({ records }) => records));
  return (
    <Section title="Fields that left" aside="in so many records">
      <ul className="gap-x-10 pt-2 sm:columns-2">
        {fields.map(({ object, field, records }) => (
          <li
            key={`${object} ${field}`}
            className="relative flex justify-between gap-3 border-b border-line py-1 break-inside-avoid"
          >
            <span className="min-w-0 break-all">
              <span className="text-ink-2">
                <Text words={object} />.
              </span>
              <Text words={field} />
            </span>
            <span className="text-right">{inWords(records)}</span>
            <span
              aria-hidden="true"
              className="absolute bottom-[-1px] left-0 h-px bg-ink"
              style={{ width: `${(records / most) * 100}%` }}
            />
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** By whom it was read: tokens of an integration, integrations of a customer. Counted over the answers listed. */
function Holders({ view, kind }: { readonly view: GatewayExposureView; readonly kind: SubjectKind }) {
  const by = kind === 'customer' ? 'integration' : 'token';
  const holders = holdersOf(view.releases, by);
  return (
    <Section
      title={kind === 'customer' ? 'Who read' : 'By token'}
      aside={view.releaseCount > view.releases.length ? 'of the answers listed below' : undefined}
    >
      <ul>
        {holders.map(({ name, records, answers, lastAt }) => (
          <li
            key={name}
            className="grid gap-x-6 border-b border-line py-1.5 sm:grid-cols-[minmax(0,1fr)_128px_112px_176px]"
          >
            <Jump
              to={links.exposure({ kind: by, of: name })}
              className={`min-w-0 break-all ${link} ${by === 'token' ? 'font-mono text-xs leading-5' : ''}`}
            >
              <Text words={name} />
            </Jump>
            <span className="sm:text-right">{counted(records, 'record')}</span>
            <span className="text-ink-2 sm:text-right">{counted(answers, 'answer')}</span>
            <span className="whitespace-nowrap text-ink-2 sm:text-right">
              last <Stamp at={lastAt} />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
