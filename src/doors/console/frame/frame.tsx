import { useQuery } from '@tanstack/react-query';
import { Outlet, useLocation } from '@tanstack/react-router';
import { Tooltip } from 'radix-ui';
import { useCallback, useEffect, useState } from 'react';
import { ClockProvider } from '../parts/clock.tsx';
import { LiveProvider, useLive } from '../server/live.tsx';
import { nowQuery } from '../server/queries.ts';
import { HelpSheet } from './help-sheet.tsx';
import { useKeyboard } from './keyboard.ts';
import { Palette } from './palette.tsx';
import { BottomBar, Rail } from './rail.tsx';

/** Around every page of a person signed in: navigation, keys, palette, live connection. */
export function Frame() {
  return (
    <Tooltip.Provider delayDuration={200}>
      <LiveProvider>
        <ClockProvider>
          <Shell />
        </ClockProvider>
      </LiveProvider>
    </Tooltip.Provider>
  );
}

function Shell() {
  const [sheet, setSheet] = useState<'palette' | 'help' | undefined>();
  const openPalette = useCallback(() => setSheet('palette'), []);
  const openHelp = useCallback(() => setSheet('help'), []);
  const close = useCallback(() => setSheet(undefined), []);
  useKeyboard({ openPalette, openHelp });
  useFocusAfterJump();
  useQuery(nowQuery);
  return (
    <>
      <a
        href="#main"
        className="fixed top-2 left-2 z-50 -translate-y-16 rounded-sm bg-ink px-3 py-2 text-paper focus:translate-y-0"
      >
        Skip to content
      </a>
      <div className="min-h-screen lg:grid lg:grid-cols-[208px_1fr]">
        <Rail openPalette={openPalette} openHelp={openHelp} />
        <main id="main" tabIndex={-1} className="min-w-0 outline-none max-lg:pb-16">
          <LostConnection />
          <Outlet />
        </main>
      </div>
      <BottomBar openPalette={openPalette} />
      <Palette open={sheet === 'palette'} onClose={close} />
      <HelpSheet open={sheet === 'help'} onClose={close} />
      <Announcer />
    </>
  );
}

/** After a page change the focus is on what went away: give it to the new page. */
function useFocusAfterJump() {
  const { pathname } = useLocation();
  useEffect(() => {
    if (pathname && document.activeElement === document.body) {
      document.getElementById('main')?.focus({ preventScroll: true });
    }
  }, [pathname]);
}

function LostConnection() {
  const { state } = useLive();
  if (state !== 'lost') return null;
  return (
    <p role="status" className="border-b border-amber bg-sheet px-4 py-2 text-sm sm:px-8">
      <strong className="font-semibold text-amber">Live connection lost.</strong> What you see may be old. Nothing is
      lost: Cordon goes on reading, and this page catches up by itself as soon as the server answers.
    </p>
  );
}

function Announcer() {
  const { announcement } = useLive();
  return (
    <p aria-live="polite" className="sr-only">
      {announcement}
    </p>
  );
}
