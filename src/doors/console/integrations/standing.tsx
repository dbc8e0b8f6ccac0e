import type { InventoryApp } from '#model/wire.ts';

export const standings = ['new', 'in use', 'dormant'] as const satisfies readonly InventoryApp['standing'][];

const look = {
  new: { ink: 'text-amber', mark: <path d="M4 0.5V7.5M0.5 4H7.5" stroke="currentColor" strokeWidth="1.5" /> },
  'in use': { ink: 'text-ink', mark: <circle cx="4" cy="4" r="3.25" fill="currentColor" /> },
  dormant: {
    ink: 'text-ink-2',
    mark: <circle cx="4" cy="4" r="3" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  },
} as const satisfies Record<InventoryApp['standing'], unknown>;

export function StandingMark({ standing }: { readonly standing: InventoryApp['standing'] }) {
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap ${look[standing].ink}`}>
      <svg width="8" height="8" viewBox="0 0 8 8" aria-hidden="true">
        {look[standing].mark}
      </svg>
      {standing}
    </span>
  );
}
