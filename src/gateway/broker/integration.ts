import type { Secret } from '#vault/secret.ts';
import type { CompiledSender } from './compile-sender.ts';
import type { Settings, UpstreamGrant, Way } from './registration.ts';

export interface Suspension {
  /** ms. */
  readonly at: number;
  /** A person, or `gateway`. */
  readonly by: string;
  readonly why: string;
}

/** A grant as the broker keeps it: its secrets lie in the vault under `id`. */
export interface KeptGrant {
  readonly id: string;
  readonly kind: UpstreamGrant['kind'];
  readonly clientId: string;
  /** Only `jwt-bearer`. */
  readonly user?: string | undefined;
  readonly audience?: string | undefined;
  /** Set when the CRM refused it for good; a person replaces it. */
  readonly lost?: { readonly at: number; readonly why: string } | undefined;
}

/** A registered integration, as the hot path reads it; changed in place when its registration changes. */
export interface Integration {
  readonly name: string;
  readonly organization: string;
  readonly user: string;
  readonly username: string;
  readonly clientId: string;
  readonly registeredAt: number;
  settings: Settings;
  sender: CompiledSender;
  grants: readonly KeptGrant[];
  /** SHA-256 of the client secrets that are taken, base64url; the newest has no end. */
  clientSecrets: readonly { readonly hash: string; readonly until: number | undefined }[];
  /** SHA-256 of the password of the way `password`. */
  passwordHash: string | undefined;
  suspension: Suspension | undefined;
}

/** Tokens that stem from one consent: one refresh token and its successors, or one way of signing in without any. */
export interface Family {
  readonly id: string;
  readonly integration: Integration;
  readonly way: Way;
  readonly openedAt: number;
  /** The DPoP key the family was first used with. */
  key: string | undefined;
  suspension: Suspension | undefined;
  endedAt: number | undefined;
}

/** An access token as the hot path finds it. */
export interface AccessToken {
  readonly id: string;
  readonly hash: string;
  readonly family: Family;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** What it is tied to (RFC 8705, RFC 9449); the networks are the integration's. */
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  isRevoked: boolean;
  lastUsedAt: number | undefined;
  lastAddress: string | undefined;
}

/** Shown once, to whoever registers; the gateway keeps hashes. */
export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: Secret;
  readonly refreshToken: Secret | undefined;
  readonly password: Secret | undefined;
}

/** One act for the audit log: who did what to whom, when. Never a secret in it. */
export interface BrokerAct {
  readonly sequence: number;
  readonly at: number;
  /** A person, `gateway`, or `integration NAME`. */
  readonly by: string;
  readonly act: string;
  /** Name of the integration. */
  readonly subject: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** A refresh token as it lies in the table; looked up by hash, never held in memory. */
export interface RefreshToken {
  readonly id: string;
  readonly hash: string;
  readonly family: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Set when it was used and another took its place. */
  readonly replaced:
    | undefined
    | {
        readonly at: number;
        /** Who used it: certificate, key or address. */
        readonly sender: string;
        readonly successor: string;
        /** The answer it got, sealed under a key that only the token's own text gives. */
        readonly answer: Uint8Array;
      };
}
