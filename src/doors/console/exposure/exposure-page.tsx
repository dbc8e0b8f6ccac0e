import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { boundsInWords, counted, inWords } from '#lib/words.ts';
import type { GatewayExposureView } from '#model/gateway-wire.ts';
import { Coverage } from '../gateway/coverage.tsx';
import { Tier } from '../gateway/tier.tsx';
import { type ExposureSearch, links } from '../links.ts';
import { Button } from '../parts/button.tsx';
import { Choice, Field } from '../parts/field.tsx';
import { useJump } from '../parts/jump.tsx';
import { Page, Section } from '../parts/page.tsx';
import { ScrollArea } from '../parts/scroll-area.tsx';
import { Answer, Empty, Skeleton } from '../parts/states.tsx';
import { Text } from '../parts/text.tsx';
import { Stamp } from '../parts/time.tsx';
import { exposureQuery } from '../server/queries.ts';
import { useMay, useSend } from '../server/session.ts';

const kinds = {
  integration: { name: 'An integration', hint: 'Its name at the gateway, e.g. agenda-sync' },
  token: { name: 'A token', hint: 'The id of a Cordon token, from an incident or the gateway’s log' },
  customer: { name: 'A customer', hint: 'The id of the record, 15 or 18 characters' },
} as const;
type Kind = keyof typeof kinds;

const isKind = (text: string | undefined): text is Kind => text !== undefined && Object.hasOwn(kinds, text);

/** What left through the gateway: by whom, which fields, how many customers. Every number says what it rests on. */
export function ExposurePage() {
  const search = useSearch({ from: '/frame/exposure' });
  return (
    <Page title="Exposure">
      <Question search={search} key={`${search.kind} ${search.of}`} />
      {isKind(search.kind) && search.of !== undefined ? (
        <Asked kind={search.kind} of={search.of} />
      ) : (
        <Empty title="Ask what left">
          <p>
            By an integration or one of its tokens: which customers, which fields, when. By a customer: who read them.
          </p>
        </Empty>
      )}
    </Page>
  );
}

function Question({ search }: { readonly search: ExposureSearch }) {
  const jump = useJump();
  const mayAskCustomer = useMay('privacy');
  const [kind, setKind] = useState<Kind>(isKind(search.kind) ? search.kind : 'integration');
  const [of, setOf] = useState(search.of ?? '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (of.trim() !== '') jump(links.exposure({ kind, of: of.trim() }));
  };
  return (
    <search>
      <form onSubmit={submit} className="grid items-end gap-3 sm:grid-cols-[160px_1fr_auto]">
        <Choice name="About" value={kind} onChange={(event) => setKind(event.target.value as Kind)}>
          {Object.entries(kinds)
            .filter(([each]) => each !== 'customer' || mayAskCustomer)
            .map(([each, { name }]) => (
              <option key={each} value={each}>
                {name}
              </option>
            ))}
        </Choice>
        <Field name="Which" placeholder={kinds[kind].hint} value={of} onChange={(event) => setOf(event.target.value)} />
        <Button look="main" type="submit">
          Show what left
        </Button>
      </form>
    </search>
  );
}

function Asked({ kind, of }: { readonly kind: Kind; readonly of: string }) {
  const send = useSend();
  const query = useQuery(exposureQuery(kind, of, send));
  return (
    <Answer of={query} waiting={<Skeleton lines={8} />}>
      {(view) => (view.releaseCount === 0 ? <Nothing view={view} /> : <Exposure view={view} kind={kind} of={of} />)}
    </Answer>
  );
}

function Nothing({ view }: { readonly view: GatewayExposureView }) {
  return (
    <>
      <Empty title="Nothing left through the gateway">
        <p>
          The ledger knows of no answer with records for {view.subject.kind} <Text words={view.subject.name} />.
        </p>
      </Empty>
      <Coverage coverage={view.coverage} />
    </>
  );
}

