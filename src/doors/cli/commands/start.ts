import { type Command, InvalidArgumentError } from 'commander';
import type { Invocation } from '../invocation.ts';
import type { StartOptions } from '../work/start.ts';

export function addStartCommand(program: Command, invocation: () => Invocation): void {
  program
    .command('start')
    .description('serve the console and read the configured logs, until stopped')
    .option('--demo', 'play the demonstration house instead: a year-old retailer and a theft')
    .option('--keep', 'with --demo: go on where the last demonstration stopped')
    .option('--speed <factor>', 'with --demo: seconds of the story per second of yours', numberBetween(1, 86_400))
    .option('-p, --port <port>', 'instead of the configured one', numberBetween(0, 65_535))
    .addHelpText(
      'after',
      '\nExamples\n  cordon start --demo\n  cordon start --demo --speed 3600 --port 9000\n  cordon --config /etc/cordon.yaml start',
    )
    .action(async (options: StartOptions) => {
      const { start } = await import('../work/start.ts');
      await start(invocation(), options);
    });
}

const numberBetween =
  (least: number, most: number) =>
  (text: string): number => {
    const number = Number(text);
    if (text.trim() !== '' && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Expected a number from ${least} to ${most}.`);
  };
