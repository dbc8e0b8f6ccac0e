import { type ReactNode, useEffect, useRef } from 'react';

interface ModalProps {
  readonly title: string;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** The heading is for screen readers only. */
  readonly quiet?: boolean;
  readonly width?: number;
}

/** The browser's own modal dialog: it keeps the focus inside (first on what carries `data-first`), closes on Escape and gives the focus back. */
export function Modal({ title, open, onClose, children, quiet = false, width = 520 }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    if (open && !element.open) {
      element.showModal();
      element.querySelector<HTMLElement>('[data-first]')?.focus();
    }
    if (!open && element.open) element.close();
  }, [open]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog already; this adds the click outside
    <dialog
      ref={dialog}
      className="modal w-full max-sm:mt-4"
      style={{ maxWidth: `min(${width}px, calc(100vw - 24px))` }}
      aria-label={title}
      onClose={onClose}
      onClick={(event) => event.target === event.currentTarget && onClose()}
    >
      {open && (
        <div className={quiet ? '' : 'p-5'}>
          <h2 className={quiet ? 'sr-only' : 'mb-3 text-lg font-semibold'}>{title}</h2>
          {children}
        </div>
      )}
    </dialog>
  );
}
