// `cordon/sigma` on SigmaHQ's rules and real Okta records, against the closures one would write first: a few lines that
// know maps, lists, contains, startswith, endswith, all, re and conditions. Rules those cannot read are left out on both
// sides, and both must find the same. Rules and records come from the samples beside the repository (`--rules FOLDER` and
// `--records FILE` for others); each record is repeated with another actor, address and id. Time is CPU time.
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { compile } from '#sigma/compile.ts';

type Test = (event: object) => boolean;

const corpus = new URL('../../shared/data/', import.meta.url);
const recordsFile = argument('--records') ?? new URL('crm/tenzir-library/okta-system-log.ndjson', corpus);
const sets = [
  ['Okta rules', new URL('detection/sigmahq-cloud-rules/identity/okta/', corpus)],
  ['all cloud rules', new URL('detection/sigmahq-cloud-rules/', corpus)],
] as const;

function argument(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

const fieldOf = (event: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, name) =>
      Array.isArray(value)
        ? value.map((each) => (each as Record<string, unknown> | null)?.[name])
        : (value as Record<string, unknown> | null | undefined)?.[name],
    event,
  );

/** Undefined for what these closures do not know. */
function naiveItem(key: string, given: unknown): Test | undefined {
  const [field = '', ...modifiers] = key.split('|');
  const needsAll = modifiers.includes('all');
  const kind = modifiers.find((each) => each !== 'all') ?? 'is';
  if (field === '' || !['is', 'contains', 'startswith', 'endswith', 're'].includes(kind)) return undefined;
  const path = field.split('.');
  const tests = [given].flat().map((value) => {
    if (value === null || typeof value === 'object' || /[*?\\]/.test(kind === 're' ? '' : String(value)))
      return undefined;
    const wanted = String(value).toLowerCase();
    const expression = kind === 're' ? new RegExp(String(value)) : undefined;
    if (expression !== undefined) return (text: string) => expression.test(text);
    if (kind === 'contains') return (text: string) => text.toLowerCase().includes(wanted);
    if (kind === 'startswith') return (text: string) => text.toLowerCase().startsWith(wanted);
    if (kind === 'endswith') return (text: string) => text.toLowerCase().endsWith(wanted);
    return (text: string) => text.toLowerCase() === wanted;
  });
  if (!tests.every((test) => test !== undefined)) return undefined;
  return (event) => {
    const members = [fieldOf(event, path)].flat(9).filter((value) => value !== undefined && value !== null);
    const isMet = (test: (text: string) => boolean): boolean => members.some((member) => test(String(member)));
    return needsAll ? tests.every(isMet) : tests.some(isMet);
  };
}

function naiveSearch(search: unknown): Test | undefined {
  if (typeof search !== 'object' || search === null) return undefined;
  const parts = Array.isArray(search)
    ? search.map(naiveSearch)
    : Object.entries(search).map((item) => naiveItem(...item));
  if (!parts.every((part) => part !== undefined)) return undefined;
  return Array.isArray(search)
    ? (event) => parts.some((part) => part(event))
    : (event) => parts.every((part) => part(event));
}

function naiveRule(text: string): Test | undefined {
  const { detection } = parse(text) as { readonly detection: Readonly<Record<string, unknown>> };
  const { condition, ...searches } = detection;
  const tests = new Map(Object.entries(searches).map(([name, search]) => [name, naiveSearch(search)]));
  if (typeof condition !== 'string' || ![...tests.values()].every((test) => test !== undefined)) return undefined;
  const expression = condition
    .replace(/(1|all) of (them|[\w*]+)/g, (_, count: string, pattern: string) => {
      const named = new RegExp(`^${pattern === 'them' ? '.*' : pattern.replaceAll('*', '.*')}$`);
      return `(${[...tests.keys()].filter((name) => named.test(name)).join(count === '1' ? ' or ' : ' and ')})`;
    })
    .replace(/[\w]+/g, (word) => ({ and: '&&', or: '||', not: '!' })[word] ?? `tests.get('${word}')(event)`);
  const evaluate = new Function('tests', 'event', `return ${expression}`) as (tests: unknown, event: object) => boolean;
  return (event) => evaluate(tests, event);
}

function createEvents(count: number): readonly object[] {
  const records = readFileSync(recordsFile, 'utf8').trim().split('\n');
  return Array.from({ length: count }, (_, at) => {
    const record = JSON.parse(records[at % records.length]!) as Record<string, unknown>;
    return {
      ...record,
      uuid: `${record['uuid']}-${at}`,
      actor: { ...(record['actor'] as object), alternateId: `user-${at}@example.com` },
      client: { ...(record['client'] as object), ipAddress: `10.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}` },
    };
  });
}

/** Events a CPU-second after a warm-up, and what matched. */
function measure(
  events: readonly object[],
  evaluate: (event: object) => number,
): readonly [rate: number, found: number] {
  for (const event of events.slice(0, 2000)) evaluate(event);
  const from = process.cpuUsage().user;
  let found = 0;
  for (const event of events) found += evaluate(event);
  return [Math.round((events.length * 1e6) / (process.cpuUsage().user - from)), found];
}

const given = argument('--rules');
const chosen = given === undefined ? sets : ([[given, new URL(`${given}/`, `file://${process.cwd()}/`)]] as const);
for (const [name, folder] of chosen) {
  const texts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yml'))
    .map((file) => readFileSync(new URL(file, folder), 'utf8'));
  const read = texts.flatMap((text) => {
    const matches = naiveRule(text);
    return matches === undefined ? [] : [{ text, matches }];
  });
  const rules = compile(read.map(({ text }) => text));
  if (!rules.ok) throw new Error(JSON.stringify(rules.failure));
  const events = createEvents(process.argv.includes('--quick') ? 10_000 : 50_000);
  const naive = measure(events, (event) => read.filter(({ matches }) => matches(event)).length);
  const library = measure(events, (event) => rules.value.evaluate(event).length);
  if (library[1] !== naive[1]) throw new Error(`${name}: ${library[1]} matches, ${naive[1]} expected`);
  const result = { rules: read.length, leftOut: texts.length - read.length, matches: naive[1] };
  process.stdout.write(`${JSON.stringify({ set: name, ...result, library: library[0], naive: naive[0] })}\n`);
}
