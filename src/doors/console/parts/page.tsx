import { type ReactNode, useEffect } from 'react';
import { revealed } from '#lib/reveal.ts';

interface PageProps {
  readonly title: string;
  /** What stands as the page's heading when it is more than the title; null when the content brings its own. */
  readonly heading?: ReactNode;
  readonly actions?: ReactNode;
  readonly wide?: boolean;
  readonly children: ReactNode;
}

export function Page({ title, heading, actions, wide = false, children }: PageProps) {
  useEffect(() => {
    document.title = `${revealed(title)} · Cordon`;
  }, [title]);
  return (
    <div className={`mx-auto px-4 pt-6 pb-16 sm:px-8 ${wide ? 'max-w-[1440px]' : 'max-w-5xl'}`}>
      {heading !== null && (
        <header className="mb-6 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
          {heading ?? <h1 className="text-xl font-semibold tracking-tight">{title}</h1>}
          {actions !== undefined && <div className="flex flex-wrap gap-2">{actions}</div>}
        </header>
      )}
      {children}
    </div>
  );
}

export function Section({
  title,
  aside,
  children,
  id,
}: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly id?: string;
}) {
  return (
    <section className="mt-10 scroll-mt-16" aria-label={title} id={id}>
      <header className="flex min-h-8 flex-wrap items-end justify-between gap-x-4 gap-y-1 border-b border-line-2 pb-2">
        <h2 className="font-semibold">{title}</h2>
        {aside !== undefined && <div className="text-sm text-ink-2">{aside}</div>}
      </header>
      {children}
    </section>
  );
}

/** Names and values, as a list of definitions. */
export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className="grid grid-cols-[max-content_minmax(0,1fr)] content-start">{children}</dl>;
}

export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="min-w-28 border-b border-line py-1.5 pr-4 text-ink-2">{name}</dt>
      <dd className="min-w-0 border-b border-line py-1.5 break-words">{children}</dd>
    </>
  );
}
