import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useClock } from '../parts/clock.tsx';
import { Empty, Skeleton, Trouble } from '../parts/states.tsx';
import { clockTime } from '../parts/times.ts';
import { describeError, type ErrorWords } from '../server/describe-error.ts';
import { ServerError } from '../server/request.ts';

const isKind = (error: unknown, kind: string): boolean => error instanceof ServerError && error.kind === kind;

/** A gateway that does not run is no mistake of who asks. */
export function describeGatewayError(error: unknown): ErrorWords {
  if (!isKind(error, 'too-many')) return describeError(error);
  return {
    title: 'The gateway does not answer',
    message: `${error instanceof Error ? error.message : ''} While it is down, integrations behind it are refused and nothing leaves uncounted. Start it with \`cordon gateway start FILE\`; this page tries again by itself.`,
    retry: true,
  };
}

/** An answer of the gateway, or what to do where there is none. What was seen last stays, and says that it is old. */
export function FromGateway<Data>({
  of,
  waiting,
  isInner = false,
  children,
}: {
  readonly of: Pick<UseQueryResult<Data>, 'data' | 'error' | 'refetch' | 'dataUpdatedAt'>;
  readonly waiting?: ReactNode;
  /** The page says already that what it shows is old. */
  readonly isInner?: boolean;
  readonly children: (data: Data) => ReactNode;
}) {
  if (of.data !== undefined) {
    return (
      <>
        {of.error !== null && !isInner && <Stale error={of.error} since={of.dataUpdatedAt} />}
        {children(of.data)}
      </>
    );
  }
  if (of.error === null) return waiting ?? <Skeleton />;
  return <Trouble error={of.error} describe={describeGatewayError} retry={() => void of.refetch()} />;
}

function Stale({ error, since }: { readonly error: Error; readonly since: number }) {
  const { zone } = useClock();
  const { title, message } = describeGatewayError(error);
  return (
    <div role="status" className="mb-6 border-l-2 border-amber py-1 pl-4">
      <p className="font-semibold">
        {title}. What you see is of {clockTime(since, zone, true)}.
      </p>
      <p className="max-w-prose text-ink-2">{message}</p>
    </div>
  );
}

export const isWithoutGateway = (error: unknown): boolean => isKind(error, 'gone');

/** Teaches the way to a first gateway. */
export function WithoutGateway() {
  return (
    <Empty title="No gateway stands before the CRM yet">
      <p>
        Behind a gateway an integration reads only what its policy names, at most its budget, and every record that
        leaves is written down: which, whose, when.
      </p>
      <ol className="list-decimal space-y-2 pl-5">
        <li>
          Start one: <code className="text-sm">npx cordon gateway start gateway.yaml</code>
        </li>
        <li>
          Name its data directory in <code className="text-sm">cordon.yaml</code>:{' '}
          <code className="text-sm">{'gateway: { dataDirectory: … }'}</code>
        </li>
        <li>
          Move the first integration over: <code className="text-sm">npx cordon gateway register FILE</code>
        </li>
      </ol>
    </Empty>
  );
}
