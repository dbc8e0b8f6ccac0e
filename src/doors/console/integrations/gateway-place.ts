import type { GatewayView } from '#model/gateway-wire.ts';
import type { InventoryApp } from '#model/wire.ts';
import { links } from '../links.ts';

/** Where an app of the logs stands: `of` leads to what the gateway knows of it. */
export type GatewayPlace =
  | { readonly words: 'behind the gateway'; readonly of: string }
  | { readonly words: 'straight to the CRM' };

/**
 * Logs and gateway name the same integration differently; the gateway tells which apps it does not stand before. Nothing
 * is said where it was not told of the app.
 */
export function gatewayPlaceOf(
  { name, uid }: Pick<InventoryApp, 'name' | 'uid'>,
  view: Pick<GatewayView, 'integrations' | 'coverage'> | undefined,
): GatewayPlace | undefined {
  if (view === undefined || view.integrations.length === 0) return undefined;
  if (view.coverage.outside.includes(name)) return { words: 'straight to the CRM' };
  const own = view.integrations.find((each) => each.name === name || each.name === uid);
  return { words: 'behind the gateway', of: own === undefined ? links.gateway() : links.gatewayIntegration(own.name) };
}
