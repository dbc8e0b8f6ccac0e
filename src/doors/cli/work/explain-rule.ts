import { existsSync } from 'node:fs';
import { readConfiguration } from '#configuration.ts';
import { readImported } from '#detection/rules/imported-rules.ts';
import { readPack } from '#detection/rules/load-rules.ts';
import { headingsOf } from '#detection/rules/rule-files.ts';
import { findPipelines } from '#detection/sources/find-sources.ts';
import type { Correlation } from '#sigma/correlation/compile-correlation.ts';
import { type Asked, type Explained, explainRules } from '#sigma/explain.ts';
import { describeLogSource } from '#sigma/log-source.ts';
import type { Rule } from '#sigma/rule.ts';
import type { RuleFile } from '#sigma/sigma.ts';
import type { Invocation } from '../invocation.ts';
import { wrap } from '../screen/style.ts';
import { refuse, type Terminal } from '../terminal.ts';
import { compileFiles, compilePaths } from './check-rules.ts';

/** Says what a rule asks, of which sources, and what it reads there. */
export async function explainRule(invocation: Invocation, name: string, json: boolean): Promise<void> {
  const { terminal, configuration } = invocation;
  const configured = readConfiguration(configuration, terminal.environment);
  if (!configured.ok) return refuse(terminal, configured.failure);
  const { directory, placeholders } = configured.value.rules;
  const known = [...(await readPack()), ...(await readImported(directory))];
  const found = existsSync(name) ? undefined : known.find((file) => isCalled(file, name));
  const checked = await (found === undefined ? compilePaths(invocation, [name]) : compileFiles(invocation, [found]));
  if (!checked.ok) return refuse(terminal, checked.failure);
  if (checked.value.faults.length > 0) return refuse(terminal, checked.value.faults);
  const sources = await findPipelines();
  for (const file of checked.value.files)
    for (const explained of explainRules(file, { placeholders, sources })) {
      const rule = checked.value.rules.find((each) => each.file === file.name && each.name === explained.name);
      if (rule === undefined) continue;
      const notices = checked.value.notices.filter((notice) => notice.rule === rule.name).map(({ what }) => what);
      if (json) terminal.out(`${JSON.stringify({ ...about(rule), ...asJson(explained), notices })}\n`);
      else tell(terminal, rule, explained, notices);
    }
}

const isCalled = (file: RuleFile, name: string): boolean =>
  file.name === `${name}/rule.yml` ||
  headingsOf(file).some(({ handles, title }) => handles.includes(name) || title === name);

const about = ({ title, id, level, status, techniques, references, falsePositives, description }: Rule) => ({
  title,
  id,
  level,
  status,
  techniques,
  references,
  falsePositives,
  description,
});

const asJson = ({ correlation, threshold, ...rest }: Explained) => ({
  ...rest,
  ...(correlation && { correlation: inWords({ threshold, correlation }) }),
});

function tell({ out, style }: Terminal, rule: Rule, explained: Explained, notices: readonly string[]): void {
  const width = Math.min(style.width, 80);
  const line = (text: string, indent = 2): void => out(`${wrap(text, width, indent)}\n`);
  out(`${style.level(rule.level)}  ${style.bold(rule.title)}\n`);
  line([rule.name, ...(rule.name === rule.id ? [] : [rule.id]), ...rule.techniques].join('  '));
  if (rule.description !== '') line(rule.description);
  for (const condition of explained.conditions) {
    out('\nFires when\n');
    tellAsked(condition, 2, line);
  }
  if (explained.correlation !== undefined) {
    out('\nFires when\n');
    for (const each of inWords({ ...explained, correlation: explained.correlation })) line(each);
  }
  if (explained.logSource !== undefined) {
    out(`\nAsked of  ${describeLogSource(explained.logSource)}\n`);
    if (explained.sources.length === 0) line('events as they are: no source’s pipeline serves or changes it');
  }
  for (const { source, fields } of explained.sources) {
    line(source);
    for (const { written, read } of fields)
      line(
        read.length === 1 && read[0] === written
          ? written
          : `${written} → ${read.join(', ') || 'nothing: it always holds'}`,
        4,
      );
  }
  if (rule.falsePositives.length > 0) out('\nHarmless when\n');
  for (const each of rule.falsePositives) line(each);
  if (rule.references.length > 0) out('\nReferences\n');
  for (const each of rule.references) line(each);
  for (const notice of notices) out(`${wrap(`! ${notice}`, width)}\n`);
  out('\n');
}

const words = { every: 'all of', either: 'one of', not: 'not' } as const;

function tellAsked(asked: Asked, indent: number, line: (text: string, indent: number) => void): void {
  line(asked.kind === 'item' ? asked.text : words[asked.kind], indent);
  if (asked.kind === 'item') return;
  for (const part of asked.parts) tellAsked(part, indent + 2, line);
}

function inWords({
  correlation: { type, references, groupBy, timespanMs, fields, aliases },
  threshold,
}: Pick<Explained, 'threshold'> & { readonly correlation: Correlation }): readonly string[] {
  return [
    `${type.replaceAll('_', ' ')}${fields.length > 0 ? ` of ${fields.join(', ')}` : ''}: ${threshold}`,
    `over ${references.join(', ')}`,
    `within ${spanInWords(timespanMs)}`,
    ...(groupBy.length > 0 ? [`for one and the same ${groupBy.join(' + ')}`] : ['whoever does it']),
    ...[...aliases].map(
      ([alias, own]) => `${alias} is ${[...own].map(([rule, field]) => `${field} in ${rule}`).join(', ')}`,
    ),
  ];
}

function spanInWords(ms: number): string {
  const units = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1000],
  ] as const;
  const [unit, size] = units.find(([, each]) => ms % each === 0) ?? units[3];
  return `${ms / size} ${unit}${ms === size ? '' : 's'}`;
}
