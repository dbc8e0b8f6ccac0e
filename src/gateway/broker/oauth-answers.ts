import { createHmac } from 'node:crypto';
import type { FormAnswer } from '../parts.ts';
import type { Suspension } from './integration.ts';

const refuse = (error: string, description: string, status = 400): FormAnswer => ({
  status,
  body: { error, error_description: description },
});

/** Refusals of the token endpoint in the CRM's words (RFC 6749 section 5.2; Salesforce Help, "OAuth 2.0 error codes"). */
export const invalidClient = refuse('invalid_client', 'invalid client credentials');
export const expiredGrant = refuse('invalid_grant', 'expired access/refresh token');
export const failedAuthentication = refuse('invalid_grant', 'authentication failure');
export const invalidAssertion = refuse('invalid_grant', 'invalid assertion');
export const unsupportedGrant = refuse('unsupported_grant_type', 'grant type not supported');
export const otherGrant = refuse('unauthorized_client', 'this integration is not registered for this grant type');
export const malformedForm = refuse('invalid_request', 'a parameter is missing or stands twice');
export const tooOften = refuse('invalid_grant', 'login rate exceeded');
export const unknownToken = refuse('invalid_token', 'invalid token');

export const foreignSender = (explanation: string): FormAnswer =>
  refuse('invalid_grant', `Cordon refused this sender: the request ${explanation}`);

export const suspendedGrant = ({ at, why }: Suspension): FormAnswer =>
  refuse('invalid_grant', `suspended by Cordon at ${new Date(at).toISOString()}: ${why}; a person must resume it`);

export interface TokenAnswer {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly issuedAt: number;
  readonly isKeyBound: boolean;
  readonly scope: string;
  readonly organization: string;
  readonly user: string;
  /** Where it was sent along: the CRM signs with it, and so do we. */
  readonly clientSecret: string | undefined;
}

/**
 * What the CRM answers to a grant, its URLs at the gateway: clients adopt `instance_url` and follow `id`. `signature` is
 * HMAC-SHA256 of id and issued_at under the client secret, base64 (Salesforce Help, "OAuth 2.0 refresh token flow").
 */
export function tokenBody(publicUrl: string, answer: TokenAnswer): Record<string, string> {
  const id = identityUrl(publicUrl, answer.organization, answer.user);
  const issuedAt = String(answer.issuedAt);
  const { clientSecret, refreshToken } = answer;
  return {
    access_token: answer.accessToken,
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    ...(clientSecret !== undefined && {
      signature: createHmac('sha256', clientSecret).update(`${id}${issuedAt}`).digest('base64'),
    }),
    scope: answer.scope,
    instance_url: publicUrl,
    id,
    token_type: answer.isKeyBound ? 'DPoP' : 'Bearer',
    issued_at: issuedAt,
  };
}

export const identityUrl = (publicUrl: string, organization: string, user: string): string =>
  `${publicUrl}/id/${organization}/${user}`;
