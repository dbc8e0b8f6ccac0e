import { useState } from 'react';
import { durationInWords } from '#lib/words.ts';
import type { ProposalView, StaffNames } from '#model/gateway-wire.ts';
import { links } from '../links.ts';
import { Button } from '../parts/button.tsx';
import { By } from '../parts/by.tsx';
import { useClock } from '../parts/clock.tsx';
import { Jump } from '../parts/jump.tsx';
import { Section } from '../parts/page.tsx';
import { Trouble } from '../parts/states.tsx';
import { Text } from '../parts/text.tsx';
import { Time } from '../parts/time.tsx';
import { useAct, useMay, useSession } from '../server/session.ts';
import { ChangeLines } from './change-lines.tsx';
import { describeGatewayError } from './from-gateway.tsx';
import { ReasonDialog } from './reason-dialog.tsx';

interface ProposalsProps {
  readonly proposals: readonly ProposalView[];
  readonly names: StaffNames | undefined;
}

/** Changes of policy that widen something: somebody other than their author has to agree. */
export function Proposals({ proposals, names }: ProposalsProps) {
  if (proposals.length === 0) return null;
  return (
    <Section title="Waits for a second person">
      <ul>
        {proposals.map((proposal) => (
          <li key={proposal.id} className="border-b border-line py-3">
            <Proposal proposal={proposal} names={names} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Proposal({ proposal, names }: { readonly proposal: ProposalView; readonly names: StaffNames | undefined }) {
  const { integration, by, at, why, widens, expiresAt } = proposal;
  const { wall } = useClock();
  return (
    <>
      <p>
        <Jump
          to={links.gatewayIntegration(integration)}
          className="font-semibold underline decoration-line-2 underline-offset-4"
        >
          <Text words={integration} />
        </Jump>{' '}
        <span className="text-ink-2">
          <By id={by} {...(names && { names })} /> asked <Time at={at} by="wall" />; lapses in{' '}
          {durationInWords(Math.max(0, expiresAt - wall))}
        </span>
      </p>
      <p className="max-w-prose break-words">
        <Text words={why} />
      </p>
      <ChangeLines lines={widens} />
      <Decision proposal={proposal} />
    </>
  );
}

function Decision({ proposal: { id, integration, by } }: { readonly proposal: ProposalView }) {
  const mayAct = useMay('contain');
  const { person } = useSession();
  const [isRejecting, setRejecting] = useState(false);
  const path = `/api/gateway/proposals/${encodeURIComponent(id)}`;
  const approve = useAct((_: undefined, send) => send('POST', `${path}/approve`, {}), ['gateway', 'policy']);
  if (!mayAct) return <p className="text-sm text-ink-2">A responder or owner other than its author decides.</p>;
  const isOwn = person?.id === by;
  const reject = isOwn ? 'Withdraw it' : 'Reject it';
  return (
    <>
      {approve.error !== null && <Trouble error={approve.error} describe={describeGatewayError} />}
      <div className="mt-2 flex flex-wrap items-center gap-2">
        {!isOwn && (
          <Button look="grave" disabled={approve.isPending} onClick={() => approve.mutate(undefined)}>
            Allow {integration} all of this
          </Button>
        )}
        <Button onClick={() => setRejecting(true)}>{reject}</Button>
        {isOwn && <span className="text-sm text-ink-2">It is yours: somebody else has to allow it.</span>}
      </div>
      <ReasonDialog
        title={`${reject}: ${integration}`}
        example="The warehouse needs no phone numbers."
        act={reject}
        look="main"
        open={isRejecting}
        onClose={() => setRejecting(false)}
        send={(why, send) => send('POST', `${path}/reject`, { why })}
      >
        The policy in force stays as it is.
      </ReasonDialog>
    </>
  );
}
