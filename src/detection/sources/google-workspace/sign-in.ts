import { z } from 'zod';
import type { Surroundings } from '#model/live-source.ts';
import { failure } from '#model/result.ts';
import { vendorAddress } from '../vendor-address.ts';
import { askToken, type Credential, readSigningKey, signJwt, tokenCredential } from '../vendor-token.ts';

const scope = 'https://www.googleapis.com/auth/admin.reports.audit.readonly';

const keyFile = z.object({
  client_email: z.string().min(1),
  private_key: z.string().refine((pem) => readSigningKey(pem) !== undefined),
  private_key_id: z.string().optional(),
  token_uri: z
    .string()
    .refine((uri) => vendorAddress.safeParse(uri).success)
    .default('https://oauth2.googleapis.com/token'),
});

/** The key file of a service account, the JSON that Google gives out. */
export const serviceAccountKey = z
  .string()
  .min(1)
  .refine((text) => readKeyFile(text) !== undefined, 'the JSON key file of a service account')
  .meta({ secret: true });

function readKeyFile(text: string): z.infer<typeof keyFile> | undefined {
  try {
    return keyFile.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/**
 * Signs in as an administrator for whom the service account may act (domain-wide delegation).
 * https://developers.google.com/identity/protocols/oauth2/service-account
 */
export function signInToGoogle(
  { serviceAccountKey: text, administrator }: { readonly serviceAccountKey: string; readonly administrator: string },
  surroundings: Surroundings,
  timeoutMs: number,
): Credential {
  const { clock } = surroundings;
  const account = readKeyFile(text);
  const key = account && readSigningKey(account.private_key);
  return tokenCredential(async () => {
    if (account === undefined || key === undefined)
      return failure({ kind: 'invalid', where: 'serviceAccountKey', found: 'no key', expected: 'a JSON key file' });
    const { client_email: iss, token_uri: url, private_key_id: kid } = account;
    const iat = Math.floor(clock() / 1000);
    const claims = { iss, sub: administrator, scope, aud: url, iat, exp: iat + 3600 };
    const assertion = signJwt(key, claims, kid === undefined ? {} : { kid });
    const form = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
    return askToken({ vendor: 'Google', url, form }, surroundings, timeoutMs);
  }, clock);
}
