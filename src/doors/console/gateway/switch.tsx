import { useState } from 'react';
import type { GatewayIntegrationView } from '#model/gateway-wire.ts';
import { Button } from '../parts/button.tsx';
import { useMay } from '../server/session.ts';
import { ReasonDialog } from './reason-dialog.tsx';

/** Cut off or let call again, with its consequence said and its reason kept. */
export function Switch({ integration: { name, state } }: { readonly integration: GatewayIntegrationView }) {
  const mayAct = useMay('contain');
  const [isAsking, setAsking] = useState(false);
  if (!mayAct) return null;
  const path = (act: string) => `/api/gateway/integrations/${encodeURIComponent(name)}/${act}`;
  const close = () => setAsking(false);
  if (state === 'active') {
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
          onClose={close}
          send={(why, send) => send('POST', path('suspend'), { why })}
        >
          Every token of {name} ends at once, streams under way included. What it does for the house stops until
          somebody lets it call again.
        </ReasonDialog>
      </>
    );
  }
  return (
    <>
      <Button onClick={() => setAsking(true)}>Let it call again</Button>
      <ReasonDialog
        title={`Let ${name} call again`}
        example="The owner confirmed the load; credentials were rotated at 14:10."
        act="Let it call again"
        look="main"
        open={isAsking}
        onClose={close}
        send={(why, send) => send('POST', path('resume'), { why })}
      >
        {name} may ask for new tokens and read again, within its budgets. What was spent stays spent until its window
        has passed.
      </ReasonDialog>
    </>
  );
}
