import { useState } from 'react';
import type { GatewayExposureView } from '#model/gateway-wire.ts';
import { Button } from '../parts/button.tsx';
import { Trouble } from '../parts/states.tsx';
import { useAct, useMay } from '../server/session.ts';
import { answersCsv } from './answers-csv.ts';
import type { SubjectKind } from './subject-kinds.ts';

/** Puts text into the browser's downloads. */
function save(text: string, type: string, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name.replace(/[^\w.-]+/g, '-');
  link.click();
  URL.revokeObjectURL(link.href);
}

/** The answers that are listed, as CSV. */
export const SaveAnswers = ({ view, of }: { readonly view: GatewayExposureView; readonly of: string }) => (
  <Button onClick={() => save(answersCsv(view.releases), 'text/csv', `answers-${of}.csv`)}>Answers as CSV</Button>
);

/** The list of ids is personal data; taking it is written down, and said before. */
export function SaveCustomers({ kind, of }: { readonly kind: SubjectKind; readonly of: string }) {
  const mayTake = useMay('privacy');
  const [isSaved, setSaved] = useState(false);
  const take = useAct(async (_: undefined, send) => {
    const lines = await send<string>('POST', '/api/exposure/customers', { kind, [kind]: of });
    save(lines, 'text/plain', `customers-${of}.txt`);
    setSaved(true);
  }, []);
  if (!mayTake || kind === 'customer') return null;
  return (
    <>
      <Button disabled={take.isPending} onClick={() => take.mutate(undefined)} title="Kept in the audit log">
        {take.isPending ? 'Gathering…' : 'Customers’ ids, kept in the audit log'}
      </Button>
      <span role="status" className="sr-only">
        {isSaved && 'Saved'}
      </span>
      {take.error !== null && <Trouble error={take.error} />}
    </>
  );
}
