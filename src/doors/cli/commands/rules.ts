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
    .command('test [name]')
    .description('run the samples: those that must fire and those that must stay quiet')
    .addHelpText('after', '\nExamples\n  cordon rules test\n  cordon rules test reconnaissance-chain')
    .action(async (name: string | undefined) => (await import('../work/rules.ts')).testRules(invocation(), name));
}
