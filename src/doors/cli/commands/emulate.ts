import { type Command, InvalidArgumentError } from 'commander';
import type { Invocation } from '../invocation.ts';

export function addEmulateCommand(program: Command, invocation: () => Invocation): void {
  program
    .command('emulate')
    .description("local servers that speak the vendors' documented APIs, over the seeded house")
    .command('salesforce')
    .description(
      'the CRM of Maison Orfèvre: OAuth, queries, rows, composites and bulk exports over 7.4 million contacts',
    )
    .option('-p, --port <port>', 'default: chosen by the system', portNumber)
    .option('--seed <number>', 'another house', portNumber, 1)
    .option('--json', 'where it listens and its apps, as one line of JSON')
    .addHelpText(
      'after',
      `
Example
  cordon emulate salesforce --port 8460
  curl -d grant_type=client_credentials -d client_id=… -d client_secret=… localhost:8460/services/oauth2/token`,
    )
    .action(async (options: { readonly port?: number; readonly seed: number; readonly json?: true }) => {
      const { terminal } = invocation();
      const { startSalesforce } = await import('#emulators/salesforce/salesforce.ts');
      const salesforce = await startSalesforce(options);
      const { url, apps, organizationId } = salesforce;
      if (options.json) terminal.out(`${JSON.stringify({ url, organizationId, apps })}\n`);
      else
        terminal.out(
          [
            `${terminal.style.bold('The CRM of Maison Orfèvre')} answers at ${url}`,
            `  organisation ${organizationId}, ${apps.length} connected apps; the first of them:`,
            ...apps
              .slice(0, 3)
              .map(({ name, clientId, clientSecret }) => `  ${name}\n    ${clientId}\n    ${clientSecret}`),
            '',
            terminal.style.faint('--json names them all. Ctrl-C stops it.'),
            '',
          ].join('\n'),
        );
      await terminal.asked();
      await salesforce.close();
    });
}

function portNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number <= 65_535) return number;
  throw new InvalidArgumentError('Expected a whole number from 0 to 65,535.');
}
