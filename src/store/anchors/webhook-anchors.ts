import { failure, success } from '#model/result.ts';
import type { AnchorTarget } from './anchor.ts';

const timeoutMs = 10_000;

/** POSTs the anchor as JSON; any 2xx is a receipt. `headers` may carry the receiver's secret. */
export function createWebhookAnchors(url: string, headers: Readonly<Record<string, string>> = {}): AnchorTarget {
  return {
    name: `webhook ${new URL(url).origin}`,
    write: async (anchor) => {
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(anchor),
          redirect: 'error',
          signal: AbortSignal.timeout(timeoutMs),
        });
        await response.body?.cancel();
        if (response.ok) return success(undefined);
        return failure({ kind: 'later', afterMs: 60_000, why: `the receiver answered ${response.status}` });
      } catch (reason) {
        return failure({
          kind: 'later',
          afterMs: 60_000,
          why: reason instanceof Error ? reason.message : String(reason),
        });
      }
    },
  };
}
