import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import type { GatewayLink } from '#desk/gateway-link.ts';
import { revealed } from '#lib/reveal.ts';
import { counted, momentInWords } from '#lib/words.ts';
import type {
  GatewayView,
  LearnedPolicy,
  PolicyOutcome,
  PolicyPage,
  RegisteredView,
  RegistrationForm,
} from '#model/gateway-wire.ts';
import { failure, type Result, success } from '#model/result.ts';
import type { Invocation } from '../invocation.ts';
import { gatewayPage } from '../screen/gateway-page.ts';
import { refuse, type Terminal } from '../terminal.ts';
import { show } from './incidents.ts';

/** `-d DIRECTORY`: the data directory of the gateway that is spoken to. */
export interface GatewayPlace {
  readonly data: string;
  readonly json?: true;
}

/** Runs the gateway, and speaks to a running one through the socket in its data directory. */
export function addGatewayCommand(program: Command, invocation: () => Invocation): void {
  const gateway = program
    .command('gateway')
    .description('the counted way in for every third party: run it, register integrations, change their policies')
    .addHelpText(
      'after',
      `
Examples
  cordon gateway start gateway.yaml              run it, in its own process, with its own secrets
  cordon gateway status                          who reads through it, and what is left of each budget
  cordon gateway register agenda.json            move an integration behind it; prints its new client id and secret
  cordon gateway learn agenda-sync --days 14     propose a policy from what it really did
  cordon gateway policy agenda-sync new.yaml --why "reads e-mail no more"
  cordon gateway suspend agenda-sync --why "vendor called: token store is out"`,
    );
  gateway
    .command('start <file>')
    .description('run the gateway as its configuration says, until stopped')
    .action(async (file: string) => {
      const { startGateway } = await import('../work/gateway.ts');
      await startGateway(invocation(), file);
    });
  addLooks(gateway, invocation);
  addPolicyCommands(gateway, invocation);
  addActs(gateway, invocation);
}

const onGateway = (command: Command): Command =>
  command
    .option('-d, --data <directory>', "the gateway's data directory", '.cordon-gateway')
    .option('--json', 'as JSON');

async function withGateway(
  place: GatewayPlace,
  { terminal }: Invocation,
  work: (link: GatewayLink, terminal: Terminal) => Promise<void>,
): Promise<void> {
  const { connectGateway } = await import('#desk/gateway-link.ts');
  await work(connectGateway(place.data), terminal);
}

/** Who acts, for the gateway's own record: the account of this machine. */
const operator = (): string => `operator ${userInfo().username}`;

function addLooks(gateway: Command, invocation: () => Invocation): void {
  onGateway(gateway.command('status'))
    .description('integrations, budgets, coverage, and what waits for a second person')
    .action((place: GatewayPlace) =>
      withGateway(place, invocation(), async (link, terminal) => {
        const answer = await link.get<GatewayView>('/gateway');
        show(terminal, answer, place.json, (view) => [gatewayPage(view, terminal.style)]);
      }),
    );
  onGateway(gateway.command('learn <integration>'))
    .description('propose a policy from what the integration really read')
    .option('--days <count>', 'how far back', '14')
    .action((integration: string, place: GatewayPlace & { days: string }) =>
      withGateway(place, invocation(), async (link, terminal) => {
        const to = terminal.clock();
        const from = to - Number(place.days) * 86_400_000;
        const path = `/gateway/learn/${encodeURIComponent(integration)}?from=${Math.round(from)}&to=${to}`;
        const answer = await link.get<LearnedPolicy>(path);
        show(terminal, answer, place.json, (learned) => [
          `# Learned from ${counted(learned.calls, 'call')}; ${counted(learned.wouldRefuse, 'of them', 'of them')} would not pass.`,
          ...learned.leftOut.map(
            ({ from: begun, to: ended, why }) =>
              `# Left out ${momentInWords(begun)} to ${momentInWords(ended)} UTC: ${revealed(why)}`,
          ),
          learned.yaml.trimEnd(),
        ]);
      }),
    );
}

