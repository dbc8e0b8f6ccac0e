import { useQuery } from '@tanstack/react-query';
import { inWords } from '#lib/words.ts';
import type { GatewayIntegrationView, GatewayView } from '#model/gateway-wire.ts';
import { links } from '../links.ts';
import { Jump } from '../parts/jump.tsx';
import { bytesInWords, percent } from '../parts/numbers.ts';
import { Page, Section } from '../parts/page.tsx';
import { Answer, Empty, Skeleton } from '../parts/states.tsx';
import { Text } from '../parts/text.tsx';
import { RowTime } from '../parts/time.tsx';
import { gatewayQuery, riverQuery } from '../server/queries.ts';
import { BudgetBar } from './budget-bar.tsx';
import { Coverage } from './coverage.tsx';
import { Proposals } from './proposals.tsx';
import { River } from './river.tsx';
import { Tier } from './tier.tsx';

export function GatewayPage() {
  const query = useQuery(gatewayQuery);
  const river = useQuery(riverQuery);
  return (
    <Page title="Gateway" wide>
      <Answer of={query} waiting={<Skeleton lines={10} height={57} />}>
        {(view) => (
          <>
            <p className="text-ink-2">
              <Standing view={view} />
            </p>
            <Proposals proposals={view.proposals} />
            <Section title="What leaves now">
              <div className="pt-3">
                <Answer of={river} waiting={<Skeleton lines={4} height={57} />}>
                  {(flow) => <River view={flow} />}
                </Answer>
              </div>
            </Section>
            <Section title="Integrations">
              <Integrations integrations={view.integrations} />
            </Section>
            <Coverage coverage={view.coverage} />
          </>
        )}
      </Answer>
    </Page>
  );
}

function Standing({ view }: { readonly view: GatewayView }) {
  const { isReady, publicUrl, streams, disk } = view;
  const used = disk.totalBytes === 0 ? 0 : 1 - disk.freeBytes / disk.totalBytes;
  return (
    <>
      <span className={isReady ? 'text-verified' : 'text-alarm'}>{isReady ? 'Ready' : 'Not ready'}</span> at{' '}
      <code className="text-sm">{publicUrl}</code>; {inWords(streams)} under way; the ledger takes{' '}
      {bytesInWords(disk.ledgerBytes)}, the disk is {percent(used)} full
      {used >= 0.8 && <strong className="text-alarm">: above 95 % nothing more leaves</strong>}.
    </>
  );
}

const rank = ({ state, tier }: GatewayIntegrationView): number =>
  state === 'suspended' ? 0 : tier === 'unbound' ? 1 : 2;

function Integrations({ integrations }: { readonly integrations: readonly GatewayIntegrationView[] }) {
  if (integrations.length === 0)
    return (
      <Empty title="Nothing is behind the gateway yet">
        <p>
          Move the first integration over: <code className="text-sm">npx cordon gateway register FILE</code> prints its
          new instance URL, client id and secret.
        </p>
      </Empty>
    );
  const sorted = [...integrations].sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name));
  return (
    <div className="-mx-3">
      <table className="w-full table-fixed">
        <thead className="border-b border-line-2 text-sm text-ink-2 max-md:sr-only">
          <tr>
            <th scope="col" className="py-2 pl-3">
              Integration
            </th>
            <th scope="col" className="w-32 py-2">
              Bound by
            </th>
            <th scope="col" className="w-[26rem] py-2">
              Budgets
            </th>
            <th scope="col" className="w-24 py-2 text-right">
              Refused
            </th>
            <th scope="col" className="w-28 py-2 pl-6">
              Last call
            </th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((integration) => (
            <Row key={integration.name} integration={integration} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ integration }: { readonly integration: GatewayIntegrationView }) {
  const { name, vendor, tier, budgets, refused, lastCallAt } = integration;
  return (
    <tr className="row border-b border-line align-top max-md:block max-md:px-3 max-md:py-2 md:[&>td]:py-2.5">
      <td className="min-w-0 max-md:block md:pr-6 md:pl-3">
        <Jump to={links.gatewayIntegration(name)} data-row className="row-link font-medium break-words">
          <Text words={name} />
        </Jump>
        <span className="block text-sm text-ink-2">
          <Text words={vendor} />
        </span>
        <StateLine integration={integration} />
      </td>
      <td className="max-md:mr-4 max-md:inline-block">
        <Tier tier={tier} />
      </td>
      <td className="max-md:block">
        {budgets.length === 0 ? (
          <span className="text-alarm">no budget</span>
        ) : (
          budgets.map((budget) => (
            <BudgetBar key={`${budget.what} ${budget.object} ${budget.windowMs}`} budget={budget} />
          ))
        )}
      </td>
      <td className="text-right max-md:hidden">{inWords(refused)}</td>
      <td className="text-ink-2 max-md:inline-block md:pl-6">
        {lastCallAt === undefined ? 'never' : <RowTime at={lastCallAt} by="wall" />}
      </td>
    </tr>
  );
}

export function StateLine({ integration }: { readonly integration: GatewayIntegrationView }) {
  const { suspended, warnings } = integration;
  return (
    <>
      {suspended !== undefined && (
        <span className="block text-sm text-alarm">
          suspended: <Text words={suspended.why} />
        </span>
      )}
      {warnings.map((warning) => (
        <span key={warning} className="block text-sm text-amber">
          <Text words={warning} />
        </span>
      ))}
    </>
  );
}
