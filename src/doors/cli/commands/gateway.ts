import type { Command } from 'commander';
import type { Invocation } from '../invocation.ts';
import { addActs } from './gateway/acts.ts';
import { addFileCommands } from './gateway/files.ts';
import { addLooks } from './gateway/looks.ts';
import { addPolicyCommands } from './gateway/policies.ts';

/** Runs the gateway, and speaks to a running one through the socket in its data directory. */
export function addGatewayCommand(program: Command, invocation: () => Invocation): void {
  const gateway = program
    .command('gateway')
    .description('the counted way in for every third party: run it, register integrations, change their policies')
    .addHelpText('after', examples);
  gateway
    .command('start <file>')
    .description('run the gateway as its configuration says, until stopped')
    .addHelpText('after', configuration)
    .action(async (file: string) => {
      const { startGateway } = await import('../work/gateway.ts');
      await startGateway(invocation(), file);
    });
  addFileCommands(gateway, invocation);
  addLooks(gateway, invocation);
  addPolicyCommands(gateway, invocation);
  addActs(gateway, invocation);
}

const examples = `
All but start, key, thumbprint, check and verify speak to the gateway that runs on --data, as the user it runs as.

Examples
  cordon gateway key master.key                  make the key that wraps every secret in the vault
  cordon gateway start gateway.yaml              run it, in its own process, with its own secrets
  cordon gateway status                          who reads through it, and what is left of each budget
  cordon gateway thumbprint agenda.pem           what "certificates" in a registration wants
  cordon gateway check agenda-sync.yaml          what a policy allows and leaves open, before anybody has it
  cordon gateway register agenda.json            move an integration behind it; prints its new client id and secret
  cordon gateway learn agenda-sync --days 14     propose a policy from what it really did
  cordon gateway policy agenda-sync new.yaml --why "reads e-mail no more"
  cordon gateway suspend agenda-sync --why "vendor called: token store is out"
  cordon gateway verify gateway.yaml || page-somebody`;

const configuration = `
The file, with what it needs; the rest has defaults
  dataDirectory: /var/lib/cordon-gateway       # ledger, vault, state, log; relative to this file
  listen: { host: 0.0.0.0, port: 8440 }        # beyond this machine only with tls
  tls: { certificate: server.pem, key: server.key }
  publicUrl: https://crm.house.example         # what integrations get as instance URL
  upstream: { instanceUrl: https://NAME.my.salesforce.com }
  masterKey: { file: master.key }              # or { env: NAME }; cordon gateway key makes one
  # formerMasterKey: { file: old.key }         # for one start, to change the master key
  auditAnchors: [{ file: /mnt/worm/gateway-anchors.jsonl }]
  # retentionDays: 1095                        # what is older leaves the ledger, at the start and once a day
  # admin: { port: 8441 }                      # /cordon/health, /cordon/ready, /cordon/metrics`;
