import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Salesforce, startSalesforce } from '#emulators/salesforce/salesforce.ts';
import { openLedger } from '#ledger/open-ledger.ts';
import { askSocket } from '#lib/ask-socket.ts';
import type { Random } from '#lib/random.ts';
import { joinId, splitId } from '#lib/salesforce-id-number.ts';
import type { RegisteredView } from '#model/gateway-wire.ts';
import { describeFailure } from '#model/result.ts';

const script = fileURLToPath(new URL('../../src/doors/cli/main.ts', import.meta.url));

/** A gateway in a process of its own, to be killed and started again, with an emulated CRM that stays. */
export interface CrashStand {
  /** All that the gateway keeps. */
  readonly directory: string;
  /** Starts the gateway, as an argument of `prefix` where one is given; resolves when it answers, with how long that took, ms. */
  start(prefix?: readonly string[]): Promise<number>;
  /**
   * Load until the moment of death, not before each integration got so many ids: what the clients got, by integration.
   */
  loadAndKill(random: Random, leastIds?: number): Promise<ReadonlyMap<string, Set<string>>>;
  /** What the ledger knows after the crash, of this directory or its own. Rejects where it does not open. */
  account(ledger?: string): Promise<Account>;
  close(): Promise<void>;
}

export interface Account {
  /** By integration. */
  readonly ids: ReadonlyMap<string, Set<string>>;
  /** How many more may have left, by integration. */
  readonly unknown: ReadonlyMap<string, number>;
}

const policyOf = (name: string): string => `integration: ${name}
why: a load that does not end well
objects:
  Contact: { customer: Id, fields: [FirstName, LastName, Email] }
operations: [query, bulk]
hours: always
networks: any
budgets:
  - 900,000,000 records per day
  - 900,000,000 counts per day`;

/** `acceptEncoding`: what the clients ask for. `identity`, where what leaves is to be read on its way. */
export async function openCrashStand(acceptEncoding = 'gzip, deflate'): Promise<CrashStand> {
  const directory = await mkdtemp(join(tmpdir(), 'cordon-crash-'));
  const salesforce = await startSalesforce();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const file = join(directory, 'gateway.yaml');
  const environment = { ...process.env, CORDON_TEST_KEY: randomBytes(32).toString('hex') };
  await writeFile(
    file,
    `dataDirectory: ${directory}
listen: { port: ${port} }
admin: { port: 0 }
publicUrl: ${url}
upstream: { instanceUrl: '${salesforce.url}' }
masterKey: { env: CORDON_TEST_KEY }
`,
  );
  let child: ChildProcess | undefined;
  const clients: Client[] = [];

  const start = async (prefix: readonly string[]): Promise<number> => {
    const begun = performance.now();
    const [program = '', ...argv] = [...prefix, process.execPath, script, 'gateway', 'start', file];
    const started = spawn(program, argv, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: environment,
    });
    child = started;
    for await (const _ of createInterface({ input: started.stdout! })) break;
    started.stdout!.resume();
    const answer = await fetch(`${url}/services/data`);
    await answer.arrayBuffer();
    return performance.now() - begun;
  };

  const register = async (name: string, app: number): Promise<Client> => {
    const { clientId, clientSecret, username } = salesforce.apps[app]!;
    const registration = {
      name,
      owner: 'Lea Marin',
      vendor: 'house',
      organization: salesforce.organizationId,
      user: userOf(salesforce, username),
      username,
      grants: [{ kind: 'client-credentials', clientId, clientSecret }],
      ways: ['client-credentials'],
      sender: { tier: 'network', networks: ['127.0.0.0/8'] },
    };
    const socket = join(directory, 'control.sock');
    const body = { by: 'lea', form: { registration, policy: policyOf(name) } };
    const answer = await askSocket(socket, 'POST', '/gateway/integrations', body);
    if (answer.status !== 200) throw new Error(answer.text);
    const registered = JSON.parse(answer.text) as RegisteredView;
    await askSocket(socket, 'POST', `/gateway/proposals/${registered.policy.proposal?.id}/approve`, { by: 'tom' });
    return { name, url, acceptEncoding, registered };
  };

  return {
    directory,
    async start(prefix = []) {
      const ms = await start(prefix);
      if (clients.length === 0) clients.push(await register('pages', 0), await register('bulk', 1));
      return ms;
    },
    async loadAndKill(random, leastIds = 0) {
      const got = new Map<string, Set<string>>(clients.map(({ name }) => [name, new Set()]));
      const stopping = new AbortController();
      const runs = clients.flatMap((client) =>
        [0, 1].map((lane) =>
          visit(
            client,
            random.integer(0, 3_000_000) + (client.name === 'bulk' ? 3_000_000 : 0) + lane,
            got.get(client.name)!,
            stopping.signal,
          ),
        ),
      );
      const isSlow = (): boolean => [...got.values()].some((ids) => ids.size < leastIds);
      for (let waitedMs = 0; isSlow() && waitedMs < 8_000; waitedMs += 20) await setTimeout(20);
      await setTimeout(random.integer(20, 900));
      const died = new Promise<void>((resolve) => child?.once('exit', () => resolve()));
      child?.kill('SIGKILL');
      await died;
      stopping.abort();
      await Promise.all(runs);
      return got;
    },
    async account(own = join(directory, 'ledger')) {
      const opened = await openLedger({ directory: own, clock: Date.now });
      if (!opened.ok) throw new Error(describeFailure(opened.failure));
      const ledger = opened.value;
      const ids = new Map<string, Set<string>>();
      const unknown = new Map<string, number>();
      for (const { name } of clients) {
        const exposure = await ledger.expose({ integrations: [name] });
        ids.set(name, new Set(exposure.customerIds()));
        unknown.set(
          name,
          ledger.lapses().reduce((sum, lapse) => sum + (lapse.integration === name ? lapse.upTo : 0), 0),
        );
        exposure.dispose();
      }
      await ledger.close();
      return { ids, unknown };
    },
    async close() {
      child?.kill('SIGKILL');
      await salesforce.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

interface Client {
  readonly name: string;
  readonly url: string;
  readonly acceptEncoding: string;
  readonly registered: RegisteredView;
}

function userOf(salesforce: Salesforce, username: string): string {
  return salesforce.users.find((user) => user.username === username)!.id;
}

/** Reads pages or bulk results until the gateway dies, and notes every id of which a byte arrived. */
async function visit(client: Client, from: number, got: Set<string>, signal: AbortSignal): Promise<void> {
  try {
    const { tokenUrl, clientId, clientSecret } = client.registered;
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
    const signed = await fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(form), signal });
    const { access_token: token } = (await signed.json()) as { readonly access_token: string };
    const read = client.name === 'bulk' ? readBulk : readPages;
    const headers = { authorization: `Bearer ${token}`, 'accept-encoding': client.acceptEncoding };
    await read(client.url, headers, from, got, signal);
  } catch {
    // The gateway died: that is what this is about.
  }
}

