import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { readYaml } from '#lib/read-yaml.ts';
import { resolveSecret, type SecretReference, secret } from '#lib/secret-reference.ts';
import { type Failure, failure, type Result, success } from '#model/result.ts';
import { parseNetwork } from './policy/networks.ts';

const megabytes = z.number().positive();

const network = z.string().transform((text, context) => {
  const block = parseNetwork(text);
  if (block === undefined) context.addIssue({ code: 'custom', message: 'a network like 203.0.113.0/24' });
  return block ?? z.NEVER;
});

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
  formerMasterKey: secret
    .optional()
    .describe('The master key before: at the start every secret under it is put under masterKey; then take this out'),
  auditAnchors: z
    .array(z.strictObject({ file: z.string().min(1) }))
    .default([])
    .describe('Where heads of the ledger are written outside its directory'),
  anchorEveryMinutes: z.number().positive().default(10),
  limits: z
    .strictObject({
      streamsPerIntegration: z.int().positive().default(8),
      callsPerSecond: z.number().positive().default(100).describe('Of one integration, on average'),
      callsInBurst: z.int().positive().default(500).describe('Of one integration, at once after a pause'),
      connections: z.int().positive().default(1000),
      connectionsPerAddress: z
        .int()
        .positive()
        .default(250)
        .describe('Of those, from one address (IPv6: one /64); give each integration behind it 72'),
      sharedAddresses: z
        .array(network)
        .default([])
        .describe('Networks of a NAT or a proxy that many integrations come through: only `connections` bounds them'),
      pageMegabytes: megabytes.default(16).describe('The largest JSON answer that is held to be counted'),
      bodyMegabytes: megabytes.default(1),
      drainGraceSeconds: z
        .number()
        .min(0)
        .max(25)
        .default(2)
        .describe('At a stop, how long clients are told to close their connections before idle ones are closed'),
    })
    .prefault({}),
  retentionDays: z.number().positive().default(1095).describe('How long the ledger knows what left'),
});

export interface GatewayConfiguration extends Omit<z.infer<typeof schema>, 'masterKey' | 'formerMasterKey'> {
  /** 32 bytes. */
  readonly masterKey: Uint8Array;
  readonly formerMasterKey?: Uint8Array;
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
  const read = parseGatewayConfiguration(readFileSync(path, 'utf8'), path, environment);
  if (!read.ok) return read;
  const missing = missingFiles(read.value, path);
  return missing.length > 0 ? failure(missing) : read;
}

/** What is written down by name must be there; anchors lie on media of their own, which nobody makes by mistake. */
function missingFiles({ tls, upstream, auditAnchors }: GatewayConfiguration, path: string): readonly Failure[] {
  const named: readonly (readonly [string, string | undefined])[] = [
    ['tls.certificate', tls?.certificate],
    ['tls.key', tls?.key],
    ['upstream.certificateAuthority', upstream.certificateAuthority],
    ...auditAnchors.map(({ file }, index) => [`auditAnchors.${index}.file`, dirname(file)] as const),
  ];
  return named.flatMap(([key, file]): readonly Failure[] => {
    if (file === undefined || existsSync(file)) return [];
    const expected = key.startsWith('auditAnchors') ? 'a directory that is there' : 'a PEM file';
    return [{ kind: 'invalid', where: `${path} ${key}`, found: `no ${file}`, expected }];
  });
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
  const keyOf = (name: 'masterKey' | 'formerMasterKey', reference: SecretReference): Uint8Array | undefined =>
    readMasterKey(resolveSecret(reference, base, environment), `${path} ${name}`, faults);
  const { masterKey: ownKey, formerMasterKey: formerKey, ...others } = written;
  const masterKey = keyOf('masterKey', ownKey);
  const formerMasterKey = formerKey && keyOf('formerMasterKey', formerKey);
  if (written.tls === undefined && !isLocal(written.listen.host)) {
    faults.push({
      kind: 'invalid',
      where: `${path} listen.host`,
      found: `${written.listen.host} without tls`,
      expected: 'tls with certificate and key, or a local address',
    });
  }
  const crm = new URL(written.upstream.instanceUrl);
  if (crm.protocol === 'http:' && !isLocal(crm.hostname)) {
    const [where, found] = [`${path} upstream.instanceUrl`, written.upstream.instanceUrl];
    faults.push({ kind: 'invalid', where, found, expected: 'https, beyond this machine' });
  }
  if (faults.length > 0 || masterKey === undefined) return failure(faults);
  const { upstream, tls } = written;
  return success({
    ...others,
    masterKey,
    ...(formerMasterKey && { formerMasterKey }),
    dataDirectory: resolve(base, written.dataDirectory),
    ...(tls && { tls: { certificate: resolve(base, tls.certificate), key: resolve(base, tls.key) } }),
    upstream: {
      ...upstream,
      ...(upstream.certificateAuthority && { certificateAuthority: resolve(base, upstream.certificateAuthority) }),
    },
    auditAnchors: written.auditAnchors.map((anchor) => ({ file: resolve(base, anchor.file) })),
  });
}

const isLocal = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host === '[::1]' || host.startsWith('127.');

function readMasterKey(
  resolved: ReturnType<typeof resolveSecret>,
  where: string,
  faults: Failure[],
): Uint8Array | undefined {
  const refuse = (found: string): undefined => {
    faults.push({ kind: 'invalid', where, found, expected: '32 bytes as base64 or hex (cordon gateway key)' });
    return undefined;
  };
  if ('missing' in resolved) return refuse(resolved.missing);
  const isHex = /^[0-9a-f]{64}$/i.test(resolved.secret);
  const key = Buffer.from(resolved.secret, isHex ? 'hex' : 'base64');
  return key.length === 32 ? key : refuse(`${key.length} bytes`);
}
