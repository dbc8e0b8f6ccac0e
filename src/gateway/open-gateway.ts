import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Ledger, openLedger } from '#ledger/open-ledger.ts';
import { type Result, success } from '#model/result.ts';
import { createCsvScanner } from '#scan/csv-scanner.ts';
import { scanJson } from '#scan/json-scanner.ts';
import { createScannerPool } from '#scan/scanner-pool.ts';
import { createMasterKey } from '#vault/master-key.ts';
import { openVault, type Vault, type VaultParts } from '#vault/open-vault.ts';
import { openBroker } from './broker/open-broker.ts';
import { openKeptCounts } from './budget/kept-counts.ts';
import { type OpenBudget, openBudget } from './budget/open-budget.ts';
import type { Notice } from './call.ts';
import type { GatewayConfiguration } from './configuration.ts';
import type { GatewayDesk } from './desk/gateway-desk.ts';
import { openDesk } from './desk/open-desk.ts';
import { spentOf } from './desk/replay-spendings.ts';
import { openTraffic } from './desk/traffic.ts';
import { keepHeads } from './keep-heads.ts';
import { openLineLog } from './line-log.ts';
import type { Notify } from './parts.ts';
import { openPolicies } from './policy/open-policies.ts';
import { createTokenRequest } from './request-token.ts';
import { openPlanner } from './requests/open-planner.ts';
import type { Scanners, SyncMode } from './stream/data-path.ts';
import { openLog } from './stream/operation/log.ts';
import { diskShareOf } from './stream/operation/watch-disk.ts';
import { serveGateway } from './stream/serve-gateway.ts';

export interface Gateway {
  readonly desk: GatewayDesk;
  /** Where it listens: `127.0.0.1:8440`. */
  readonly address: string;
  readonly port: number;
  readonly adminPort: number;
  reportBug(error: unknown): void;
  /** Lets what is under way end, then closes everything. */
  drain(): Promise<void>;
  /** Cuts what is under way, and closes everything. */
  close(): Promise<void>;
}

export interface GatewayOptions {
  /** ms since 1970 UTC. */
  readonly clock: () => number;
  readonly random: (bytes: number) => Uint8Array;
  /** Takes the lines of the gateway's own log: NDJSON without data of customers. */
  readonly write: (line: string) => void;
  /** `all`: small answers wait for the disk too. */
  readonly sync?: SyncMode;
  /** For measuring alone: `behind` releases before the ledger is on the disk. */
  readonly ledgerSync?: 'before' | 'behind';
}

const dayMs = 86_400_000;

