/** The only composition root: opens the parts, joins them, and hands finished functions to the doors. */
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { Configuration } from '#configuration.ts';
import { type Desk, type DeskParts, openDesk } from '#desk/desk.ts';
import { connectGateway, type GatewayLink, gatewayLog } from '#desk/gateway-link.ts';
import { inheritRestrictions } from '#desk/inherit-restrictions.ts';
import { createLiveHub } from '#desk/live.ts';
import { openRowBounds } from '#desk/open-row-bounds.ts';
import { rememberIncidents } from '#desk/remember-incidents.ts';
import { createChat } from '#desk/tell-chat.ts';
import { type OpenedEnrichment, openEnrichment } from '#detection/enrichment/open-enrichment.ts';
import { createInventory } from '#detection/inventory/inventory.ts';
import { type LoadedDetection, type LoadingOptions, loadDetection } from '#detection/load-detection.ts';
import { describeLostCounts } from '#detection/lost-counts.ts';
import { findSources } from '#detection/sources/find-sources.ts';
import { createRestorer } from '#detection/sources/restore-event.ts';
import { type DemoPlayer, type DemoWish, playDemo, readPlace } from '#intake/demo-player.ts';
import { createFeed, type Fed, historyKeyOf } from '#intake/feed.ts';
import { createFlow, type Flow } from '#intake/flow.ts';
import { followLive } from '#intake/follow-live.ts';
import type { Intake } from '#intake/intake.ts';
import { listenSocket } from '#intake/listen-socket.ts';
import { createOrderedFeed } from '#intake/ordered-feed.ts';
import { openSourceHealth } from '#intake/source-health.ts';
import { createStreamBook } from '#intake/stream-book.ts';
import { createHooks, type HookReply } from '#intake/take-hooks.ts';
import { watchFiles } from '#intake/watch-files.ts';
import { revealed } from '#lib/reveal.ts';
import type { Event } from '#model/event.ts';
import type { HookRequest } from '#model/live-source.ts';
import type { StaffRecords, Store } from '#model/records.ts';
import { describeFailure, type Failure, failure, type Result, success } from '#model/result.ts';
import type { Source } from '#model/source.ts';
import type { Asker } from '#model/staff.ts';
import type { GrantHistory } from '#model/wire.ts';
import type { AnchorTarget } from '#store/anchors/anchor.ts';
import { createFileAnchors } from '#store/anchors/file-anchors.ts';
import { startAnchoring } from '#store/anchors/start-anchoring.ts';
import { createSyslogAnchors, type SyslogPlace } from '#store/anchors/syslog-anchors.ts';
import { verifyAgainstFiles } from '#store/anchors/verify-against-files.ts';
import { createWebhookAnchors } from '#store/anchors/webhook-anchors.ts';
import { openStore } from '#store/open-store.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** What detection is shown again after a restart: enough for what is usual, and for any rule's window. */
const warmingMs = 30 * dayMs;
const tickMs = 1_000;
/** Node takes longer timers for 1 ms. */
const longestTimerMs = 2 ** 31 - 1;
/** How often, and of how many apps, the gateway is told whom the logs know. */
const knownEveryMs = 10_000;
const mostKnown = 5_000;
/** How soon a list or register that was changed is read again. */
const refreshMs = 30_000;
/** Under this name lists and registers stand beside the sources when something is wrong with them. */
const knowledgeName = 'knowledge: lists and registers';
const rulesName = 'rules: those imported';
/** How soon the gateway's notices are read. */
const gatewayLogSeconds = 1;

export interface Cordon {
  readonly configuration: Configuration;
  readonly version: string;
  /** Real time, ms since 1970 UTC. */
  readonly clock: () => number;
  readonly random: (count: number) => Uint8Array;
  readonly newId: () => string;
  readonly staff: StaffRecords;
  /** Present when the demonstration house plays. */
  readonly demo: DemoPlayer | undefined;
  /** Present when a gateway is configured. */
  readonly gateway: GatewayLink | undefined;
  /** What one asker may see and do. */
  desk(asker: Asker): Desk;
  /** Appends to the audit log. */
  record(by: string, act: string, subject: string, details?: Record<string, unknown>): Promise<void>;
  /** For what was thrown: written down for whoever runs the server, never sent out. */
  reportBug(error: unknown): void;
  /** Takes events in order of event time; resolves when they and what they led to are durable. */
  feed(events: readonly Event[]): Promise<Fed>;
  /** Answers what a vendor sends to the hook of this name; undefined where none is configured. */
  hook(name: string, request: HookRequest): Promise<HookReply | undefined>;
  /** Resolves when what was stored before has been shown to detection and new events are taken. */
  readonly warmed: Promise<void>;
  /** Stops reading, waits for what is under way, and closes the store. */
  close(): Promise<void>;
}

