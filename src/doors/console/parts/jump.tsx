import { useRouter } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, MouseEvent } from 'react';

interface JumpProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> {
  /** An address from links.ts, or one the server's search gave. */
  readonly to: string;
  /** Stay where the page is scrolled: for panels and filters. */
  readonly keepScroll?: boolean;
}

/** A link inside the console: a real anchor, followed without reloading. */
export function Jump({ to, keepScroll = false, onClick, ...rest }: JumpProps) {
  const jump = useJump();
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!isPlain || event.defaultPrevented) return;
    event.preventDefault();
    jump(to, { keepScroll });
  };
  return <a {...rest} href={to} onClick={follow} />;
}

export function useJump() {
  const router = useRouter();
  return (to: string, { keepScroll = false, replace = false } = {}) =>
    void router.navigate({ href: to, replace, resetScroll: !keepScroll });
}
