import type { ReactNode, Ref } from 'react';

interface ScrollAreaProps {
  readonly name: string;
  readonly className: string;
  readonly ref?: Ref<HTMLElement>;
  readonly children: ReactNode;
}

/** A region that scrolls by itself, and can be scrolled without a mouse. */
export function ScrollArea({ name, ...rest }: ScrollAreaProps) {
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={name}
      {...rest}
    />
  );
}
