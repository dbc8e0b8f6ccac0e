import type { Command } from 'commander';
import { revealed } from '#lib/reveal.ts';
import { momentInWords } from '#lib/words.ts';
import type { PolicyOutcome, PolicyPage } from '#model/gateway-wire.ts';
import type { Invocation } from '../../invocation.ts';
import { readText } from '../../read-text.ts';
import { refuse, type Terminal } from '../../terminal.ts';
import { show } from '../incidents.ts';
import { type GatewayPlace, onGateway, operatorOf, withGateway } from './link.ts';

export function addPolicyCommands(gateway: Command, invocation: () => Invocation): void {
  onGateway(gateway.command('policy <integration> [file]'))
    .description('show a policy, or change it; what widens it waits for a second person')
    .option('--why <words>', 'the reason, needed for a change')
    .option('--history', 'how it came about, newest first')
    .action((integration: string, file: string | undefined, options: PolicyOptions) =>
      file === undefined
        ? showPolicy(invocation(), integration, options)
        : changePolicy(invocation(), integration, file, options),
    );
  onGateway(gateway.command('approve <proposal>'))
    .description('approve a change of policy that somebody else has proposed')
    .addHelpText('after', twoPersons)
    .action((proposal: string, place: GatewayPlace) =>
      withGateway(place, invocation(), async (link, terminal) => {
        const path = `/gateway/proposals/${encodeURIComponent(proposal)}/approve`;
        const answer = await link.post<PolicyOutcome>(path, { by: operatorOf(terminal) });
        show(terminal, answer, place.json, (outcome) => outcomeInWords(outcome, terminal));
      }),
    );
  onGateway(gateway.command('reject <proposal>'))
    .description('reject a change of policy, or withdraw your own')
    .requiredOption('--why <words>', 'the reason, for the record')
    .action((proposal: string, place: GatewayPlace & { readonly why: string }) =>
      withGateway(place, invocation(), async (link, terminal) => {
        const path = `/gateway/proposals/${encodeURIComponent(proposal)}/reject`;
        const answer = await link.post<object>(path, { by: operatorOf(terminal), why: place.why });
        show(terminal, answer, place.json, () => [`Proposal ${revealed(proposal)} is rejected; nothing has changed.`]);
      }),
    );
}

interface PolicyOptions extends GatewayPlace {
  readonly why?: string;
  readonly history?: true;
}

const twoPersons = `
The second person signs in to the console with a passkey, or acts on this machine through sudo from an account of their
own, which is then written down. Whoever may open the gateway's socket is trusted to be who they say.`;

const policyPath = (integration: string): string => `/gateway/policies/${encodeURIComponent(integration)}`;

const showPolicy = (invocation: Invocation, integration: string, options: PolicyOptions): Promise<void> =>
  withGateway(options, invocation, async (link, terminal) => {
    const answer = await link.get<PolicyPage>(policyPath(integration));
    show(terminal, answer, options.json, ({ yaml, version, history }) =>
      options.history
        ? history.flatMap(({ version: each, at, by, approvedBy, why, changes }) => [
            `${terminal.style.bold(`Version ${each}`)}  ${momentInWords(at)} UTC, by ${revealed(by)}${approvedBy === undefined ? '' : `, approved by ${revealed(approvedBy)}`}: ${revealed(why)}`,
            ...changes.map((change) => `  ${revealed(change)}`),
          ])
        : [`# Version ${version}, in force`, yaml.trimEnd()],
    );
  });

const changePolicy = (
  invocation: Invocation,
  integration: string,
  file: string,
  options: PolicyOptions,
): Promise<void> =>
  withGateway(options, invocation, async (link, terminal) => {
    const { why } = options;
    if (why === undefined) return refuse(terminal, needsReason);
    const yaml = readText(file);
    if (!yaml.ok) return refuse(terminal, yaml.failure);
    const answer = await link.post<PolicyOutcome>(policyPath(integration), {
      yaml: yaml.value,
      by: operatorOf(terminal),
      why,
    });
    show(terminal, answer, options.json, (outcome) => outcomeInWords(outcome, terminal));
  });

const needsReason = {
  kind: 'invalid',
  where: '--why',
  found: 'nothing',
  expected: 'the reason, for the record',
} as const;

export function outcomeInWords({ version, proposal }: PolicyOutcome, { style }: Terminal): readonly string[] {
  if (proposal === undefined) return [style.good(`The policy is in force as version ${version}.`)];
  return [
    style.waiting(
      `The policy waits for a second person as proposal ${proposal.id}, until ${momentInWords(proposal.expiresAt)} UTC; what was in force stays so.`,
    ),
    'It widens:',
    ...proposal.widens.map((line) => `  ${revealed(line)}`),
    `Somebody else approves it in the console, or with: cordon gateway approve ${proposal.id}`,
  ];
}
