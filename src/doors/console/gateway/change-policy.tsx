import { type FormEvent, useRef, useState } from 'react';
import { counted, inWords } from '#lib/words.ts';
import type { LearnedPolicy, PolicyOutcome, PolicyPage } from '#model/gateway-wire.ts';
import { Button } from '../parts/button.tsx';
import { Area } from '../parts/field.tsx';
import { ScrollArea } from '../parts/scroll-area.tsx';
import { Trouble } from '../parts/states.tsx';
import { Text } from '../parts/text.tsx';
import { Stamp } from '../parts/time.tsx';
import { request, ServerError } from '../server/request.ts';
import { useAct } from '../server/session.ts';
import { diffLines, hunksOf } from './diff-lines.ts';
import { faultPlace, indexOfPlace } from './fault-place.ts';
import { describeGatewayError } from './from-gateway.tsx';

/** How far back a proposal learns, ms. */
const learnMs = 7 * 86_400_000;

interface ChangePolicyProps {
  readonly page: PolicyPage;
  /** Undefined: nothing was asked for. */
  readonly onDone: (outcome: PolicyOutcome | undefined) => void;
}

/** The YAML, what of it changes, and why. What widens waits for a second person; the gateway judges that, not this page. */
export function ChangePolicy({ page, onDone }: ChangePolicyProps) {
  const [yaml, setYaml] = useState(page.yaml);
  const [why, setWhy] = useState('');
  const form = useRef<HTMLFormElement>(null);
  const address = encodeURIComponent(page.integration);
  const change = useAct(
    (body: { readonly yaml: string; readonly why: string }, send) =>
      send<PolicyOutcome>('POST', `/api/gateway/policies/${address}`, body),
    ['gateway', 'policy'],
  );
  const learn = useAct(() => {
    const to = Date.now();
    return request<LearnedPolicy>(`/api/gateway/learn/${address}?from=${to - learnMs}&to=${to}`);
  }, []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ yaml, why: why.trim() }, { onSuccess: onDone });
  };
  const place = change.error instanceof ServerError ? faultPlace(change.error.where) : undefined;
  const goToFault = () => {
    const box = form.current?.querySelector('textarea');
    if (box == null || place === undefined) return;
    const from = indexOfPlace(yaml, place);
    const end = yaml.indexOf('\n', from);
    box.focus();
    box.setSelectionRange(from, end < 0 ? yaml.length : end);
  };
  return (
    <form ref={form} onSubmit={submit} className="space-y-4 border-b border-line py-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button
          disabled={learn.isPending}
          onClick={() => learn.mutate(undefined, { onSuccess: (learned) => setYaml(learned.yaml) })}
        >
          {learn.isPending ? 'Learning…' : 'Propose from its last 7 days'}
        </Button>
        <span className="text-sm text-ink-2">or write it yourself. Nothing changes before you ask for it below.</span>
      </div>
      <div role="status">{learn.data !== undefined && <Learned learned={learn.data} />}</div>
      {learn.error !== null && <Trouble error={learn.error} describe={describeGatewayError} />}
      <Area
        name="Policy as YAML"
        rows={Math.min(32, Math.max(14, yaml.split('\n').length + 1))}
        spellCheck={false}
        wrap="off"
        required
        style={{ fontFamily: 'var(--font-mono)', fontSize: 13 }}
        value={yaml}
        onChange={(event) => setYaml(event.target.value)}
      />
      {change.error !== null && (
        <>
          <Trouble error={change.error} describe={describeGatewayError} />
          {place !== undefined && (
            <Button onClick={goToFault}>
              Go to line {place.line}, column {place.column}
            </Button>
          )}
        </>
      )}
      <Difference before={page.yaml} after={yaml} />
      <Area
        name="Reason"
        hint="Kept with the version and in the audit log, under your name"
        placeholder="The newsletter now goes to Japan: it needs MailingCountry."
        required
        value={why}
        onChange={(event) => setWhy(event.target.value)}
      />
      <div className="flex flex-wrap items-center justify-end gap-2">
        <span className="mr-auto text-sm text-ink-2">
          What allows less holds at once; what allows more waits for somebody else.
        </span>
        <Button look="quiet" onClick={() => onDone(undefined)}>
          Leave as it is
        </Button>
        <Button type="submit" look="main" disabled={yaml === page.yaml || why.trim().length < 3 || change.isPending}>
          Change policy
        </Button>
      </div>
    </form>
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

const lookOf = {
  same: { mark: ' ', ink: 'text-ink-2', says: '' },
  gone: { mark: '−', ink: 'text-ink-2', says: 'gone: ' },
  new: { mark: '+', ink: 'bg-wash font-medium', says: 'new: ' },
} as const;

function Difference({ before, after }: { readonly before: string; readonly after: string }) {
  const hunks = hunksOf(diffLines(before, after));
  if (hunks.length === 0) return <p className="text-sm text-ink-2">Nothing is changed yet.</p>;
  return (
    <div>
      <h3 className="mb-1 font-medium">What you change</h3>
      <ScrollArea className="overflow-x-auto border-y border-line py-2" name="Lines that change">
        {hunks.map((hunk, place) => (
          <pre
            // biome-ignore lint/suspicious/noArrayIndexKey: stretches of one text have no other identity
            key={place}
            className={`text-sm ${place > 0 ? 'mt-2 border-t border-line pt-2' : ''}`}
          >
            {hunk.map(({ kind, text }, line) => (
              <span
                // biome-ignore lint/suspicious/noArrayIndexKey: lines of one text have no other identity
                key={line}
                className={`block ${lookOf[kind].ink}`}
              >
                <span aria-hidden="true">{lookOf[kind].mark} </span>
                <span className="sr-only">{lookOf[kind].says}</span>
                <span className={kind === 'gone' ? 'line-through' : ''}>{text}</span>
              </span>
            ))}
          </pre>
        ))}
      </ScrollArea>
    </div>
  );
}