export interface CordonOptions {
  readonly clock?: () => number;
  readonly random?: (count: number) => Uint8Array;
  readonly reportBug?: (error: unknown) => void;
  /** Plays the demonstration house instead of watching the configured sources. */
  readonly demo?: DemoWish;
  readonly version?: string;
  /** Log formats and what detects: those of `detection/` unless a test brings its own. */
  readonly sources?: readonly Source[];
  readonly detection?: (options: LoadingOptions) => Promise<Result<LoadedDetection>>;
}

/**
 * Opens Cordon on its data directory. The pages can be served at once; what was stored is shown to detection again in
 * the background (`warmed`), and only then are logs read. `refused` when another Cordon runs on this directory;
 * `invalid` when a rule or the store cannot be used.
 */
export async function openCordon(configuration: Configuration, options: CordonOptions = {}): Promise<Result<Cordon>> {
  const { clock = Date.now, detection: load = loadDetection } = options;
  const { databaseUrl, dataDirectory } = configuration;
  const opened = await openStore({ directory: dataDirectory, ...(databaseUrl && { databaseUrl }) }, { clock });
  if (!opened.ok) return opened;
  const remembered = inheritRestrictions(rememberIncidents(opened.value.incidents));
  const store: Store = { ...opened.value, ...(await openRowBounds(remembered, opened.value.gaps)) };
  const disabled = new Set((await store.rules.list()).flatMap((rule) => (rule.enabled ? [] : [rule.name])));
  const known = await openEnrichment(configuration.knowledge);
  if (!known.ok) {
    await store.close();
    return failure(known.failure[0]!);
  }
  const { enrichment } = known.value;
  const loaded = await load({
    changes: configuration.changes,
    enrichment,
    network: configuration.network,
    ownRules: configuration.rules,
    isEnabled: (rule) => !disabled.has(rule),
    latenessMs: configuration.arrival.lateWithinHours * hourMs,
  });
  if (!loaded.ok) {
    await store.close();
    return loaded;
  }
  return success(
    await start(configuration, options, store, {
      sources: options.sources ?? (await findSources()),
      loaded: loaded.value,
      known: known.value,
      disabled,
    }),
  );
}

/** What the rooms of detection bring along. */
interface Learned {
  readonly sources: readonly Source[];
  readonly loaded: LoadedDetection;
  readonly known: OpenedEnrichment;
  readonly disabled: Set<string>;
}

