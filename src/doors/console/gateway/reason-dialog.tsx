import { type FormEvent, type ReactNode, useState } from 'react';
import { Button } from '../parts/button.tsx';
import { Area } from '../parts/field.tsx';
import { Modal } from '../parts/modal.tsx';
import { Trouble } from '../parts/states.tsx';
import { useAct, type useSend } from '../server/session.ts';
import { describeGatewayError } from './from-gateway.tsx';

interface ReasonDialogProps {
  readonly title: string;
  /** What follows, said before it is done. */
  readonly children: ReactNode;
  readonly example: string;
  /** Of the button that does it: names the consequence. */
  readonly act: string;
  readonly look: 'grave' | 'main';
  readonly open: boolean;
  readonly onClose: () => void;
  readonly send: (why: string, send: ReturnType<typeof useSend>) => Promise<unknown>;
}

/** An act at the gateway that wants its reason. */
export function ReasonDialog({ title, open, onClose, ...rest }: ReasonDialogProps) {
  return (
    <Modal title={title} open={open} onClose={onClose}>
      <ReasonForm {...rest} onClose={onClose} />
    </Modal>
  );
}

function ReasonForm({ children, example, act, look, onClose, send }: Omit<ReasonDialogProps, 'title' | 'open'>) {
  const [why, setWhy] = useState('');
  const change = useAct((reason: string, sender) => send(reason, sender), ['gateway', 'policy']);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(why.trim(), { onSuccess: onClose });
  };
  return (
    <form onSubmit={submit} className="space-y-4">
      <p className="text-ink-2">{children}</p>
      <Area
        name="Reason"
        hint="Kept in the audit log under your name"
        placeholder={example}
        required
        data-first
        value={why}
        onChange={(event) => setWhy(event.target.value)}
      />
      {change.error !== null && <Trouble error={change.error} describe={describeGatewayError} />}
      <div className="flex justify-end gap-2">
        <Button look="quiet" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" look={look} disabled={why.trim().length < 3 || change.isPending}>
          {act}
        </Button>
      </div>
    </form>
  );
}
