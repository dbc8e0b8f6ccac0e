import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { useState } from 'react';
import { links } from '../links.ts';
import { Jump } from '../parts/jump.tsx';
import { Modal } from '../parts/modal.tsx';
import { useLive } from '../server/live.tsx';
import { nowQuery } from '../server/queries.ts';
import { useSession } from '../server/session.ts';
import { ThemeChoice } from './theme.tsx';

/** The story as navigation. A room appears when it exists. */
const rooms = [
  { name: 'Now', to: links.now() },
  { name: 'Incidents', to: links.incidents() },
  { name: 'Events', to: links.events() },
  { name: 'Integrations', to: links.integrations() },
  { name: 'Gateway', to: links.gateway() },
  { name: 'Exposure', to: links.exposure() },
  { name: 'Rules', to: links.rules() },
  { name: 'Settings', to: links.settings() },
] as const;

const useIsHere = () => {
  const { pathname } = useLocation();
  return (to: string) => (to === '/' ? pathname === '/' : pathname.startsWith(to));
};

const useOpenCount = (): number => useQuery({ ...nowQuery, enabled: false }).data?.needsPerson.length ?? 0;

export function Wordmark() {
  return (
    <span className="inline-flex items-center gap-2 text-lg font-semibold tracking-tight">
      <svg width="18" height="18" viewBox="0 0 32 32" aria-hidden="true">
        <path
          d="M25.5 9.5A11.5 11.5 0 1 0 25.5 22.5"
          fill="none"
          stroke="currentColor"
          strokeWidth="4"
          strokeLinecap="round"
        />
        <circle cx="24.5" cy="16" r="3" fill="currentColor" />
      </svg>
      Cordon
    </span>
  );
}

interface RailProps {
  readonly openPalette: () => void;
  readonly openHelp: () => void;
}

export function Rail({ openPalette, openHelp }: RailProps) {
  const isHere = useIsHere();
  const { person, version } = useSession();
  return (
    <header className="sticky top-0 flex h-screen flex-col border-r border-line px-3 py-5 max-lg:hidden">
      <Jump to={links.now()} className="px-2">
        <Wordmark />
      </Jump>
      <nav aria-label="Rooms" className="mt-6">
        <ul>
          {rooms.map(({ name, to }) => (
            <li key={to}>
              <Jump
                to={to}
                aria-current={isHere(to) ? 'page' : undefined}
                className="flex min-h-8 items-center justify-between rounded-sm px-2 text-ink-2 hover:bg-wash hover:text-ink aria-[current]:bg-wash aria-[current]:font-semibold aria-[current]:text-ink"
              >
                {name}
                {name === 'Incidents' && <OpenCount />}
              </Jump>
            </li>
          ))}
        </ul>
      </nav>
      <button
        type="button"
        onClick={openPalette}
        className="mt-4 flex min-h-8 items-center justify-between rounded-sm border border-line-2 px-2 text-ink-2 hover:bg-wash"
      >
        Search <kbd className="text-xs text-ink-3">{shortcut}</kbd>
      </button>
      <div className="mt-auto space-y-3 px-2 text-sm text-ink-2">
        <LiveWord />
        <ThemeChoice />
        <div className="border-t border-line pt-3">
          <p className="truncate text-ink">{person?.name}</p>
          <p className="flex justify-between">
            <span>{person?.role}</span>
            <button type="button" onClick={openHelp} className="underline decoration-line-2 underline-offset-4">
              Keys <kbd className="text-xs">?</kbd>
            </button>
          </p>
          <p className="mt-1 text-xs text-ink-3">Cordon {version}</p>
        </div>
      </div>
    </header>
  );
}

const shortcut = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘K' : 'Ctrl K';

function OpenCount() {
  const open = useOpenCount();
  if (open === 0) return null;
  return (
    <span className="rounded-sm bg-alarm-fill px-1.5 text-xs leading-5 font-semibold text-on-fill">
      {open}
      <span className="sr-only"> need a person</span>
    </span>
  );
}

const liveWords = { connecting: 'Connecting…', live: 'Live', lost: 'Connection lost' } as const;

function LiveWord() {
  const { state } = useLive();
  return (
    <p className={`flex items-center gap-2 ${state === 'lost' ? 'text-amber' : ''}`}>
      <svg width="8" height="8" viewBox="0 0 8 8" aria-hidden="true">
        <circle
          cx="4"
          cy="4"
          r="3"
          stroke="currentColor"
          strokeWidth="1.5"
          fill={state === 'live' ? 'currentColor' : 'none'}
        />
      </svg>
      {liveWords[state]}
    </p>
  );
}

/** The same rooms under the thumb. */
export function BottomBar({ openPalette }: { readonly openPalette: () => void }) {
  const isHere = useIsHere();
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  const rest = rooms.slice(3);
  const item =
    'flex h-14 flex-1 items-center justify-center gap-1.5 text-ink-2 aria-[current]:font-semibold aria-[current]:text-ink aria-[current]:shadow-[inset_0_2px_0_var(--color-ink)]';
  return (
    <nav aria-label="Rooms" className="fixed inset-x-0 bottom-0 z-20 flex border-t border-line-2 bg-paper lg:hidden">
      {rooms.slice(0, 3).map(({ name, to }) => (
        <Jump key={to} to={to} aria-current={isHere(to) ? 'page' : undefined} className={item}>
          {name}
          {name === 'Incidents' && <OpenCount />}
        </Jump>
      ))}
      <button
        type="button"
        className={item}
        aria-current={rest.some(({ to }) => isHere(to)) ? 'page' : undefined}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        More
      </button>
      <Modal title="More" open={isOpen} onClose={close}>
        <ul className="mb-4">
          {rest.map(({ name, to }) => (
            <li key={to} className="border-b border-line">
              <Jump to={to} onClick={close} className="flex min-h-12 items-center text-lg">
                {name}
              </Jump>
            </li>
          ))}
          <li className="border-b border-line">
            <button
              type="button"
              className="flex min-h-12 w-full items-center text-lg"
              onClick={() => {
                close();
                openPalette();
              }}
            >
              Search everything
            </button>
          </li>
        </ul>
        <ThemeChoice />
      </Modal>
    </nav>
  );
}
