import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { counted, inWords, listInWords } from '#lib/words.ts';
import type { GatewayIntegrationView, GatewayView, StaffNames } from '#model/gateway-wire.ts';
import { links } from '../links.ts';
import { By } from '../parts/by.tsx';
import { Jump } from '../parts/jump.tsx';
import { Fact, Facts, Page, Section } from '../parts/page.tsx';
import { Empty } from '../parts/states.tsx';
import { Text } from '../parts/text.tsx';
import { Time } from '../parts/time.tsx';
import { gatewayQuery, reachQuery } from '../server/queries.ts';
import { BudgetBars } from './budget-bar.tsx';
import { Coverage } from './coverage.tsx';
import { FromGateway, isWithoutGateway, WithoutGateway } from './from-gateway.tsx';
import { Policy } from './policy.tsx';
import { Proposals } from './proposals.tsx';
import { Reach } from './reach.tsx';
import { RiverSection } from './river-section.tsx';
import { windowForAge } from './river-windows.ts';
import { StateLines } from './state-lines.tsx';
import { Switch } from './switch.tsx';
import { Tier } from './tier.tsx';

const link = 'underline decoration-line-2 underline-offset-4';

export function GatewayIntegrationPage() {
  const { name } = useParams({ from: '/frame/gateway/$name' });
  const query = useQuery(gatewayQuery);
  const integration = query.data?.integrations.find((each) => each.name === name);
  return (
    <Page
      title={name}
      heading={<Headline name={name} integration={integration} />}
      actions={integration && <Switch integration={integration} />}
    >
      {query.data === undefined && isWithoutGateway(query.error) ? (
        <WithoutGateway />
      ) : (
        <FromGateway of={query}>
          {(view) =>
            integration === undefined ? (
              <Empty title="It is not behind the gateway">
                <p>
                  No integration registered here has this name.{' '}
                  <Jump to={links.gateway()} className={link}>
                    All that are
                  </Jump>
                </p>
              </Empty>
            ) : (
              <Look integration={integration} view={view} />
            )
          }
        </FromGateway>
      )}
    </Page>
  );
}

function Headline(props: { readonly name: string; readonly integration: GatewayIntegrationView | undefined }) {
  return (
    <div className="min-w-0">
      <p className="mb-1 text-sm text-ink-2">
        <Jump to={links.gateway()} className={`${link} hover:text-ink`}>
          Gateway
        </Jump>
      </p>
      <h1 className="text-xl font-semibold tracking-tight break-words">
        <Text words={props.name} />
      </h1>
      {props.integration !== undefined && (
        <p className="text-ink-2">
          <Text words={props.integration.vendor} />, for <Text words={props.integration.owner} />
        </p>
      )}
    </div>
  );
}

function Look({ integration, view }: { readonly integration: GatewayIntegrationView; readonly view: GatewayView }) {
  const { name } = integration;
  const reach = useQuery(reachQuery(name));
  const [window, choose] = useState(() => windowForAge(view.at - view.startedAt));
  return (
    <>
      <Uncounted integration={integration} />
      <StateLines integration={integration} />
      <div className="mt-3">
        <IntegrationFacts integration={integration} names={view.names ?? {}} />
      </div>
      <Proposals proposals={view.proposals.filter((each) => each.integration === name)} names={view.names} />
      <RiverSection integrations={[integration]} only={name} window={window} choose={choose} />
      {!isWithoutGateway(reach.error) && (
        <Section title="What one token could take">
          <div className="pt-4">
            <FromGateway of={reach} isInner>
              {(found) => <Reach view={found} />}
            </FromGateway>
          </div>
        </Section>
      )}
      <Policy integration={name} />
      <Coverage coverage={view.coverage} />
    </>
  );
}

/** Said loudly: nothing else on this page may then be read as all. */
function Uncounted({ integration: { uncounted } }: { readonly integration: GatewayIntegrationView }) {
  if (uncounted.length === 0) return null;
  return (
    <div className="mb-4 border-l-2 border-alarm bg-alarm-wash px-4 py-2">
      <p className="font-semibold text-alarm">Its exposure has no upper bound.</p>
      <p>
        Its policy opens <Text words={listInWords(uncounted)} /> uncounted: what leaves there is in no ledger.
      </p>
    </div>
  );
}

interface IntegrationFactsProps {
  readonly integration: GatewayIntegrationView;
  readonly names: StaffNames;
}

function IntegrationFacts({ integration, names }: IntegrationFactsProps) {
  const { name, tier, tokens, calls, refused, lastCallAt, operations, objects, budgets, suspended } = integration;
  return (
    <Facts>
      <Fact name="Standing">
        {suspended === undefined ? (
          'may call'
        ) : (
          <>
            <span className="font-medium text-alarm">cut off</span> <Time at={suspended.at} by="wall" /> by{' '}
            <By id={suspended.by} names={names} />
          </>
        )}
      </Fact>
      <Fact name="Bound by">
        <Tier tier={tier} isTold />
      </Fact>
      <Fact name="Budgets">
        <BudgetBars budgets={budgets} />
      </Fact>
      <Fact name="May">
        {listInWords(operations, 12)} {objects.length > 0 && `on ${listInWords(objects, 12)}`}
      </Fact>
      <Fact name="Calls">
        {counted(calls, 'call')} since the gateway started, {inWords(refused)} refused
        {lastCallAt !== undefined && (
          <>
            , last <Time at={lastCallAt} by="wall" />
          </>
        )}
        ; {counted(tokens, 'live token')}
      </Fact>
      <Fact name="What left">
        <Jump to={links.exposure({ kind: 'integration', of: name })} className={link}>
          Which customers, which fields
        </Jump>
        <span className="mx-2 text-ink-3">·</span>
        <Jump to={links.events({ app: name })} className={link}>
          Its calls, one by one
        </Jump>
      </Fact>
    </Facts>
  );
}
