// Correlations by themselves: events a CPU-second through a rule set that holds one correlation, for each type, by the number
// of groups, in the order of time and with every second event late, against a recount of the window at every event. No
// window meets its condition, so each is judged. `--soak` sends a million events of changing groups through small bounds
// and says what memory stays.

import type { EventKind, SigmaEvent } from '#sigma/event.ts';
import { compileRules } from '#sigma/sigma.ts';

interface BenchEvent extends SigmaEvent {
  readonly raw?: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const kind: EventKind<BenchEvent> = {
  readField: (name) => (event) => event.fields[name],
  readText: ({ raw }) => raw,
  product: () => undefined,
  category: () => undefined,
  appliesTo: () => true,
  source: () => 'bench',
  routingFields: [],
  costOf: (_, comparing) => comparing,
  keeper: () => (event) => event,
};

const timespanMs = 3_600_000;
const windowEvents = 5000;
const mostKept = 200_000;

const types: Readonly<Record<string, string>> = {
  event_count: 'type: event_count\ncondition: {gte: 14000}',
  value_count: 'type: value_count\ncondition: {field: value, gte: 5000}',
  value_sum: 'type: value_sum\ncondition: {field: size, lt: 0}',
  value_avg: 'type: value_avg\ncondition: {field: size, lt: 0}',
  value_median: 'type: value_median\ncondition: {field: size, lt: 0}',
  value_percentile: 'type: value_percentile\ncondition: {field: size, percentile: 95, lt: 0}',
  temporal: 'type: temporal',
  temporal_ordered: 'type: temporal_ordered',
  'temporal_ordered, counted': 'type: temporal_ordered\ncondition: {gte: 3}',
};

/** The third rule never matches. */
const bases = [0, 1, 9]
  .map((act, rule) => `title: r\nname: r${rule}\nlogsource: {}\ndetection: {s: {act: ${act}}, condition: s}\n---\n`)
  .join('');

function compile(type: string, groups: number) {
  const text = `${bases}title: c\ncorrelation:\n  rules: [r0, r1, r2]\n  group-by: [group]\n  timespan: 1h\n${type.replace(/^/gm, '  ')}\n`;
  const compiled = compileRules([{ name: 'bench.yml', text }], {
    kind,
    latenessMs: timespanMs,
    maximumEventsPerGroup: 3 * windowEvents,
    maximumEvents: 3 * mostKept,
    maximumGroups: Math.max(groups, 1000),
  });
  return compiled.ok ? compiled.value : undefined;
}

/** A repeatable sequence of numbers from 0 to 1 (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** So many events apart that a timespan holds 5,000 of one group, or 200,000 in all. */
function createEvents(count: number, groups: number, lateShare: number): readonly BenchEvent[] {
  const random = createRandom(groups);
  const stepMs = timespanMs / Math.min(windowEvents * groups, mostKept);
  return Array.from({ length: count }, (_, index) => {
    const isLate = random() < lateShare;
    const time = Math.floor(1e12 + index * stepMs - (isLate ? random() * timespanMs : 0));
    const fields = {
      act: index % 2,
      group: `group-${index % groups}`,
      value: `value-${Math.floor(random() * 1000)}`,
      size: Math.floor(random() * 1e6) / 100,
    };
    return { time, arrivedAt: Number.MAX_SAFE_INTEGER, raw: '', fields };
  });
}

/** This process's time on a core: other work of the machine does not count. */
const cpuMs = (): number => process.cpuUsage().user / 1000;

/** Events a second over the part after the windows are full; undefined where the type is not known. */
function measure(type: string, groups: number, lateShare: number, seconds: number): number | undefined {
  const rules = compile(type, groups);
  if (rules === undefined) return undefined;
  const full = Math.min(windowEvents * groups, mostKept);
  const events = createEvents(full + 400_000, groups, lateShare);
  let at = 0;
  // Filled in the order of time, so that filling takes no longer than it must.
  for (const event of createEvents(full, groups, 0)) rules.evaluate(event);
  at = full;
  const start = cpuMs();
  let matches = 0;
  while (at < events.length && cpuMs() - start < seconds * 1000) {
    for (const until = Math.min(at + 50, events.length); at < until; at += 1)
      matches += rules.evaluate(events[at]!).length;
  }
  if (matches > 0) throw new Error(`${type}: nothing should have matched`);
  return ((at - full) * 1000) / (cpuMs() - start);
}

/** The same by definition: at every event the window of its group is found and counted anew. */
function measureRecount(name: string, groups: number, seconds: number): number {
  const full = Math.min(windowEvents * groups, mostKept);
  const events = createEvents(full + 400_000, groups, 0);
  const byGroup = new Map<unknown, BenchEvent[]>();
  const take = (event: BenchEvent): BenchEvent[] => {
    const all = byGroup.get(event.fields['group']) ?? [];
    byGroup.set(event.fields['group'], all);
    all.push(event);
    return all;
  };
  let at = 0;
  for (; at < full; at += 1) take(events[at]!);
  const start = cpuMs();
  let sum = 0;
  for (; at < events.length && cpuMs() - start < seconds * 1000; at += 1) {
    const { time } = events[at]!;
    const window = take(events[at]!).filter((each) => each.time >= time - timespanMs);
    sum += recount(name, window);
  }
  if (!Number.isFinite(sum)) throw new Error('the recount is wrong');
  return ((at - full) * 1000) / (cpuMs() - start);
}

function recount(name: string, window: readonly BenchEvent[]): number {
  const numbers = (): readonly number[] => window.map(({ fields }) => fields['size'] as number);
  if (name === 'event_count') return window.length;
  if (name === 'value_count') return new Set(window.map(({ fields }) => fields['value'])).size;
  if (name === 'value_sum' || name === 'value_avg') return numbers().reduce((total, each) => total + each, 0);
  if (name.startsWith('value_')) return numbers().toSorted((a, b) => a - b)[window.length >> 1]!;
  return new Set(window.map(({ fields }) => fields['act'])).size;
}

function soak(): void {
  const rules = compile(types['value_count']!.replace('5000', '50'), 1000)!;
  const events = createEvents(1000, 1, 0);
  const start = performance.now();
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const random = createRandom(1);
  for (let index = 0; index < 1_000_000; index += 1) {
    const group = random() < 0.3 ? `quiet-${Math.floor(random() * 200)}` : `random-${random()}`;
    const event = { ...events[index % 1000]!, time: 1e12 + index * 20 };
    rules.evaluate({ ...event, fields: { ...event.fields, group } });
  }
  globalThis.gc?.();
  const heapMB = (process.memoryUsage().heapUsed - before) / 1e6;
  const seconds = (performance.now() - start) / 1000;
  process.stdout.write(`${JSON.stringify({ seconds, heapMB, ...rules.statistics().correlations[0] })}\n`);
}

const perSecond = (rate: number | undefined): string =>
  rate === undefined ? '' : new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 2 }).format(rate);

if (process.argv.includes('--soak')) soak();
else {
  const seconds = process.argv.includes('--quick') ? 0.3 : 1.5;
  const row = (cells: readonly string[]): void => void process.stdout.write(`| ${cells.join(' | ')} |\n`);
  row(['events/s', 'groups', 'in order', 'every second late', 'recount']);
  for (const [name, type] of Object.entries(types))
    for (const groups of [1, 1000, 100_000]) {
      const rates = [measure(type, groups, 0, seconds), measure(type, groups, 0.5, seconds)];
      row([name, String(groups), ...rates.map(perSecond), perSecond(measureRecount(name, groups, seconds))]);
    }
}
