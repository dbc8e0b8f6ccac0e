import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { describeError } from '../server/describe-error.ts';
import { Button } from './button.tsx';

/** Grey lines in the place and height of what comes, so that nothing jumps. */
export function Skeleton({ lines = 6, height = 40 }: { readonly lines?: number; readonly height?: number }) {
  return (
    <div aria-busy="true">
      <p className="sr-only">Loading…</p>
      {Array.from({ length: lines }, (_, line) => line).map((line) => (
        <div key={line} className="flex items-center border-b border-line" style={{ height }}>
          <div className="skeleton h-3" style={{ width: `${[62, 48, 71, 55, 40, 66][line % 6]}%` }} />
        </div>
      ))}
    </div>
  );
}

interface TroubleProps {
  readonly error: unknown;
  readonly retry?: (() => void) | undefined;
  readonly describe?: typeof describeError;
}

export function Trouble({ error, retry, describe = describeError }: TroubleProps) {
  const words = describe(error);
  return (
    <div role="alert" className="border-l-2 border-amber py-1 pl-4">
      <p className="font-semibold">{words.title}</p>
      <p className="mt-1 max-w-prose text-ink-2">{words.message}</p>
      {words.retry && retry !== undefined && (
        <Button className="mt-3" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** What is not there yet, and the next step. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="py-10">
      <p className="text-lg font-semibold">{title}</p>
      {children !== undefined && <div className="mt-1 max-w-prose space-y-3 text-ink-2">{children}</div>}
    </div>
  );
}

/** The three states of an answer. Old answers stay on screen while new ones are asked for. */
export function Answer<Data>({
  of,
  waiting,
  children,
}: {
  readonly of: Pick<UseQueryResult<Data>, 'data' | 'error' | 'refetch'>;
  readonly waiting?: ReactNode;
  readonly children: (data: Data) => ReactNode;
}) {
  if (of.data !== undefined) return children(of.data);
  if (of.error !== null) return <Trouble error={of.error} retry={() => void of.refetch()} />;
  return waiting ?? <Skeleton />;
}
