import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { connectGateway } from '#desk/gateway-link.ts';
import { exposureOf } from '#desk/incident-exposure.ts';
import { counted } from '#lib/words.ts';
import type { ExportedView, ExposureQuestion, GatewayExposureView } from '#model/gateway-wire.ts';
import type { IncidentView } from '#model/wire.ts';
import type { Invocation } from '../invocation.ts';
import { exposurePage } from '../screen/exposure-page.ts';
import { connectServer } from '../server-client.ts';
import { refuse } from '../terminal.ts';
import { show } from './incidents.ts';

interface ExposureOptions {
  readonly data: string;
  readonly token?: string;
  readonly integration?: string;
  readonly customer?: string;
  readonly incident?: string;
  readonly from?: number;
  readonly to?: number;
  readonly ids?: true;
  readonly parquet?: string;
  readonly json?: true;
}

/** Where no zone is named, UTC, as everywhere in Cordon: Date.parse would take the machine's. */
const moment = (text: string): number => {
  const isZoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text);
  const time = Date.parse(isZoned || !text.includes('T') ? text : `${text}Z`);
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(time)) return time;
  throw new InvalidArgumentError('Expected a time like 2026-11-23T10:00:00Z, or a day like 2026-11-23.');
};

/** An export of years takes a while. */
const exportPatienceMs = 30 * 60_000;

/** What left through the gateway, from its ledger. */
export function addExposureCommand(program: Command, invocation: () => Invocation): void {
  program
    .command('exposure')
    .description('what left through the gateway: by token, integration, customer or incident')
    .option('--token <id>', 'the id of a Cordon token, as logs and cordon gateway tokens name it')
    .option('--integration <name>', 'all that one integration has read')
    .option('--customer <id>', 'who read this customer, which fields, when')
    .option('--incident <id>', 'what left by the tokens it names; else what its integrations read while it lasted')
    .option('--from <time>', 'ISO 8601; UTC where it names no zone', moment)
    .option('--to <time>', 'the same; the moment itself included', moment)
    .option('--ids', "only the customers' ids, one a line")
    .option('--parquet <directory>', 'write releases.parquet and reads.parquet into it instead')
    .option('-d, --data <directory>', "the gateway's data directory", '.cordon-gateway')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Examples
  cordon exposure --integration agenda-sync --from 2026-11-23T00:00:00Z
  cordon exposure --token token-8a8df020e91595067883 --ids > customers.txt
  cordon exposure --integration agenda-sync --parquet /evidence/agenda-sync
  cordon exposure --customer 003Jx000000Gb7QIAS
  cordon exposure --incident inc-3f9a1c2b`,
    )
    .action((options: ExposureOptions) => answer(invocation(), options));
}

async function answer(invocation: Invocation, options: ExposureOptions): Promise<void> {
  const { terminal } = invocation;
  const question = await questionOf(invocation, options);
  if (question === undefined) return;
  const link = connectGateway(options.data);
  if (options.ids) {
    const lines = await link.lines('/gateway/exposure/customers', question);
    return lines.ok ? terminal.out(lines.value) : refuse(terminal, lines.failure);
  }
  if (options.parquet !== undefined) {
    const into = resolve(options.parquet);
    const written = await link.post<ExportedView>('/gateway/exposure/parquet', { question, into }, exportPatienceMs);
    return show(terminal, written, options.json, ({ releases, reads }) => [
      `${into}: releases.parquet with ${counted(releases, 'row')}, reads.parquet with ${counted(reads, 'row')}.`,
    ]);
  }
  const found = await link.post<GatewayExposureView>('/gateway/exposure', question);
  const about = options.incident === undefined ? undefined : `incident ${options.incident}`;
  show(terminal, found, options.json, (view) => [exposurePage(view, terminal.style, about)]);
}

async function questionOf(
  { terminal, configuration }: Invocation,
  { token, integration, customer, incident, from, to }: ExposureOptions,
): Promise<ExposureQuestion | undefined> {
  const window = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  const given = [token, integration, customer, incident].filter((each) => each !== undefined);
  if (given.length !== 1) {
    const found = given.length === 0 ? 'none of them' : 'several of them';
    refuse(terminal, {
      kind: 'invalid',
      where: 'exposure',
      found,
      expected: '--token, --integration, --customer or --incident',
    });
    return undefined;
  }
  if (token !== undefined) return { kind: 'token', token, ...window };
  if (integration !== undefined) return { kind: 'integration', integration, ...window };
  if (customer !== undefined) return { kind: 'customer', customer, ...window };
  const { readConfiguration } = await import('#configuration.ts');
  const read = readConfiguration(configuration, terminal.environment);
  const found = read.ok
    ? await connectServer(read.value.dataDirectory).get<IncidentView>(`/incidents/${encodeURIComponent(incident!)}`)
    : read;
  if (!found.ok) {
    refuse(terminal, found.failure);
    return undefined;
  }
  const asked = exposureOf(found.value, window);
  if (asked.ok) return asked.value;
  refuse(terminal, asked.failure);
  return undefined;
}
