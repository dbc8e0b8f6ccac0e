import type { ProposalView } from '#model/gateway-wire.ts';
import { Button } from '../parts/button.tsx';
import { Section } from '../parts/page.tsx';
import { Trouble } from '../parts/states.tsx';
import { Text } from '../parts/text.tsx';
import { Time } from '../parts/time.tsx';
import { useAct, useMay, useSession } from '../server/session.ts';

/** Changes of policy that widen something: somebody other than their author has to agree. */
export function Proposals({ proposals }: { readonly proposals: readonly ProposalView[] }) {
  if (proposals.length === 0) return null;
  return (
    <Section title="Waits for a second person">
      <ul>
        {proposals.map((proposal) => (
          <Proposal key={proposal.id} proposal={proposal} />
        ))}
      </ul>
    </Section>
  );
}

function Proposal({ proposal }: { readonly proposal: ProposalView }) {
  const mayAct = useMay('contain');
  const { person } = useSession();
  const isOwn = person?.id === proposal.by;
  const path = `/api/gateway/proposals/${encodeURIComponent(proposal.id)}`;
  const approve = useAct((_: undefined, send) => send('POST', `${path}/approve`, {}), ['gateway', 'policy']);
  const reject = useAct(
    (_: undefined, send) => send('POST', `${path}/reject`, { why: 'rejected in the console' }),
    ['gateway', 'policy'],
  );
  return (
    <li className="border-b border-line py-3">
      <p>
        <strong>
          <Text words={proposal.integration} />
        </strong>
        , <Time at={proposal.at} by="wall" />: <Text words={proposal.why} />
      </p>
      <ul className="my-1 list-disc pl-5 text-sm">
        {proposal.widens.map((line) => (
          <li key={line}>
            <Text words={line} />
          </li>
        ))}
      </ul>
      {approve.error !== null && <Trouble error={approve.error} />}
      {reject.error !== null && <Trouble error={reject.error} />}
      {mayAct && (
        <div className="mt-2 flex gap-2">
          {!isOwn && (
            <Button look="grave" disabled={approve.isPending} onClick={() => approve.mutate(undefined)}>
              Let {proposal.integration} read more
            </Button>
          )}
          <Button disabled={reject.isPending} onClick={() => reject.mutate(undefined)}>
            {isOwn ? 'Withdraw' : 'Reject'}
          </Button>
          {isOwn && <span className="self-center text-sm text-ink-2">Somebody else has to approve it.</span>}
        </div>
      )}
    </li>
  );
}
