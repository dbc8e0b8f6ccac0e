/** Test-only: a PostgreSQL server of our own, on loopback, gone with the test. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chown, glob, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);

export interface PostgresqlServer {
  urlOf(database: string): string;
  stop(): Promise<void>;
}

/** The newest Debian installation's programs, or `undefined`. */
export async function findPostgresql(): Promise<string | undefined> {
  const found = await Array.fromAsync(glob('/usr/lib/postgresql/*/bin/initdb'));
  return found
    .sort()
    .at(-1)
    ?.replace(/initdb$/, '');
}

export async function startPostgresql(programs: string): Promise<PostgresqlServer> {
  const directory = await mkdtemp(join(tmpdir(), 'cordon-postgresql-'));
  const owner = await findOwner();
  const password = randomBytes(16).toString('hex');
  const passwordFile = join(directory, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (owner !== undefined) {
    for (const path of [directory, passwordFile]) await chown(path, owner.uid, owner.gid);
  }
  const data = join(directory, 'data');
  const setUp = ['--pgdata', data, '--username', 'cordon', '--auth', 'scram-sha-256', '--pwfile', passwordFile];
  await run(`${programs}initdb`, [...setUp, '--encoding', 'UTF8', '--locale', 'C.UTF-8', '--no-sync'], owner);

  const port = await findFreePort();
  // Conformance is about answers; nobody cuts this server's power.
  const settings = ['fsync=off', 'listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories='];
  const server = spawn(`${programs}postgres`, ['-D', data, ...settings.flatMap((each) => ['-c', each])], {
    ...owner,
    stdio: 'ignore',
  });
  const urlOf = (database: string): string => `postgresql://cordon:${password}@127.0.0.1:${port}/${database}`;
  const kill = () => server.kill('SIGQUIT');
  process.once('exit', kill);
  await answers(urlOf('postgres'), server);
  return {
    urlOf,
    stop: async () => {
      process.off('exit', kill);
      const ended = once(server, 'exit');
      server.kill('SIGQUIT'); // At once: nobody needs its data. https://www.postgresql.org/docs/15/server-shutdown.html
      await ended;
      await rm(directory, { recursive: true });
    },
  };
}

/** PostgreSQL refuses to run as root: there, Debian's own user runs it. */
async function findOwner(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all(['-u', '-g'].map(async (flag) => (await run('id', [flag, 'postgres'])).stdout));
  return { uid: Number(uid), gid: Number(gid) };
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function answers(url: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (server.exitCode !== null) throw new Error(`postgres ended with ${server.exitCode}`);
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      return await client.end();
    } catch {
      await setTimeout(100);
    }
  }
  throw new Error('postgres did not answer within 20 s');
}