async function start(
  configuration: Configuration,
  options: CordonOptions,
  store: Store,
  { sources, loaded: { detection, rules, faults: ruleFaults }, known, disabled }: Learned,
): Promise<Cordon> {
  const { clock = Date.now, random = randomBytes, reportBug = printBug, version = 'development' } = options;
  const live = createLiveHub();
  const inventory = createInventory();
  const flow = createFlow();
  const health = openSourceHealth(sources, await store.settings.get('source-health'));
  if (ruleFaults.length === 0) health.recovered(rulesName);
  else health.failed(rulesName, `left out: ${ruleFaults.map(describeFailure).join('; ')}`.slice(0, 1000));
  const stopping = new AbortController();
  const tellKnowledge = (faults: readonly Failure[]): void => {
    if (faults.length === 0) health.recovered(knowledgeName);
    else health.failed(knowledgeName, faults.map(describeFailure).join('; ').slice(0, 1000));
  };
  tellKnowledge(known.faults);
  const chat = createChat({
    targets: configuration.chat,
    consoleUrl: configuration.publicUrl,
    told: ((await store.settings.get('chat-told')) as readonly string[] | undefined) ?? [],
    remember: (told) => store.settings.set('chat-told', told),
    onFailure: reportBug,
  });
  const houseClock = (): number => demo?.view().houseTime ?? clock();

  const feed = createFeed({
    store,
    health,
    flow,
    houseClock,
    restore: createRestorer(sources),
    total: await store.events.total(),
    detection: {
      observe(events) {
        const observation = detection.observe(events);
        for (const event of events) inventory.observe(event);
        return observation;
      },
      grantHistory: (key) => detection.grantHistory(key),
    },
    tell({ findings, incidents }) {
      for (const stored of incidents) live.tell({ kind: 'incident', stored });
      chat.tell(incidents).catch(reportBug);
      for (const finding of findings) {
        const of = incidents.find(({ incident }) => incident.findings.some((each) => each.key === finding.key));
        live.tell({ kind: 'finding', finding, of });
      }
    },
  });

  const record: Cordon['record'] = async (by, act, subject, details = {}) => {
    await store.auditLog.append({ at: clock(), by, act, subject, details });
  };
  const orderedFeed = createOrderedFeed({
    feed,
    withinMs: configuration.arrival.orderWithinSeconds * 1000,
    clock,
    alarm: ring,
  });
  const intake: Intake = {
    feed,
    ordered: orderedFeed,
    health,
    sources,
    settings: store.settings,
    clock,
    signal: stopping.signal,
  };
  const streams = createStreamBook(sources, store.gaps);
  const followed = options.demo ? [] : configuration.live;
  const liveIntake = {
    feed: orderedFeed,
    sources,
    health,
    streams,
    store,
    clock,
    random: Math.random,
    signal: stopping.signal,
    sleep: (ms: number) => setTimeout(Math.min(ms, longestTimerMs), undefined, { signal: stopping.signal }),
    reportBug,
  };
  const hooks = createHooks(followed, liveIntake);
  const demo: DemoPlayer | undefined = options.demo && playDemo(options.demo, await readPlace(store.settings), intake);

  const readOn = async (): Promise<void> => {
    health.loading(true);
    await recount(store, flow, houseClock());
    // Exported logs may end long ago: what is usual then stands before their end, not before today.
    const [newest] = (await store.events.search({}, 1, undefined)).rows;
    await feed.replay(Math.min(houseClock(), newest?.time ?? houseClock()) - warmingMs);
    health.loading(false);
  };
  const { gateway } = configuration;
  const places = [
    ...(demo ? [] : configuration.sources.filter((source) => 'path' in source)),
    ...(gateway ? [{ path: gatewayLog(gateway.dataDirectory), everySeconds: gatewayLogSeconds }] : []),
  ];
  const sockets = demo ? [] : configuration.sources.filter((source) => 'socket' in source);
  const link = gateway && connectGateway(gateway.dataDirectory);
  const warmed = readOn();
  const reading = warmed
    .then(() =>
      Promise.all([
        demo?.play(),
        watchFiles(places, demo ? inHouseTime(intake, houseClock) : intake),
        ...sockets.map((socket) => listenSocket(socket, intake)),
        hooks.open(),
        followLive(followed, liveIntake),
      ]),
    )
    .catch((error: unknown) => stopping.signal.aborted || reportBug(error));

  const tellGateway = async (): Promise<void> => {
    const known = inventory.view().apps.map(({ name, uid, users, rows }) => ({
      name,
      ...(uid !== undefined && { uid }),
      users: users.flatMap((user) => [user.uid, user.name].filter((each) => each !== undefined)),
      rows,
    }));
    await link?.post('/gateway/known', known.slice(0, mostKnown));
  };
  const timers = [
    setInterval(() => void tellGateway().catch(reportBug), knownEveryMs),
    setInterval(() => live.tell({ kind: 'tick' }), tickMs),
    setInterval(() => void known.enrichment.refresh().then((faults) => faults && tellKnowledge(faults)), refreshMs),
    setInterval(() => {
      const before = houseClock() - configuration.retentionDays * dayMs;
      store.events.prune(before).catch(reportBug);
    }, hourMs),
  ];
  for (const timer of timers) timer.unref();

  const parts: DeskParts = {
    store,
    live,
    clock,
    houseClock,
    newId: randomUUID,
    rules,
    ruleSwitched: (name, enabled) => void (enabled ? disabled.delete(name) : disabled.add(name)),
    historyBefore: async (incident) => (await store.settings.get(historyKeyOf(incident))) as GrantHistory | undefined,
    inventory: () => inventory.view(),
    grantCount: () => detection.statistics().grants,
    cautions: () => describeLostCounts(detection.statistics().correlations),
    sources: () => streams.beside(health.views(houseClock()), clock()),
    flow: (at) => flow.recent(endOfFlow(flow, at)),
    minute: () => flow.minute(endOfFlow(flow, houseClock())),
    eventTotal: () => feed.total(),
    demo: demo && (() => demo.view()),
    reportBug,
    verifyAuditLog: () => verifyAgainstFiles(store.auditLog, anchorFiles(configuration)),
  };
  const anchoring = startAnchoring({
    auditLog: store.auditLog,
    targets: configuration.auditAnchors.map(anchorTarget),
    clock,
    every: configuration.anchorEveryMinutes * 60_000,
    onFailure: (target, reason) => reportBug(new Error(`anchoring at ${target}: ${describeFailure(reason)}`)),
  });
  await record('cordon', 'start', 'cordon', { version, demo: demo !== undefined });
  await anchoring.anchorNow();

  return {
    configuration,
    version,
    clock,
    random,
    newId: randomUUID,
    staff: store.staff,
    demo,
    gateway: link,
    record,
    reportBug,
    warmed,
    desk: (asker) => openDesk(parts, asker),
    feed: (events) => feed.feed(events),
    hook: (name, request) => hooks.answer(name, request),
    async close() {
      stopping.abort();
      for (const timer of timers) clearInterval(timer);
      await orderedFeed.close();
      await reading;
      await hooks.settled();
      await store.settings.set('source-health', health.snapshot());
      await record('cordon', 'stop', 'cordon');
      await anchoring.stop();
      await store.close();
    },
  };
}

