import { readConfiguration } from '#configuration.ts';
import { compileHouse } from '#detection/rules/compile-house.ts';
import { readImported } from '#detection/rules/imported-rules.ts';
import { readPack } from '#detection/rules/load-rules.ts';
import { apartFrom, headingsOf, readRuleFiles } from '#detection/rules/rule-files.ts';
import { counted } from '#lib/words.ts';
import { describeFailure, type Failure, failure, type Result, success } from '#model/result.ts';
import type { Rule } from '#sigma/rule.ts';
import type { Notice } from '#sigma/rules/compile-documents.ts';
import type { RuleFile } from '#sigma/sigma.ts';
import type { Invocation } from '../invocation.ts';
import { refuse, type Terminal } from '../terminal.ts';

/** Rules of some paths, compiled beside the pack and what was imported before. */
export interface Checked {
  readonly files: readonly RuleFile[];
  /** Of these files, what compiled. */
  readonly rules: readonly Rule[];
  readonly filters: number;
  readonly faults: readonly Failure[];
  readonly notices: readonly Notice[];
}

export interface CheckOptions {
  readonly json?: true;
  readonly strict?: true;
}

export async function checkRules(
  invocation: Invocation,
  paths: readonly string[],
  options: CheckOptions,
): Promise<void> {
  const { terminal } = invocation;
  const checked = await compilePaths(invocation, paths);
  if (!checked.ok) return refuse(terminal, checked.failure);
  tellChecked(terminal, checked.value, options);
  if (checked.value.faults.length > 0 || (options.strict && checked.value.notices.length > 0)) terminal.fail(1);
}

/** Compiles these paths exactly as the house would, in the place of rules of the same name or id. */
export async function compilePaths(
  invocation: Invocation,
  paths: readonly string[],
): Promise<Result<Checked, readonly Failure[]>> {
  const read = await readRuleFiles(paths);
  return read.ok ? compileFiles(invocation, read.value) : read;
}

/** The same of files that are read already. */
export async function compileFiles(
  { terminal, configuration }: Invocation,
  files: readonly RuleFile[],
): Promise<Result<Checked, readonly Failure[]>> {
  const configured = readConfiguration(configuration, terminal.environment);
  if (!configured.ok) return configured;
  const { directory, placeholders } = configured.value.rules;
  const names = new Set(files.map(({ name }) => name));
  const pack = apartFrom(await readPack(), files);
  const imported = apartFrom(await readImported(directory), files).filter(({ name }) => !names.has(name));
  const compiled = await compileHouse(pack, [...imported, ...files], { placeholders });
  if (!compiled.ok) return failure(compiled.failure);
  const { ruleSet, faults } = compiled.value;
  const others = [...pack, ...imported].map(({ name }) => `${name}:`);
  return success({
    files,
    rules: ruleSet.rules.filter(({ file }) => names.has(file)),
    filters: files.flatMap(headingsOf).filter(({ isFilter }) => isFilter).length,
    faults: faults.filter((fault) => fault.kind !== 'invalid' || !others.some((name) => fault.where.startsWith(name))),
    notices: ruleSet.notices.filter(({ file }) => names.has(file)),
  });
}

export function tellChecked(terminal: Terminal, checked: Checked, { json, strict }: CheckOptions): void {
  const { out, style } = terminal;
  const { faults, notices } = checked;
  const summary = { files: checked.files.length, rules: checked.rules.length, filters: checked.filters };
  if (json) {
    for (const fault of faults) out(`${JSON.stringify({ ...fault, kind: 'fault' })}\n`);
    for (const notice of notices) out(`${JSON.stringify({ kind: 'notice', ...notice })}\n`);
    out(`${JSON.stringify({ kind: 'summary', ...summary, faults: faults.length, notices: notices.length })}\n`);
    return;
  }
  for (const fault of faults) out(`${style.urgent('✖')} ${describeFailure(fault)}\n`);
  for (const { file, rule, what } of notices)
    out(`${strict ? style.urgent('✖') : style.waiting('!')} ${file}: ${rule}: ${what}\n`);
  const filters = checked.filters > 0 ? ` and ${counted(checked.filters, 'filter')}` : '';
  out(
    `${counted(summary.rules, 'rule')}${filters} of ${counted(summary.files, 'file')} can be used; ${counted(faults.length, 'fault')}, ${counted(notices.length, 'notice')}\n`,
  );
}
