import { setTimeout as delay } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import type { Salesforce } from '#emulators/salesforce/salesforce.ts';
import type { Invocation } from '../invocation.ts';
import type { Terminal } from '../terminal.ts';

export function addEmulateCommand(program: Command, invocation: () => Invocation): void {
  program
    .command('emulate')
    .description("local servers that speak the vendors' documented APIs, over the seeded house")
    .command('salesforce')
    .description(
      'the CRM of Maison Orfèvre: OAuth, queries, rows, composites and bulk exports over 7.4 million contacts',
    )
    .option('-p, --port <port>', 'default: chosen by the system', portNumber)
    .option('--pub-sub-port <port>', 'of the event bus; default: chosen by the system', portNumber)
    .option('--play [speed]', 'real-time events of a theft, so many times as fast as it went', speedNumber)
    .option('--seed <number>', 'another house', portNumber, 1)
    .option('--json', 'where it listens and its apps, as one line of JSON')
    .addHelpText(
      'after',
      `
Examples
  cordon emulate salesforce --port 8460
  curl -d grant_type=client_credentials -d client_id=… -d client_secret=… localhost:8460/services/oauth2/token
  cordon emulate salesforce --pub-sub-port 7443 --play`,
    )
    .action((options: EmulateOptions) => emulateSalesforce(options, invocation().terminal));
}

interface EmulateOptions {
  readonly port?: number;
  readonly pubSubPort?: number;
  readonly play?: true | number;
  readonly seed: number;
  readonly json?: true;
}

/** Until it is asked to stop. */
async function emulateSalesforce(options: EmulateOptions, terminal: Terminal): Promise<void> {
  const { startSalesforce } = await import('#emulators/salesforce/salesforce.ts');
  const { seed, port = 0, pubSubPort = 0 } = options;
  const salesforce = await startSalesforce({ seed, port, pubSub: { port: pubSubPort } });
  const { url, apps, organizationId, pubSub } = salesforce;
  if (options.json) terminal.out(`${JSON.stringify({ url, organizationId, pubSub: pubSub?.endpoint, apps })}\n`);
  else terminal.out(describeSalesforce(salesforce, terminal));
  const stop = new AbortController();
  const playing = options.play === undefined ? undefined : play(salesforce, options, terminal, stop.signal);
  await terminal.asked();
  stop.abort();
  await playing;
  await salesforce.close();
}

function describeSalesforce({ url, pubSub, organizationId, apps }: Salesforce, { style }: Terminal): string {
  return [
    `${style.bold('The CRM of Maison Orfèvre')} answers at ${url}, its event bus (Pub/Sub API) at ${pubSub?.endpoint}`,
    `  organisation ${organizationId}, ${apps.length} connected apps; the first of them:`,
    ...apps.slice(0, 3).map(({ name, clientId, clientSecret }) => `  ${name}\n    ${clientId}\n    ${clientSecret}`),
    '',
    style.faint('--json names them all. Ctrl-C stops it.'),
    '',
  ].join('\n');
}

/** A week at this speed takes ten minutes. */
const usualSpeed = 1_000;

async function play(
  { pubSub }: Salesforce,
  { play: speed, seed, json }: EmulateOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  if (pubSub === undefined) return;
  const { playStory } = await import('#emulators/salesforce/pub-sub/play-story.ts');
  const { createHouse } = await import('#emulators/house/house.ts');
  try {
    await playStory(pubSub, createHouse({ seed }), {
      speed: typeof speed === 'number' ? speed : usualSpeed,
      eventsPerDay: 6_000,
      clock: Date.now,
      sleep: (ms) => delay(ms, undefined, { signal }),
      tell: (time, chapter) => {
        if (!json) terminal.out(`${new Date(time).toISOString().slice(0, 16)}Z  ${chapter}\n`);
      },
    });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function speedNumber(text: string): number {
  const number = Number(text);
  if (number > 0 && number <= 100_000) return number;
  throw new InvalidArgumentError('Expected a number above 0 and up to 100,000.');
}

function portNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number <= 65_535) return number;
  throw new InvalidArgumentError('Expected a whole number from 0 to 65,535.');
}
