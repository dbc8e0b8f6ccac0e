import type { Command } from 'commander';
import { counted } from '#lib/words.ts';
import { describeFailure } from '#model/result.ts';
import type { Invocation } from '../invocation.ts';
import { refuse } from '../terminal.ts';

export function addConfigCommand(program: Command, invocation: () => Invocation): void {
  const config = program.command('config').description('look at the configuration');
  config
    .command('check')
    .description('say whether cordon.yaml is right and, where not, the line and what was expected')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample\n  cordon config check\n  cordon --config /etc/cordon.yaml config check')
    .action(async (options: { json?: true }) => {
      const [{ readConfiguration }, { findLiveSources }] = await Promise.all([
        import('#configuration.ts'),
        import('#detection/sources/find-sources.ts'),
      ]);
      const { terminal, configuration } = invocation();
      const read = readConfiguration(configuration, terminal.environment, await findLiveSources());
      if (options.json) {
        const faults = read.ok ? [] : read.failure;
        terminal.out(`${JSON.stringify({ ok: read.ok, faults: faults.map(describeFailure) })}\n`);
        if (!read.ok) terminal.fail(1);
      } else if (read.ok) {
        const { listen, databaseUrl, sources, live } = read.value;
        terminal.out(
          `${terminal.style.good('The configuration is right.')} Console on ${listen.host}:${listen.port}, ${databaseUrl ? 'PostgreSQL' : 'embedded'} store, ${counted(sources.length, 'watched path')}, ${counted(live.length, 'live source')}.\n`,
        );
      } else refuse(terminal, read.failure);
    });
  config
    .command('schema')
    .description('print the JSON Schema of cordon.yaml, for editors')
    .action(async () => {
      const [{ configurationSchema }, { findLiveSources }] = await Promise.all([
        import('#configuration.ts'),
        import('#detection/sources/find-sources.ts'),
      ]);
      invocation().terminal.out(`${JSON.stringify(configurationSchema(await findLiveSources()), null, 2)}\n`);
    });
}