/** Opens the gateway on its own directory and listens. Fails when ledger, vault, broker or an address cannot be used. */
export async function openGateway(
  configuration: GatewayConfiguration,
  options: GatewayOptions,
): Promise<Result<Gateway>> {
  const { clock, random, write, sync } = options;
  const { dataDirectory, upstream } = configuration;
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const log = openLog(write, clock);
  const reportBug = (error: unknown): void =>
    log({
      level: 'error',
      event: 'bug',
      what: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });

  const ledger = await openLedger({
    directory: join(dataDirectory, 'ledger'),
    clock,
    segmentMs: retentionStepMs(configuration),
    ...(options.ledgerSync && { sync: options.ledgerSync }),
  });
  if (!ledger.ok) return ledger;
  const database = openState(join(dataDirectory, 'gateway.db'));
  const closings: (() => Promise<void> | void)[] = [() => database.close(), () => ledger.value.close()];
  const closeAll = async (): Promise<void> => {
    for (const close of closings.toReversed()) await close();
  };
  const failed = async <Failed>(result: Failed): Promise<Failed> => {
    await closeAll();
    return result;
  };

  const logDirectory = join(dataDirectory, 'log');
  const lines = await openLineLog({
    directory: logDirectory,
    run: Buffer.from(random(6)).toString('hex'),
    onProblem: reportBug,
  });
  closings.push(() => lines.close());
  const notify: Notify = (notice) => lines.notice(lineOf(notice));
  const traffic = openTraffic();

  const vault = await openUnderNewest(configuration, { database, clock, random });
  if (!vault.ok) return failed(vault);
  const broker = openBroker({
    database,
    vault: vault.value,
    clock,
    random,
    publicUrl: configuration.publicUrl,
    requestToken: createTokenRequest({
      loginUrl: upstream.loginUrl ?? upstream.instanceUrl,
      certificateAuthority: upstream.certificateAuthority,
    }),
    notify,
  });
  if (!broker.ok) return failed(broker);

  const policies = openPolicies({ database, clock, onChange: (integration) => changed(integration) });
  let cutRunning = (_: string): void => {};
  const changed = (integration: string): void => {
    // What runs was judged by the policy before; the client asks again and is judged by the new one.
    cutRunning(integration);
    void relearn(integration);
  };
  const counts = openKeptCounts(database, configuration.retentionDays * dayMs);
  closings.push(() => counts.close());
  const budget = openBudget({ policyOf: (integration) => policies.inForce(integration), clock, counts });
  // Calls that come while a wider window is read back are judged by what is known: never by more than was allowed.
  const relearn = (integration: string): Promise<void> =>
    replayInto(budget, ledger.value, integration).catch(reportBug);
  for (const integration of policies.integrations()) await replayInto(budget, ledger.value, integration);
  const planner = openPlanner({ database, clock, policies, budget, userOf: broker.value.userOf });

  const served = await serveGateway({
    broker: broker.value,
    planner,
    budget,
    ledger: ledger.value,
    scanners: openScanners(configuration),
    upstream: addressOf(upstream),
    listen: configuration.listen,
    tls: configuration.tls && {
      certificate: readFileSync(configuration.tls.certificate, 'utf8'),
      key: readFileSync(configuration.tls.key, 'utf8'),
      asksCertificate: true,
    },
    origin: configuration.publicUrl.replace(/\/+$/, ''),
    admin: configuration.admin,
    notify,
    tellCall: (call) => {
      traffic.note(call);
      lines.call(call);
    },
    clock,
    log,
    limits: {
      callsPerSecond: configuration.limits.callsPerSecond,
      callsInBurst: configuration.limits.callsInBurst,
      connections: configuration.limits.connections,
      connectionsPerAddress: configuration.limits.connectionsPerAddress,
      sharedAddresses: configuration.limits.sharedAddresses,
      streamsPerIntegration: configuration.limits.streamsPerIntegration,
      pageBytes: configuration.limits.pageMegabytes * 2 ** 20,
      drainGraceMs: configuration.limits.drainGraceSeconds * 1000,
    },
    diskShare: () => diskShareOf(dataDirectory),
    looksForCrm: true,
    ...(sync !== undefined && { sync }),
  });
  if (!served.ok) return failed(served);
  cutRunning = (integration) => served.value.cut(integration, 'policy-changed');

  const stopHeads = keepHeads({
    ledger: ledger.value,
    files: configuration.auditAnchors.map(({ file }) => file),
    everyMs: configuration.anchorEveryMinutes * 60_000,
    clock,
    onProblem: reportBug,
  });
  closings.push(stopHeads);
  closings.push(dropWhatIsOld(ledger.value, configuration, clock, reportBug));

  const desk = openDesk({
    configuration,
    broker: broker.value,
    policies,
    budget,
    ledger: ledger.value,
    traffic,
    served: served.value,
    logDirectory,
    clock,
    startedAt: clock(),
  });
  return success({
    desk,
    address: served.value.address,
    port: served.value.port,
    adminPort: served.value.adminPort,
    reportBug,
    drain: async () => {
      await served.value.drain();
      await closeAll();
    },
    close: async () => {
      await served.value.close();
      await closeAll();
    },
  });
}

