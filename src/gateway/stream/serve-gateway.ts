import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { LedgerWriter } from '#ledger/ledger.ts';
import { failure, type Result, success } from '#model/result.ts';
import type { Broker, Budget, Notify, Planner } from '../parts.ts';
import { openKnownShapes } from './answers/judge-page.ts';
import { openNoteQueue } from './answers/note-queue.ts';
import { openAskedWords } from './asked-words.ts';
import { CallRates } from './call-rates.ts';
import type { DataPath, Scanners, SyncMode, ToldCall } from './data-path.ts';
import type { Connections } from './ingress/connections.ts';
import { type Listening, type ListenOn, listen, stopListening } from './ingress/listen.ts';
import { type IngressTls, openServer } from './ingress/open-server.ts';
import { type GatewayLimits, usualLimits } from './limits.ts';
import type { Log } from './operation/log.ts';
import { serveAdmin } from './operation/serve-admin.ts';
import { openTally } from './operation/tally.ts';
import { type DiskWatch, watchDisk } from './operation/watch-disk.ts';
import { type TransportRefusal, unavailable } from './refuse.ts';
import { RunningCalls } from './running-calls.ts';
import { takeCall } from './take-call.ts';
import { openTurnEnd } from './turn-end.ts';
import type { UpstreamAddress } from './upstream/connection.ts';
import { openUpstream, type UpstreamClient } from './upstream/open-upstream.ts';

export interface ServeGatewayOptions {
  readonly broker: Broker;
  readonly planner: Planner;
  readonly budget: Budget;
  readonly ledger: LedgerWriter;
  readonly scanners: Scanners;
  /** The CRM. */
  readonly upstream: UpstreamAddress;
  readonly listen: ListenOn;
  /** Undefined: without TLS, for this machine alone. */
  readonly tls: IngressTls | undefined;
  /** How clients reach the gateway, without a slash at its end; undefined: the address it listens on. */
  readonly origin: string | undefined;
  /** Health, readiness and metrics; undefined: not served. */
  readonly admin: ListenOn | undefined;
  readonly notify: Notify;
  /** Told every call of a known integration when it was answered. */
  readonly tellCall: (call: ToldCall) => void;
  readonly clock: () => number;
  readonly log: Log;
  readonly limits?: Partial<GatewayLimits>;
  /** Share of the ledger's disk in use, 0 to 1; asked every five seconds. See `diskShareOf`. */
  readonly diskShare: () => Promise<number>;
  readonly sync?: SyncMode;
  /** Looks at the start whether the CRM is there, instead of with the first call. */
  readonly looksForCrm?: boolean;
}

export interface ServedGateway {
  /** Where integrations call: `127.0.0.1:8440`. */
  readonly address: string;
  readonly port: number;
  /** Port of the admin pages, 0 where they are not served on one. */
  readonly adminPort: number;
  readonly runningCalls: number;
  /** Breaks off what runs of an integration, as an error that clients notice: its policy is another one now. */
  cut(integration: string, why: string): void;
  /** Whether it should get calls now. */
  readonly isReady: boolean;
  /** Prometheus text. */
  metrics(): Promise<string>;
  /**
   * Takes no further connections and refuses calls with 503 and `Connection: close` for `limits.drainGraceMs`, closes the
   * idle ones, and waits for calls under way, up to `limits.drainMs` in all; then as `close`.
   */
  drain(): Promise<void>;
  /** Ends at once: answers under way break off, as an error that clients notice. */
  close(): Promise<void>;
}

/**
 * Opens the data path: integrations call it as if it were the CRM, and nothing leaves that was not judged, counted, paid
 * for and written down. Fails when an address cannot be listened on.
 */
export async function serveGateway(options: ServeGatewayOptions): Promise<Result<ServedGateway>> {
  const limits = { ...usualLimits, ...options.limits };
  const upstream = openUpstream({
    address: options.upstream,
    timeouts: { connectMs: limits.connectMs, headMs: limits.upstreamHeadMs, bodyMs: limits.upstreamBodyMs },
    mostConnections: limits.upstreamConnections,
    idleMs: limits.upstreamIdleMs,
    probeEveryMs: limits.probeEveryMs,
    probeMs: limits.probeMs,
    told: (isReachable) =>
      options.log(
        isReachable ? { level: 'info', event: 'crm-reachable' } : { level: 'error', event: 'crm-unreachable' },
      ),
  });
  const running = new RunningCalls(options.broker, limits.aliveEveryMs);
  const disk = await watchDisk(options.diskShare, limits.diskAlarm, (share) =>
    options.log({ level: 'error', event: 'disk-alarm', share: Math.round(share * 1000) / 1000 }),
  );
  const gateway = new Gateway(options, limits, upstream, running, disk);
  try {
    return success(await gateway.start());
  } catch (error) {
    await gateway.close();
    const found = error instanceof Error ? error.message : 'an unknown fault';
    return failure({ kind: 'invalid', where: 'listen', found, expected: 'an address that is free' });
  }
}

/** How long clients have to close what was ended in order. */
const lingerMs = 1000;

