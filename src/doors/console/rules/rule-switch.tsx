import { type FormEvent, useState } from 'react';
import type { RuleView } from '#model/wire.ts';
import { Button } from '../parts/button.tsx';
import { Area } from '../parts/field.tsx';
import { Modal } from '../parts/modal.tsx';
import { Trouble } from '../parts/states.tsx';
import { useAct, useMay } from '../server/session.ts';

/** On or off, with its consequence said and its reason kept. */
export function RuleSwitch({ rule }: { readonly rule: RuleView }) {
  const mayAct = useMay('investigate');
  const [isAsking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const change = useAct(
    (_: undefined, send) =>
      send<RuleView>('PUT', `/api/rules/${encodeURIComponent(rule.name)}`, {
        enabled: !rule.enabled,
        reason: reason.trim(),
      }),
    ['rules'],
  );
  if (!mayAct) return null;
  const name = rule.enabled ? 'Switch off' : 'Switch on';
  const close = () => setAsking(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(undefined, {
      onSuccess: () => {
        setReason('');
        close();
      },
    });
  };
  return (
    <>
      <Button onClick={() => setAsking(true)}>{name}</Button>
      <Modal title={`${name}: ${rule.title}`} open={isAsking} onClose={close}>
        <form onSubmit={submit} className="space-y-4">
          <p className="text-ink-2">
            {rule.enabled
              ? 'From now on this rule finds nothing. What it found before stays, and nobody is warned of what it would have seen.'
              : 'From now on this rule judges new events. Events read while it was off are not judged again.'}
          </p>
          <Area
            name="Reason"
            hint="Kept in the audit log under your name"
            required
            data-first
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
          {change.error !== null && <Trouble error={change.error} />}
          <div className="flex justify-end gap-2">
            <Button look="quiet" onClick={close}>
              Cancel
            </Button>
            <Button
              type="submit"
              look={rule.enabled ? 'grave' : 'main'}
              disabled={reason.trim().length < 3 || change.isPending}
            >
              {rule.enabled ? 'Switch off (nobody is warned)' : 'Switch on'}
            </Button>
          </div>
        </form>
      </Modal>
    </>
  );
}
