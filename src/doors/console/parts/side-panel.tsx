import { Dialog } from 'radix-ui';
import { type ReactNode, useRef } from 'react';
import { Jump } from './jump.tsx';
import { ScrollArea } from './scroll-area.tsx';

interface SidePanelProps {
  readonly title: string;
  readonly heading?: ReactNode;
  /** The object's own page. */
  readonly to?: string;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A quick look beside the list. The list stays usable; Escape closes and gives the focus back to the row. */
export function SidePanel({ title, heading, to, open, onClose, children }: SidePanelProps) {
  const row = useRef<HTMLElement>(null);
  const close = (isOpen: boolean) => {
    if (isOpen) return;
    row.current = document.querySelector('[data-row][aria-current="true"]');
    onClose();
  };
  return (
    <Dialog.Root open={open} onOpenChange={close} modal={false}>
      <Dialog.Portal>
        <Dialog.Content
          aria-describedby={undefined}
          onInteractOutside={(event) => event.preventDefault()}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            row.current?.focus();
          }}
          className="slides-in fixed top-0 right-0 bottom-0 z-30 flex w-[min(560px,100vw)] flex-col border-l border-line-2 bg-sheet max-sm:border-l-0"
        >
          <div className="flex items-start gap-3 border-b border-line px-5 py-3">
            <Dialog.Title className="min-w-0 flex-1 text-base font-semibold break-words">
              {heading ?? title}
            </Dialog.Title>
            {to !== undefined && (
              <Jump to={to} className="shrink-0 text-sm underline underline-offset-4">
                Full page
              </Jump>
            )}
            <Dialog.Close className="shrink-0 rounded-sm px-1.5 text-sm text-ink-2 hover:bg-wash hover:text-ink">
              Close <kbd className="ml-1 text-xs text-ink-3 max-sm:hidden">Esc</kbd>
            </Dialog.Close>
          </div>
          <ScrollArea className="min-h-0 flex-1 overflow-y-auto px-5 py-4" name={title}>
            {children}
          </ScrollArea>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
