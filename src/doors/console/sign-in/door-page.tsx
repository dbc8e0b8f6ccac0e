import { type ReactNode, useEffect } from 'react';
import { Wordmark } from '../frame/rail.tsx';
import { ThemeChoice } from '../frame/theme.tsx';

/** A page before the door: one column, one thing to do. */
export function DoorPage({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Cordon`;
  }, [title]);
  return (
    <div className="mx-auto flex min-h-screen max-w-md flex-col px-5 py-8">
      <header>
        <Wordmark />
      </header>
      <main className="mt-[12vh] mb-auto pb-12">
        <h1 className="mb-4 text-xl font-semibold tracking-tight">{title}</h1>
        {children}
      </main>
      <footer>
        <ThemeChoice />
      </footer>
    </div>
  );
}
