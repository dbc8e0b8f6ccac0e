import { Tooltip } from 'radix-ui';
import type { ReactNode } from 'react';

/** More about a word, on hover and on keyboard focus. */
export function Tip({ words, children }: { readonly words: string; readonly children: ReactNode }) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>
        <span
          // biome-ignore lint/a11y/noNoninteractiveTabindex: WCAG 1.4.13: what hover shows, focus shows too
          tabIndex={0}
          className="whitespace-nowrap underline decoration-line-2 decoration-dotted underline-offset-4"
        >
          {children}
        </span>
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content
          sideOffset={6}
          collisionPadding={8}
          className="z-50 max-w-80 rounded-sm bg-ink px-2 py-1 text-xs text-paper"
        >
          {words}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
