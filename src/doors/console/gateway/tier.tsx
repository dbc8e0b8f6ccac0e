import type { SenderTier } from '#model/release.ts';

const words = {
  certificate: { name: 'certificate', says: 'A stolen token is worthless without the private key' },
  dpop: { name: 'key (DPoP)', says: 'A stolen token is worthless without the private key' },
  network: { name: 'network', says: 'Weaker: whoever calls from its network may use a stolen token' },
  unbound: { name: 'unbound', says: 'Weakest: whoever holds the token may use it, within the budget' },
} as const satisfies Record<SenderTier, unknown>;

/** How surely a call comes from the integration itself. The weaker ways are named as such. */
export function Tier({ tier }: { readonly tier: SenderTier }) {
  const { name, says } = words[tier];
  const ink = tier === 'unbound' ? 'text-alarm' : tier === 'network' ? 'text-amber' : 'text-ink';
  return (
    <span className={`whitespace-nowrap ${ink}`} title={says}>
      {name}
      <span className="sr-only">. {says}</span>
    </span>
  );
}
