import { readConfiguration } from '#configuration.ts';
import { createDetection } from '#detection/detect.ts';
import { openEnrichment } from '#detection/enrichment/open-enrichment.ts';
import { loadRules, type RuleFolder, type RulePack } from '#detection/rules/load-rules.ts';
import { findSources } from '#detection/sources/find-sources.ts';
import { readRecords } from '#detection/sources/read-records.ts';
import { counted } from '#lib/words.ts';
import type { Event } from '#model/event.ts';
import { describeFailure } from '#model/result.ts';
import type { JsonObject, Source } from '#model/source.ts';
import type { Invocation } from '../invocation.ts';
import { refuse, type Terminal } from '../terminal.ts';

export const listRules = (invocation: Invocation, json: boolean): Promise<void> =>
  withRules(invocation, (pack) => list(pack, json, invocation.terminal));

export const showRule = (invocation: Invocation, name: string): Promise<void> =>
  withRules(invocation, (pack) => show(pack, name, invocation.terminal));

export const testPack = (invocation: Invocation, name: string | undefined): Promise<void> =>
  withRules(invocation, (pack) => test(pack, name, invocation.terminal));

async function withRules(
  { terminal, configuration }: Invocation,
  work: (pack: RulePack) => Promise<void> | void,
): Promise<void> {
  const configured = readConfiguration(configuration, terminal.environment);
  if (!configured.ok) return refuse(terminal, configured.failure);
  const { directory, placeholders } = configured.value.rules;
  const pack = await loadRules({ imported: directory, placeholders });
  if (!pack.ok) refuse(terminal, pack.failure);
  else await work(pack.value);
}

function list({ rules, faults, ruleSet }: RulePack, json: boolean, terminal: Terminal): void {
  const { out, style } = terminal;
  for (const { rule, folder } of rules) {
    const from =
      folder.imported === undefined ? 'pack' : (folder.imported.origin?.from ?? 'laid into the folder by hand');
    const changed = folder.imported?.isChanged ? ', changed since' : '';
    const { name, id, title, level, techniques } = rule;
    const notices = ruleSet.notices.filter((notice) => notice.rule === name).map(({ what }) => what);
    if (json)
      out(
        `${JSON.stringify({ name, id, folder: folder.name, title, level, techniques, from: `${from}${changed}`, notices })}\n`,
      );
    else {
      const about = [name, ...techniques, ...(from === 'pack' ? [] : [`from ${from}${changed}`])].join(' ');
      out(
        `${style.level(level)}${' '.repeat(Math.max(1, 14 - level.length))}${style.bold(title)}  ${style.faint(about)}\n`,
      );
      for (const what of notices) out(`${' '.repeat(14)}${style.waiting('!')} ${what}\n`);
    }
  }
  if (faults.length === 0) return;
  if (json) for (const fault of faults) out(`${JSON.stringify({ leftOut: fault })}\n`);
  else for (const fault of faults) out(`${style.urgent('LEFT OUT')}      ${describeFailure(fault)}\n`);
  terminal.fail(1);
}

function show({ rules }: RulePack, name: string, terminal: Terminal): void {
  const found = rules.find(({ rule, folder }) => rule.name === name || folder.name === name);
  if (found === undefined) {
    const expected = `one of ${[...new Set(rules.map(({ folder }) => folder.name))].join(', ')}`;
    refuse(terminal, { kind: 'invalid', where: 'the rule’s name', found: name, expected });
  } else terminal.out(`${found.folder.yaml.trimEnd()}\n\n${found.folder.runbook.trimEnd()}\n`);
}

async function test(pack: RulePack, name: string | undefined, terminal: Terminal): Promise<void> {
  const folders = [...new Set(pack.rules.map(({ folder }) => folder))].filter((folder) =>
    name === undefined ? folder.imported === undefined : folder.name === name,
  );
  if (folders.length === 0) return show(pack, name ?? '', terminal);
  const sources = await findSources();
  for (const folder of folders) {
    const fired = await firedBy(folder.samples.fire, folder, sources);
    const disturbed = await firedBy(folder.samples.quiet, folder, sources);
    const faults = [
      ...(fired.size === 0 ? ['its samples that must fire stay quiet'] : []),
      ...(disturbed.size > 0 ? [`its quiet samples fire ${[...disturbed].join(', ')}`] : []),
    ];
    if (faults.length > 0) terminal.fail(1);
    terminal.out(
      `${faults.length > 0 ? terminal.style.urgent('✖') : terminal.style.good('✔')} ${folder.name}  ${terminal.style.faint(
        faults.join('; ') ||
          `${counted(folder.samples.fire.length, 'line')} fire, ${counted(folder.samples.quiet.length, 'line')} stay quiet`,
      )}\n`,
    );
  }
}

/** Names of the folder's rules that these records fire, read as any log is; a rule set remembers, so each run has its own. */
async function firedBy(
  records: readonly JsonObject[],
  folder: RuleFolder,
  sources: readonly Source[],
): Promise<ReadonlySet<string>> {
  const pack = await loadRules();
  if (!pack.ok) return new Set();
  const own = new Set(pack.value.rules.filter((each) => each.folder.name === folder.name).map(({ rule }) => rule.name));
  const opened = await openEnrichment(folder.knowledge);
  if (!opened.ok) return new Set();
  const { enrichment } = opened.value;
  const detection = createDetection({ rules: pack.value.ruleSet, enrichment });
  const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const events: Event[] = [];
  for await (const spans of readRecords([Buffer.from(text)], { file: `${folder.name} samples`, sources })) {
    for (const span of spans) if (span.fate === 'accepted') events.push(span.event);
  }
  const { findings } = detection.observe(events.sort((a, b) => a.time - b.time));
  return new Set(findings.map(({ rule }) => rule.name).filter((name) => own.has(name)));
}
