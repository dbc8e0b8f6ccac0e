/** Test-only: the real commands in processes of their own, in a directory of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/doors/cli/main.ts', import.meta.url));
/** Tests share the machine's cores. */
const patienceMs = 60_000;

export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

const run = (directory: string, words: readonly string[]): ChildProcess =>
  spawn(process.execPath, [main, ...words], { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });

/** One command, to its end. */
export function cordonIn(directory: string, ...words: readonly string[]): Promise<Said> {
  const child = run(directory, words);
  let out = '';
  let error = '';
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    error += chunk;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, error })));
}

export interface RunningServer {
  /** Asks as the operator of this machine, by the socket in the data directory; rejects on any status but 200. */
  ask<Answer>(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<Answer>;
  /** Resolves when the process has ended. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/**
 * A command that serves until it is stopped, `start` or `gateway start FILE`; resolves when it says how to stop it.
 */
export async function startIn(directory: string, dataDirectory: string, ...words: string[]): Promise<RunningServer> {
  const child = run(directory, [...words]);
  const socket = words[0] === 'gateway' ? 'control.sock' : 'cordon.sock';
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    let said = '';
    const hear = (chunk: Buffer): void => {
      said += chunk;
      if (said.includes('Ctrl-C stops it')) resolve();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.on('close', () => reject(new Error(`it ended: ${said}`)));
    setTimeout(() => reject(new Error(`it does not start: ${said}`)), patienceMs).unref();
  });
  return {
    ask: (method, path, body) => askBySocket(join(directory, dataDirectory, socket), method, path, body),
    async end(signal) {
      child.kill(signal);
      await ended;
    },
  };
}

const askBySocket = <Answer>(socketPath: string, method: string, path: string, body?: object): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const outgoing = request({ socketPath, method, path, headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () =>
        answer.statusCode === 200 ? resolve(JSON.parse(text) as Answer) : reject(new Error(`${path}: ${text}`)),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
