import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Event } from '#model/event.ts';
import type { JsonObject } from '#model/source.ts';
import { createDetection } from '../detect.ts';
import { compileHouse } from '../rules/compile-house.ts';
import { isBuildingBlock } from '../rules/finding-rule.ts';
import { findSources } from './find-sources.ts';
import { ObjectFormat } from './object-format.ts';
import { readRecords } from './read-records.ts';

/**
 * `sigma-samples.ndjson` in a source's folder: records in the vendor's form of which a rule of SigmaHQ, by its id, must
 * fire on one and stay quiet on the other. Lines are `{"rule": id, "fires": boolean, "event": record}`.
 */
interface Sample {
  readonly rule: string;
  readonly fires: boolean;
  readonly event: JsonObject;
}

const folder = new URL('./', import.meta.url);
const rulesFolder = new URL('../../../../shared/data/detection/sigmahq-cloud-rules/', folder);
const skip = existsSync(rulesFolder) ? false : 'no corpus';

function samplesOf(source: string): readonly Sample[] {
  const file = new URL(`${source}/sigma-samples.ndjson`, folder);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Sample);
}

const sources = await findSources();
const sampled = sources.filter(({ name }) => samplesOf(name).length > 0);

test('there are samples', () => {
  assert.ok(sampled.some(({ name }) => name === 'okta-system-log'));
});

for (const source of sampled) {
  const samples = samplesOf(source.name);

  test(`${source.name}: every sample is a record of this source and of no other`, () => {
    const formats = sources.filter((each) => each.acceptsObject !== undefined);
    const keys = new Set<string>();
    for (const { event } of samples) {
      const takers = formats.filter((each) => new ObjectFormat(each, false).accepts(event));
      assert.deepEqual(
        takers.map(({ name }) => name),
        [source.name],
        JSON.stringify(event),
      );
      const acts = new ObjectFormat(source, false).read(event);
      assert.ok(!('invalid' in acts), JSON.stringify(acts));
      for (const { reading } of acts) keys.add(String(reading.key));
    }
    assert.ok(keys.size >= samples.length, 'no two samples share a key');
  });

  test(`${source.name}: every rule has samples on which it fires and on which it does not`, () => {
    for (const id of new Set(samples.map(({ rule }) => rule))) {
      const own = samples.filter(({ rule }) => rule === id);
      assert.deepEqual(new Set(own.map(({ fires }) => fires)), new Set([true, false]), id);
    }
  });
}

/** The record as one line of a log of which nothing else is known. */
async function readSample({ event }: Sample): Promise<readonly Event[]> {
  const events: Event[] = [];
  for await (const spans of readRecords([Buffer.from(`${JSON.stringify(event)}\n`)], { file: '', sources }))
    for (const span of spans) {
      assert.equal(span.fate, 'accepted', JSON.stringify(span));
      if (span.fate === 'accepted') events.push(span.event);
    }
  return events;
}

/** SigmaHQ’s rules as they are, all together, as the house compiles those that people import. */
async function compileSigmaHq() {
  const files = readdirSync(rulesFolder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yml'))
    .map((name) => ({ name, text: readFileSync(new URL(name, rulesFolder), 'utf8') }));
  const compiled = await compileHouse([], files);
  assert.ok(compiled.ok, compiled.ok ? '' : JSON.stringify(compiled.failure));
  assert.deepEqual(compiled.value.faults, []);
  return compiled.value.ruleSet;
}

test('SigmaHQ’s rules make findings of the samples that they should and of no others of theirs', { skip }, async () => {
  const rules = await compileSigmaHq();
  const known = new Map(rules.rules.map((rule) => [rule.id, rule]));
  const wrong: string[] = [];
  for (const { name } of sampled)
    for (const [index, sample] of samplesOf(name).entries()) {
      const rule = known.get(sample.rule);
      assert.ok(rule, `${name}: ${sample.rule} is no rule of SigmaHQ`);
      const events = await readSample(sample);
      assert.deepEqual(new Set(events.map(({ source }) => source)), new Set([name]));
      const fired = events.flatMap((event) => rules.evaluate(event)).some((match) => match.rule.id === sample.rule);
      const { findings } = createDetection({ rules }).observe(events);
      // Whoever acts, named or not.
      const isFound = findings.some((finding) => finding.rule.id === sample.rule);
      if (fired !== sample.fires || isFound !== (fired && !isBuildingBlock(rule)))
        wrong.push(`${name}:${index + 1} ${sample.rule} ${fired ? 'fires' : 'stays quiet'}, found: ${isFound}`);
    }
  assert.deepEqual(wrong, []);
});

test('all of SigmaHQ’s Okta rules are sampled', { skip }, () => {
  const okta = new URL('identity/okta/', rulesFolder);
  const ids = readdirSync(okta).map((file) => /^id: (\S+)/m.exec(readFileSync(new URL(file, okta), 'utf8'))![1]);
  assert.deepEqual(ids.toSorted(), [...new Set(samplesOf('okta-system-log').map(({ rule }) => rule))].toSorted());
});