function ring(ms: number, act: () => void): () => void {
  const timer = globalThis.setTimeout(act, ms);
  return () => clearTimeout(timer);
}

/** The demonstration's gateway lives by our clock, its house by another: what comes now happens now there too. */
function inHouseTime(intake: Intake, houseClock: () => number): Intake {
  return {
    ...intake,
    ordered: {
      async add(events) {
        const now = houseClock();
        const moved = events.map((event) => ({ ...event, key: event.key, time: now, arrivedAt: now }));
        const { added } = await intake.feed.feed(moved);
        return { added, duplicates: events.length - added };
      },
      room: async () => undefined,
    },
  };
}

/** Exported logs end in the past: then the last day is theirs, not today's. */
function endOfFlow(flow: Flow, now: number): number {
  const newest = flow.newest();
  return newest === undefined || now - newest < dayMs ? now : newest;
}

function anchorTarget(anchor: Configuration['auditAnchors'][number]): AnchorTarget {
  if ('file' in anchor) return createFileAnchors(anchor.file);
  if ('syslog' in anchor) return createSyslogAnchors(syslogPlace(anchor.syslog));
  return createWebhookAnchors(anchor.webhook, anchor.secret ? { authorization: `Bearer ${anchor.secret}` } : {});
}

/** `/dev/log`, `udp://host:514`, `tcp://host:601` or `host`, which means UDP on port 514 (RFC 5426). */
function syslogPlace(written: string): SyslogPlace {
  if (written.startsWith('/')) return { protocol: 'unix', path: written };
  const url = new URL(written.includes('://') ? written : `udp://${written}`);
  return {
    protocol: url.protocol === 'tcp:' ? 'tcp' : 'udp',
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 514),
  };
}

/** An error may quote what stood in a log: nothing of it may speak to the terminal. */
function printBug(error: unknown): void {
  console.error(inspect(error).split('\n').map(revealed).join('\n'));
}

/** Those that can be read back here; what went to syslog or a webhook is compared where it went. */
export const anchorFiles = ({ auditAnchors }: Configuration): readonly string[] =>
  auditAnchors.flatMap((anchor) => ('file' in anchor ? [anchor.file] : []));

async function recount(store: Store, flow: Flow, now: number): Promise<void> {
  for (const { time, source, count } of await store.events.counts(now - dayMs, now + dayMs, 60_000)) {
    flow.record(source, time, count);
  }
}
