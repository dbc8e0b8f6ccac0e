/** Test-only: a real Cordon in a process of its own, to be killed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { askSocket } from '#lib/ask-socket.ts';

/** `cordon` as people run it. */
export const cordonProgram = fileURLToPath(new URL('../../../doors/cli/main.ts', import.meta.url));

const patienceMs = 60_000;

export interface KilledServer {
  /** Asks by the socket in the data directory `data`; rejects on any status but 200. */
  ask<Answer>(path: string): Promise<Answer>;
  /** What it has written on its standard error. */
  errors(): string;
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Starts `program start` on the cordon.yaml in `directory`, whose data directory is `data`. */
export async function startServer(
  directory: string,
  environment: Readonly<Record<string, string>>,
  program = cordonProgram,
): Promise<KilledServer> {
  const child = spawn(process.execPath, [program, 'start', '--port', '0'], {
    cwd: directory,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  let said = '';
  let errors = '';
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`it does not start: ${said}${errors}`)), patienceMs);
    child.stdout.on('data', (chunk) => {
      said += chunk;
      if (!said.includes('Ctrl-C stops it')) return;
      clearTimeout(timer);
      resolve();
    });
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    void ended.then(() => reject(new Error(`it ended: ${said}${errors}`)));
  });
  return {
    async ask<Answer>(path: string) {
      const { status, text } = await askSocket(join(directory, 'data', 'cordon.sock'), 'GET', `/api${path}`);
      if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
      return JSON.parse(text) as Answer;
    },
    errors: () => errors,
    async end(signal) {
      child.kill(signal);
      await ended;
    },
  };
}
