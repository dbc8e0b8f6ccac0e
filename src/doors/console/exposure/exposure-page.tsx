import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { FromGateway, isWithoutGateway, WithoutGateway } from '../gateway/from-gateway.tsx';
import type { ExposureSearch } from '../links.ts';
import { Page } from '../parts/page.tsx';
import { Empty, Skeleton } from '../parts/states.tsx';
import { exposureQuery } from '../server/queries.ts';
import { useSend } from '../server/session.ts';
import { AskExposure } from './ask-exposure.tsx';
import { Exposed } from './exposed.tsx';
import { isSubjectKind, type SubjectKind } from './subject-kinds.ts';

/** What left through the gateway: by whom, which fields, how many customers. Every number says what it rests on. */
export function ExposurePage() {
  const search = useSearch({ from: '/frame/exposure' });
  return (
    <Page title="Exposure">
      <AskExposure search={search} key={`${search.kind} ${search.of}`} />
      <Answered search={search} />
    </Page>
  );
}

function Answered({ search: { kind, of } }: { readonly search: ExposureSearch }) {
  if (isSubjectKind(kind) && of !== undefined) return <Asked kind={kind} of={of} />;
  return (
    <Empty title="Ask what left">
      <p>
        Of an incident, an integration or one of its tokens: which customers, which fields, when. Of a customer: who
        read them, which is the answer to an access request. The gateway’s ledger knows every record that left through
        it; each asking is kept in the audit log.
      </p>
    </Empty>
  );
}

function Asked({ kind, of }: { readonly kind: SubjectKind; readonly of: string }) {
  const send = useSend();
  const query = useQuery(exposureQuery(kind, of, send));
  if (query.data === undefined && isWithoutGateway(query.error)) return <WithoutGateway />;
  return (
    <div className="mt-8">
      <FromGateway of={query} waiting={<Skeleton lines={8} />}>
        {(view) => (
          <Exposed
            view={view}
            kind={kind}
            of={of}
            askedAt={query.dataUpdatedAt}
            again={{ ask: () => void query.refetch(), isBusy: query.isFetching }}
          />
        )}
      </FromGateway>
    </div>
  );
}
