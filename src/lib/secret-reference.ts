import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';

/** A secret is never written in the file itself: it is read from an environment variable or from a file. */
export const secret = z
  .union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })], {
    error: 'a reference to a secret: { env: NAME } or { file: PATH }',
  })
  .describe('Where to read the secret: { env: NAME } or { file: PATH }');

export type SecretReference = z.infer<typeof secret>;

/** The secret, or what is not there in words. Relative paths are relative to `base`; white space around it is cut. */
export function resolveSecret(
  reference: SecretReference,
  base: string,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly secret: string } | { readonly missing: string } {
  if ('env' in reference) {
    const value = environment[reference.env];
    return value ? { secret: value } : { missing: `no environment variable ${reference.env}` };
  }
  const file = resolve(base, reference.file);
  return existsSync(file) ? { secret: readFileSync(file, 'utf8').trim() } : { missing: `no file ${file}` };
}

/** `{ env: NAME }` or `{ file: PATH }` and nothing else. */
export const isSecretReference = (value: unknown): value is SecretReference => secret.safeParse(value).success;
