import { type Command, InvalidArgumentError } from 'commander';
import { revealed } from '#lib/reveal.ts';
import { momentInWords } from '#lib/words.ts';
import type { GatewayView, LearnedPolicy, TokenView } from '#model/gateway-wire.ts';
import type { Invocation } from '../../invocation.ts';
import { gatewayPage } from '../../screen/gateway-page.ts';
import { show } from '../incidents.ts';
import { type GatewayPlace, onGateway, withGateway } from './link.ts';

export function addLooks(gateway: Command, invocation: () => Invocation): void {
  onGateway(gateway.command('status'))
    .description('integrations, budgets, coverage, and what waits for a second person')
    .action((place: GatewayPlace) =>
      withGateway(place, invocation(), async (link, terminal) => {
        const answer = await link.get<GatewayView>('/gateway');
        show(terminal, answer, place.json, (view) => [gatewayPage(view, terminal.style)]);
      }),
    );
  onGateway(gateway.command('tokens [integration]'))
    .description('access tokens that are alive, by the ids that exposure and logs name')
    .action((integration: string | undefined, place: GatewayPlace) =>
      withGateway(place, invocation(), async (link, terminal) => {
        const of = integration === undefined ? '' : `?integration=${encodeURIComponent(integration)}`;
        const answer = await link.get<readonly TokenView[]>(`/gateway/tokens${of}`);
        show(terminal, answer, place.json, (tokens) => tokens.map(tokenLine));
      }),
    );
  onGateway(gateway.command('learn <integration>'))
    .description('propose a policy from what the integration really did')
    .option('--days <count>', 'how far back', days, 14)
    .addHelpText(
      'after',
      '\nExample\n  cordon gateway learn agenda-sync > learned.yaml && cordon gateway check learned.yaml',
    )
    .action((integration: string, place: GatewayPlace & { readonly days: number }) =>
      withGateway(place, invocation(), async (link, terminal) => {
        const to = terminal.clock();
        const from = to - place.days * 86_400_000;
        const path = `/gateway/learn/${encodeURIComponent(integration)}?from=${Math.round(from)}&to=${to}`;
        const answer = await link.get<LearnedPolicy>(path);
        show(terminal, answer, place.json, (learned) => [learned.yaml.trimEnd()]);
      }),
    );
}

const tokenLine = ({ id, integration, way, tier, issuedAt, expiresAt, lastUsedAt, lastAddress }: TokenView): string => {
  const used =
    lastUsedAt === undefined
      ? 'never used'
      : `last used ${momentInWords(lastUsedAt)} from ${revealed(lastAddress ?? '?')}`;
  return `${id}  ${revealed(integration)}  ${way}, bound by ${tier}  issued ${momentInWords(issuedAt)}, until ${momentInWords(expiresAt)} UTC; ${used}`;
};

function days(text: string): number {
  const number = Number(text);
  if (number > 0 && number <= 3650) return number;
  throw new InvalidArgumentError('Expected a number of days up to 3,650.');
}
