import { type FormEvent, useRef, useState } from 'react';
import type { PolicyOutcome, PolicyPage } from '#model/gateway-wire.ts';
import { Button } from '../parts/button.tsx';
import { Area } from '../parts/field.tsx';
import { Trouble } from '../parts/states.tsx';
import { ServerError } from '../server/request.ts';
import { useAct } from '../server/session.ts';
import { Difference } from './difference.tsx';
import { faultPlace, indexOfPlace } from './fault-place.ts';
import { describeGatewayError } from './from-gateway.tsx';
import { Learn } from './learn.tsx';

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
      <Learn integration={page.integration} take={setYaml} />
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
