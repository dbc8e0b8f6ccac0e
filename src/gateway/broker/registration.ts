import { createPublicKey } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { isSalesforceId } from '#lib/salesforce-id.ts';
import { type SenderTier, senderTiers } from '#model/release.ts';

/** How an integration may ask for tokens at the gateway. `password` is the weakest: four texts, no proof, no rotation. */
const ways = ['refresh-token', 'client-credentials', 'jwt-bearer', 'password'] as const;
export type Way = (typeof ways)[number];

const minute = 60_000;
const hour = 60 * minute;

/** The longest life of an access token by tier: the less a token is tied to its owner, the sooner it is worth nothing. */
const longestAccessMs: Readonly<Record<SenderTier, number>> = {
  certificate: 12 * hour,
  dpop: 12 * hour,
  network: hour,
  unbound: 15 * minute,
};

/** Base64url SHA-256: `x5t#S256` of RFC 8705 section 3.1, JWK thumbprint of RFC 7638. */
const thumbprint = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'a SHA-256 in base64url, 43 characters');

const network = z.string().refine(isNarrowNetwork, 'a network such as 203.0.113.0/24, no wider than /8 (IPv6: /16)');

/** Who may use the tokens. `networks` narrow every tier; each list may hold old and new while the vendor changes over. */
const senderRule = z
  .strictObject({
    tier: z.enum(senderTiers),
    certificates: z.array(thumbprint).max(100).default([]),
    /** DPoP keys known beforehand; without any, the first key a refresh token is used with is its only one. */
    keys: z.array(thumbprint).max(100).default([]),
    networks: z.array(network).max(1000).default([]),
  })
  .refine(({ tier, certificates }) => (tier === 'certificate') === certificates.length > 0, {
    message: 'certificates for the tier certificate, and only there',
    path: ['certificates'],
  })
  .refine(({ tier, keys }) => tier === 'dpop' || keys.length === 0, { message: 'keys only for dpop', path: ['keys'] })
  .refine(({ tier, networks }) => tier !== 'network' || networks.length > 0, {
    message: 'at least one network for the tier network',
    path: ['networks'],
  })
  .refine(({ tier, networks }) => tier !== 'unbound' || networks.length === 0, {
    message: 'a token with networks is not unbound: name the tier network',
    path: ['tier'],
  });

const clientId = z.string().min(1).max(512);

/** How the gateway itself gets the CRM's tokens for the integration. The secrets go to the vault and stay there. */
const upstreamGrant = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('refresh-token'),
    clientId,
    clientSecret: z.string().min(1).optional(),
    refreshToken: z.string().min(1),
  }),
  z.strictObject({ kind: z.literal('client-credentials'), clientId, clientSecret: z.string().min(1) }),
  z.strictObject({
    kind: z.literal('jwt-bearer'),
    clientId,
    /** The CRM user the token is for, by user name. */
    user: z.string().min(1),
    /** The CRM's log-in address: `https://login.salesforce.com`. */
    audience: z.url({ protocol: /^https?$/ }),
    /** PEM, RSA. */
    privateKey: z.string().min(1),
  }),
]);
export type UpstreamGrant = z.infer<typeof upstreamGrant>;

const salesforceId = (prefix: string) =>
  z.string().refine((id) => isSalesforceId(id) && id.startsWith(prefix), `a Salesforce id that begins with ${prefix}`);

const settings = z.strictObject({
  /** Whom to ask, a person or a team of this house. */
  owner: z.string().min(1).max(200),
  vendor: z.string().min(1).max(200),
  sender: senderRule,
  ways: z.array(z.enum(ways)).min(1),
  /** PEM of the public key or certificate with which the integration signs for `jwt-bearer`. RSA or P-256. */
  assertionKey: z.string().refine(isAssertionKey, 'a public key in PEM, RSA of 2048 bits or more, or P-256').optional(),
  accessMs: z
    .number()
    .min(minute)
    .default(15 * minute),
  /** A refresh token dies when it is not used for so long. */
  refreshMs: z
    .number()
    .min(hour)
    .max(365 * 24 * hour)
    .default(30 * 24 * hour),
  /**
   * Whether the refresh token changes with each use. `false` for clients that never store the new one (jsforce's own
   * refresh is one): without rotation a copied refresh token does not give itself away, so the sender must be bound.
   */
  rotates: z.boolean().default(true),
});

const registrationSchema = settings.extend({
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'small letters, digits, dots and dashes, at most 63'),
  /** Of the CRM: stands at the head of every token, as clients expect, and in the identity URL. */
  organization: salesforceId('00D'),
  user: salesforceId('005'),
  username: z.string().min(1).max(200),
  /** The consumer key it uses already, if it shall stay. */
  clientId: clientId.optional(),
  /** Tried in this order; a later one serves when an earlier is lost. */
  grants: z.array(upstreamGrant).min(1).max(5),
});

export const registration = registrationSchema.superRefine(checkTogether);
export const changedSettings = settings.superRefine(checkTogether);

/** As it is written; what has a default may be left out. */
export type Registration = z.input<typeof registrationSchema>;
export type Settings = z.infer<typeof settings>;
export type SettingsAsWritten = z.input<typeof settings>;
export type SenderRule = z.infer<typeof senderRule>;

/** What no field can say alone. */
function checkTogether(written: Settings, context: z.core.$RefinementCtx): void {
  const refuse = (path: string, message: string): void => {
    context.addIssue({ code: 'custom', path: [path], message });
  };
  if (written.accessMs > longestAccessMs[written.sender.tier])
    refuse('accessMs', `at most ${longestAccessMs[written.sender.tier] / minute} minutes for ${written.sender.tier}`);
  if (!written.rotates && written.sender.tier === 'unbound')
    refuse('rotates', 'a bound sender for a refresh token that stays the same');
  // Without a refresh token there is no first use to remember: whoever has the client secret could bring a key.
  const signsIn = written.ways.some((way) => way !== 'refresh-token');
  if (written.sender.tier === 'dpop' && written.sender.keys.length === 0 && signsIn)
    refuse('sender', 'keys for dpop, where it signs in without a refresh token');
  if (written.ways.includes('jwt-bearer') !== (written.assertionKey !== undefined))
    refuse('assertionKey', 'a public key for the way jwt-bearer, and only there');
}

function isNarrowNetwork(text: string): boolean {
  if (!ipaddr.isValidCIDR(text)) return false;
  const [address, length] = ipaddr.parseCIDR(text);
  return length >= (address.kind() === 'ipv4' ? 8 : 16);
}

function isAssertionKey(text: string): boolean {
  try {
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = createPublicKey(text);
    if (type === 'rsa') return (details?.modulusLength ?? 0) >= 2048;
    return type === 'ec' && details?.namedCurve === 'prime256v1';
  } catch {
    return false;
  }
}
