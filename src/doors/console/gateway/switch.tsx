import { useState } from 'react';
import type { GatewayIntegrationView } from '#model/gateway-wire.ts';
import { Button } from '../parts/button.tsx';
import { useMay } from '../server/session.ts';
import { ReasonDialog } from './reason-dialog.tsx';

/**
 * Cut off or let call again, with its consequence said and its reason kept. Each asks for itself: the standing may change
 * while a dialog is open, and then the other act must not take its place.
 */
export function Switch({ integration: { name, state } }: { readonly integration: GatewayIntegrationView }) {
  if (!useMay('contain')) return null;
  return state === 'active' ? <CutOff name={name} /> : <LetCall name={name} />;
}

const pathOf = (name: string, act: 'suspend' | 'resume'): string =>
  `/api/gateway/integrations/${encodeURIComponent(name)}/${act}`;

function CutOff({ name }: { readonly name: string }) {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button look="grave" onClick={() => setAsking(true)}>
        Cut off
      </Button>
      <ReasonDialog
        title={`Cut off ${name}`}
        example="Its vendor confirmed by phone that its token store was read."
        act={`Cut off ${name}`}
        look="grave"
        open={isAsking}
        onClose={() => setAsking(false)}
        send={(why, send) => send('POST', pathOf(name, 'suspend'), { why })}
      >
        Every token of {name} ends at once, streams under way included. What it does for the house stops until somebody
        lets it call again.
      </ReasonDialog>
    </>
  );
}

function LetCall({ name }: { readonly name: string }) {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button onClick={() => setAsking(true)}>Let it call again</Button>
      <ReasonDialog
        title={`Let ${name} call again`}
        example="The owner confirmed the load; credentials were rotated at 14:10."
        act="Let it call again"
        look="main"
        open={isAsking}
        onClose={() => setAsking(false)}
        send={(why, send) => send('POST', pathOf(name, 'resume'), { why })}
      >
        {name} may ask for new tokens and read again, within its budgets. What was spent stays spent until its window
        has passed.
      </ReasonDialog>
    </>
  );
}
