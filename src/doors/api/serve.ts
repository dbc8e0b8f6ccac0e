import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Cordon } from '#cordon.ts';
import { failure, type Result, success } from '#model/result.ts';
import { createServer } from './server.ts';
import { openSignIn } from './sign-in/sign-in.ts';

export interface Served {
  /** For people: `http://localhost:8420`, or the configured public address. */
  readonly url: string;
  /** The unix socket on which the caller is the local operator. */
  readonly socket: string;
  /** A one-time link with which the first owner is created, good for an hour; undefined when there is an owner. */
  ownerLink(): Promise<string | undefined>;
  /** Ends listening and open connections; the Cordon stays open. */
  close(): Promise<void>;
}

const socketName = 'cordon.sock';

/**
 * Serves the API and the console on `listen` (default: the configuration's), and on a socket in the data directory
 * that only this user can open. `refused` when the port or the socket cannot be had.
 */
export async function serve({
  cordon,
  listen = cordon.configuration.listen,
  consoleDirectory = join(import.meta.dirname, '../../../build/console'),
}: {
  readonly cordon: Cordon;
  readonly listen?: { readonly host: string; readonly port: number };
  readonly consoleDirectory?: string;
}): Promise<Result<Served>> {
  const signIn = openSignIn(cordon);
  const network = await createServer({ cordon, signIn, caller: 'network', consoleDirectory });
  const operator = await createServer({ cordon, signIn, caller: 'operator', consoleDirectory });
  const close = async (): Promise<void> => {
    await Promise.all([network.close(), operator.close()]);
  };
  const socket = join(cordon.configuration.dataDirectory, socketName);
  try {
    await network.listen(listen);
    await listenOnSocket(operator, socket);
  } catch (reason) {
    await close();
    const { code } = reason as NodeJS.ErrnoException;
    if (code === undefined) throw reason;
    return failure({ kind: 'refused', by: 'this machine', why: explain(code, listen) });
  }
  const url = publicAddress(cordon, network, listen.host);
  return success({
    url,
    socket,
    close,
    async ownerLink() {
      if (!(await signIn.needsOwner())) return undefined;
      const { secret, invitation } = await signIn.invitations.forOwner();
      await cordon.record('cordon', 'staff.invite', invitation.id, { role: invitation.role });
      return `${url}/welcome/${secret}`;
    },
  });
}

/** The store's lock has made sure that no other server uses this directory: a socket found here is a dead one's. */
async function listenOnSocket(app: FastifyInstance, path: string): Promise<void> {
  rmSync(path, { force: true });
  const before = process.umask(0o177);
  try {
    await app.listen({ path });
  } finally {
    process.umask(before);
  }
  chmodSync(path, 0o600);
}

function explain(code: string, { host, port }: { readonly host: string; readonly port: number }): string {
  if (code === 'EADDRINUSE') return `port ${port} on ${host} is in use; choose another with --port`;
  if (code === 'EACCES') return `port ${port} on ${host} needs more rights; choose one above 1023`;
  return `it cannot listen on ${host}:${port} (${code})`;
}

/** Passkeys belong to names: on this machine the name is `localhost`, whatever address is bound. */
function publicAddress({ configuration }: Cordon, app: FastifyInstance, host: string): string {
  if (configuration.publicUrl !== undefined) return new URL(configuration.publicUrl).origin;
  const address = app.server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const isLoopback = host === '127.0.0.1' || host === '::1' || host === 'localhost';
  return `${configuration.tls ? 'https' : 'http'}://${isLoopback ? 'localhost' : host}:${port}`;
}
