import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import type { Salesforce } from '#emulators/salesforce/salesforce.ts';
import { type GatewayConfiguration, parseGatewayConfiguration } from '#gateway/configuration.ts';
import { type Gateway, openGateway } from '#gateway/open-gateway.ts';
import type { RegisteredView } from '#model/gateway-wire.ts';
import type { Result } from '#model/result.ts';
import { type CertificateFiles, writeCertificates } from '../../bench/gateway-path-certificates.ts';
import type { Allowance, Destination } from './destination.ts';
import { appOf, cutNextExport, startCrm, userOf } from './directly.ts';
import type { Client, Errand } from './visit.ts';

/** Records that an errand for fewer may bring home. */
export const fewer = 3000;

/** The gateway in front of the same CRM, TLS on both legs. Each errand is an integration of its own. */
export async function openThroughGateway(seed: number): Promise<Destination> {
  const directory = mkdtempSync(join(tmpdir(), 'cordon-clients-'));
  const files = await writeCertificates(directory);
  const tls = { key: readFileSync(files.key, 'utf8'), cert: readFileSync(files.certificate, 'utf8') };
  const crm = await startCrm(seed, { tls, host: 'localhost' });
  const configuration = await configure(directory, files, crm);
  const random = (bytes: number): Uint8Array => randomBytes(bytes);
  const gateway = mustHave(await openGateway(configuration, { clock: Date.now, random, write: () => {} }));
  const names = new Map<string, string>();
  return {
    authority: files.authority,
    // The first refusal suspends the token: whatever is asked after it says so, with the reason.
    refusal:
      /^(?:REQUEST_LIMIT_EXCEEDED: Cordon gateway: the|INSUFFICIENT_ACCESS: Cordon suspended .*: The) budget of Contact is reached/,
    errand: async (client, allowance) => {
      const name = `${client}-${names.size + 1}`;
      const registered = await register(gateway, crm, client, name, allowance);
      names.set(registered.clientId, name);
      if (allowance === 'until-cut') cutNextExport(crm);
      return errandOf(registered, files);
    },
    customersOf: async ({ clientId }) => {
      const question = { kind: 'integration', integration: names.get(clientId)! } as const;
      return Array.fromAsync(mustHave(await gateway.desk.customers(question)));
    },
    close: async () => {
      await gateway.close();
      await crm.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function configure(directory: string, files: CertificateFiles, crm: Salesforce): Promise<GatewayConfiguration> {
  const port = await freePort();
  const masterKey = join(directory, 'master.key');
  writeFileSync(masterKey, randomBytes(32).toString('hex'));
  const written = {
    dataDirectory: 'records',
    listen: { port },
    publicUrl: `https://localhost:${port}`,
    tls: { certificate: files.certificate, key: files.key },
    admin: { port: 0 },
    upstream: { instanceUrl: crm.url, certificateAuthority: files.authority },
    masterKey: { file: masterKey },
  };
  return mustHave(parseGatewayConfiguration(JSON.stringify(written), join(directory, 'gateway.yaml'), {}));
}

async function register(
  { desk }: Gateway,
  crm: Salesforce,
  client: Client,
  name: string,
  allowance: Allowance,
): Promise<RegisteredView> {
  const { clientId, clientSecret, username } = appOf(crm, client);
  const registration = {
    name,
    owner: 'Marketing',
    vendor: client,
    organization: crm.organizationId,
    user: userOf(crm, client),
    username,
    sender: { tier: 'network', networks: ['127.0.0.1/32', '::1/128'] },
    ways: ['refresh-token', 'client-credentials'],
    // jsforce keeps no new refresh token, nforce loses the old one.
    rotates: client === 'nforce',
    grants: [{ kind: 'client-credentials', clientId, clientSecret }],
  };
  const form = { registration, policy: policyOf(name, allowance) };
  const registered = mustHave(await desk.register(form, 'one@house.example'));
  const { proposal } = registered.policy;
  if (proposal !== undefined) mustHave(desk.approve(proposal.id, 'another@house.example'));
  return registered;
}

const policyOf = (integration: string, allowance: Allowance): string => `
integration: ${integration}
why: Acceptance of the clients that vendors use
objects:
  Contact: { customer: Id, fields: all }
  Account: { customer: Id, fields: all }
  Case: { customer: ContactId, fields: all }
  Order: { customer: AccountId, fields: all }
operations: [describe, count, query, query-all, retrieve, bulk]
hours: always
networks: any
budgets: ${allowance === 'fewer' ? `[${fewer} records per day, 100 counts per hour]` : 'unlimited'}
`;

async function errandOf(registered: RegisteredView, files: CertificateFiles): Promise<Errand> {
  const { instanceUrl: url, tokenUrl, clientId, clientSecret, refreshToken } = registered;
  const authority = readFileSync(files.authority);
  const signIn = async () => {
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
    const answer = z.object({ access_token: z.string(), id: z.string() });
    return answer.parse(JSON.parse(await postForm(tokenUrl, form, authority)));
  };
  const stale = await signIn();
  await postForm(`${url}/services/oauth2/revoke`, { token: stale.access_token }, authority);
  const { access_token: accessToken, id: identity } = await signIn();
  return {
    url,
    accessToken,
    staleToken: stale.access_token,
    refreshToken: refreshToken!,
    clientId,
    clientSecret,
    identity,
  };
}

function postForm(url: string, form: Readonly<Record<string, string>>, authority: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    request(url, { method: 'POST', ca: authority, headers }, (response) => resolve(text(response)))
      .once('error', reject)
      .end(new URLSearchParams(form).toString());
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function mustHave<Value>(result: Result<Value, unknown>): Value {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}
