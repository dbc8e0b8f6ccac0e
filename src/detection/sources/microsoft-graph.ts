import { randomUUID, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { parseInstant } from '#lib/instant.ts';
import type { Surroundings } from '#model/live-source.ts';
import { type Failure, failure, type Result, success } from '#model/result.ts';
import { askPage } from './ask-page.ts';
import type { Refusal } from './ask-vendor.ts';
import type { Mark, TimeWindow, WindowedLog, WindowPage } from './poll-window.ts';
import { vendorAddress } from './vendor-address.ts';
import {
  type AccessToken,
  askToken,
  askWithCredential,
  type Credential,
  readSigningKey,
  signingKey,
  signJwt,
  tokenCredential,
} from './vendor-token.ts';

const certificate = z
  .string()
  .min(1)
  .refine((pem) => thumbprintOf(pem) !== undefined, 'a PEM with a certificate');

const signIn = z
  .discriminatedUnion('grant', [
    z.strictObject({
      grant: z.literal('certificate'),
      certificate: certificate.describe('PEM of the certificate that the app knows'),
      privateKey: signingKey.describe('PEM of its private key'),
    }),
    z.strictObject({ grant: z.literal('client_secret'), clientSecret: z.string().min(1).meta({ secret: true }) }),
  ])
  .describe('How the app registered for Cordon signs in');

/** Settings of every source that reads a log of Entra ID by Microsoft Graph. */
export const graphSettings = {
  tenantId: z
    .string()
    .regex(/^[\w.-]{1,256}$/)
    .describe('The tenant: its id or one of its domains'),
  clientId: z.string().min(1).describe('Of the app registered for Cordon, which holds AuditLog.Read.All'),
  signIn,
  pollSeconds: z.number().min(0.1).max(3600).default(60).describe('Pause between two readings of the latest minutes'),
  lookBackSeconds: z
    .number()
    .min(1)
    .max(7 * 86_400)
    .default(6 * 3600)
    .describe('Records that appear later than this are never seen'),
  lookBackEverySeconds: z.number().min(0.1).max(86_400).default(3600).describe('How often all of that is read again'),
  retentionDays: z
    .number()
    .min(1)
    .max(365)
    .default(30)
    .describe('How long the tenant keeps records: 30 with P1, else 7'),
  answerSeconds: z.number().min(1).max(600).default(60).describe('An answer that takes longer is given up'),
  loginUrl: vendorAddress.default('https://login.microsoftonline.com').describe('Of the sign-in, for national clouds'),
  graphUrl: vendorAddress.default('https://graph.microsoft.com').describe('Of Microsoft Graph, for national clouds'),
};
const whole = z.strictObject(graphSettings);
export type GraphSettings = z.infer<typeof whole>;

/** One of Entra ID's logs. */
export interface GraphLog {
  /** For people, in gaps and failures: `Entra ID sign-ins`. */
  readonly title: string;
  /** `/v1.0/auditLogs/signIns` */
  readonly path: string;
  /** `createdDateTime` */
  readonly timeField: string;
  /** What is asked for besides the time: `signInEventTypes/any(t: t eq 'servicePrincipal')`. */
  readonly condition?: string;
  /** Before the address in a piece's name: `entra-sign-in`. */
  readonly source: string;
}

const minuteMs = 60_000;

/**
 * A log of Entra ID as windows: the last 5 minutes with every poll, half an hour at every tenth, all of the look-back
 * seldom. Most records appear within minutes, some hours later.
 */
export function graphWindows(
  log: GraphLog,
  settings: GraphSettings,
  credential: Credential,
  surroundings: Surroundings,
): WindowedLog {
  const everyMs = settings.pollSeconds * 1000;
  const backMs = settings.lookBackSeconds * 1000;
  return {
    title: log.title,
    looks: [
      { backMs: Math.min(5 * minuteMs, backMs), everyMs },
      { backMs: Math.min(30 * minuteMs, backMs), everyMs: 10 * everyMs },
      { backMs, everyMs: settings.lookBackEverySeconds * 1000 },
    ],
    stepMs: 60 * minuteMs,
    retentionMs: settings.retentionDays * 24 * 60 * minuteMs,
    ask: (window, next) => askGraph(log, settings, credential, surroundings, next ?? queryOf(log, window)),
  };
}

/** https://learn.microsoft.com/graph/api/signin-list, https://learn.microsoft.com/graph/api/directoryaudit-list */
function queryOf({ timeField, condition }: GraphLog, { from, to }: TimeWindow): string {
  const between = `${timeField} ge ${new Date(from).toISOString()} and ${timeField} le ${new Date(to).toISOString()}`;
  const filter = condition === undefined ? between : `${between} and ${condition}`;
  return new URLSearchParams({ $filter: filter, $top: '1000' }).toString();
}

const pageSchema = z.object({
  value: z.array(z.record(z.string(), z.unknown())),
  '@odata.nextLink': z.url().optional(),
});

async function askGraph(
  log: GraphLog,
  { graphUrl, answerSeconds }: GraphSettings,
  credential: Credential,
  { clock, signal }: Surroundings,
  query: string,
): Promise<Result<WindowPage>> {
  const url = `${graphUrl}${log.path}`;
  const answer = await askWithCredential(credential, url, (headers) =>
    askPage({
      vendor: 'Microsoft Graph',
      url: `${url}?${query}`,
      headers: { accept: 'application/json', ...headers },
      signal,
      clock,
      timeoutMs: answerSeconds * 1000,
      judge,
    }),
  );
  if (!answer.ok) return answer;
  const page = pageSchema.safeParse(answer.value.value);
  if (!page.success)
    return failure({ kind: 'broken', by: 'Microsoft Graph', why: 'it answered without a list of records' });
  const { value: records, '@odata.nextLink': nextLink } = page.data;
  return success({
    piece:
      records.length === 0
        ? undefined
        : { name: `${log.source}: ${url}`, content: answer.value.bytes, arrivedAt: clock() },
    marks: records.flatMap((record) => markOf(record, log.timeField)),
    // Only the query is followed: the credential goes nowhere but to the address that was configured.
    next: nextLink === undefined ? undefined : new URL(nextLink).searchParams.toString(),
  });
}

function markOf(record: Readonly<Record<string, unknown>>, timeField: string): readonly Mark[] {
  const time = parseInstant(String(record[timeField]));
  return time === undefined ? [] : [{ id: String(record['id']), time }];
}

/** What a person can do about the errors that Graph has for its logs. https://learn.microsoft.com/graph/errors */
const advice: ReadonlyMap<string, string> = new Map(
  Object.entries({
    Authentication_RequestFromNonPremiumTenantOrB2CTenant:
      'the tenant has no Entra ID P1 or P2 licence, without which Microsoft Graph shows no sign-ins; directory audits can be read without one',
    Authentication_MSGraphPermissionMissing:
      'the app lacks the application permission AuditLog.Read.All, or nobody has given admin consent to it',
    Authorization_RequestDenied:
      'the app lacks the application permission AuditLog.Read.All, or nobody has given admin consent to it',
  }),
);

const errorSchema = z.object({ error: z.object({ code: z.string() }) });

function judge({ body }: Refusal): Failure | undefined {
  const why = advice.get(errorSchema.safeParse(parsed(body)).data?.error.code ?? '');
  return why === undefined ? undefined : { kind: 'refused', by: 'Microsoft Graph', why };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Client credentials with a certificate or a secret.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export function signInToEntra(settings: GraphSettings, surroundings: Surroundings): Credential {
  const { clock } = surroundings;
  const url = `${settings.loginUrl}/${settings.tenantId}/oauth2/v2.0/token`;
  const open = async (): Promise<Result<AccessToken>> => {
    const proof = proofOf(settings, url, clock());
    if (!proof.ok) return proof;
    const scope = `${settings.graphUrl}/.default`;
    const form = { grant_type: 'client_credentials', client_id: settings.clientId, scope, ...proof.value };
    return askToken({ vendor: 'Microsoft Entra ID', url, form }, surroundings, settings.answerSeconds * 1000);
  };
  return tokenCredential(open, clock);
}

/** https://learn.microsoft.com/entra/identity-platform/certificate-credentials */
function proofOf(
  { clientId, signIn }: GraphSettings,
  audience: string,
  now: number,
): Result<Readonly<Record<string, string>>> {
  if (signIn.grant === 'client_secret') return success({ client_secret: signIn.clientSecret });
  const key = readSigningKey(signIn.privateKey);
  const thumbprint = thumbprintOf(signIn.certificate);
  if (key === undefined || thumbprint === undefined)
    return failure({ kind: 'invalid', where: 'signIn', found: 'no key or no certificate', expected: 'a PEM of each' });
  const seconds = Math.floor(now / 1000);
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: audience,
    jti: randomUUID(),
    nbf: seconds,
    iat: seconds,
    exp: seconds + 300,
  };
  return success({
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: signJwt(key, claims, { 'x5t#S256': thumbprint }),
  });
}

/** SHA-256 of the certificate, base64url; undefined where the PEM holds none. */
function thumbprintOf(pem: string): string | undefined {
  try {
    const hex = new X509Certificate(pem).fingerprint256.replaceAll(':', '');
    return Buffer.from(hex, 'hex').toString('base64url');
  } catch {
    return undefined;
  }
}
