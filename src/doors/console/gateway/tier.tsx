import type { SenderTier } from '#model/release.ts';

const words = {
  certificate: { name: 'certificate', ink: 'text-ink', says: 'A stolen token is worthless without the private key' },
  dpop: { name: 'key (DPoP)', ink: 'text-ink', says: 'A stolen token is worthless without the private key' },
  network: {
    name: 'network',
    ink: 'text-amber',
    says: 'Weaker: whoever calls from its network may use a stolen token',
  },
  unbound: {
    name: 'nothing',
    ink: 'text-alarm',
    says: 'Weakest: whoever holds the token may use it, within the budget',
  },
} as const satisfies Record<SenderTier, unknown>;

const marks = {
  bound: <path d="M1 4h6v4H1zM2.25 4V2.75a1.75 1.75 0 0 1 3.5 0V4" strokeLinejoin="round" />,
  network: <path d="M1 7.5 4 1l3 6.5z" strokeLinejoin="round" />,
  unbound: <path d="M1 1l6 6.5M7 1 1 7.5" />,
} as const;

/** How surely a call comes from the integration itself. The weaker ways are named as such. */
export function Tier({ tier, isTold = false }: { readonly tier: SenderTier; readonly isTold?: boolean }) {
  const { name, says, ink } = words[tier];
  return (
    <>
      <span className={`inline-flex items-baseline gap-1.5 whitespace-nowrap ${ink}`} title={isTold ? undefined : says}>
        <svg width="9" height="9" viewBox="0 0 8 8.5" fill="none" stroke="currentColor" aria-hidden="true">
          {marks[tier === 'network' || tier === 'unbound' ? tier : 'bound']}
        </svg>
        {name}
        {!isTold && <span className="sr-only">. {says}</span>}
      </span>
      {isTold && <span className="ml-2 text-ink-2">{says}</span>}
    </>
  );
}
