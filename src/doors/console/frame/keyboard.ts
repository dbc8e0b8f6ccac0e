import { useEffect } from 'react';
import { links } from '../links.ts';
import { useJump } from '../parts/jump.tsx';

/** Pages by the key after `g`. */
export const goKeys = {
  n: { name: 'Now', to: links.now() },
  i: { name: 'Incidents', to: links.incidents() },
  e: { name: 'Events', to: links.events() },
  a: { name: 'Integrations', to: links.integrations() },
  w: { name: 'Gateway', to: links.gateway() },
  x: { name: 'Exposure', to: links.exposure() },
  r: { name: 'Rules', to: links.rules() },
  s: { name: 'Settings', to: links.settings() },
} as const;

/** How long `g` waits for its second key, ms. */
const chordMs = 1200;

interface Doors {
  readonly openPalette: () => void;
  readonly openHelp: () => void;
}

/** The console's keys. Rows are whatever carries `data-row`; the search box of a page carries `data-search`. */
export function useKeyboard({ openPalette, openHelp }: Doors) {
  const jump = useJump();
  useEffect(() => {
    let goUntil = 0;
    const onKey = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        return openPalette();
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target) || isModal()) return;
      const page = event.timeStamp < goUntil ? goKeys[event.key as keyof typeof goKeys] : undefined;
      goUntil = event.key === 'g' ? event.timeStamp + chordMs : 0;
      if (page !== undefined) return jump(page.to);
      const act = keyActs(openHelp)[event.key];
      if (act?.(event.target) === true) event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [jump, openPalette, openHelp]);
}

/** Each says whether it did something. */
const keyActs = (openHelp: () => void): Readonly<Record<string, (target: EventTarget | null) => boolean>> => ({
  j: () => moveRow(1),
  k: () => moveRow(-1),
  ArrowDown: (target) => isRow(target) && moveRow(1),
  ArrowUp: (target) => isRow(target) && moveRow(-1),
  '/': () => focusSearch(),
  '?': () => {
    openHelp();
    return true;
  },
});

const isRow = (target: EventTarget | null): boolean => target instanceof HTMLElement && target.matches('[data-row]');

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');

const isModal = (): boolean => document.querySelector('dialog[open]') !== null;

function focusSearch(): boolean {
  const box = document.querySelector<HTMLElement>('[data-search]');
  box?.focus();
  return box !== null;
}

/** Moves the focus; with a side panel open, moves what the panel shows. */
function moveRow(step: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  const shown = rows.findIndex((row) => row.getAttribute('aria-current') === 'true');
  const at = shown >= 0 ? shown : rows.indexOf(document.activeElement as HTMLElement);
  const next = rows[at < 0 ? 0 : at + step];
  if (next === undefined) return false;
  next.scrollIntoView({ block: 'nearest' });
  if (shown >= 0) next.click();
  else next.focus();
  return true;
}
