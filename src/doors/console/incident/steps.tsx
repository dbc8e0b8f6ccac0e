import { type FormEvent, useState } from 'react';
import type { IncidentState } from '#model/incident.ts';
import type { IncidentView } from '#model/wire.ts';
import { Button } from '../parts/button.tsx';
import { Area } from '../parts/field.tsx';
import { Modal } from '../parts/modal.tsx';
import { Trouble } from '../parts/states.tsx';
import { useAct, useMay } from '../server/session.ts';

interface Step {
  readonly name: string;
  /** What follows from it, said before it is done. */
  readonly consequence: string;
  readonly example: string;
}

const stepWords = {
  contained: {
    name: 'Mark contained',
    consequence:
      'You state that these grants can read nothing more. Cordon cuts off what stands behind its gateway; what acts in the CRM itself you must have revoked there first. New findings about them go on arriving here.',
    example: 'Revoked the app’s tokens in Setup at 14:31; its last call was 14:29.',
  },
  scoped: {
    name: 'Mark scoped',
    consequence: 'You state that it is known whose data left. The bounds above are what the logs alone can prove.',
    example: 'Bulk job results and queries reviewed; Case only, 2.2 M rows.',
  },
  notified: {
    name: 'Mark notified',
    consequence: 'You state that those who must be told have been told.',
    example: 'Authority told under reference 2026-114; letters to customers approved.',
  },
  closed: {
    name: 'Close incident',
    consequence:
      'It leaves the Now page and asks for nobody any more. Evidence, notes and this log stay. It can be opened again.',
    example: 'Announced migration of the vendor, confirmed by its owner by phone.',
  },
  open: {
    name: 'Open again',
    consequence: 'It stands on the Now page again and asks for a person.',
    example: 'The grant was used again after the cut.',
  },
} as const satisfies Record<IncidentState, Step>;

/** The steps that the incident's state allows, each asking for its reason. */
export function Steps({ incident }: { readonly incident: IncidentView }) {
  const mayAct = useMay('investigate');
  const [chosen, choose] = useState<IncidentState | undefined>();
  if (!mayAct) return <p className="mt-4 text-sm text-ink-2">Your role reads; an analyst or responder moves it on.</p>;
  return (
    <div className="mt-4 flex flex-wrap gap-2">
      {incident.nextStates.map((state, index) => (
        <Button key={state} look={index === 0 ? 'main' : 'plain'} onClick={() => choose(state)}>
          {stepWords[state].name}
        </Button>
      ))}
      <Modal
        title={chosen === undefined ? 'Change state' : stepWords[chosen].name}
        open={chosen !== undefined}
        onClose={() => choose(undefined)}
      >
        {chosen !== undefined && <StepForm incident={incident} to={chosen} onDone={() => choose(undefined)} />}
      </Modal>
    </div>
  );
}

function StepForm({
  incident,
  to,
  onDone,
}: {
  readonly incident: IncidentView;
  readonly to: IncidentState;
  readonly onDone: () => void;
}) {
  const [reason, setReason] = useState('');
  const step = useAct(
    (_: undefined, send) =>
      send<IncidentView>('POST', `/api/incidents/${encodeURIComponent(incident.id)}/changes`, {
        from: incident.state,
        to,
        reason: reason.trim(),
      }),
    ['incident', 'incidents', 'now'],
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    step.mutate(undefined, { onSuccess: onDone });
  };
  const words = stepWords[to];
  return (
    <form onSubmit={submit} className="space-y-4">
      <p className="text-ink-2">{words.consequence}</p>
      <Area
        name="Reason"
        hint="Kept in the audit log under your name"
        placeholder={words.example}
        required
        data-first
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      {step.error !== null && <Trouble error={step.error} />}
      <div className="flex justify-end gap-2">
        <Button look="quiet" onClick={onDone}>
          Cancel
        </Button>
        <Button type="submit" look="main" disabled={step.isPending || reason.trim().length < 3}>
          {words.name}
        </Button>
      </div>
    </form>
  );
}
