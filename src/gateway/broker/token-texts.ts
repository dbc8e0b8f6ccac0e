import type { RandomBytes } from '#vault/seal.ts';

/** 256 random bits, 43 characters out of those that clients take for a token: `[.\w]` (`sf`: `/^(00D\w{12,15})![.\w]*$/`). */
const secretText = (random: RandomBytes): string => Buffer.from(random(32)).toString('base64url').replaceAll('-', '.');

/** `00D000000000001!cordon_…`: the organization's fifteen characters first, as the CRM's own begin. */
export const newAccessToken = (random: RandomBytes, organization: string): string =>
  `${organization.slice(0, 15)}!cordon_${secretText(random)}`;

export const newRefreshToken = (random: RandomBytes): string => `cordon_refresh_${secretText(random)}`;

export const newClientSecret = (random: RandomBytes): string => `cordon_secret_${secretText(random)}`;

export const newPassword = (random: RandomBytes): string => `cordon_password_${secretText(random)}`;

/** An id that may stand in logs: 80 random bits. */
export const newId = (random: RandomBytes, kind: 'token' | 'family' | 'client' | 'grant'): string =>
  `${kind}-${Buffer.from(random(10)).toString('hex')}`;