/** Puts every secret under the master key where another one was named that they are under; all of them or none. */
async function openUnderNewest(
  { masterKey, formerMasterKey }: GatewayConfiguration,
  parts: Omit<VaultParts, 'masterKey'>,
): Promise<Result<Vault>> {
  const newest = createMasterKey(masterKey, parts.random);
  const vault = openVault({ ...parts, masterKey: newest });
  if (vault.ok || formerMasterKey === undefined) return vault;
  const former = openVault({ ...parts, masterKey: createMasterKey(formerMasterKey, parts.random) });
  if (!former.ok) return former;
  const rewrapped = await former.value.rewrap(newest);
  return rewrapped.ok ? former : rewrapped;
}

/** One file for everything but the ledger: what was said to be done is on the disk. */
function openState(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
  return database;
}

/**
 * How long a segment is written, and how often old ones are dropped, ms: a 24th of the retention, a day at most. So what
 * is older than the retention leaves no later than two of these after.
 */
const retentionStepMs = ({ retentionDays }: GatewayConfiguration): number =>
  Math.min(dayMs, Math.max(60_000, (retentionDays * dayMs) / 24));

/** At the start too: a gateway that is started anew every night forgets as well. */
function dropWhatIsOld(
  ledger: Ledger,
  configuration: GatewayConfiguration,
  clock: () => number,
  reportBug: (error: unknown) => void,
): () => Promise<void> {
  const { retentionDays } = configuration;
  const why = `older than the ${retentionDays} days of retention`;
  const drop = async (): Promise<void> => {
    await ledger.drop({ before: clock() - retentionDays * dayMs, why }).catch(reportBug);
  };
  let dropping = drop();
  const timer = setInterval(() => {
    dropping = drop();
  }, retentionStepMs(configuration)).unref();
  return async () => {
    clearInterval(timer);
    await dropping;
  };
}

/** Streams beyond these find no memory and are told to come again. */
const mostStreams = 64;

function openScanners({ limits }: GatewayConfiguration): Scanners {
  const pool = createScannerPool();
  let open = 0;
  return {
    openCsv(options) {
      if (open >= Math.min(mostStreams, limits.connections)) return undefined;
      open += 1;
      const scanner = createCsvScanner(options, pool);
      let isOpen = true;
      return {
        room: () => scanner.room(),
        take: (bytes) => scanner.take(bytes),
        end: () => scanner.end(),
        free: (step) => scanner.free(step),
        close() {
          if (isOpen) open -= 1;
          isOpen = false;
          scanner.close();
        },
      };
    },
    scanJson: (bytes, customerFields) => scanJson(bytes, { customerFields, pool }),
  };
}

function addressOf({ instanceUrl, certificateAuthority }: GatewayConfiguration['upstream']) {
  const { protocol, hostname, port } = new URL(instanceUrl);
  const isSecure = protocol === 'https:';
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (isSecure ? 443 : 80) : Number(port),
    tls: isSecure
      ? { authorities: certificateAuthority === undefined ? undefined : readFileSync(certificateAuthority, 'utf8') }
      : undefined,
  };
}

/** Tells the budget what left before, as far back as its policy's longest window looks. */
async function replayInto(budget: OpenBudget, ledger: Ledger, integration: string): Promise<void> {
  const recall = budget.recall(integration);
  if (recall === undefined) return;
  const { since } = recall;
  for await (const spending of ledger.spendings({ integrations: [integration], from: since })) {
    recall.tell(spentOf(spending));
  }
  for (const lapse of ledger.lapses()) {
    if (lapse.integration !== integration || lapse.to < since) continue;
    recall.tell({ integration, at: lapse.to, object: lapse.object, unknown: lapse.upTo });
  }
  recall.done();
}

function lineOf({ at, identity, reason, level, explanation }: Notice) {
  const { integration, token, tier, address } = identity;
  return { at, integration, token, tier, address, reason, level, explanation };
}
