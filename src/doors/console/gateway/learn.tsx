import { counted, inWords } from '#lib/words.ts';
import type { LearnedPolicy } from '#model/gateway-wire.ts';
import { Button } from '../parts/button.tsx';
import { Trouble } from '../parts/states.tsx';
import { Text } from '../parts/text.tsx';
import { Stamp } from '../parts/time.tsx';
import { request } from '../server/request.ts';
import { useAct } from '../server/session.ts';
import { describeGatewayError } from './from-gateway.tsx';

/** How far back a proposal learns, ms. */
const learnMs = 7 * 86_400_000;

/** Proposes the policy that fits what the integration really read; `take` gets its YAML, nothing else happens. */
export function Learn(props: { readonly integration: string; readonly take: (yaml: string) => void }) {
  const learn = useAct(() => {
    const to = Date.now();
    const address = encodeURIComponent(props.integration);
    return request<LearnedPolicy>(`/api/gateway/learn/${address}?from=${to - learnMs}&to=${to}`);
  }, []);
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button
          disabled={learn.isPending}
          onClick={() => learn.mutate(undefined, { onSuccess: ({ yaml }) => props.take(yaml) })}
        >
          {learn.isPending ? 'Learning…' : 'Propose from its last 7 days'}
        </Button>
        <span className="text-sm text-ink-2">or write it yourself. Nothing changes before you ask for it below.</span>
      </div>
      <div role="status">{learn.data !== undefined && <Learned learned={learn.data} />}</div>
      {learn.error !== null && <Trouble error={learn.error} describe={describeGatewayError} />}
    </>
  );
}

function Learned({ learned: { calls, wouldRefuse, leftOut } }: { readonly learned: LearnedPolicy }) {
  return (
    <div className="border-l-2 border-line-2 pl-4 text-sm">
      <p>
        Learned from {counted(calls, 'call')} of the last 7 days;{' '}
        {wouldRefuse === 0 ? 'all of them would pass.' : `${inWords(wouldRefuse)} of them would be refused.`}
      </p>
      {leftOut.map(({ from, to, why }) => (
        <p key={`${from} ${why}`} className="text-ink-2">
          Left out: <Stamp at={from} /> to <Stamp at={to} />, <Text words={why} />
        </p>
      ))}
    </div>
  );
}