function addPolicyCommands(gateway: Command, invocation: () => Invocation): void {
  onGateway(gateway.command('policy <integration> [file]'))
    .description('show a policy, or change it; what widens it waits for a second person')
    .option('--why <words>', 'the reason, needed for a change')
    .action((integration: string, file: string | undefined, place: GatewayPlace & { why?: string }) =>
      withGateway(place, invocation(), async (link, terminal) => {
        const path = `/gateway/policies/${encodeURIComponent(integration)}`;
        if (file === undefined)
          return show(terminal, await link.get<PolicyPage>(path), place.json, ({ yaml }) => [yaml.trimEnd()]);
        if (place.why === undefined) return refuse(terminal, needsReason);
        const yaml = readText(file);
        if (!yaml.ok) return refuse(terminal, yaml.failure);
        const body = { yaml: yaml.value, by: operator(), why: place.why };
        show(terminal, await link.post<PolicyOutcome>(path, body), place.json, (outcome) =>
          outcomeInWords(outcome, terminal),
        );
      }),
    );
  onGateway(gateway.command('approve <proposal>'))
    .description('approve a change of policy that somebody else has proposed')
    .action((proposal: string, place: GatewayPlace) =>
      withGateway(place, invocation(), async (link, terminal) => {
        const path = `/gateway/proposals/${encodeURIComponent(proposal)}/approve`;
        show(terminal, await link.post<PolicyOutcome>(path, { by: operator() }), place.json, (outcome) =>
          outcomeInWords(outcome, terminal),
        );
      }),
    );
}

const needsReason = {
  kind: 'invalid',
  where: '--why',
  found: 'nothing',
  expected: 'the reason, for the record',
} as const;

function outcomeInWords({ state, version, proposal }: PolicyOutcome, { style }: Terminal): readonly string[] {
  if (proposal === undefined) return [style.good(`In force as version ${version}.`)];
  return [
    style.waiting(`It ${state}: proposal ${proposal.id}, until ${momentInWords(proposal.expiresAt)} UTC.`),
    'It widens:',
    ...proposal.widens.map((line) => `  ${revealed(line)}`),
    `Somebody else approves it with: cordon gateway approve ${proposal.id}`,
  ];
}

function addActs(gateway: Command, invocation: () => Invocation): void {
  onGateway(gateway.command('register <file>'))
    .description('register an integration as a JSON file says; its secrets go into the vault')
    .addHelpText(
      'after',
      `
The file
  { "name": "agenda-sync", "owner": "Lea Marin, Retail IT", "vendor": "Agenda SA",
    "organization": "00D…", "user": "005…", "username": "agenda@house.example",
    "grants": [{ "kind": "client-credentials", "clientId": "3MVG…", "clientSecret": "…" }],
    "ways": ["client-credentials"],
    "sender": { "tier": "certificate", "certificates": ["base64url SHA-256 of its DER"] },
    "policy": "agenda-sync.yaml" }`,
    )
    .action((file: string, place: GatewayPlace) =>
      withGateway(place, invocation(), async (link, terminal) => {
        const form = readForm(file);
        if (!form.ok) return refuse(terminal, form.failure);
        const answer = await link.post<RegisteredView>('/gateway/integrations', { by: operator(), form: form.value });
        show(terminal, answer, place.json, (registered) => [
          terminal.style.good(`${registered.name} is registered. Put these into the client; they are shown once:`),
          `  instance URL   ${registered.instanceUrl}`,
          `  token URL      ${registered.tokenUrl}`,
          `  client id      ${registered.clientId}`,
          `  client secret  ${registered.clientSecret}`,
          ...(registered.refreshToken ? [`  refresh token  ${registered.refreshToken}`] : []),
          ...(registered.password ? [`  password       ${registered.password}`] : []),
        ]);
      }),
    );
  for (const [act, what] of [
    ['suspend', 'end the use of every token of an integration at once'],
    ['resume', 'let a suspended integration call again'],
  ] as const) {
    onGateway(gateway.command(`${act} <integration>`))
      .description(what)
      .requiredOption('--why <words>', 'the reason, for the record')
      .action((integration: string, place: GatewayPlace & { why: string }) =>
        withGateway(place, invocation(), async (link, terminal) => {
          const path = `/gateway/integrations/${encodeURIComponent(integration)}/${act}`;
          const answer = await link.post<object>(path, { by: operator(), why: place.why });
          show(terminal, answer, place.json, () => [
            `${revealed(integration)}: ${act === 'suspend' ? 'suspended' : 'resumed'}.`,
          ]);
        }),
      );
  }
}

function readText(file: string): Result<string> {
  try {
    return success(readFileSync(file, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return failure({
      kind: 'invalid',
      where: file,
      found: code === 'ENOENT' ? 'no such file' : code,
      expected: 'a file to read',
    });
  }
}

/** The form, with the policy's own file read into it. What is wrong in it the gateway says. */
function readForm(file: string): Result<RegistrationForm> {
  const text = readText(file);
  if (!text.ok) return text;
  try {
    const { policy, ...registration } = JSON.parse(text.value) as { readonly policy?: unknown };
    const yaml = readText(resolve(dirname(file), String(policy)));
    return yaml.ok ? success({ registration, policy: yaml.value }) : yaml;
  } catch (error) {
    return failure({
      kind: 'invalid',
      where: file,
      found: (error as Error).message,
      expected: 'a registration in JSON',
    });
  }
}
