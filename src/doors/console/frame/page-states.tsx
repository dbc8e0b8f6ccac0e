import { links } from '../links.ts';
import { Jump } from '../parts/jump.tsx';
import { Page } from '../parts/page.tsx';
import { Empty, Skeleton, Trouble } from '../parts/states.tsx';

export function NotFound() {
  return (
    <main>
      <Page title="No such page">
        <Empty title="This address leads nowhere">
          <p>The object may have been forgotten, or the link was cut.</p>
          <Jump to={links.now()} className="text-ink underline underline-offset-4">
            Go to Now
          </Jump>
        </Empty>
      </Page>
    </main>
  );
}

export function Starting() {
  return (
    <div className="mx-auto max-w-5xl px-4 pt-6 sm:px-8">
      <div className="skeleton mb-8 h-6 w-48" />
      <Skeleton />
    </div>
  );
}

export function PageTrouble({ error, reset }: { readonly error: unknown; readonly reset: () => void }) {
  return (
    <main className="mx-auto max-w-5xl px-4 pt-6 sm:px-8">
      <h1 className="sr-only">A fault</h1>
      <Trouble error={error} retry={reset} />
    </main>
  );
}
