import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const home = import.meta.dirname;

export const clients = ['jsforce', 'jsforce-node', 'node-sf-bulk2', 'nforce'] as const;
export type Client = (typeof clients)[number];

/** Why no client can visit, or undefined when they can. */
export const notSetUp: string | undefined = existsSync(join(home, 'visits', 'node_modules', '.cordon-packages'))
  ? undefined
  : 'the CRM clients are not installed: node scripts/bootstrap.mjs --clients';

/** What an integration is told by whoever registers it. */
export interface Errand {
  /** Scheme, host and port; no slash at the end. */
  readonly url: string;
  readonly accessToken: string;
  /** One that the server no longer takes, as after its life. */
  readonly staleToken: string;
  readonly refreshToken: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** `…/id/ORGANISATION/USER`, as a token answer names it. */
  readonly identity: string;
}

/** One request that the client sent: the path without its query, and 0 where no answer's head came. */
export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** How one scene went. Neither `got` nor `error`: the process died in it. */
export interface SceneTold {
  readonly scene: string;
  readonly got?: unknown;
  readonly error?: { readonly code: string | undefined; readonly message: string };
  readonly requests: readonly SentRequest[];
}

export interface Visit {
  readonly scenes: ReadonlyMap<string, SceneTold>;
  /** Null when it was ended because it took too long. */
  readonly exitCode: number | null;
  /** What the person at the terminal would have seen. */
  readonly said: string;
}

/**
 * Lets an unchanged client play the named scenes in a process of its own, on the errand and with what the scenes ask
 * for; `authority` is the PEM file of the server's certificate authority. A visit is ended after 30 seconds.
 */
export function letVisit(
  client: Client,
  scenes: readonly string[],
  told: Errand & Readonly<Record<string, unknown>>,
  authority?: string,
): Promise<Visit> {
  const { PATH, SystemRoot } = process.env;
  const child = spawn(process.execPath, [join(home, 'visits', `${client}.mjs`), ...scenes], {
    env: {
      ...(PATH === undefined ? {} : { PATH }),
      ...(SystemRoot === undefined ? {} : { SystemRoot }),
      ...(authority === undefined ? {} : { NODE_EXTRA_CA_CERTS: authority }),
      CORDON_VISIT: JSON.stringify(told),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 30_000,
    killSignal: 'SIGKILL',
  });
  const [printed, said] = [textOf(child.stdout), textOf(child.stderr)];
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', async (exitCode) => resolve({ scenes: scenesIn(await printed), exitCode, said: await said }));
  });
}

function scenesIn(printed: string): ReadonlyMap<string, SceneTold> {
  const lines = printed.split('\n').filter((line) => line.startsWith('{'));
  return new Map(lines.map((line): SceneTold => JSON.parse(line)).map((told) => [told.scene, told]));
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) text += chunk;
  return text;
}
