import { existsSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { readConfiguration } from '#configuration.ts';
import { findSamples } from '#detection/rule-samples/find-samples.ts';
import { runSamples, type SetOutcome } from '#detection/rule-samples/run-samples.ts';
import { readPack } from '#detection/rules/load-rules.ts';
import { apartFrom, headingsOf, readRuleFiles } from '#detection/rules/rule-files.ts';
import { findSources } from '#detection/sources/find-sources.ts';
import { counted } from '#lib/words.ts';
import { describeFailure } from '#model/result.ts';
import type { RuleFile } from '#sigma/sigma.ts';
import type { Invocation } from '../invocation.ts';
import { refuse, type Terminal } from '../terminal.ts';
import { testPack } from './rules.ts';

export interface TestOptions {
  readonly json?: true;
  readonly strict?: true;
  readonly junit?: string;
}

/** How one rule file fared on its samples. */
interface Tested {
  readonly file: string;
  readonly titles: readonly string[];
  readonly verdict: 'passed' | 'failed' | 'untested';
  readonly faults: readonly string[];
  readonly remarks: readonly string[];
  readonly events: number;
  readonly sources: readonly string[];
  readonly plainEvents: number;
}

/** Runs samples: those of the pack, or, where a path is named, those of the rules there. */
export async function testRules(invocation: Invocation, name: string | undefined, options: TestOptions): Promise<void> {
  if (name === undefined || !(existsSync(name) || /[/\\]|\.ya?ml$/.test(name))) return testPack(invocation, name);
  const { terminal, configuration } = invocation;
  const configured = readConfiguration(configuration, terminal.environment);
  if (!configured.ok) return refuse(terminal, configured.failure);
  const read = await readRuleFiles([name]);
  if (!read.ok) return refuse(terminal, read.failure);
  const files = read.value;
  const root = statSync(name).isDirectory() ? name : dirname(name);
  const { sets, faults, unread } = await findSamples(root, files);
  const { placeholders } = configured.value.rules;
  const run = { sources: await findSources(), files, pack: apartFrom(await readPack(), files), placeholders };
  const tested: Tested[] = [];
  for (const file of files) {
    const outcomes: SetOutcome[] = [];
    const broken: string[] = [];
    for (const set of sets.filter((each) => each.file === file)) {
      const outcome = await runSamples(set, run);
      if (outcome.ok) outcomes.push(outcome.value);
      else broken.push(...outcome.failure.map(describeFailure));
    }
    tested.push(sumUp(file, root, outcomes, [...new Set(broken)], unread.get(file.name)));
  }
  for (const each of tested) tell(terminal, each, options);
  refuseAll(terminal, faults.map(describeFailure));
  conclude(terminal, tested, options);
  if (options.junit !== undefined) await writeFile(options.junit, junit(tested, options.strict === true));
}

function sumUp(
  file: RuleFile,
  root: string,
  outcomes: readonly SetOutcome[],
  broken: readonly string[],
  unread: string | undefined,
): Tested {
  const said = (pick: (outcome: SetOutcome) => readonly string[]): readonly string[] =>
    outcomes.flatMap((outcome) => pick(outcome).map((what) => `${relative(root, outcome.set.place)}: ${what}`));
  const faults = [...broken, ...said((outcome) => outcome.faults)];
  const events = outcomes.flatMap((outcome) => outcome.events);
  const isTested = outcomes.length + broken.length > 0;
  return {
    file: relative(root, file.name) || file.name,
    titles: headingsOf(file).map(({ title }) => title),
    verdict: faults.length > 0 ? 'failed' : isTested ? 'passed' : 'untested',
    faults,
    remarks: [...said((outcome) => outcome.remarks), ...(isTested || unread === undefined ? [] : [unread])],
    events: events.length,
    sources: [...new Set(events.flatMap(({ source }) => source ?? []))],
    plainEvents: events.filter(({ source }) => source === undefined).length,
  };
}

function tell({ out, style }: Terminal, tested: Tested, { json, strict }: TestOptions): void {
  if (json) return void out(`${JSON.stringify({ kind: 'rule', ...tested })}\n`);
  const marks = {
    passed: style.good('✔'),
    failed: style.urgent('✖'),
    untested: strict ? style.urgent('✖') : style.waiting('-'),
  };
  const ways = [
    ...(tested.sources.length > 0 ? [`read as ${tested.sources.join(', ')}`] : []),
    ...(tested.plainEvents > 0 ? [`${counted(tested.plainEvents, 'event')} as plain JSON`] : []),
  ];
  const about = tested.verdict === 'untested' ? 'untested' : [counted(tested.events, 'event'), ...ways].join(', ');
  out(`${marks[tested.verdict]} ${tested.file}  ${style.faint([about, ...tested.remarks].join('; '))}\n`);
  for (const fault of tested.faults) out(`    ${fault}\n`);
}

function refuseAll(terminal: Terminal, faults: readonly string[]): void {
  for (const fault of faults) terminal.error(`cordon: ${fault}\n`);
  if (faults.length > 0) terminal.fail(1);
}

function conclude(terminal: Terminal, tested: readonly Tested[], { json, strict }: TestOptions): void {
  const count = (verdict: Tested['verdict']): number => tested.filter((each) => each.verdict === verdict).length;
  const [passed, failed, untested] = [count('passed'), count('failed'), count('untested')];
  if (json) terminal.out(`${JSON.stringify({ kind: 'summary', passed, failed, untested })}\n`);
  else terminal.out(`${counted(passed, 'rule file')} passed, ${failed} failed, ${untested} untested\n`);
  if (failed > 0 || (strict && untested > 0)) terminal.fail(1);
}

/** JUnit XML as CI systems read it. */
function junit(tested: readonly Tested[], strict: boolean): string {
  const failing = ({ verdict }: Tested): boolean => verdict === 'failed' || (strict && verdict === 'untested');
  const cases = tested.map((each) => {
    const open = `  <testcase classname="sigma" name="${inXml(each.file)}"`;
    if (failing(each)) return `${open}><failure message="${inXml(each.faults.join('; ') || 'untested')}"/></testcase>`;
    return each.verdict === 'untested' ? `${open}><skipped message="untested"/></testcase>` : `${open}/>`;
  });
  const skipped = tested.filter((each) => each.verdict === 'untested' && !failing(each)).length;
  const head = `tests="${tested.length}" failures="${tested.filter(failing).length}" skipped="${skipped}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="cordon rules test" ${head}>\n${cases.join('\n')}\n</testsuite>\n`;
}

/** Characters that XML 1.0 (2.2) does not know at all are left out. */
const inXml = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;');
