import { basename } from 'node:path';
import { readConfiguration } from '#configuration.ts';
import { keepImported, readImported, removeImported } from '#detection/rules/imported-rules.ts';
import { loadRules, readPack } from '#detection/rules/load-rules.ts';
import { headingsOf } from '#detection/rules/rule-files.ts';
import { counted } from '#lib/words.ts';
import type { Failure } from '#model/result.ts';
import type { RuleFile } from '#sigma/sigma.ts';
import type { Invocation } from '../invocation.ts';
import { refuse } from '../terminal.ts';
import { compilePaths, tellChecked } from './check-rules.ts';

export interface ImportOptions {
  readonly replace?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

/** Copies the files that compile into the folder of imported rules. */
export async function importRules(
  invocation: Invocation,
  paths: readonly string[],
  options: ImportOptions,
): Promise<void> {
  const { terminal, configuration } = invocation;
  const configured = readConfiguration(configuration, terminal.environment);
  if (!configured.ok) return refuse(terminal, configured.failure);
  const { directory } = configured.value.rules;
  const checked = await compilePaths(invocation, paths);
  if (!checked.ok) return refuse(terminal, checked.failure);
  const { files, faults } = checked.value;
  const sound = files.filter(
    ({ name }) => !faults.some((fault) => fault.kind === 'invalid' && fault.where.startsWith(`${name}:`)),
  );
  const imported = await readImported(directory);
  const own = duplicatesAmong(sound, await readPack(), 'the pack has it');
  const kept = duplicatesAmong(sound, imported, 'it is imported already; --replace takes the new one');
  const refused = options.replace ? own : [...own, ...kept];
  const taken = sound.filter(({ name }) => !refused.some(({ file }) => file.name === name));
  const replaced = kept.filter(({ file }) => taken.includes(file)).map(({ other }) => other);
  if (!options.dryRun && taken.length > 0) await keepImported(directory, taken, replaced, terminal.clock());
  tellChecked(terminal, { ...checked.value, faults: [...faults, ...refused.map(({ fault }) => fault)] }, options);
  if (faults.length + refused.length > 0) terminal.fail(1);
  const done = { imported: taken.map(({ name }) => name), into: directory, dryRun: options.dryRun === true };
  if (options.json) terminal.out(`${JSON.stringify({ kind: 'import', ...done })}\n`);
  else
    terminal.out(
      `${counted(taken.length, 'file')} ${options.dryRun ? 'would be imported' : 'imported'} into ${directory}${taken.length > 0 && !options.dryRun ? '; a running server reads them at its next start' : ''}\n`,
    );
}

interface Duplicate {
  readonly file: RuleFile;
  readonly other: RuleFile;
  readonly fault: Failure;
}

function duplicatesAmong(files: readonly RuleFile[], others: readonly RuleFile[], why: string): readonly Duplicate[] {
  const known = new Map(
    others.flatMap((other) =>
      headingsOf(other).flatMap(({ handles }) => handles.map((handle) => [handle, other] as const)),
    ),
  );
  return files.flatMap((file) => {
    const handle = headingsOf(file)
      .flatMap(({ handles }) => handles)
      .find((each) => known.has(each));
    if (handle === undefined) return [];
    const other = known.get(handle)!;
    const fault: Failure = {
      kind: 'invalid',
      where: `${file.name}:1`,
      found: `the rule ${handle}, which stands in ${basename(other.name)}`,
      expected: `another rule: ${why}`,
    };
    return [{ file, other, fault }];
  });
}

/** Removes the imported file that holds this rule, by its name, id or title, or by the name of the file. */
export async function removeRule({ terminal, configuration }: Invocation, name: string): Promise<void> {
  const configured = readConfiguration(configuration, terminal.environment);
  if (!configured.ok) return refuse(terminal, configured.failure);
  const { directory, placeholders } = configured.value.rules;
  const imported = await readImported(directory);
  const found = imported.filter(
    (file) =>
      basename(file.name) === name ||
      headingsOf(file).some(({ handles, title }) => handles.includes(name) || title === name),
  );
  const [file] = found;
  if (file === undefined || found.length > 1) {
    const expected =
      found.length > 1 ? 'a name or id that only one has' : 'an imported rule; cordon rules list shows them';
    return refuse(terminal, { kind: 'invalid', where: 'the rule’s name', found: name, expected });
  }
  await removeImported(directory, file);
  const titles = headingsOf(file).map(({ title }) => title);
  terminal.out(`Removed ${basename(file.name)}${titles.length > 0 ? `: ${titles.join(', ')}` : ''}\n`);
  const left = await loadRules({ imported: directory, placeholders });
  if (!left.ok) refuse(terminal, left.failure);
  else if (left.value.faults.length > 0) refuse(terminal, left.value.faults);
}
