/**
 * Test-only: a vendor whose log is a list of lines in Okta's format, served in pages of ten, with every fault that the
 * suite knows. As a program (`scripted-vendor.ts FILE PORT`) it keeps its lines in a file, prints its port, takes lines by
 * POST / and faults by POST /?fault=KIND.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TrialFault } from './live-trial.ts';

export interface ScriptedVendor {
  readonly port: number;
  put(lines: readonly string[]): void;
  lines(): readonly string[];
  /** What can no longer be had. */
  lost(): readonly string[];
  fault(kind: TrialFault): Promise<void>;
  mend(): void;
  close(): Promise<void>;
}

/** One page. `next` is the cursor behind it. */
export interface Page {
  readonly lines: readonly string[];
  readonly next: string;
  readonly isLast: boolean;
}

/** Said with 410: the first line that there still is, and whether lines before it were never fetched. */
export interface Expired {
  readonly start: string;
  readonly hasLost: boolean;
}

const linesPerPage = 10;

class Vendor implements ScriptedVendor {
  readonly #lines: string[] = [];
  readonly #lost: string[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #faults = new Set<TrialFault>();
  readonly #file: string | undefined;
  #server: Server | undefined;
  #port = 0;
  #first = 0;
  #fetched = 0;
  #generation = 1;
  #requests = 0;

  constructor(file: string | undefined) {
    this.#file = file;
    if (file !== undefined && existsSync(file))
      this.#lines.push(...readFileSync(file, 'utf8').split('\n').filter(Boolean));
  }

  get port(): number {
    return this.#port;
  }

  put(lines: readonly string[]): void {
    this.#lines.push(...lines);
    if (this.#file !== undefined) appendFileSync(this.#file, lines.map((line) => `${line}\n`).join(''));
  }

  lines(): readonly string[] {
    return this.#lines;
  }

  lost(): readonly string[] {
    return this.#lost;
  }

  async fault(kind: TrialFault): Promise<void> {
    if (kind === 'expired-cursor') this.#generation += 1;
    else if (kind === 'restart') await this.#restart();
    else if (kind === 'gap') {
      this.#generation += 1;
      this.#lost.push(...this.#lines.slice(this.#fetched));
      this.#first = this.#lines.length;
    } else this.#faults.add(kind);
  }

  mend(): void {
    this.#faults.clear();
    // What hangs goes on hanging, as it does in life.
  }

  async listen(port = 0): Promise<void> {
    const server = createServer((request, response) => void this.#answer(request, response));
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const server = this.#server;
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
  }

  async #restart(): Promise<void> {
    await this.close();
    await this.listen(this.#port);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://vendor');
    if (request.method === 'POST') {
      const fault = url.searchParams.get('fault');
      if (fault !== null) await this.fault(fault as TrialFault);
      else this.put((await text(request)).split('\n').filter(Boolean));
      response.end();
      return;
    }
    this.#requests += 1;
    if (this.#faults.has('half-open')) return;
    if (this.#faults.has('throttled') && this.#requests % 2 === 0) {
      response.writeHead(429, { 'retry-after': '1' }).end();
      return;
    }
    if (this.#faults.has('broken') && this.#requests % 2 === 0) {
      if (this.#requests % 4 === 0) response.writeHead(500).end('out of order');
      else response.write('{"lines":["{', () => request.socket.destroy());
      return;
    }
    if (request.headers.authorization !== 'Bearer hush') {
      response.writeHead(401).end();
      return;
    }
    this.#send(url.searchParams.get('after') ?? '', response);
  }

  #send(cursor: string, response: ServerResponse): void {
    const [generation, index] = cursor.split(':').map(Number);
    if (cursor !== '' && generation !== this.#generation) {
      const expired: Expired = { start: `${this.#generation}:${this.#first}`, hasLost: this.#lost.length > 0 };
      response.writeHead(410).end(JSON.stringify(expired));
      return;
    }
    const start = Math.max(this.#first, (index ?? 0) - (this.#faults.has('duplicates') ? 3 : 0));
    const end = Math.min(this.#lines.length, Math.max(start, index ?? 0) + linesPerPage);
    const lines = this.#lines.slice(start, end);
    this.#fetched = Math.max(this.#fetched, end);
    const page: Page = {
      lines: this.#faults.has('reordering') ? lines.toReversed() : lines,
      next: `${this.#generation}:${end}`,
      isLast: end === this.#lines.length,
    };
    response.end(JSON.stringify(page));
  }
}

/** Listens on `port` of this machine, on a free one by default; with `file` its lines outlive it. */
export async function startScriptedVendor(port = 0, file?: string): Promise<ScriptedVendor> {
  const vendor = new Vendor(file);
  await vendor.listen(port);
  return vendor;
}

if (import.meta.main) {
  const [file, port] = process.argv.slice(2);
  const vendor = await startScriptedVendor(Number(port), file);
  process.stdout.write(`${vendor.port}\n`);
}