function Exposure({
  view,
  kind,
  of,
}: {
  readonly view: GatewayExposureView;
  readonly kind: Kind;
  readonly of: string;
}) {
  const { records, customers, doubts, fields, releases, releaseCount } = view;
  const isExact = doubts.length === 0 && records.atLeast === records.atMost;
  return (
    <>
      <dl className="mt-8 grid gap-6 sm:grid-cols-3">
        <Figure
          name={kind === 'customer' ? 'Times read' : 'Customers'}
          value={kind === 'customer' ? boundsInWords(records) : boundsInWords(customers)}
        />
        <Figure name="Records" value={boundsInWords(records)} />
        <Figure name="Answers" value={inWords(releaseCount)} />
      </dl>
      <p className={`mt-3 ${isExact ? 'text-verified' : 'text-amber'}`}>
        {isExact ? 'Exact: every one of them stands in the ledger.' : 'Bounded:'}
      </p>
      {doubts.map((doubt) => (
        <p key={doubt} className="max-w-prose text-sm text-ink-2">
          <Text words={doubt} />
        </p>
      ))}
      <Take kind={kind} of={of} />
      <Section title="Fields that left">
        <ul className="columns-1 py-2 sm:columns-2 md:columns-3">
          {fields.map(({ object, field, records: count }) => (
            <li
              key={`${object} ${field}`}
              className="flex justify-between gap-3 border-b border-line py-1 break-inside-avoid"
            >
              <span className="min-w-0 break-all">
                <Text words={`${object}.${field}`} />
              </span>
              <span className="text-right text-ink-2">{inWords(count)}</span>
            </li>
          ))}
        </ul>
      </Section>
      <Section
        title="Answers"
        aside={releaseCount > releases.length ? `the last ${inWords(releases.length)}` : undefined}
      >
        <Releases view={view} />
      </Section>
      <Coverage coverage={view.coverage} />
    </>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt className="text-ink-2">{name}</dt>
      <dd className="text-2xl font-semibold tracking-tight">{value}</dd>
    </div>
  );
}

/** The list of ids is personal data; taking it is written down. */
function Take({ kind, of }: { readonly kind: Kind; readonly of: string }) {
  const mayTake = useMay('privacy');
  const send = useSend();
  const [isBusy, setBusy] = useState(false);
  if (!mayTake || kind === 'customer') return null;
  const take = async () => {
    setBusy(true);
    try {
      const lines = await send<string>('POST', '/api/exposure/customers', { kind, [kind]: of });
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([lines ?? ''], { type: 'text/plain' }));
      link.download = `customers-${of}.txt`;
      link.click();
      URL.revokeObjectURL(link.href);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button className="mt-4" disabled={isBusy} onClick={() => void take()}>
      {isBusy ? 'Gathering…' : 'Save the customers’ ids (kept in the audit log)'}
    </Button>
  );
}

function Releases({ view }: { readonly view: GatewayExposureView }) {
  return (
    <ScrollArea className="overflow-auto" name="Answers that left">
      <table className="w-full text-sm">
        <thead className="text-ink-2">
          <tr>
            {['When', 'Integration', 'From', 'Bound by', 'What', 'Fields', 'Ended'].map((name) => (
              <th key={name} scope="col" className="py-2 pr-4">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {view.releases.map((release) => (
            <tr key={release.id} className="border-t border-line align-top">
              <td className="py-1.5 pr-4">
                <Stamp at={release.at} />
              </td>
              <td className="py-1.5 pr-4">
                <Text words={release.integration} />
              </td>
              <td className="py-1.5 pr-4 font-mono text-xs leading-5">
                <Text words={release.address} />
              </td>
              <td className="py-1.5 pr-4">
                <Tier tier={release.tier} />
              </td>
              <td className="py-1.5 pr-4 whitespace-nowrap" title={release.query}>
                {counted(release.records, 'record')} of <Text words={release.object} />
              </td>
              <td className="max-w-80 py-1.5 pr-4 break-words">
                <Text words={release.fields.join(', ')} />
              </td>
              <td className={`py-1.5 ${release.end === 'cut' ? 'text-alarm' : ''}`}>{release.end}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  );
}
