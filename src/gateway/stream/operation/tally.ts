import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What is counted as calls pass: plain numbers, read by Prometheus only when it asks. */
export interface Tally {
  call(operation: string, status: number, seconds: number): void;
  refused(reason: string): void;
  released(integration: string, object: string, records: number): void;
  sent(bytes: number): void;
  cut(reason: string): void;
  upstreamFault(kind: string): void;
  ledgerWait(seconds: number): void;
  /** Prometheus text exposition format 0.0.4. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** Numbers that are looked up when somebody asks. */
export interface Gauges {
  runningCalls(): number;
  clientConnections(): number;
  upstreamConnections(): number;
  /** Share of the ledger's disk in use, 0 to 1. */
  diskShare(): number;
  isReady(): boolean;
}

const secondsBuckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 30, 120];

export function openTally(gauges: Gauges): Tally {
  const registry = new Registry();
  const calls = openCounts(registry, 'cordon_gateway_calls_total', 'Calls answered.', ['operation', 'status']);
  const refused = openCounts(registry, 'cordon_gateway_refused_total', 'Calls refused, by reason.', ['reason']);
  const released = openCounts(registry, 'cordon_gateway_records_released_total', 'Records that left.', [
    'integration',
    'object',
  ]);
  const cuts = openCounts(registry, 'cordon_gateway_cuts_total', 'Answers cut on their way.', ['reason']);
  const faults = openCounts(registry, 'cordon_gateway_upstream_faults_total', 'Answers that the CRM did not finish.', [
    'kind',
  ]);
  const bytes = openCounts(registry, 'cordon_gateway_bytes_released_total', 'Bytes of answers that left.', []);
  const took = openTimes(registry, 'cordon_gateway_call_seconds', 'From the head of a call to the end of its answer.');
  const waited = openTimes(registry, 'cordon_gateway_ledger_wait_seconds', 'From a write to the ledger until durable.');
  openGauges(registry, gauges);
  return {
    call(operation, status, seconds) {
      calls(1, operation, String(status));
      took(seconds);
    },
    refused: (reason) => refused(1, reason),
    released: (integration, object, records) => released(records, integration, object),
    sent: (count) => bytes(count),
    cut: (reason) => cuts(1, reason),
    upstreamFault: (kind) => faults(1, kind),
    ledgerWait: waited,
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** A counter that costs one look into a map; label values are few: names of integrations, objects, reasons. */
function openCounts(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly string[],
): (count: number, ...labels: string[]) => void {
  const counts = new Map<string, number>();
  new Counter({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect() {
      this.reset();
      for (const [key, count] of counts) {
        const values = key.split('\n');
        this.inc(Object.fromEntries(labelNames.map((label, index) => [label, values[index] ?? ''])), count);
      }
    },
  });
  return (count, ...labels) => {
    const key = labels.length > 1 ? labels.join('\n') : (labels[0] ?? '');
    counts.set(key, (counts.get(key) ?? 0) + count);
  };
}

function openTimes(registry: Registry, name: string, help: string): (seconds: number) => void {
  const times = new Times({ name, help, buckets: secondsBuckets, registers: [registry] });
  return (seconds) => times.add(seconds);
}

/** A histogram without labels that costs one addition; what Prometheus wants is worked out when it asks. */
class Times extends Histogram {
  readonly #counts = new Float64Array(secondsBuckets.length + 1);
  #sum = 0;

  add(seconds: number): void {
    let bucket = 0;
    while (bucket < secondsBuckets.length && seconds > secondsBuckets[bucket]!) bucket += 1;
    this.#counts[bucket]! += 1;
    this.#sum += seconds;
  }

  override async get(): ReturnType<Histogram['get']> {
    const told = await super.get();
    const { name } = told;
    let below = 0;
    const buckets = [...secondsBuckets, '+Inf'].map((le, index) => {
      below += this.#counts[index]!;
      return { value: below, labels: { le }, metricName: `${name}_bucket` };
    });
    const sum = { value: this.#sum, labels: {}, metricName: `${name}_sum` };
    const count = { value: below, labels: {}, metricName: `${name}_count` };
    return { ...told, values: [...buckets, sum, count] };
  }
}

function openGauges(registry: Registry, gauges: Gauges): void {
  const open = (name: string, help: string, read: () => number) => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  };
  open('cordon_gateway_running_calls', 'Calls under way.', gauges.runningCalls);
  open('cordon_gateway_client_connections', 'Connections of clients.', gauges.clientConnections);
  open('cordon_gateway_upstream_connections', 'Connections to the CRM.', gauges.upstreamConnections);
  open('cordon_gateway_ledger_disk_share', "Share of the ledger's disk in use, 0 to 1.", gauges.diskShare);
  open('cordon_gateway_ready', '1 when calls are taken.', () => Number(gauges.isReady()));
  open('cordon_gateway_resident_bytes', 'Resident memory.', () => process.memoryUsage.rss());
  open('cordon_gateway_cpu_seconds', 'CPU time used.', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
}
