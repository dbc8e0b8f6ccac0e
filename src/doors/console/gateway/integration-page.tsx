import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { counted, inWords, listInWords } from '#lib/words.ts';
import type { GatewayIntegrationView, PolicyPage, ReachView } from '#model/gateway-wire.ts';
import { links } from '../links.ts';
import { Button } from '../parts/button.tsx';
import { Area } from '../parts/field.tsx';
import { Jump } from '../parts/jump.tsx';
import { Modal } from '../parts/modal.tsx';
import { Fact, Facts, Page, Section } from '../parts/page.tsx';
import { ScrollArea } from '../parts/scroll-area.tsx';
import { Answer, Empty, Trouble } from '../parts/states.tsx';
import { Text } from '../parts/text.tsx';
import { Time } from '../parts/time.tsx';
import { gatewayQuery, policyQuery, reachQuery } from '../server/queries.ts';
import { useAct, useMay } from '../server/session.ts';
import { BudgetBar } from './budget-bar.tsx';
import { Coverage } from './coverage.tsx';
import { StateLine } from './gateway-page.tsx';
import { Reach } from './reach.tsx';
import { Tier } from './tier.tsx';

export function GatewayIntegrationPage() {
  const { name } = useParams({ from: '/frame/gateway/$name' });
  const query = useQuery(gatewayQuery);
  const integration = query.data?.integrations.find((each) => each.name === name);
  return (
    <Page title={name} actions={integration && <Switch integration={integration} />}>
      <Answer of={query}>
        {(view) =>
          integration === undefined ? (
            <Empty title={`No integration behind the gateway is called ${name}`}>
              <Jump to={links.gateway()} className="underline decoration-line-2 underline-offset-4">
                All that are
              </Jump>
            </Empty>
          ) : (
            <>
              <Look integration={integration} />
              <Coverage coverage={view.coverage} />
            </>
          )
        }
      </Answer>
    </Page>
  );
}

function Look({ integration }: { readonly integration: GatewayIntegrationView }) {
  const { name, vendor, owner, tier, tokens, calls, refused, lastCallAt, operations, budgets } = integration;
  const reach = useQuery(reachQuery(name));
  const policy = useQuery(policyQuery(name));
  return (
    <>
      <StateLine integration={integration} />
      <Facts>
        <Fact name="Vendor">
          <Text words={vendor} />
        </Fact>
        <Fact name="Owner">
          <Text words={owner} />
        </Fact>
        <Fact name="Bound by">
          <Tier tier={tier} />
        </Fact>
        <Fact name="Live tokens">{inWords(tokens)}</Fact>
        <Fact name="May">{listInWords(operations)}</Fact>
        <Fact name="Calls">
          {counted(calls, 'call')}, {inWords(refused)} refused
          {lastCallAt !== undefined && (
            <>
              , last <Time at={lastCallAt} by="wall" />
            </>
          )}
        </Fact>
        <Fact name="Budgets">
          {budgets.length === 0 ? (
            <span className="text-alarm">none: nothing bounds what one token may take</span>
          ) : (
            budgets.map((budget) => (
              <BudgetBar key={`${budget.what} ${budget.object} ${budget.windowMs}`} budget={budget} />
            ))
          )}
        </Fact>
        <Fact name="What left">
          <Jump
            to={links.exposure({ kind: 'integration', of: name })}
            className="underline decoration-line-2 underline-offset-4"
          >
            Exactly which customers and fields
          </Jump>
        </Fact>
      </Facts>
      <Section title="Reach of one token">
        <div className="pt-3">
          <Answer of={reach}>{(view: ReachView) => <Reach view={view} />}</Answer>
        </div>
      </Section>
      <Answer of={policy}>{(page: PolicyPage) => <Policy page={page} />}</Answer>
    </>
  );
}

function Policy({ page }: { readonly page: PolicyPage }) {
  return (
    <Section title="Policy" aside={`version ${page.version}`}>
      <ScrollArea className="overflow-x-auto border-b border-line py-3" name="The policy as YAML">
        <pre className="text-sm">
          <code>{page.yaml}</code>
        </pre>
      </ScrollArea>
      <ol className="text-sm">
        {page.history.map(({ version, at, by, approvedBy, why, changes }) => (
          <li key={version} className="border-b border-line py-2">
            <span className="text-ink-2">
              Version {version}, <Time at={at} by="wall" />, by <Text words={by} />
              {approvedBy !== undefined && (
                <>
                  {' '}
                  and <Text words={approvedBy} />
                </>
              )}
              :
            </span>{' '}
            <Text words={why} />
            {changes.length > 0 && (
              <ul className="list-disc pl-5">
                {changes.map((line) => (
                  <li key={line}>
                    <Text words={line} />
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ol>
    </Section>
  );
}

/** Suspend or resume, with its consequence said and its reason kept. */
function Switch({ integration }: { readonly integration: GatewayIntegrationView }) {
  const mayAct = useMay('contain');
  const [isAsking, setAsking] = useState(false);
  const [why, setWhy] = useState('');
  const act = integration.state === 'active' ? 'suspend' : 'resume';
  const change = useAct(
    (_: undefined, send) =>
      send('POST', `/api/gateway/integrations/${encodeURIComponent(integration.name)}/${act}`, { why: why.trim() }),
    ['gateway'],
  );
  if (!mayAct) return null;
  const name = act === 'suspend' ? 'Cut off' : 'Let it call again';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(undefined, {
      onSuccess: () => {
        setWhy('');
        setAsking(false);
      },
    });
  };
  return (
    <>
      <Button look={act === 'suspend' ? 'grave' : 'plain'} onClick={() => setAsking(true)}>
        {name}
      </Button>
      <Modal title={`${name}: ${integration.name}`} open={isAsking} onClose={() => setAsking(false)}>
        <form onSubmit={submit} className="space-y-4">
          <p className="text-ink-2">
            {act === 'suspend'
              ? `Every token of ${integration.name} ends at once, streams under way included. What it does for the house stops until somebody lets it call again.`
              : `${integration.name} may ask for new tokens and read again, within its budgets.`}
          </p>
          <Area
            name="Reason"
            hint="Kept in the audit log under your name"
            required
            data-first
            value={why}
            onChange={(event) => setWhy(event.target.value)}
          />
          {change.error !== null && <Trouble error={change.error} />}
          <div className="flex justify-end gap-2">
            <Button look="quiet" onClick={() => setAsking(false)}>
              Cancel
            </Button>
            <Button
              type="submit"
              look={act === 'suspend' ? 'grave' : 'main'}
              disabled={why.trim().length < 3 || change.isPending}
            >
              {act === 'suspend' ? `Cut off ${integration.name}` : name}
            </Button>
          </div>
        </form>
      </Modal>
    </>
  );
}
