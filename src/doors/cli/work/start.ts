import { type Configuration, readConfiguration } from '#configuration.ts';
import { type Cordon, openCordon } from '#cordon.ts';
import { counted } from '#lib/words.ts';
import { success } from '#model/result.ts';
import { type Served, serve } from '../../api/serve.ts';
import type { Invocation } from '../invocation.ts';
import { demoDirectory } from '../server-client.ts';
import { refuse, type Terminal } from '../terminal.ts';
import { clearDemo } from './clear-demo.ts';

export interface StartOptions {
  readonly demo?: true;
  readonly keep?: true;
  readonly speed?: number;
  readonly port?: number;
}

export async function start(
  { terminal, configuration: file, version }: Invocation,
  options: StartOptions,
): Promise<void> {
  const read = readConfiguration(file, terminal.environment);
  if (!read.ok) return refuse(terminal, read.failure);
  const configuration = forThisStart(read.value, options);
  const isFresh = options.demo && !options.keep;
  const ready = isFresh ? await clearDemo(configuration.dataDirectory) : success(undefined);
  if (!ready.ok) return refuse(terminal, ready.failure);
  const demo = { ...(options.keep && { keep: true }), ...(options.speed !== undefined && { speed: options.speed }) };
  const opened = await openCordon(configuration, {
    version,
    ...(options.demo && { demo }),
  });
  if (!opened.ok) return refuse(terminal, opened.failure);
  const served = await serve({ cordon: opened.value });
  if (!served.ok) {
    await opened.value.close();
    return refuse(terminal, served.failure);
  }
  await welcome(terminal, opened.value, served.value);
  await terminal.asked();
  terminal.error('\nStopping; what was acknowledged is stored.\n');
  await served.value.close();
  await opened.value.close();
}

function forThisStart(configuration: Configuration, options: StartOptions): Configuration {
  const listen = { ...configuration.listen, ...(options.port !== undefined && { port: options.port }) };
  if (!options.demo) return { ...configuration, listen };
  return {
    ...configuration,
    listen,
    dataDirectory: demoDirectory(configuration.dataDirectory),
    databaseUrl: undefined,
    // What is played must neither alarm anybody nor stand among the anchors of the real log.
    auditAnchors: [],
    chat: [],
  };
}

async function welcome(terminal: Terminal, cordon: Cordon, served: Served): Promise<void> {
  const { style } = terminal;
  const { sources } = cordon.configuration;
  const what = cordon.demo
    ? 'the demonstration house: Maison Orfèvre, 7.4 million customers, and a theft that begins in a few minutes'
    : sources.length > 0
      ? `watching ${counted(sources.length, 'path')}`
      : 'no logs are configured yet; cordon.yaml names them under `sources`';
  const link = await served.ownerLink();
  const lines = [
    `${style.bold('Cordon')} ${cordon.version}: ${what}`,
    '',
    ...(link === undefined
      ? [`  Console   ${style.bold(served.url)}`]
      : [
          `  Open this once, within the hour, to become its owner with a passkey:`,
          `  ${style.bold(link)}`,
          '',
          `  Console   ${served.url}`,
        ]),
    `  Records   ${cordon.configuration.dataDirectory}`,
    '',
    style.faint('Ctrl-C stops it.'),
  ];
  terminal.out(`${lines.join('\n')}\n`);
}
