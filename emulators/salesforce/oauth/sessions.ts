import type { App } from './app.ts';

/** One access token. */
export interface Session {
  readonly token: string;
  readonly app: App;
  readonly userId: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** The grant it stems from, where there is a refresh token. */
  readonly grant: Grant | undefined;
}

export interface Grant {
  readonly app: App;
  readonly userId: string;
  readonly issuedAt: number;
}

const twoHours = 7_200_000;

/** All tokens that are good at this moment. `secret(length)` draws that many characters of A-Z, a-z, 0-9, `.` and `_`. */
export class Sessions {
  readonly #organizationId: string;
  readonly #clock: () => number;
  readonly #secret: (length: number) => string;
  readonly #sessions = new Map<string, Session>();
  readonly #grants = new Map<string, Grant>();

  constructor(organizationId: string, clock: () => number, secret: (length: number) => string) {
    this.#organizationId = organizationId;
    this.#clock = clock;
    this.#secret = secret;
  }

  open(app: App, userId: string, grant?: Grant): Session {
    const issuedAt = this.#clock();
    for (const [token, { expiresAt }] of this.#sessions) if (expiresAt <= issuedAt) this.#sessions.delete(token);
    const session = {
      token: `${this.#organizationId.slice(0, 15)}!AQ${this.#secret(94)}`,
      app,
      userId,
      issuedAt,
      expiresAt: issuedAt + (app.accessTokenMs ?? twoHours),
      grant,
    };
    this.#sessions.set(session.token, session);
    return session;
  }

  /** A new refresh token. */
  grant(app: App, userId: string): { readonly refreshToken: string; readonly grant: Grant } {
    const refreshToken = `5Aep861${this.#secret(80)}`;
    const grant = { app, userId, issuedAt: this.#clock() };
    this.#grants.set(refreshToken, grant);
    return { refreshToken, grant };
  }

  find(token: string): Session | undefined {
    const session = this.#sessions.get(token);
    return session !== undefined && session.expiresAt > this.#clock() ? session : undefined;
  }

  findGrant(refreshToken: string): Grant | undefined {
    return this.#grants.get(refreshToken);
  }

  /** The same grant under a new refresh token; the old one is worth nothing any more. */
  rotate(refreshToken: string, grant: Grant): string {
    const next = `5Aep861${this.#secret(80)}`;
    this.#grants.delete(refreshToken);
    this.#grants.set(next, grant);
    return next;
  }

  /** An access token ends alone, a refresh token with all access tokens that stem from it. */
  revoke(token: string): boolean {
    const grant = this.#grants.get(token);
    if (grant === undefined) return this.#sessions.delete(token);
    this.#grants.delete(token);
    this.#endWhere((session) => session.grant === grant);
    return true;
  }

  /** All tokens of an app or of a user. */
  revokeAll(of: { readonly clientId?: string; readonly userId?: string }): void {
    const matches = ({ app, userId }: Grant | Session): boolean =>
      (of.clientId === undefined || app.clientId === of.clientId) && (of.userId === undefined || userId === of.userId);
    for (const [token, grant] of this.#grants) if (matches(grant)) this.#grants.delete(token);
    this.#endWhere(matches);
  }

  /** Access tokens end, refresh tokens stay. */
  expireAccess(clientId: string): void {
    this.#endWhere(({ app }) => app.clientId === clientId);
  }

  #endWhere(matches: (session: Session) => boolean): void {
    for (const [token, session] of this.#sessions) if (matches(session)) this.#sessions.delete(token);
  }
}
