import type { Identity } from '../call.ts';
import { type DataPath, notice } from './data-path.ts';

/** A budget of records or customers is spent: the token is suspended until a person lets it go on, and people are told. */
export function endAtBudget(path: DataPath, identity: Identity, message: string): void {
  const what = message.replace(/^Cordon gateway: t/, 'T').replace(/\.$/, '');
  notice(path, identity, 'budget', 'critical', `${what}. The token is suspended.`);
  path.broker.suspend(identity, what).catch((error: unknown) => {
    path.log({ level: 'error', event: 'suspend-failed', integration: identity.integration, why: String(error) });
  });
}
