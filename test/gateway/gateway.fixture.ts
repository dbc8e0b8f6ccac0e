import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Salesforce, type SalesforceOptions, startSalesforce } from '#emulators/salesforce/salesforce.ts';
import { type GatewayConfiguration, parseGatewayConfiguration } from '#gateway/configuration.ts';
import { type Gateway, openGateway } from '#gateway/open-gateway.ts';
import type { RegisteredView } from '#model/gateway-wire.ts';
import { describeFailure } from '#model/result.ts';

/** The emulated CRM with the gateway before it, on free ports and a directory of its own. */
export interface Stand {
  readonly salesforce: Salesforce;
  readonly configuration: GatewayConfiguration;
  gateway: Gateway;
  readonly url: string;
  /** Registers the emulator's app number `app` and lets two persons put the policy into force. */
  register(name: string, policy: string, change?: Partial<Registered>): Promise<RegisteredView>;
  /** A token by client credentials. */
  signIn(registered: RegisteredView): Promise<string>;
  /** A call with a token; the answer's JSON where it is JSON. */
  call(token: string, path: string, init?: RequestInit): Promise<Answer>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

interface Registered {
  readonly app: number;
  readonly sender: { readonly tier: string; readonly [list: string]: unknown };
  readonly ways: readonly string[];
}

const freePort = async (): Promise<number> => {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as { port: number };
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
};

export async function openStand(options: SalesforceOptions = {}, settings = '', isSecure = false): Promise<Stand> {
  const directory = await mkdtemp(join(tmpdir(), 'cordon-gateway-'));
  const salesforce = await startSalesforce(options);
  const port = await freePort();
  const url = isSecure ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;
  const read = parseGatewayConfiguration(
    `dataDirectory: ${directory}
listen: { port: ${port} }
admin: { port: 0 }
publicUrl: ${url}
upstream: { instanceUrl: '${salesforce.url}' }
masterKey: { env: KEY }
${settings}`,
    join(directory, 'gateway.yaml'),
    { KEY: randomBytes(32).toString('hex') },
  );
  if (!read.ok) throw new Error(read.failure.map(describeFailure).join('\n'));
  const open = async (): Promise<Gateway> => {
    const opened = await openGateway(read.value, { clock: Date.now, random: randomBytes, write: () => {} });
    if (!opened.ok) throw new Error(describeFailure(opened.failure));
    return opened.value;
  };
  const stand: Stand = {
    salesforce,
    configuration: read.value,
    gateway: await open(),
    url,
    async register(name, policy, { app = 0, sender = { tier: 'network', networks: ['127.0.0.0/8'] }, ways } = {}) {
      const { clientId, clientSecret, username } = salesforce.apps[app]!;
      const user = salesforce.users.find((each) => each.username === username)!;
      const form = {
        registration: {
          name,
          owner: 'Lea Marin',
          vendor: 'Agenda SA',
          organization: salesforce.organizationId,
          user: user.id,
          username,
          grants: [{ kind: 'client-credentials', clientId, clientSecret }],
          ways: ways ?? ['client-credentials'],
          sender,
        },
        policy: `integration: ${name}\nwhy: a test of the gateway\n${policy}`,
      };
      const registered = await stand.gateway.desk.register(form, 'lea');
      if (!registered.ok) throw new Error(describeFailure(registered.failure));
      const { proposal } = registered.value.policy;
      const approved = proposal && stand.gateway.desk.approve(proposal.id, 'tom');
      if (approved && !approved.ok) throw new Error(describeFailure(approved.failure));
      return registered.value;
    },
    async signIn({ tokenUrl, clientId, clientSecret }) {
      const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
      const answer = await fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(form) });
      const body = (await answer.json()) as { readonly access_token?: string };
      if (body.access_token === undefined) throw new Error(JSON.stringify(body));
      return body.access_token;
    },
    async call(token, path, init = {}) {
      const answer = await fetch(`${url}${path}`, {
        ...init,
        headers: { authorization: `Bearer ${token}`, ...init.headers },
      });
      const text = await answer.text();
      const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
      return { status: answer.status, headers: answer.headers, text, json: isJson ? JSON.parse(text) : undefined };
    },
    async close() {
      await stand.gateway.close();
      await salesforce.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
  return stand;
}

export const queryPath = (soql: string): string => `/services/data/v64.0/query?q=${encodeURIComponent(soql)}`;
