import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { askSocket, isNobodyThere } from '#lib/ask-socket.ts';
import type { RegisteredView } from '#model/gateway-wire.ts';
import { stageIntegrations } from './integrations.ts';
import { type Signed, stealThrough, workAllDay } from './visitors.ts';

/** The demonstration's second half: an emulated CRM, a gateway before it, integrations at work, and a thief. */
export interface DemoStage {
  /** The gateway's data directory, its own for this start. */
  readonly directory: string;
  /** Brings both servers up, then lets integrations and thief call until `close`. */
  play(): Promise<void>;
  close(): Promise<void>;
}

export interface DemoStageOptions {
  /** The command line's script: the servers are processes of their own, as in real life. */
  readonly script: string;
  readonly reportBug: (error: unknown) => void;
  /** When the thief comes, after the stage is up, ms. */
  readonly theftAfterMs?: number;
}

const theftAfterMs = 75_000;
const patienceMs = 60_000;

interface Emulated {
  readonly url: string;
  readonly organizationId: string;
  readonly apps: readonly {
    readonly name: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly username: string;
  }[];
}

export async function openDemoStage(options: DemoStageOptions): Promise<DemoStage> {
  const directory = await mkdtemp(join(tmpdir(), 'cordon-demo-gateway-'));
  const stopping = new AbortController();
  const children: ChildProcess[] = [];
  const start = (words: readonly string[], environment: Record<string, string> = {}): ChildProcess => {
    const child = spawn(process.execPath, [options.script, ...words], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, ...environment, CORDON_STARTED_BY: String(process.pid) },
    });
    children.push(child);
    return child;
  };

  const play = async (): Promise<void> => {
    const crm = JSON.parse(await firstLine(start(['emulate', 'salesforce', '--json']))) as Emulated;
    const url = `http://127.0.0.1:${await freePort()}`;
    const file = join(directory, 'gateway.yaml');
    await writeFile(file, configurationOf(directory, url, crm.url));
    await firstLine(start(['gateway', 'start', file], { CORDON_DEMO_KEY: randomBytes(32).toString('hex') }));
    const socket = join(directory, 'control.sock');
    await waitFor(socket, stopping.signal);
    const signed: Signed[] = [];
    for (const integration of stageIntegrations) {
      const registered = await register(socket, crm, integration);
      signed.push({ integration, registered, url });
    }
    const work = signed.map((each) => workAllDay(each, stopping.signal));
    await setTimeout(options.theftAfterMs ?? theftAfterMs, undefined, { signal: stopping.signal });
    await stealThrough(signed, stopping.signal);
    await Promise.all(work);
  };

  return {
    directory,
    play: () =>
      play()
        .catch((error: unknown) => stopping.signal.aborted || options.reportBug(error))
        .then(() => {}),
    async close() {
      stopping.abort();
      await Promise.all(children.map(ended));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const configurationOf = (directory: string, url: string, crm: string): string => `dataDirectory: ${directory}
listen: { host: 127.0.0.1, port: ${new URL(url).port} }
admin: { host: 127.0.0.1, port: 0 }
publicUrl: ${url}
upstream: { instanceUrl: '${crm}' }
masterKey: { env: CORDON_DEMO_KEY }
`;

/** Two people of the house agree, as for any first policy. */
async function register(
  socket: string,
  crm: Emulated,
  { name, app, owner, vendor, sender, policy }: (typeof stageIntegrations)[number],
): Promise<RegisteredView> {
  const found = crm.apps.find((each) => each.name.startsWith(app));
  if (found === undefined) throw new Error(`the house has no app ${app}`);
  const { clientId, clientSecret, username } = found;
  const registration = {
    name,
    owner,
    vendor,
    organization: crm.organizationId,
    user: await userIdOf(crm, found),
    username,
    grants: [{ kind: 'client-credentials', clientId, clientSecret }],
    ways: ['client-credentials'],
    sender,
  };
  const form = { registration, policy };
  const registered = (await post(socket, '/gateway/integrations', { by: owner, form })) as RegisteredView;
  const { proposal } = registered.policy;
  if (proposal) await post(socket, `/gateway/proposals/${proposal.id}/approve`, { by: 'Ines Moreau, security' });
  return registered;
}

/** The CRM itself names the user of an app in the identity URL of a token. */
async function userIdOf(crm: Emulated, { clientId, clientSecret }: Emulated['apps'][number]): Promise<string> {
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  const answer = await fetch(`${crm.url}/services/oauth2/token`, { method: 'POST', body: new URLSearchParams(form) });
  const { id } = (await answer.json()) as { readonly id: string };
  return id.split('/').at(-1) ?? '';
}

async function post(socket: string, path: string, body: unknown): Promise<unknown> {
  const { status, text } = await askSocket(socket, 'POST', path, body);
  if (status >= 400) throw new Error(`the demonstration's gateway refused ${path}: ${text}`);
  return JSON.parse(text);
}

async function firstLine(child: ChildProcess): Promise<string> {
  const { stdout } = child;
  if (stdout === null) throw new Error('a process without output');
  for await (const line of createInterface({ input: stdout })) {
    stdout.resume();
    return line;
  }
  throw new Error('a server of the demonstration ended before it was up');
}

async function waitFor(socket: string, signal: AbortSignal): Promise<void> {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += 100) {
    try {
      await askSocket(socket, 'GET', '/gateway');
      return;
    } catch (error) {
      if (!isNobodyThere(error)) throw error;
      await setTimeout(100, undefined, { signal });
    }
  }
  throw new Error("the demonstration's gateway did not come up");
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as { readonly port: number };
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

/** Asked to end, and made to after a few seconds. */
function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const impatience = globalThis.setTimeout(() => child.kill('SIGKILL'), 3_000);
    child.once('exit', () => {
      clearTimeout(impatience);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
