import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { readYaml } from '#lib/read-yaml.ts';
import { type Failure, failure, type Result, success } from '#model/result.ts';
import type { JsonObject } from '#model/source.ts';
import type { RuleFile } from '#sigma/sigma.ts';
import { headingsOf } from '../rules/rule-files.ts';

/** Sample events of one rule file, in order as one stream. */
export interface SampleSet {
  readonly file: RuleFile;
  /** The file of samples. */
  readonly place: string;
  /** The one rule that is asked, by name or id; undefined: all of the file. */
  readonly rule: string | undefined;
  readonly records: readonly JsonObject[];
  readonly expects: /** None fires at any event. */
    | { readonly kind: 'quiet' }
    /** Each rule fires at one event at least; with `each`, every event fires some rule. */
    | { readonly kind: 'fire'; readonly each: boolean }
    | { readonly kind: 'count'; readonly atLeast: number }
    /** By event whether it fires. */
    | { readonly kind: 'events'; readonly fires: readonly boolean[] };
  /** Processing pipelines that the samples ask for. */
  readonly pipelines: readonly RuleFile[];
}

export interface FoundSamples {
  readonly sets: readonly SampleSet[];
  /** Samples that cannot be used, and why. */
  readonly faults: readonly Failure[];
  /** Samples that nothing here reads: by the rule's file why. */
  readonly unread: ReadonlyMap<string, string>;
}

/** The samples beside these rules and below `root`, in every layout that is known. */
export async function findSamples(root: string, files: readonly RuleFile[]): Promise<FoundSamples> {
  const found = { sets: [] as SampleSet[], faults: [] as Failure[], unread: new Map<string, string>() };
  const take = (read: Result<readonly SampleSet[]>): void => {
    if (read.ok) found.sets.push(...read.value);
    else found.faults.push(read.failure);
  };
  for (const file of files) for (const read of await besideRule(file)) take(read);
  const byHandle = new Map<string, RuleFile>();
  for (const file of files)
    for (const { handles } of headingsOf(file)) for (const handle of handles) byHandle.set(handle, file);
  const names = existsSync(root) ? await readdir(root, { recursive: true, encoding: 'utf8' }).catch(() => []) : [];
  for (const name of names.sort()) {
    const path = join(root, name);
    if (basename(name) === 'info.yml') for (const read of await fromInfo(path, byHandle, found.unread)) take(read);
    if (/\.(?:ndjson|jsonl)$/.test(name) && !/(?:^|[/\\.])(?:fire|quiet)\.\w+$/.test(name))
      take(await labelled(path, byHandle));
  }
  return found;
}

/** `x.fire.ndjson` beside `x.yml`, `fire.ndjson` beside `rule.yml`. */
async function besideRule(file: RuleFile): Promise<readonly Result<readonly SampleSet[]>[]> {
  const stem = basename(file.name).replace(/\.ya?ml$/i, '');
  const stems = stem === 'rule' ? ['', 'rule.'] : [`${stem}.`];
  const reads: Result<readonly SampleSet[]>[] = [];
  for (const start of stems)
    for (const expected of ['fire', 'quiet'] as const)
      for (const ending of ['ndjson', 'jsonl', 'json']) {
        const place = join(dirname(file.name), `${start}${expected}.${ending}`);
        if (!existsSync(place)) continue;
        // A folder of the pack's kind tells a story, of which only the end fires.
        const each = start !== '' && !/^correlation:/m.test(file.text);
        const expects = expected === 'fire' ? ({ kind: 'fire', each } as const) : ({ kind: 'quiet' } as const);
        reads.push(
          mapped(await readRecordsOf(place), (records) => [
            { file, place, rule: undefined, records, expects, pipelines: [] },
          ]),
        );
      }
  return reads;
}

const info = z.looseObject({
  rule_metadata: z.array(z.looseObject({ id: z.string() })).min(1),
  regression_tests_info: z.array(
    z.looseObject({
      name: z.string().default('test'),
      type: z.enum(['evtx', 'json', 'ndjson', 'jsonl']),
      path: z.string(),
      match_count: z.int().min(0).default(1),
      pipelines: z.array(z.string()).default([]),
    }),
  ),
});

