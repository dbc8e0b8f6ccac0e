import { type Failure, failure, type Result, success } from '#model/result.ts';
import type { JsonObject, Source } from '#model/source.ts';
import { compile } from '#sigma/compile.ts';
import type { RuleFile } from '#sigma/sigma.ts';
import { createDetection, type Detection } from '../detect.ts';
import { compileHouse, type HouseOptions } from '../rules/compile-house.ts';
import { readRecords } from '../sources/read-records.ts';
import type { SampleSet } from './find-samples.ts';

/** What one event did. */
export interface SampleOutcome {
  /** From 1. */
  readonly event: number;
  /** The source that read it; undefined: no source knows it, so the rules were asked about the object itself. */
  readonly source: string | undefined;
  /** Rules that fired, by name. */
  readonly fired: readonly string[];
}

export interface SetOutcome {
  readonly set: SampleSet;
  readonly events: readonly SampleOutcome[];
  /** What was not as expected, in words; none and it passed. */
  readonly faults: readonly string[];
  /** Worth saying, and no fault. */
  readonly remarks: readonly string[];
}

export interface SampleRun extends HouseOptions {
  readonly sources: readonly Source[];
  /** All rules of the run: what a correlation or filter may refer to. */
  readonly files: readonly RuleFile[];
  readonly pack: readonly RuleFile[];
}

/** Runs one set of samples through rules that have seen nothing yet. */
export async function runSamples(set: SampleSet, run: SampleRun): Promise<Result<SetOutcome, readonly Failure[]>> {
  const files = isAlone(set.file) ? [set.file, ...run.files.filter(isFilter)] : run.files;
  const house = createHouse(files, run);
  const plain = createPlain(files, set, run);
  const events: SampleOutcome[] = [];
  for (const [index, record] of set.records.entries()) {
    // A set that brings its own pipelines says how its events are to be read.
    const read = set.pipelines.length > 0 ? undefined : await house(record);
    const outcome = read ?? plain(record);
    if (!outcome.ok) return outcome;
    events.push({ event: index + 1, ...outcome.value });
  }
  return success({ set, events, ...judge(set, events) });
}

const isFilter = ({ text }: RuleFile): boolean => /^filter:/m.test(text);
const isAlone = ({ text }: RuleFile): boolean => !/^correlation:/m.test(text);

type Asked = Result<Omit<SampleOutcome, 'event'>, readonly Failure[]>;

/** Asks about records that some source reads, with all that the house learns and knows; undefined where none does. */
function createHouse(files: readonly RuleFile[], run: SampleRun): (record: JsonObject) => Promise<Asked | undefined> {
  let opened: { readonly detection: Detection; readonly fired: string[] } | undefined;
  const open = async (): Promise<Result<NonNullable<typeof opened>, readonly Failure[]>> => {
    const compiled = await compileHouse(files.every(isAlone) ? [] : run.pack, files, run);
    if (!compiled.ok) return compiled;
    const { ruleSet, faults } = compiled.value;
    if (faults.length > 0) return failure(faults);
    const fired: string[] = [];
    const rules = {
      statistics: ruleSet.statistics,
      evaluate: (event: Parameters<typeof ruleSet.evaluate>[0]) => {
        const matches = ruleSet.evaluate(event);
        for (const { rule } of matches) fired.push(rule.name, rule.id);
        return matches;
      },
    };
    return success({ detection: createDetection({ rules }), fired });
  };
  return async (record) => {
    const text = Buffer.from(`${JSON.stringify(record)}\n`);
    let source: string | undefined;
    for await (const spans of readRecords([text], { file: 'samples', sources: run.sources }))
      for (const span of spans) {
        if (span.fate !== 'accepted') continue;
        if (opened === undefined) {
          const made = await open();
          if (!made.ok) return made;
          opened = made.value;
        }
        source = span.event.source;
        opened.detection.observe([span.event]);
      }
    if (source === undefined || opened === undefined) return undefined;
    return success({ source, fired: opened.fired.splice(0) });
  };
}

function createPlain(files: readonly RuleFile[], set: SampleSet, run: SampleRun): (record: JsonObject) => Asked {
  let opened: ReturnType<typeof compile> | undefined;
  return (record) => {
    const placeholders = run.placeholders ?? {};
    opened ??= compile(files, { placeholders, pipelines: set.pipelines });
    if (!opened.ok) return opened;
    const matches = opened.value.evaluate(record);
    return success({ source: undefined, fired: matches.flatMap(({ rule }) => [rule.name, rule.id]) });
  };
}

function judge(set: SampleSet, events: readonly SampleOutcome[]): Pick<SetOutcome, 'faults' | 'remarks'> {
  const { expects } = set;
  const own = set.rule === undefined ? undefined : new Set([set.rule]);
  const firing = events.filter(({ fired }) =>
    own === undefined ? fired.length > 0 : fired.some((name) => own.has(name)),
  );
  const quiet = events.filter((event) => !firing.includes(event));
  const named = (list: readonly SampleOutcome[]): string =>
    list.length === 1
      ? `event ${list[0]!.event}`
      : `events ${list
          .slice(0, 10)
          .map(({ event }) => event)
          .join(', ')}${list.length > 10 ? ', …' : ''}`;
  const faults: string[] = [];
  const remarks: string[] = [];
  if (expects.kind === 'quiet' && firing.length > 0) faults.push(`${named(firing)} must stay quiet and fired`);
  if (expects.kind === 'fire') {
    if (firing.length === 0) faults.push('no event fired, of those that must');
    else if (expects.each && quiet.length > 0) faults.push(`${named(quiet)} must fire and stayed quiet`);
  }
  if (expects.kind === 'events') {
    const silent = quiet.filter(({ event }) => expects.fires[event - 1] === true);
    const loud = firing.filter(({ event }) => expects.fires[event - 1] === false);
    if (silent.length > 0) faults.push(`${named(silent)} must fire and stayed quiet`);
    if (loud.length > 0) faults.push(`${named(loud)} must stay quiet and fired`);
  }
  if (expects.kind === 'count') {
    if (firing.length < expects.atLeast) faults.push(`fired ${firing.length} times, expected ${expects.atLeast}`);
    if (firing.length > expects.atLeast)
      remarks.push(`fired ${firing.length} times, more than the ${expects.atLeast} expected`);
  }
  return { faults, remarks };
}
