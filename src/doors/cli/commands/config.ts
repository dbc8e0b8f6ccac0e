import type { Command } from 'commander';
import { configurationSchema, readConfiguration } from '#configuration.ts';
import { counted } from '#lib/words.ts';
import { describeFailure } from '#model/result.ts';
import { refuse, type Terminal } from '../terminal.ts';

export function addConfigCommand(program: Command, terminal: Terminal): void {
  const config = program.command('config').description('look at the configuration');
  config
    .command('check')
    .description('say whether cordon.yaml is right and, where not, the line and what was expected')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample\n  cordon config check\n  cordon --config /etc/cordon.yaml config check')
    .action((options: { json?: true }) => {
      const read = readConfiguration(program.opts<{ config?: string }>().config, terminal.environment);
      if (options.json) {
        const faults = read.ok ? [] : read.failure;
        terminal.out(`${JSON.stringify({ ok: read.ok, faults: faults.map(describeFailure) })}\n`);
        if (!read.ok) terminal.fail(1);
      } else if (read.ok) {
        const { listen, databaseUrl, sources } = read.value;
        terminal.out(
          `${terminal.style.good('The configuration is right.')} Console on ${listen.host}:${listen.port}, ${databaseUrl ? 'PostgreSQL' : 'embedded'} store, ${counted(sources.length, 'watched path')}.\n`,
        );
      } else refuse(terminal, read.failure);
    });
  config
    .command('schema')
    .description('print the JSON Schema of cordon.yaml, for editors')
    .action(() => terminal.out(`${JSON.stringify(configurationSchema(), null, 2)}\n`));
}
