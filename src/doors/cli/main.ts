#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { commands } from './commands.ts';
import { terminal } from './terminal.ts';

/** Exit codes: 0 done, 1 could not, 2 wrong usage, 3 `--fail-on` reached, 4 `--strict` and something was set aside. */
const program = new Command('cordon')
  .description('Defends the customer data in your CRM: sees a theft while it is prepared, says what left, helps after.')
  .version(await versionOf(), '-v, --version')
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
  .exitOverride();

for (const add of commands) add(program, terminal(process));

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}

async function versionOf(): Promise<string> {
  const { default: manifest } = await import('../../../package.json', { with: { type: 'json' } });
  return manifest.version;
}