class Gateway implements ServedGateway {
  readonly #options: ServeGatewayOptions;
  readonly #limits: GatewayLimits;
  readonly #path: DataPath;
  readonly #server: Server;
  readonly #connections: Connections;
  readonly #disk: DiskWatch;
  #origin: string;
  #listening: Listening | undefined;
  #admin: Listening | undefined;
  #isDraining = false;
  #drained: Promise<void> | undefined;

  constructor(
    options: ServeGatewayOptions,
    limits: GatewayLimits,
    upstream: UpstreamClient,
    running: RunningCalls,
    disk: DiskWatch,
  ) {
    this.#options = options;
    this.#limits = limits;
    this.#disk = disk;
    this.#origin = options.origin ?? '';
    const tally = openTally({
      runningCalls: () => running.size,
      clientConnections: () => this.#connections.size,
      upstreamConnections: () => upstream.connections,
      diskShare: () => disk.share,
      isReady: () => this.#obstacles().length === 0,
    });
    const origin = () => this.#origin;
    this.#path = {
      ...options,
      limits,
      upstream,
      running,
      rates: new CallRates(limits.callsPerSecond, limits.callsInBurst),
      ended: new WeakSet(),
      tally,
      sync: options.sync ?? 'bulk',
      atTurnEnd: openTurnEnd(),
      notes: openNoteQueue(options.ledger, (reason) =>
        options.log({
          level: 'error',
          event: 'ledger-fault',
          why: reason instanceof Error ? reason.message : 'unknown',
        }),
      ),
      wordsOf: openAskedWords(),
      shapesOf: openKnownShapes(),
      get origin() {
        return origin();
      },
    };
    const { server, connections } = this.#openServer();
    this.#server = server;
    this.#connections = connections;
  }

  get address(): string {
    return this.#listening?.address ?? '';
  }

  get port(): number {
    return this.#listening?.port ?? 0;
  }

  get adminPort(): number {
    return this.#admin?.port ?? 0;
  }

  get runningCalls(): number {
    return this.#path.running.size;
  }

  cut(integration: string, why: string): void {
    this.#path.running.cutAll(integration, why);
  }

  get isReady(): boolean {
    return this.#obstacles().length === 0;
  }

  metrics(): Promise<string> {
    return this.#path.tally.text();
  }

  async start(): Promise<this> {
    this.#listening = await listen(this.#server, this.#options.listen);
    this.#origin ||= `${this.#options.tls ? 'https' : 'http'}://${this.#listening.address}`;
    if (this.#options.admin) {
      this.#admin = await serveAdmin(this.#options.admin, () => this.#obstacles(), this.#path.tally);
    }
    if (this.#options.looksForCrm) this.#path.upstream.doubt();
    this.#path.log({ level: 'info', event: 'listening', address: this.#listening.address });
    return this;
  }

  drain(): Promise<void> {
    this.#drained ??= this.#drain();
    return this.#drained;
  }

  /** Clients that call all the time learn from an answer that their connection ends; the others' are closed in order. */
  async #drain(): Promise<void> {
    if (this.#isDraining) return;
    this.#isDraining = true;
    const { drainMs, drainGraceMs } = this.#limits;
    const endsAt = performance.now() + drainMs;
    this.#path.log({ level: 'info', event: 'draining', runningCalls: this.runningCalls });
    stopListening(this.#server);
    this.#connections.askToClose();
    await this.#connections.none(Math.min(drainGraceMs, drainMs));
    this.#connections.endIdle(this.#path.ended);
    await this.#path.running.drain(Math.max(0, endsAt - performance.now()));
    this.#connections.endIdle(this.#path.ended);
    await this.#connections.none(lingerMs);
    await this.close();
  }

  async close(): Promise<void> {
    this.#isDraining = true;
    await this.#path.running.drain(0);
    this.#path.running.close();
    this.#path.notes.flush();
    this.#disk.close();
    const closed = this.#listening?.close();
    this.#connections.destroyAll();
    await closed;
    await this.#path.upstream.close();
    await this.#admin?.close();
  }

  #openServer() {
    const handle = (request: IncomingMessage, response: ServerResponse) => {
      const connection = this.#connections.of(request.socket);
      connection.answer = response;
      if (this.#isDraining) response.shouldKeepAlive = false;
      void takeCall(this.#path, () => this.#obstacle(), request, response, connection.caller);
    };
    return openServer(this.#options.tls, this.#limits, handle, {
      refused: (reason) => this.#path.tally.refused(reason),
      crowded: (address) => this.#path.log({ level: 'warning', event: 'address-connections', address }),
    });
  }

  #obstacle(): TransportRefusal | undefined {
    if (this.#isDraining) return unavailable('Cordon gateway: it is shutting down.', 'draining');
    if (this.#disk.share < this.#limits.diskFull) return undefined;
    return unavailable("Cordon gateway: the ledger's disk is nearly full, so nothing leaves.", 'disk-full');
  }

  /** Why this gateway should get no calls now; the disk's alarm alone is no reason yet. */
  #obstacles(): readonly string[] {
    return [
      ...(this.#listening === undefined ? ['starting'] : []),
      ...(this.#isDraining ? ['draining'] : []),
      ...(this.#disk.share >= this.#limits.diskFull ? ['disk-full'] : []),
      ...(this.#path.upstream.isReachable ? [] : ['crm-unreachable']),
    ];
  }
}
