import type { GatewayIntegrationView } from '#model/gateway-wire.ts';
import { Text } from '../parts/text.tsx';

/** What keeps an integration from its work, and what its policy leaves open. */
export function StateLines({ integration }: { readonly integration: GatewayIntegrationView }) {
  const { suspended, warnings, dryRun } = integration;
  return (
    <>
      {suspended !== undefined && (
        <span className="block text-sm text-alarm">
          Cut off: <Text words={suspended.why} />
        </span>
      )}
      {dryRun && <span className="block text-sm text-amber">Dry run: what its policy refuses is only reported.</span>}
      {warnings.map((warning) => (
        <span key={warning} className="block text-sm text-amber">
          <Text words={warning} />
        </span>
      ))}
    </>
  );
}
