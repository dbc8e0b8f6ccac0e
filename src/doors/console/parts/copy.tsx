import { useState } from 'react';

/** Puts text on the clipboard and says so. */
export function Copy({ text, name = 'Copy' }: { readonly text: string; readonly name?: string }) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setState('copied'),
      () => setState('failed'),
    );
  return (
    <button
      type="button"
      onClick={() => void copy()}
      onBlur={() => setState('idle')}
      className="rounded-sm text-sm text-ink-2 underline decoration-line-2 underline-offset-4 hover:text-ink"
    >
      <span aria-live="polite">
        {state === 'idle' ? name : state === 'copied' ? 'Copied' : 'Select and copy by hand'}
      </span>
    </button>
  );
}
