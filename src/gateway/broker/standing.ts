import type { DatabaseSync } from 'node:sqlite';
import { together } from '#vault/together.ts';
import type { BrokerRecords } from './broker-records.ts';
import type { HeldTokens } from './held-tokens.ts';
import type { AccessToken, Family, Integration } from './integration.ts';

/**
 * What may still be used: suspending, resuming, ending. In force in memory first, then durable; should the writing
 * fail, it throws and stays in force.
 */
export interface Standing {
  suspendFamily(family: Family, by: string, why: string): void;
  suspendIntegration(integration: Integration, by: string, why: string): void;
  /** Takes back every suspension of the integration and of its families. */
  resume(integration: Integration, by: string, why: string): void;
  /** For good: the family's refresh token and every access token of it. */
  endFamily(family: Family, by: string, why: string): void;
  revokeToken(token: AccessToken, by: string, why: string): void;
}

export function createStanding(
  database: DatabaseSync,
  records: BrokerRecords,
  held: HeldTokens,
  clock: () => number,
): Standing {
  const record = (by: string, act: string, subject: string, details: Readonly<Record<string, unknown>>): void =>
    records.record({ at: clock(), by, act, subject, details });
  return {
    suspendFamily: (family, by, why) => {
      if (family.suspension !== undefined) return;
      family.suspension = { at: clock(), by, why };
      together(database, () => {
        records.saveFamily(family);
        record(by, 'suspended tokens', family.integration.name, { family: family.id, why });
      });
    },
    suspendIntegration: (integration, by, why) => {
      if (integration.suspension !== undefined) return;
      integration.suspension = { at: clock(), by, why };
      together(database, () => {
        records.saveIntegration(integration);
        record(by, 'suspended', integration.name, { why });
      });
    },
    resume: (integration, by, why) => {
      const families = held.familiesOf(integration).filter(({ suspension }) => suspension !== undefined);
      together(database, () => {
        records.saveIntegration({ ...integration, suspension: undefined });
        for (const family of families) records.saveFamily({ ...family, suspension: undefined });
        record(by, 'resumed', integration.name, { why, families: families.map(({ id }) => id) });
      });
      integration.suspension = undefined;
      for (const family of families) family.suspension = undefined;
    },
    endFamily: (family, by, why) => {
      if (family.endedAt !== undefined) return;
      family.endedAt = clock();
      together(database, () => {
        records.saveFamily(family);
        record(by, 'ended tokens', family.integration.name, { family: family.id, why });
      });
    },
    revokeToken: (token, by, why) => {
      if (token.isRevoked) return;
      token.isRevoked = true;
      together(database, () => {
        records.revokeAccessToken(token.id, clock());
        record(by, 'revoked a token', token.family.integration.name, { token: token.id, why });
      });
    },
  };
}
