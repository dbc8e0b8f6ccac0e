import type { ReactNode } from 'react';

/** What the shapes of the thread mean. */
export function ThreadKey() {
  return (
    <ul className="flex flex-wrap gap-x-5 gap-y-1 text-sm text-ink-2">
      <Shape of="finding, high or critical">
        <rect x="3" y="3" width="8" height="8" transform="rotate(45 7 7)" className="fill-ink" />
      </Shape>
      <Shape of="lesser finding">
        <rect x="3" y="3" width="8" height="8" transform="rotate(45 7 7)" className="fill-paper stroke-ink" />
      </Shape>
      <Shape of="act in evidence">
        <circle cx="7" cy="7" r="3" className="fill-ink" />
      </Shape>
      <Shape of="the grant’s usual life">
        <circle cx="7" cy="7" r="2.5" className="fill-paper stroke-line-2" />
      </Shape>
      <Shape of="rows in one line of evidence (×10 a step longer)">
        <rect x="5.5" y="0" width="3" height="14" className="fill-ink" />
      </Shape>
    </ul>
  );
}

const Shape = ({ of, children }: { readonly of: string; readonly children: ReactNode }) => (
  <li className="flex items-center gap-1.5">
    <svg width="14" height="14" aria-hidden="true">
      {children}
    </svg>
    {of}
  </li>
);
