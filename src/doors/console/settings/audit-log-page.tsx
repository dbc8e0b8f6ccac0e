import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { counted, inWords } from '#lib/words.ts';
import type { AuditEntry, AuditVerification } from '#model/wire.ts';
import { Button } from '../parts/button.tsx';
import { By } from '../parts/by.tsx';
import { Answer, Trouble } from '../parts/states.tsx';
import { Text } from '../parts/text.tsx';
import { RowTime } from '../parts/time.tsx';
import { auditLogQuery } from '../server/queries.ts';
import { request } from '../server/request.ts';

/** Every act, chained by hashes; anybody who may read it may have it checked. */
export function AuditLogPage() {
  const query = useInfiniteQuery(auditLogQuery);
  return (
    <>
      <Verification />
      <Answer of={query}>
        {({ pages }) => (
          <ol className="mt-4 border-t border-line-2">
            {pages.flat().map((entry) => (
              <Entry key={entry.sequence} entry={entry} />
            ))}
          </ol>
        )}
      </Answer>
      {query.hasNextPage && (
        <Button className="mt-4" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Older entries
        </Button>
      )}
    </>
  );
}

function Entry({ entry }: { readonly entry: AuditEntry }) {
  const details = JSON.stringify(entry.details);
  return (
    <li className="grid grid-cols-[56px_1fr] gap-x-4 border-b border-line py-2 md:grid-cols-[64px_96px_160px_1fr_96px]">
      <span className="text-ink-3">{inWords(entry.sequence)}</span>
      <span className="text-ink-2 max-md:order-last max-md:col-start-2">
        <RowTime at={entry.at} by="wall" />
      </span>
      <span className="min-w-0 truncate max-md:col-start-2">
        <By id={entry.by} />
      </span>
      <span className="min-w-0 break-words max-md:col-start-2">
        <span className="font-medium">{entry.act}</span> <Text words={entry.subject} />
        {details !== '{}' && (
          <span className="block text-sm text-ink-2">
            <Text words={details} />
          </span>
        )}
      </span>
      <code className="truncate text-xs leading-5 text-ink-3 max-md:hidden" title={entry.hash}>
        {entry.hash.slice(0, 10)}
      </code>
    </li>
  );
}

function Verification() {
  const verify = useMutation({ mutationFn: () => request<AuditVerification>('/api/audit-log/verification') });
  return (
    <div className="flex flex-wrap items-center gap-4">
      <Button disabled={verify.isPending} onClick={() => verify.mutate()}>
        {verify.isPending ? 'Walking the chain…' : 'Verify the chain'}
      </Button>
      <div role="status">
        {verify.data?.ok === true && (
          <p className="text-verified">
            Verified: {counted(verify.data.entries, 'entry', 'entries')},{' '}
            {counted(verify.data.anchors, 'outside anchor')} agree.
          </p>
        )}
        {verify.data?.ok === false && (
          <p className="font-semibold text-alarm">
            Broken at entry {inWords(verify.data.sequence)}: found {verify.data.found}, expected {verify.data.expected}.
            Somebody or something changed the log; keep a copy of the data directory before anything else.
          </p>
        )}
      </div>
      {verify.error !== null && <Trouble error={verify.error} />}
    </div>
  );
}
