import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { PolicyOutcome, PolicyPage, StaffNames } from '#model/gateway-wire.ts';
import { Button } from '../parts/button.tsx';
import { By } from '../parts/by.tsx';
import { Section } from '../parts/page.tsx';
import { ScrollArea } from '../parts/scroll-area.tsx';
import { Empty } from '../parts/states.tsx';
import { Text } from '../parts/text.tsx';
import { Time } from '../parts/time.tsx';
import { policyQuery } from '../server/queries.ts';
import { useMay } from '../server/session.ts';
import { ChangeLines } from './change-lines.tsx';
import { ChangePolicy } from './change-policy.tsx';
import { FromGateway, isWithoutGateway } from './from-gateway.tsx';

/** What the integration may do, in its own words; changed here, with how it came about. */
export function Policy({ integration }: { readonly integration: string }) {
  const query = useQuery(policyQuery(integration));
  if (query.data === undefined && isWithoutGateway(query.error)) {
    return (
      <Section title="Policy">
        <Empty title="No policy is in force">
          <p>
            Without one it may read nothing. Once it has called, learn one from its traffic:{' '}
            <code className="text-sm">npx cordon gateway learn {integration}</code>. A first one may already wait for a
            second person under Gateway.
          </p>
        </Empty>
      </Section>
    );
  }
  return (
    <FromGateway of={query} isInner>
      {(page) => <InForce page={page} />}
    </FromGateway>
  );
}

function InForce({ page }: { readonly page: PolicyPage }) {
  const mayAct = useMay('contain');
  const [isChanging, setChanging] = useState(false);
  const [outcome, setOutcome] = useState<PolicyOutcome | undefined>();
  const done = (told: PolicyOutcome | undefined) => {
    setOutcome(told);
    setChanging(false);
  };
  return (
    <Section
      title="Policy"
      aside={
        <span className="flex items-center gap-4">
          version {page.version}
          {mayAct && !isChanging && <Button onClick={() => setChanging(true)}>Change</Button>}
        </span>
      }
    >
      <div role="status">{outcome !== undefined && <Outcome outcome={outcome} />}</div>
      {isChanging ? (
        <ChangePolicy page={page} onDone={done} />
      ) : (
        <ScrollArea className="overflow-x-auto border-b border-line py-3" name="The policy as YAML">
          <pre className="text-sm">
            <code>{page.yaml}</code>
          </pre>
        </ScrollArea>
      )}
      <History page={page} />
    </Section>
  );
}

function Outcome({ outcome: { state, version, proposal } }: { readonly outcome: PolicyOutcome }) {
  const waits = state === 'waits for a second person';
  return (
    <div className={`mt-3 border-l-2 py-1 pl-4 ${waits ? 'border-amber' : 'border-verified'}`}>
      <p className="font-semibold">
        {waits ? 'It waits for a second person, since it allows more than before.' : `Version ${version} is in force.`}
      </p>
      {proposal !== undefined && <ChangeLines lines={proposal.widens} />}
    </div>
  );
}

/** Versions shown before the rest opens. */
const firstVersions = 3;

function History({ page: { history, names = {} } }: { readonly page: PolicyPage }) {
  const rest = history.slice(firstVersions);
  return (
    <>
      <h3 className="mt-6 border-b border-line pb-1 font-semibold">How it came about</h3>
      <ol>
        {history.slice(0, firstVersions).map((each) => (
          <Version key={each.version} {...each} names={names} />
        ))}
      </ol>
      {rest.length > 0 && (
        <details className="py-2">
          <summary className="w-fit text-sm text-ink-2">{rest.length} before</summary>
          <ol>
            {rest.map((each) => (
              <Version key={each.version} {...each} names={names} />
            ))}
          </ol>
        </details>
      )}
    </>
  );
}

type VersionProps = PolicyPage['history'][number] & { readonly names: StaffNames };

function Version({ version, at, by, approvedBy, why, changes, names }: VersionProps) {
  return (
    <li className="grid gap-x-6 border-b border-line py-2 sm:grid-cols-[200px_minmax(0,1fr)]">
      <p className="text-sm text-ink-2">
        Version {version}, <Time at={at} by="wall" />
        <span className="block break-words">
          <By id={by} names={names} />
          {approvedBy !== undefined && (
            <>
              , allowed by <By id={approvedBy} names={names} />
            </>
          )}
        </span>
      </p>
      <div className="min-w-0">
        <p className="break-words">
          <Text words={why} />
        </p>
        <ChangeLines lines={changes} />
      </div>
    </li>
  );
}
