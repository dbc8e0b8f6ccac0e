import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { type Configuration, readConfiguration } from '#configuration.ts';
import { type Cordon, openCordon } from '#cordon.ts';
import { findLiveSources } from '#detection/sources/find-sources.ts';
import { type DemoStage, openDemoStage } from '#intake/demo-stage/open-stage.ts';
import { counted } from '#lib/words.ts';
import { success } from '#model/result.ts';
import { type Served, serve } from '../../api/serve.ts';
import type { Invocation } from '../invocation.ts';
import { demoDirectory } from '../server-client.ts';
import { refuse, type Terminal } from '../terminal.ts';
import { clearDemo } from './clear-demo.ts';

/** This very command line: `.ts` in the sources, `.js` in what is published. */
const script = fileURLToPath(new URL(`../main${extname(import.meta.url)}`, import.meta.url));

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
  const read = readConfiguration(file, terminal.environment, await findLiveSources());
  if (!read.ok) return refuse(terminal, read.failure);
  const stage = options.demo
    ? await openDemoStage({ script, reportBug: (error) => terminal.error(`${inspect(error)}\n`) })
    : undefined;
  const configuration = forThisStart(read.value, options, stage);
  const isFresh = options.demo && !options.keep;
  const ready = isFresh ? await clearDemo(configuration.dataDirectory) : success(undefined);
  if (!ready.ok) {
    await stage?.close();
    return refuse(terminal, ready.failure);
  }
  const demo = { ...(options.keep && { keep: true }), ...(options.speed !== undefined && { speed: options.speed }) };
  const opened = await openCordon(configuration, {
    version,
    ...(options.demo && { demo }),
  });
  if (!opened.ok) {
    await stage?.close();
    return refuse(terminal, opened.failure);
  }
  const served = await serve({ cordon: opened.value });
  if (!served.ok) {
    await stage?.close();
    await opened.value.close();
    return refuse(terminal, served.failure);
  }
  await welcome(terminal, opened.value, served.value);
  const played = stage?.play();
  await terminal.asked();
  terminal.error('\nStopping; what was acknowledged is stored.\n');
  await served.value.close();
  await stage?.close();
  await played;
  await opened.value.close();
}

function forThisStart(
  configuration: Configuration,
  options: StartOptions,
  stage: DemoStage | undefined,
): Configuration {
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
    ...(stage && { gateway: { dataDirectory: stage.directory } }),
  };
}

async function welcome(terminal: Terminal, cordon: Cordon, served: Served): Promise<void> {
  const { style } = terminal;
  const { sources, live, gateway } = cordon.configuration;
  const what = cordon.demo
    ? 'the demonstration house: Maison Orfèvre, 7.4 million customers, and a theft that begins in a few minutes'
    : sources.length > 0 || live.length > 0
      ? `watching ${counted(sources.length, 'path')}, ${counted(live.length, 'live source')}${gateway ? ' and the gateway' : ''}`
      : `${gateway ? 'watching the gateway; no other logs' : 'no logs'} are configured yet; cordon.yaml names them under \`sources\``;
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
