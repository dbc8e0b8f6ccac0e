import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { readYaml } from '#lib/read-yaml.ts';
import { resolveSecret, type SecretReference, secret } from '#lib/secret-reference.ts';
import { type Level, levels } from '#model/finding.ts';
import type { LiveSource } from '#model/live-source.ts';
import { privateNetworks, salesforceHosts } from '#model/network-places.ts';
import { type Failure, failure, type Result, success } from '#model/result.ts';
import { type Role, roles } from '#model/staff.ts';
import { type LiveBlock, liveBlocks, liveBlocksSchema } from './configuration/live-blocks.ts';

const instant = z.iso.datetime({ offset: true, error: 'a time like 2026-11-23T10:00:00Z' });

const schema = z.strictObject({
  dataDirectory: z.string().min(1).default('.cordon').describe('Where Cordon keeps its records'),
  listen: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      port: z.int().min(0).max(65535).default(8420),
    })
    .prefault({}),
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('How people reach the console, when behind a proxy'),
  tls: z.strictObject({ certificate: z.string(), key: z.string() }).optional().describe('PEM files'),
  database: secret.optional().describe('A PostgreSQL URL; the environment variable DATABASE_URL does the same'),
  signIn: z
    .strictObject({
      password: z.boolean().default(false).describe('The weaker way: password and one-time code'),
      oidc: z
        .strictObject({
          name: z.string().min(1).default('Single sign-on'),
          issuer: z.url(),
          clientId: z.string().min(1),
          clientSecret: secret.optional(),
          roles: z
            .record(z.string(), z.enum(Object.keys(roles) as [Role, ...Role[]]))
            .optional()
            .describe('Group claim to role: people of these groups are let in without an invitation'),
        })
        .optional(),
    })
    .prefault({}),
  auditAnchors: z
    .array(
      z.union([
        z.strictObject({ file: z.string().min(1) }),
        z.strictObject({ syslog: z.string().min(1) }),
        z.strictObject({ webhook: z.url(), secret: secret.optional() }),
      ]),
    )
    .default([])
    .describe('Where heads of the audit log are written outside the store'),
  anchorEveryMinutes: z.number().positive().default(10),
  sources: z
    .array(
      z.union([
        z.strictObject({ path: z.string().min(1), everySeconds: z.number().positive().default(30) }),
        z.strictObject({ socket: z.string().min(1), mode: z.enum(['0600', '0660']).default('0600') }),
      ]),
    )
    .default([])
    .describe('Files and folders of logs to watch, and Unix sockets to which forwarders write JSON lines'),
  network: z
    .strictObject({
      crmHosts: z
        .array(
          z
            .string()
            .regex(/^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i, 'a host like crm.brand.example or *.brand.example'),
        )
        .default([...salesforceHosts])
        .describe('Hosts that are the CRM to the network; your own names for it too'),
      insideNetworks: z
        .array(z.union([z.cidrv4(), z.cidrv6()]))
        .default([...privateNetworks])
        .describe('Addresses that are the house’s own'),
    })
    .prefault({})
    .describe('How traffic in logs of Zeek, Suricata, proxies and firewalls is told apart'),
  knowledge: z
    .strictObject({
      anonymisers: z
        .array(z.strictObject({ path: z.string().min(1), kind: z.string().min(1) }))
        .default([])
        .describe('Lists of exits of anonymising services, e.g. { path: tor-exits.txt, kind: tor }'),
      indicators: z.array(z.string().min(1)).default([]).describe('STIX 2.1 bundles and CSV files of indicators'),
      vendors: z.string().min(1).optional().describe('YAML: which app is which third party, who answers for it'),
      people: z.string().min(1).optional().describe('CSV: which sign-in names and ids are one person'),
    })
    .prefault({})
    .describe('Files that people keep and refresh; they are read again when they change'),
  live: z
    .array(z.looseObject({ source: z.string().min(1) }))
    .default([])
    .describe('Logs of vendors read while they are written'),
  arrival: z
    .strictObject({
      orderWithinSeconds: z
        .number()
        .min(0)
        .max(600)
        .default(15)
        .describe('Events of live sources wait so long after they happened, so that they are seen in order'),
      lateWithinHours: z
        .number()
        .positive()
        .max(24 * 7)
        .default(30)
        .describe('Correlations count an event in its place when it comes no later than this'),
    })
    .prefault({}),
  rules: z
    .strictObject({
      directory: z.string().min(1).optional().describe('Imported Sigma rules; by default rules/ in the data directory'),
      placeholders: z
        .record(z.string(), z.array(z.string()))
        .default({})
        .describe('What %name% stands for in Sigma rules, e.g. { admins: [anna, ben] }'),
    })
    .prefault({})
    .describe('Sigma rules of your own, beside the pack'),
  gateway: z
    .strictObject({ dataDirectory: z.string().min(1) })
    .optional()
    .describe('A gateway on this machine: its log is watched and its pages are shown'),
  changes: z
    .array(
      z
        .strictObject({
          app: z.string().min(1).optional(),
          user: z.string().min(1).optional(),
          from: instant,
          to: instant,
          reason: z.string().min(3),
        })
        .refine((change) => change.app !== undefined || change.user !== undefined, 'app, user or both'),
    )
    .default([])
    .describe('Announced changes: what these grants do meanwhile opens no incident'),
  chat: z
    .array(z.strictObject({ webhook: secret, from: z.enum(levels).default('high') }))
    .default([])
    .describe('Incoming webhooks (Slack, Mattermost and their like) that are told when an incident opens'),
  retentionDays: z.number().positive().default(90),
  failOn: z.enum(levels).optional().describe('Default of `cordon scan --fail-on`'),
});

