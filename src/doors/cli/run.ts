import { Command, CommanderError } from 'commander';
import manifest from '../../../package.json' with { type: 'json' };
import { commands } from './commands.ts';
import type { Terminal } from './terminal.ts';

/**
 * Runs one command line (without `node` and the script). Exit codes: 0 done, 1 could not, 2 wrong usage, 3 `--fail-on`
 * reached, 4 `--strict` and something was set aside.
 */
export async function run(words: readonly string[], terminal: Terminal): Promise<void> {
  const program = new Command('cordon')
    .description(
      'Defends the customer data in your CRM: sees a theft while it is prepared, says what left, helps after.',
    )
    .version(manifest.version, '-v, --version')
    .option('-c, --config <file>', 'configuration (default: cordon.yaml, where there is one)')
    .showHelpAfterError('(cordon --help shows how)')
    .addHelpText(
      'after',
      `
Examples
  cordon scan exports/                   is somebody draining the CRM? (files as the vendors export them)
  cordon scan --inventory exports/       every third party that touches it, and what each could reach
  cordon scan --json exports/ > f.ndjson the same as OCSF Detection Findings, one a line
  cordon start --demo                    the console on a demonstration house, with a theft playing live
  cordon start                           the console on your own logs, as cordon.yaml says
  cordon incidents                       what is open, from a running server
`,
    )
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.error })
    .exitOverride();

  const invocation = () => ({
    terminal,
    configuration: program.opts<{ config?: string }>().config,
    version: manifest.version,
  });
  for (const add of commands) add(program, invocation);
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) terminal.fail(2);
  }
}
