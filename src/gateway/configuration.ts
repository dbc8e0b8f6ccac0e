import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { readYaml } from '#lib/read-yaml.ts';
import { resolveSecret, secret } from '#lib/secret-reference.ts';
import { type Failure, failure, type Result, success } from '#model/result.ts';

const megabytes = z.number().positive();

const schema = z.strictObject({
  dataDirectory: z
    .string()
    .min(1)
    .default('.cordon-gateway')
    .describe('Where the gateway keeps vault, ledger and state'),
  listen: z
    .strictObject({ host: z.string().min(1).default('127.0.0.1'), port: z.int().min(0).max(65535).default(8440) })
    .prefault({}),
  publicUrl: z.url({ protocol: /^https?$/ }).describe('How integrations reach the gateway: their new instance URL'),
  tls: z
    .strictObject({ certificate: z.string().min(1), key: z.string().min(1) })
    .optional()
    .describe('PEM files; without them only this machine is listened to'),
  admin: z
    .strictObject({ host: z.string().min(1).default('127.0.0.1'), port: z.int().min(0).max(65535).default(8441) })
    .prefault({})
    .describe('Health, readiness and metrics'),
  upstream: z
    .strictObject({
      instanceUrl: z.url({ protocol: /^https?$/ }).describe('The CRM itself: https://NAME.my.salesforce.com'),
      loginUrl: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe('Where its tokens are asked for; default: instanceUrl'),
      certificateAuthority: z.string().min(1).optional().describe('PEM file, where the CRM is behind a private one'),
    })
    .describe('The CRM'),
  masterKey: secret.describe('32 bytes as base64 or hex; it wraps every secret in the vault'),
  auditAnchors: z
    .array(z.strictObject({ file: z.string().min(1) }))
    .default([])
    .describe('Where heads of the ledger are written outside its directory'),
  anchorEveryMinutes: z.number().positive().default(10),
  limits: z
    .strictObject({
      streamsPerIntegration: z.int().positive().default(8),
      connections: z.int().positive().default(1000),
      pageMegabytes: megabytes.default(16).describe('The largest JSON answer that is held to be counted'),
      bodyMegabytes: megabytes.default(1),
    })
    .prefault({}),
  retentionDays: z.number().positive().default(1095).describe('How long the ledger knows what left'),
});

export interface GatewayConfiguration extends Omit<z.infer<typeof schema>, 'masterKey'> {
  /** 32 bytes. */
  readonly masterKey: Uint8Array;
}

/**
 * Reads the gateway's own file: another process, another directory, other secrets than the main house. Relative paths
 * are relative to the file. Every fault is reported at once, each with its line.
 */
export function readGatewayConfiguration(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): Result<GatewayConfiguration, readonly Failure[]> {
  const path = resolve(file);
  if (!existsSync(path))
    return failure([{ kind: 'invalid', where: path, found: 'no such file', expected: 'a gateway.yaml' }]);
  return parseGatewayConfiguration(readFileSync(path, 'utf8'), path, environment);
}

export function parseGatewayConfiguration(
  text: string,
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
): Result<GatewayConfiguration, readonly Failure[]> {
  const read = readYaml(text, path, schema);
  if (!read.ok) return read;
  const written = read.value;
  const base = dirname(path);
  const faults: Failure[] = [];
  const masterKey = readMasterKey(resolveSecret(written.masterKey, base, environment), path, faults);
  if (written.tls === undefined && !isLocal(written.listen.host)) {
    faults.push({
      kind: 'invalid',
      where: `${path} listen.host`,
      found: `${written.listen.host} without tls`,
      expected: 'tls with certificate and key, or a local address',
    });
  }
  if (faults.length > 0 || masterKey === undefined) return failure(faults);
  const { upstream, tls } = written;
  return success({
    ...written,
    masterKey,
    dataDirectory: resolve(base, written.dataDirectory),
    ...(tls && { tls: { certificate: resolve(base, tls.certificate), key: resolve(base, tls.key) } }),
    upstream: {
      ...upstream,
      ...(upstream.certificateAuthority && { certificateAuthority: resolve(base, upstream.certificateAuthority) }),
    },
    auditAnchors: written.auditAnchors.map((anchor) => ({ file: resolve(base, anchor.file) })),
  });
}

const isLocal = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');

function readMasterKey(
  resolved: ReturnType<typeof resolveSecret>,
  path: string,
  faults: Failure[],
): Uint8Array | undefined {
  const refuse = (found: string): undefined => {
    faults.push({ kind: 'invalid', where: `${path} masterKey`, found, expected: '32 bytes as base64 or hex' });
    return undefined;
  };
  if ('missing' in resolved) return refuse(resolved.missing);
  const isHex = /^[0-9a-f]{64}$/i.test(resolved.secret);
  const key = Buffer.from(resolved.secret, isHex ? 'hex' : 'base64');
  return key.length === 32 ? key : refuse(`${key.length} bytes`);
}
