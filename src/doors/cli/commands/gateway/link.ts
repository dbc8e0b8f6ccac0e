import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { connectGateway, type GatewayLink } from '#desk/gateway-link.ts';
import type { Invocation } from '../../invocation.ts';
import type { Terminal } from '../../terminal.ts';

/** `-d DIRECTORY`: the data directory of the gateway that is spoken to. */
export interface GatewayPlace {
  readonly data: string;
  readonly json?: true;
}

export const onGateway = (command: Command): Command =>
  command
    .option('-d, --data <directory>', "the gateway's data directory", '.cordon-gateway')
    .option('--json', 'as JSON');

export async function withGateway(
  place: GatewayPlace,
  { terminal }: Invocation,
  work: (link: GatewayLink, terminal: Terminal) => Promise<void>,
): Promise<void> {
  await work(connectGateway(place.data), terminal);
}

/** Who acts, for the gateway's own record: the account of this machine, under sudo the person's own. */
export const operatorOf = ({ environment }: Terminal): string =>
  `operator ${environment['SUDO_USER'] || userInfo().username}`;
