import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { compile } from './compile.ts';

/** One readable entry of a file in `corpus-for-tests`: rules, and what they must do. */
interface Entry {
  readonly name: string;
  /** One of these four: one item of a selection; a condition over prepared identifiers; a section `detection`; … */
  readonly item?: string;
  readonly condition?: string | readonly string[];
  readonly detection?: string;
  /** … a section `correlation` over prepared rules; whole documents. */
  readonly correlation?: object;
  readonly rules?: string;
  readonly placeholders?: Readonly<Record<string, readonly string[]>>;
  /** Of `item`, `condition` and `detection`. */
  readonly fires?: readonly object[];
  readonly quiet?: readonly object[];
  /** Of the others: when, what, and the names of the rules that fire then. */
  readonly events?: readonly (readonly [at: string, record: object, fires?: readonly string[]])[];
  /** What a fault must say. */
  readonly refused?: string;
}

const ruleOf = (detection: string): string =>
  `title: it\nname: it\nlogsource: {category: test}\ndetection:\n${detection.replace(/^/gm, '  ')}\n`;

const letters = ['a', 'b', 'c', 'd'];

function textOf({ item, condition, detection, correlation, rules }: Entry): string {
  if (item !== undefined) return ruleOf(`s:\n  ${item}\ncondition: s`);
  if (detection !== undefined) return ruleOf(detection);
  if (condition !== undefined)
    return ruleOf(
      [...letters.map((each) => `${each}: {${each}: 1}`), `condition: ${JSON.stringify(condition)}`].join('\n'),
    );
  if (correlation === undefined) return rules!;
  const bases = letters.map((each) => ruleOf(`s: {act: ${each}}\ncondition: s`).replaceAll(': it', `: ${each}`));
  return [...bases, `title: it\nname: it\ncorrelation: ${JSON.stringify(correlation)}\n`].join('---\n');
}

const unitsMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };
const timeOf = (at: string): number => Number(at.slice(0, -1)) * unitsMs[at.at(-1)!]!;

function check(entry: Entry): void {
  const { placeholders = {}, fires = [], quiet = [], events = [], refused } = entry;
  const compiled = compile(textOf(entry), { placeholders });
  if (refused !== undefined) {
    assert.ok(!compiled.ok, 'must be refused');
    assert.ok(
      JSON.stringify(compiled.failure).includes(JSON.stringify(refused).slice(1, -1)),
      JSON.stringify(compiled.failure),
    );
    return;
  }
  assert.ok(compiled.ok, compiled.ok ? '' : JSON.stringify(compiled.failure));
  assert.ok(fires.length + quiet.length + events.length > 0, 'nothing is expected');
  const { evaluate } = compiled.value;
  const namesOn = (record: object, time = 0): readonly string[] =>
    evaluate(record, { time, arrivedAt: Number.MAX_SAFE_INTEGER }).map(({ rule }) => rule.name);
  for (const record of fires) assert.deepEqual(namesOn(record), ['it'], `fires on ${JSON.stringify(record)}`);
  for (const record of quiet) assert.deepEqual(namesOn(record), [], `quiet on ${JSON.stringify(record)}`);
  for (const [at, record, names = []] of events)
    assert.deepEqual(namesOn(record, timeOf(at)).toSorted(), names.toSorted(), `at ${at}: ${JSON.stringify(record)}`);
}

const folder = new URL('corpus-for-tests/', import.meta.url);

for (const file of readdirSync(folder).toSorted())
  test(`the corpus: ${file}`, () => {
    const faults: string[] = [];
    const entries = parse(readFileSync(new URL(file, folder), 'utf8')) as readonly Entry[];
    for (const entry of entries)
      try {
        check(entry);
      } catch (error) {
        faults.push(`${entry.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    assert.deepEqual(faults, []);
    assert.ok(entries.length >= 10);
  });
