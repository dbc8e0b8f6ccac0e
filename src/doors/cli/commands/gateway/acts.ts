import { dirname, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { revealed } from '#lib/reveal.ts';
import { momentInWords } from '#lib/words.ts';
import type { RegisteredView, RegistrationForm, RotatedView } from '#model/gateway-wire.ts';
import { failure, type Result, success } from '#model/result.ts';
import type { Invocation } from '../../invocation.ts';
import { readText } from '../../read-text.ts';
import { refuse } from '../../terminal.ts';
import { show } from '../incidents.ts';
import { type GatewayPlace, onGateway, operatorOf, withGateway } from './link.ts';
import { outcomeInWords } from './policies.ts';

export function addActs(gateway: Command, invocation: () => Invocation): void {
  addRegister(gateway, invocation);
  addRotate(gateway, invocation);
  const acts = [
    ['suspend', '<integration>', 'end the use of every token of an integration at once', 'suspended'],
    ['resume', '<integration>', 'let a suspended integration call again', 'resumed; its budgets are as they were'],
    ['revoke', '<token>', 'end one access token for good, by its id', 'revoked'],
  ] as const;
  for (const [act, about, what, done] of acts) {
    onGateway(gateway.command(`${act} ${about}`))
      .description(what)
      .requiredOption('--why <words>', 'the reason, for the record')
      .action((name: string, place: GatewayPlace & { readonly why: string }) =>
        withGateway(place, invocation(), async (link, terminal) => {
          const room = act === 'revoke' ? 'tokens' : 'integrations';
          const path = `/gateway/${room}/${encodeURIComponent(name)}/${act}`;
          const answer = await link.post<object>(path, { by: operatorOf(terminal), why: place.why });
          show(terminal, answer, place.json, () => [`${revealed(name)}: ${done}.`]);
        }),
      );
  }
}

function addRegister(gateway: Command, invocation: () => Invocation): void {
  onGateway(gateway.command('register <file>'))
    .description('register an integration as a JSON file says; its secrets go into the vault')
    .addHelpText('after', registrationFile)
    .action((file: string, place: GatewayPlace) =>
      withGateway(place, invocation(), async (link, terminal) => {
        const form = readForm(file);
        if (!form.ok) return refuse(terminal, form.failure);
        const body = { by: operatorOf(terminal), form: form.value };
        const answer = await link.post<RegisteredView>('/gateway/integrations', body);
        show(terminal, answer, place.json, (registered) => [
          terminal.style.good(`${registered.name} is registered. Put these into the client; they are shown once:`),
          `  instance URL   ${registered.instanceUrl}`,
          `  token URL      ${registered.tokenUrl}`,
          `  client id      ${registered.clientId}`,
          `  client secret  ${registered.clientSecret}`,
          ...(registered.refreshToken ? [`  refresh token  ${registered.refreshToken}`] : []),
          ...(registered.password ? [`  password       ${registered.password}`] : []),
          '',
          ...outcomeInWords(registered.policy, terminal),
          '',
          `${revealed(file)} still holds the CRM's own secret: delete it.`,
        ]);
      }),
    );
}

const registrationFile = `
The file
  { "name": "agenda-sync", "owner": "Lea Marin, Retail IT", "vendor": "Agenda SA",
    "organization": "00D…", "user": "005…", "username": "agenda@house.example",
    "grants": [{ "kind": "client-credentials", "clientId": "3MVG…", "clientSecret": "…" }],
    "ways": ["client-credentials"],
    "sender": { "tier": "certificate", "certificates": ["…"] },
    "policy": "agenda-sync.yaml" }

  organization, user  the CRM's ids; they end the "id" URL of any of its token answers
  grants              how the gateway signs in to the CRM: client-credentials, refresh-token ("refreshToken"),
                      jwt-bearer ("user", "audience", "privateKey")
  ways                how the client signs in here: client-credentials, refresh-token, jwt-bearer, password
  sender              { "tier": "certificate", "certificates": [cordon gateway thumbprint CERT.pem] }
                      { "tier": "network", "networks": ["203.0.113.0/24"] }
                      { "tier": "dpop" } or { "tier": "unbound" }: whoever holds the token may use it
  rotates             false for clients that never store a new refresh token (jsforce); default true
  accessMs            life of an access token in ms, default 900000; at most 12 h bound by certificate or DPoP, 1 h by
                      network, 15 min unbound
  policy              a policy's file, beside this one`;

function addRotate(gateway: Command, invocation: () => Invocation): void {
  onGateway(gateway.command('rotate <integration>'))
    .description('give an integration a new client secret')
    .option('--overlap <minutes>', 'how long the old one is taken too; 0 when it was stolen', minutes, 1440)
    .action((integration: string, place: GatewayPlace & { readonly overlap: number }) =>
      withGateway(place, invocation(), async (link, terminal) => {
        const path = `/gateway/integrations/${encodeURIComponent(integration)}/secret`;
        const body = { by: operatorOf(terminal), overlapMs: place.overlap * 60_000 };
        const answer = await link.post<RotatedView>(path, body);
        show(terminal, answer, place.json, ({ clientSecret, oldUntil }) => [
          terminal.style.good(`The new client secret of ${revealed(integration)}; it is shown once:`),
          `  ${clientSecret}`,
          oldUntil === undefined
            ? 'The old one is taken no more. Tokens it was used for live on: suspend, or revoke them.'
            : `The old one is taken until ${momentInWords(oldUntil)} UTC.`,
        ]);
      }),
    );
}

function minutes(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && number >= 0 && number <= 43_200) return number;
  throw new InvalidArgumentError('Expected a number of minutes from 0 to 43,200 (30 days).');
}

/** The form, with the policy's own file read into it. What is wrong in it the gateway says. */
function readForm(file: string): Result<RegistrationForm> {
  const text = readText(file);
  if (!text.ok) return text;
  const wrong = (where: string, found: string, expected: string) =>
    failure({ kind: 'invalid', where, found, expected } as const);
  let written: unknown;
  try {
    written = JSON.parse(text.value);
  } catch {
    // The parser's own words quote the file, which holds secrets.
    return wrong(file, 'no JSON', 'a registration in JSON (cordon gateway register --help)');
  }
  if (typeof written !== 'object' || written === null) return wrong(file, 'no object', 'a registration in JSON');
  const { policy, ...registration } = written as { readonly policy?: unknown };
  if (typeof policy !== 'string')
    return wrong(`${file} policy`, 'no file name', 'the file of its policy, beside this one');
  const yaml = readText(resolve(dirname(file), policy));
  return yaml.ok ? success({ registration, policy: yaml.value }) : yaml;
}
