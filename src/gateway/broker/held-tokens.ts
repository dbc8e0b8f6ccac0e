import type { BrokerRecords } from './broker-records.ts';
import type { AccessToken, Family, Integration } from './integration.ts';
import type { Way } from './registration.ts';

/** Longer than any answer streams: an answer that began in time may end after its token's. */
const keptAfterExpiryMs = 12 * 3_600_000;

/** What the hot path looks up: everything alive, in memory, as the tables have it. */
export class HeldTokens {
  readonly integrations = new Map<string, Integration>();
  readonly byClientId = new Map<string, Integration>();
  readonly families = new Map<string, Family>();
  readonly #byHash = new Map<string, AccessToken>();
  readonly #byId = new Map<string, AccessToken>();

  constructor(records: BrokerRecords, now: number) {
    for (const integration of records.integrations()) this.addIntegration(integration);
    for (const family of records.families((name) => this.integrations.get(name))) this.addFamily(family);
    for (const token of records.accessTokens((id) => this.families.get(id), now)) this.addToken(token);
  }

  addIntegration(integration: Integration): void {
    this.integrations.set(integration.name, integration);
    this.byClientId.set(integration.clientId, integration);
  }

  removeIntegration(integration: Integration): void {
    this.integrations.delete(integration.name);
    this.byClientId.delete(integration.clientId);
  }

  addFamily(family: Family): void {
    this.families.set(family.id, family);
  }

  addToken(token: AccessToken): void {
    this.#byHash.set(token.hash, token);
    this.#byId.set(token.id, token);
  }

  tokenByHash(hash: string): AccessToken | undefined {
    return this.#byHash.get(hash);
  }

  tokenById(id: string): AccessToken | undefined {
    return this.#byId.get(id);
  }

  tokens(): IterableIterator<AccessToken> {
    return this.#byId.values();
  }

  familiesOf(integration: Integration): Family[] {
    return [...this.families.values()].filter(
      (family) => family.integration === integration && family.endedAt === undefined,
    );
  }

  /** The family of a way that has no refresh token: one for all its sign-ins, so that locators outlive an access token. */
  familyOfWay(integration: Integration, way: Way): Family | undefined {
    return this.familiesOf(integration).find((family) => family.way === way);
  }

  /** Forgets tokens that ended and families that nobody can use again. */
  sweep(now: number): void {
    for (const token of this.#byId.values()) {
      const isOver = token.expiresAt < now - keptAfterExpiryMs || token.isRevoked || token.family.endedAt !== undefined;
      if (!isOver) continue;
      this.#byId.delete(token.id);
      this.#byHash.delete(token.hash);
    }
    for (const family of this.families.values()) if (family.endedAt !== undefined) this.families.delete(family.id);
  }
}

/** Whether it may still be used as far as time and people go; where it comes from is another question. */
export const isUsable = (token: AccessToken, now: number): boolean => token.expiresAt > now && isStanding(token);

/** Neither revoked nor suspended, whatever the time. */
export const isStanding = (token: AccessToken): boolean =>
  !token.isRevoked &&
  token.family.endedAt === undefined &&
  token.family.suspension === undefined &&
  token.family.integration.suspension === undefined;
