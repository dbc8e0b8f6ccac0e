import type { Finding } from '#model/finding.ts';
import { gatewayTokensOf } from '#model/gateway-tokens.ts';
import { links } from '../links.ts';
import { Jump } from '../parts/jump.tsx';
import { Fact } from '../parts/page.tsx';
import { Text } from '../parts/text.tsx';

const link = 'underline decoration-line-2 underline-offset-4';
const shownTokens = 6;

/** Where the gateway stood between, the ledger knows what left: its answer is a link away. */
export function WhatLeft({ incident, findings }: { readonly incident: string; readonly findings: readonly Finding[] }) {
  const found = gatewayTokensOf(findings);
  if (found.length === 0) return null;
  return (
    <Fact name="What left">
      {found.some(({ tokens }) => tokens.length > 0) && (
        <p>
          <Jump to={links.exposure({ kind: 'incident', of: incident })} className={`font-semibold ${link}`}>
            Which customers, which fields
          </Jump>
          <span className="text-ink-2">: all that left by its tokens, counted by the gateway</span>
        </p>
      )}
      {found.map(({ integration, tokens }) => (
        <div key={integration}>
          <Jump to={links.exposure({ kind: 'integration', of: integration })} className={link}>
            All that <Text words={integration} /> read
          </Jump>
          <span className="mx-2 text-ink-3">·</span>
          <Jump to={links.gatewayIntegration(integration)} className={link}>
            budgets, cut off
          </Jump>
          <ul>
            {tokens.slice(0, shownTokens).map((token) => (
              <li key={token}>
                by{' '}
                <Jump
                  to={links.exposure({ kind: 'token', of: token })}
                  className={`font-mono text-xs break-all ${link}`}
                >
                  <Text words={token} />
                </Jump>
              </li>
            ))}
            {tokens.length > shownTokens && <li className="text-ink-2">and {tokens.length - shownTokens} more</li>}
          </ul>
        </div>
      ))}
    </Fact>
  );
}