type Written = z.infer<typeof schema>;

export interface Configuration
  extends Omit<Written, 'database' | 'signIn' | 'auditAnchors' | 'changes' | 'chat' | 'live' | 'rules'> {
  readonly rules: { readonly directory: string; readonly placeholders: Readonly<Record<string, readonly string[]>> };
  readonly live: readonly LiveBlock[];
  readonly databaseUrl: string | undefined;
  readonly signIn: {
    readonly password: boolean;
    readonly oidc:
      | {
          readonly name: string;
          readonly issuer: string;
          readonly clientId: string;
          readonly clientSecret: string | undefined;
          readonly roles: Readonly<Record<string, Role>> | undefined;
        }
      | undefined;
  };
  readonly auditAnchors: readonly (
    | { readonly file: string }
    | { readonly syslog: string }
    | { readonly webhook: string; readonly secret: string | undefined }
  )[];
  readonly chat: readonly { readonly webhook: string; readonly from: Level }[];
  /** Times are ms since 1970 UTC. */
  readonly changes: readonly {
    readonly app: string | undefined;
    readonly user: string | undefined;
    readonly from: number;
    readonly to: number;
    readonly reason: string;
  }[];
}

/** The schema of `cordon.yaml` as JSON Schema, for editors and documentation. */
export function configurationSchema(liveSources: readonly LiveSource[]): unknown {
  const { properties, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return { ...rest, properties: { ...properties, live: liveBlocksSchema(liveSources) } };
}

/**
 * Reads `file` (default `cordon.yaml` in the working directory; defaults throughout when it is absent and was not asked
 * for). Relative paths in it are relative to the file. Every fault is reported at once, each with line and column.
 * Without `liveSources`, for those who open none, the blocks under `live` are left unread.
 */
export function readConfiguration(
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  liveSources?: readonly LiveSource[],
): Result<Configuration, readonly Failure[]> {
  const path = resolve(file ?? 'cordon.yaml');
  if (!existsSync(path)) {
    if (file === undefined) return parseConfiguration('', path, environment, liveSources);
    return failure([{ kind: 'invalid', where: path, found: 'no such file', expected: 'a cordon.yaml' }]);
  }
  return parseConfiguration(readFileSync(path, 'utf8'), path, environment, liveSources);
}

export function parseConfiguration(
  text: string,
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
  liveSources?: readonly LiveSource[],
): Result<Configuration, readonly Failure[]> {
  if (liveSources === undefined) {
    const read = readYaml(text, path, schema);
    return read.ok ? resolveSecrets({ ...read.value, live: [] }, path, environment) : read;
  }
  const live = liveBlocks(liveSources, dirname(path), environment).default([]);
  const read = readYaml(text, path, schema.extend({ live }));
  return read.ok ? resolveSecrets(read.value, path, environment) : read;
}

function resolveSecrets(
  written: Omit<Written, 'live'> & Pick<Configuration, 'live'>,
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
): Result<Configuration, readonly Failure[]> {
  const base = dirname(path);
  const faults: Failure[] = [];
  const reveal = (where: string, reference: SecretReference | undefined): string | undefined => {
    if (reference === undefined) return undefined;
    const resolved = resolveSecret(reference, base, environment);
    if ('secret' in resolved) return resolved.secret;
    faults.push({ kind: 'invalid', where: `${path} ${where}`, found: resolved.missing, expected: 'the secret in it' });
    return undefined;
  };
  const { database, signIn, auditAnchors, changes, chat, ...rest } = written;
  const { oidc } = signIn;
  const configuration: Configuration = {
    ...rest,
    dataDirectory: resolve(base, rest.dataDirectory),
    ...(rest.tls && { tls: { certificate: resolve(base, rest.tls.certificate), key: resolve(base, rest.tls.key) } }),
    sources: rest.sources.map((source) =>
      'path' in source
        ? { ...source, path: resolve(base, source.path) }
        : { ...source, socket: resolve(base, source.socket) },
    ),
    knowledge: {
      anonymisers: rest.knowledge.anonymisers.map(({ path, kind }) => ({ path: resolve(base, path), kind })),
      indicators: rest.knowledge.indicators.map((path) => resolve(base, path)),
      ...(rest.knowledge.vendors && { vendors: resolve(base, rest.knowledge.vendors) }),
      ...(rest.knowledge.people && { people: resolve(base, rest.knowledge.people) }),
    },
    rules: {
      directory: resolve(base, rest.rules.directory ?? join(rest.dataDirectory, 'rules')),
      placeholders: rest.rules.placeholders,
    },
    ...(rest.gateway && { gateway: { dataDirectory: resolve(base, rest.gateway.dataDirectory) } }),
    databaseUrl: reveal('database', database) ?? environment['DATABASE_URL'],
    signIn: {
      password: signIn.password,
      oidc: oidc && { ...oidc, clientSecret: reveal('signIn.oidc.clientSecret', oidc.clientSecret), roles: oidc.roles },
    },
    auditAnchors: auditAnchors.map((anchor) => {
      if ('file' in anchor) return { file: resolve(base, anchor.file) };
      if ('syslog' in anchor) return anchor;
      return { webhook: anchor.webhook, secret: reveal('auditAnchors.secret', anchor.secret) };
    }),
    chat: chat.map(({ webhook, from }) => ({ webhook: reveal('chat.webhook', webhook) ?? '', from })),
    changes: changes.map((change) => ({
      app: change.app,
      user: change.user,
      from: Date.parse(change.from),
      to: Date.parse(change.to),
      reason: change.reason,
    })),
  };
  return faults.length > 0 ? failure(faults) : success(configuration);
}
