import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Invocation } from '../invocation.ts';

/** A running emulator: what a caller must know, and what is done to it. */
interface Running {
  /** For the JSON and for people, line by line: address, credentials. */
  readonly facts: Readonly<Record<string, string>>;
  readonly put: (times: readonly number[]) => unknown;
  readonly fault: (fault: Fault) => void;
  readonly close: () => Promise<void>;
}

const faults = ['duplicates', 'reordering', 'throttled', 'broken', 'half-open'] as const;
type Fault = (typeof faults)[number];

interface Options {
  readonly port?: number;
  readonly seed: number;
  readonly perHour: number;
  readonly fault?: Fault;
  readonly json?: true;
}

interface Vendor {
  readonly command: string;
  readonly title: string;
  readonly description: string;
  readonly start: (options: Options) => Promise<Running>;
}

const vendors: readonly Vendor[] = [
  {
    command: 'okta',
    title: 'The Okta org of Maison Orfèvre',
    description: 'its sign-on as Okta would show it: System Log, event hooks, tokens of a service app',
    start: async (options) => {
      const { startOkta } = await import('#emulators/okta/okta.ts');
      const { url, apiToken, clientId, privateKey, control, close } = await startOkta(options);
      return { facts: { url, apiToken, clientId, privateKey }, put: control.put, fault: control.fault, close };
    },
  },
  {
    command: 'entra',
    title: 'The Entra tenant of Maison Orfèvre',
    description: 'its sign-on as Entra ID would show it: sign-ins and directory audits by Microsoft Graph',
    start: async (options) => {
      const { startEntra } = await import('#emulators/entra/entra.ts');
      const { url, tenantId, clientId, clientSecret, control, close } = await startEntra(options);
      const kinds = ['interactiveUser', 'nonInteractiveUser', 'servicePrincipal', 'directoryAudit'] as const;
      const put = (times: readonly number[]): void => dealOut(times, kinds, control.put);
      return { facts: { url, tenantId, clientId, clientSecret }, put, fault: control.fault, close };
    },
  },
  {
    command: 'google',
    title: 'The Google Workspace of Maison Orfèvre',
    description: 'its sign-on as Google would show it: login, token, saml and admin activities by the Reports API',
    start: async (options) => {
      const { startGoogle } = await import('#emulators/google/google.ts');
      const { url, serviceAccountKey, administrator, control, close } = await startGoogle(options);
      const applications = ['login', 'login', 'saml', 'token', 'admin'] as const;
      const put = (times: readonly number[]): void => dealOut(times, applications, control.put);
      return { facts: { url, administrator, serviceAccountKey }, put, fault: control.fault, close };
    },
  },
];

/** `cordon emulate okta|entra|google`, beside those that stand there. */
export function addSignOnEmulators(program: Command, invocation: () => Invocation): void {
  const emulate = program.commands.find((command) => command.name() === 'emulate');
  if (emulate === undefined) throw new Error('the command emulate is added first');
  for (const { command, title, description, start } of vendors)
    emulate
      .command(command)
      .description(description)
      .option('-p, --port <port>', 'default: chosen by the system', wholeNumber(65_535))
      .option('--seed <number>', 'another house', wholeNumber(65_535), 1)
      .option('--per-hour <number>', 'events in an hour; the last day is there at once', wholeNumber(100_000), 600)
      .addOption(new Option('--fault <fault>', 'what it does wrong until it ends').choices(faults))
      .option('--json', 'where it listens and what lets you in, as one line of JSON')
      .action(async (options: Options) => {
        const { terminal } = invocation();
        const { keepLiving } = await import('#emulators/vendor-server/keep-living.ts');
        const running = await start(options);
        const stop = keepLiving(running.put, { ...options, clock: Date.now });
        if (options.fault !== undefined) running.fault(options.fault);
        if (options.json) terminal.out(`${JSON.stringify(running.facts)}\n`);
        else {
          const lines = Object.entries(running.facts).map(([name, value]) => `  ${name}: ${value.trim()}`);
          terminal.out(
            [terminal.style.bold(title), ...lines, '', terminal.style.faint('Ctrl-C stops it.'), ''].join('\n'),
          );
        }
        await terminal.asked();
        stop();
        await running.close();
      });
}

/** The times to the kinds in turn, by the second they fall in. */
function dealOut<Kind>(
  times: readonly number[],
  kinds: readonly Kind[],
  put: (times: readonly number[], kind: Kind) => unknown,
): void {
  for (const time of times) put([time], kinds[Math.floor(time / 1000) % kinds.length]!);
}

const wholeNumber =
  (most: number) =>
  (text: string): number => {
    const number = Number(text);
    if (text.trim() !== '' && Number.isInteger(number) && number >= 0 && number <= most) return number;
    throw new InvalidArgumentError(`Expected a whole number from 0 to ${most}.`);
  };
