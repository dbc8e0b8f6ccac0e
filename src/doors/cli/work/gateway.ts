import { randomBytes } from 'node:crypto';
import { controlSocket } from '#desk/gateway-link.ts';
import { readGatewayConfiguration } from '#gateway/configuration.ts';
import { openGateway } from '#gateway/open-gateway.ts';
import { inWords } from '#lib/words.ts';
import { serveControl } from '../../gateway/control.ts';
import type { Invocation } from '../invocation.ts';
import { refuse } from '../terminal.ts';

/** Runs the gateway until it is asked to stop; then it lets what is under way end, and only then closes. */
export async function startGateway({ terminal }: Invocation, file: string): Promise<void> {
  const read = readGatewayConfiguration(file, terminal.environment);
  if (!read.ok) return refuse(terminal, read.failure);
  const configuration = read.value;
  const opened = await openGateway(configuration, {
    clock: terminal.clock,
    random: randomBytes,
    write: terminal.error,
  });
  if (!opened.ok) return refuse(terminal, opened.failure);
  const gateway = opened.value;
  const socket = controlSocket(configuration.dataDirectory);
  const control = await serveControl(gateway.desk, socket, gateway.reportBug);
  terminal.out(
    [
      `${terminal.style.bold('Cordon gateway')} at ${configuration.publicUrl}, listening on ${gateway.address}`,
      `  CRM        ${configuration.upstream.instanceUrl}`,
      `  Records    ${configuration.dataDirectory}`,
      `  Metrics    http://${configuration.admin.host}:${gateway.adminPort}/cordon/metrics`,
      `  Registered ${inWords(gateway.desk.integrationCount())}`,
      '',
      terminal.style.faint('Ctrl-C stops it, once what is under way has ended.'),
      '',
    ].join('\n'),
  );
  await terminal.asked();
  terminal.error('\nStopping; what left is in the ledger.\n');
  await control.close();
  await gateway.drain();
}
