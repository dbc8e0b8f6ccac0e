/** Every bound of the data path; times in milliseconds. */
export interface GatewayLimits {
  readonly headBytes: number;
  readonly targetBytes: number;
  /** Until the head of a call has come. */
  readonly headMs: number;
  /** Until a whole call has come. */
  readonly requestMs: number;
  /** How long a connection without a call is kept. */
  readonly keepAliveMs: number;
  readonly connections: number;
  /** Of those, from one address (IPv6: one /64). */
  readonly connectionsPerAddress: number;
  /** CIDR blocks of a NAT or a proxy, behind which many clients are: `connections` alone bounds them. */
  readonly sharedAddresses: readonly string[];
  /** Calls under way at once, by integration. */
  readonly callsPerIntegration: number;
  /** What an integration may begin on average; and how many at once after a pause. */
  readonly callsPerSecond: number;
  readonly callsInBurst: number;
  /** Streams of bulk results under way at once, by integration. */
  readonly streamsPerIntegration: number;
  /** The largest JSON answer that is held to be counted, compressed and plain. */
  readonly pageBytes: number;
  /** How long a client may take nothing of an answer that waits for it. */
  readonly stallMs: number;
  /** What was within a budget is in the ledger: it has so long to reach its reader before the connection is reset. */
  readonly paidArrivesMs: number;
  /** How often it is asked whether the tokens of running answers still live. */
  readonly aliveEveryMs: number;
  /** How long `drain` waits for running answers. */
  readonly drainMs: number;
  /** Of that, how long clients are told to close their connections before those without a call are closed. */
  readonly drainGraceMs: number;
  readonly upstreamConnections: number;
  readonly upstreamIdleMs: number;
  readonly connectMs: number;
  /** The CRM itself gives a query two minutes. */
  readonly upstreamHeadMs: number;
  readonly upstreamBodyMs: number;
  /** While the CRM is not reachable, one probe every so often, each given so long. */
  readonly probeEveryMs: number;
  readonly probeMs: number;
  /** Records that a reservation of small answers is renewed by. */
  readonly reservedRecords: number;
  /** Shares of the ledger's disk in use: from the first on there is an alarm, from the second on no records leave. */
  readonly diskAlarm: number;
  readonly diskFull: number;
}

export const usualLimits: GatewayLimits = {
  headBytes: 32 * 1024,
  targetBytes: 24 * 1024,
  headMs: 10_000,
  requestMs: 30_000,
  keepAliveMs: 65_000,
  connections: 1000,
  connectionsPerAddress: 250,
  sharedAddresses: [],
  callsPerIntegration: 64,
  callsPerSecond: Number.POSITIVE_INFINITY,
  callsInBurst: Number.POSITIVE_INFINITY,
  streamsPerIntegration: 8,
  pageBytes: 16 * 1024 * 1024,
  stallMs: 60_000,
  paidArrivesMs: 200,
  aliveEveryMs: 250,
  drainMs: 30_000,
  drainGraceMs: 2000,
  upstreamConnections: 256,
  upstreamIdleMs: 30_000,
  connectMs: 10_000,
  upstreamHeadMs: 130_000,
  upstreamBodyMs: 60_000,
  probeEveryMs: 2000,
  probeMs: 5000,
  reservedRecords: 20_000,
  diskAlarm: 0.8,
  diskFull: 0.95,
};
