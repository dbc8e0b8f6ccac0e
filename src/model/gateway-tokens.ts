import type { Finding } from './finding.ts';

/** An integration behind the gateway, and its tokens that findings rest on. */
export interface GatewayTokens {
  readonly integration: string;
  readonly tokens: readonly string[];
}

/** Whom the gateway's own lines of evidence are about, in their order. */
export function gatewayTokensOf(findings: readonly Pick<Finding, 'evidence'>[]): readonly GatewayTokens[] {
  const found = new Map<string, Set<string>>();
  for (const { source, slots } of findings.flatMap(({ evidence }) => evidence)) {
    const integration = slots['actor.app_name'];
    if (source !== 'cordon-gateway' || integration === undefined) continue;
    const tokens = found.get(integration) ?? new Set();
    found.set(integration, tokens);
    const token = slots['actor.session.uid'];
    // A notice about credentials alone names no token.
    if (token !== undefined && token !== '-') tokens.add(token);
  }
  return [...found].map(([integration, tokens]) => ({ integration, tokens: [...tokens] }));
}