/** SigmaHQ's regression tests. https://github.com/SigmaHQ/sigma/blob/master/regression_data/README.md */
async function fromInfo(
  path: string,
  byHandle: ReadonlyMap<string, RuleFile>,
  unread: Map<string, string>,
): Promise<readonly Result<readonly SampleSet[]>[]> {
  const text = await readFile(path, 'utf8');
  if (!/^regression_tests_info:/m.test(text)) return [];
  const read = readYaml(text, path, info);
  if (!read.ok) return read.failure.map((fault) => failure(fault));
  const rule = read.value.rule_metadata[0]!.id;
  const file = byHandle.get(rule);
  if (file === undefined) return [];
  const reads: Result<readonly SampleSet[]>[] = [];
  const places = new Set<string>();
  for (const test of read.value.regression_tests_info) {
    // Windows event logs are not read here; SigmaHQ keeps the same events as JSON beside most of them.
    const wanted = test.path.replace(/\.evtx$/, '.json');
    const place = findUpwards(path, wanted) ?? inFolder(path, wanted);
    if (place === undefined && test.type === 'evtx')
      unread.set(file.name, 'its events are there as .evtx only, which is not read');
    else if (place === undefined)
      reads.push(failure({ kind: 'invalid', where: path, found: wanted, expected: 'a file that is there' }));
    if (place === undefined || places.has(place)) continue;
    places.add(place);
    const pipelines = await readAll(path, test.pipelines);
    const expects = { kind: 'count', atLeast: test.match_count } as const;
    reads.push(mapped(await readRecordsOf(place), (records) => [{ file, place, rule, records, expects, pipelines }]));
  }
  return reads;
}

/** Paths in `info.yml` begin at the root of the repository. */
function findUpwards(from: string, path: string): string | undefined {
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, path))) return join(folder, path);
    if (folder === dirname(folder)) return undefined;
  }
}

function inFolder(from: string, path: string): string | undefined {
  const place = join(dirname(from), basename(path));
  return existsSync(place) ? place : undefined;
}

async function readAll(from: string, paths: readonly string[]): Promise<readonly RuleFile[]> {
  const places = paths.flatMap((path) => findUpwards(from, path) ?? []);
  return Promise.all(places.map(async (name) => ({ name, text: await readFile(name, 'utf8') })));
}

/** Lines of `{"rule", "fires", "event"}`; any other file of lines is none of ours. */
async function labelled(place: string, byHandle: ReadonlyMap<string, RuleFile>): Promise<Result<readonly SampleSet[]>> {
  const read = await readRecordsOf(place);
  if (!read.ok) return read;
  const byRule = new Map<string, JsonObject[]>();
  for (const line of read.value) {
    const { rule, fires, event } = line;
    if (typeof rule !== 'string' || typeof fires !== 'boolean' || typeof event !== 'object' || event === null)
      return success([]);
    const own = byRule.get(rule);
    if (own === undefined) byRule.set(rule, [line]);
    else own.push(line);
  }
  return success(
    [...byRule].flatMap(([rule, lines]): readonly SampleSet[] => {
      const file = byHandle.get(rule);
      if (file === undefined) return [];
      const expects = { kind: 'events', fires: lines.map(({ fires }) => fires === true) } as const;
      return [{ file, place, rule, records: lines.map(({ event }) => event as JsonObject), expects, pipelines: [] }];
    }),
  );
}

function mapped<From, To>(read: Result<From>, change: (value: From) => To): Result<To> {
  return read.ok ? success(change(read.value)) : read;
}

/** One object, an array of objects, or an object a line. */
async function readRecordsOf(place: string): Promise<Result<readonly JsonObject[]>> {
  const text = (await readFile(place, 'utf8')).replace(/^\uFEFF/, '');
  const whole = parse(text);
  const records = whole === undefined ? parseLines(text) : { values: Array.isArray(whole) ? whole : [whole], line: 1 };
  const wrong = records.values.findIndex(
    (value) => typeof value !== 'object' || value === null || Array.isArray(value),
  );
  if (wrong < 0 && records.values.length > 0) return success(records.values as readonly JsonObject[]);
  return failure({
    kind: 'invalid',
    where: `${place}:${whole === undefined && wrong >= 0 ? wrong + 1 : 1}`,
    found: records.values.length === 0 ? 'no event' : 'what is no JSON object',
    expected: 'one JSON object, an array of them, or one a line',
  });
}

function parseLines(text: string): { readonly values: readonly unknown[] } {
  return {
    values: text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map(parse),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
