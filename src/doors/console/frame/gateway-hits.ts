import { useQuery } from '@tanstack/react-query';
import type { GatewayIntegrationView } from '#model/gateway-wire.ts';
import { isRecordId, isTokenId } from '../exposure/subject-kinds.ts';
import { links } from '../links.ts';
import { gatewayQuery } from '../server/queries.ts';
import { useMay } from '../server/session.ts';

/** An integration behind the gateway, or a question about what left through it. */
export interface GatewayHit {
  readonly kind: 'gateway';
  readonly title: string;
  readonly detail: string;
  readonly to: string;
}

/** Integrations by name, vendor or owner; the exposure of a token or a customer by its id. */
export function gatewayHits(
  text: string,
  integrations: readonly Pick<GatewayIntegrationView, 'name' | 'vendor' | 'owner' | 'state'>[],
  mayAskCustomer: boolean,
): readonly GatewayHit[] {
  const wanted = text.trim();
  const small = wanted.toLowerCase();
  const hit = (title: string, detail: string, to: string): GatewayHit => ({ kind: 'gateway', title, detail, to });
  return [
    ...(isTokenId(small) ? [hit(`What ${small} read`, 'token', links.exposure({ kind: 'token', of: small }))] : []),
    ...(mayAskCustomer && isRecordId(wanted)
      ? [hit(`Who read ${wanted}`, 'customer', links.exposure({ kind: 'customer', of: wanted }))]
      : []),
    ...integrations
      .filter(({ name, vendor, owner }) => `${name} ${vendor} ${owner}`.toLowerCase().includes(small))
      .flatMap(({ name, vendor, state }) => [
        hit(name, state === 'active' ? vendor : `${vendor} · cut off`, links.gatewayIntegration(name)),
        hit(`What ${name} read`, 'exposure', links.exposure({ kind: 'integration', of: name })),
      ]),
  ];
}

export function useGatewayHits(text: string): readonly GatewayHit[] {
  const mayAskCustomer = useMay('privacy');
  const { data } = useQuery({ ...gatewayQuery, refetchInterval: false });
  return gatewayHits(text, data?.integrations ?? [], mayAskCustomer);
}