type Headers = Record<string, string>;

const query = 'SELECT Id, FirstName, LastName, Email FROM Contact';
/** Each visit reads elsewhere, so that no id is known from a visit before, and bulk apart from pages. */
const idAt = (index: number): string => joinId('003Jx0', BigInt(index));

async function readPages(url: string, headers: Headers, from: number, got: Set<string>, signal: AbortSignal) {
  for (let turn = 0; !signal.aborted; turn++) {
    const soql = `${query} WHERE Id > '${idAt(from + turn * 400)}' ORDER BY Id LIMIT ${1 + ((from + turn * 37) % 300)}`;
    const answer = await fetch(`${url}/services/data/v64.0/query?q=${encodeURIComponent(soql)}`, { headers, signal });
    await note(answer, got);
    if (turn % 5 > 0) continue;
    const count = `SELECT COUNT() FROM Contact WHERE Id > '${idAt(from)}' AND Id < '${idAt(from + 100)}'`;
    await fetch(`${url}/services/data/v64.0/query?q=${encodeURIComponent(count)}`, { headers, signal }).then(drop);
  }
}

const drop = (answer: Response): Promise<unknown> => answer.arrayBuffer();

async function readBulk(url: string, headers: Headers, from: number, got: Set<string>, signal: AbortSignal) {
  const jobs = `${url}/services/data/v64.0/jobs/query`;
  const created = await fetch(jobs, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({
      operation: 'query',
      query: `${query} WHERE Id > '${idAt(from)}' LIMIT 100000`,
    }),
    signal,
  });
  const { id } = (await created.json()) as { readonly id: string };
  while (!signal.aborted) {
    const answer = await fetch(`${jobs}/${id}/results`, { headers, signal });
    if (answer.status === 200) await note(answer, got);
    else await answer.arrayBuffer().then(() => setTimeout(20, undefined, { signal }));
  }
}

/** Every id of which the text shows all, whether the answer came to its end or not. */
async function note(answer: Response, got: Set<string>): Promise<void> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    const text = rest + decoder.decode(chunk as Uint8Array, { stream: true });
    for (const [id] of text.matchAll(/003\w{15}/g)) if (splitId(id) !== undefined) got.add(id);
    rest = text.slice(-40);
  }
}

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as { readonly port: number };
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

/** Ids that a client holds and the ledger neither knows nor leaves room for. */
export function lost(got: ReadonlySet<string>, known: ReadonlySet<string>, unknown: number): readonly string[] {
  const missing = [...got].filter((id) => !known.has(id));
  return missing.length > unknown ? missing : [];
}
