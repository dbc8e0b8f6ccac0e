import type { Command } from 'commander';
import type { Invocation } from '../invocation.ts';

export function addRulesCommand(program: Command, invocation: () => Invocation): void {
  const rules = program.command('rules').description('what is looked for');
  rules
    .command('list', { isDefault: true })
    .description('every rule, with level and ATT&CK techniques')
    .option('--json', 'as JSON')
    .action(async (options: { json?: true }) =>
      (await import('../work/rules.ts')).listRules(invocation(), options.json === true),
    );
  rules
    .command('show <name>')
    .description('the rule as written, and what to do when it fires')
    .action(async (name: string) => (await import('../work/rules.ts')).showRule(invocation(), name));
  rules
    .command('check <path...>')
    .description('compile Sigma rules as this house would: every fault with its line, every notice')
    .option('--json', 'as JSON, one object a line')
    .option('--strict', 'notices are faults too')
    .addHelpText('after', '\nExamples\n  cordon rules check rules/\n  cordon rules check --strict --json new-rule.yml')
    .action(async (paths: string[], options: { json?: true; strict?: true }) =>
      (await import('../work/check-rules.ts')).checkRules(invocation(), paths, options),
    );
  rules
    .command('test [name]')
    .description(
      'run sample events: those that must fire and those that must stay quiet; a rule of the pack, or a path',
    )
    .option('--json', 'as JSON, one object a line')
    .option('--strict', 'a rule without samples is a fault')
    .option('--junit <file>', 'write the outcome as JUnit XML too')
    .addHelpText(
      'after',
      `
Samples stand beside the rules: x.yml with x.fire.ndjson and x.quiet.ndjson (or .json); rule.yml with fire.ndjson and
quiet.ndjson; regression_data/…/info.yml as SigmaHQ has them; an .ndjson of {"rule": id, "fires": true, "event": {…}}.

Examples
  cordon rules test
  cordon rules test reconnaissance-chain
  cordon rules test --strict --junit report.xml my-rules/`,
    )
    .action(async (name: string | undefined, options: { json?: true; strict?: true; junit?: string }) =>
      (await import('../work/test-rules.ts')).testRules(invocation(), name, options),
    );
  rules
    .command('explain <name>')
    .description('what a rule asks, of which sources, and which field it reads there; a rule by name, or a file')
    .option('--json', 'as JSON, one object a line')
    .action(async (name: string, options: { json?: true }) =>
      (await import('../work/explain-rule.ts')).explainRule(invocation(), name, options.json === true),
    );
  rules
    .command('import <path...>')
    .description('check Sigma rules and keep those that compile; they run beside the pack from the next start')
    .option('--replace', 'take the place of imported rules with the same name or id')
    .option('--dry-run', 'change nothing, say what would be done')
    .option('--json', 'as JSON, one object a line')
    .action(async (paths: string[], options: { replace?: true; dryRun?: true; json?: true }) =>
      (await import('../work/import-rules.ts')).importRules(invocation(), paths, options),
    );
  rules
    .command('remove <name>')
    .description('remove the imported file with this rule (name, id, title or file name)')
    .action(async (name: string) => (await import('../work/import-rules.ts')).removeRule(invocation(), name));
}
