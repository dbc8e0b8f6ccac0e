import { revealed } from '#lib/reveal.ts';
import { counted, durationInWords, inWords, listInWords, momentInWords } from '#lib/words.ts';
import type { BudgetView, GatewayIntegrationView, GatewayView } from '#model/gateway-wire.ts';
import { type Style, wrap } from './style.ts';

/** The gateway on one page: what needs somebody first, then each integration with what is left of its budgets. */
export function gatewayPage(view: GatewayView, style: Style): string {
  const suspended = view.integrations.filter(({ state }) => state === 'suspended');
  const others = view.integrations.filter(({ state }) => state !== 'suspended');
  const head = `${style.bold('Gateway')} ${view.publicUrl}  ${view.isReady ? style.good('ready') : style.urgent('not ready')}`;
  return [
    `${head}  ${counted(view.streams, 'stream')} under way`,
    wrap(view.coverage.words, style.width),
    ...(view.proposals.length > 0
      ? ['', style.waiting('Waits for a second person')].concat(
          view.proposals.map(
            (each) =>
              `  ${each.id}  ${revealed(each.integration)}, by ${revealed(each.by)}: ${revealed(each.widens.join('; '))}`,
          ),
        )
      : []),
    ...(view.integrations.length === 0 ? ['', 'Nothing is registered yet: cordon gateway register FILE'] : []),
    ...[...suspended, ...others].flatMap((integration) => ['', ...integrationBlock(integration, style)]),
  ].join('\n');
}

function integrationBlock(integration: GatewayIntegrationView, style: Style): readonly string[] {
  const { name, vendor, owner, suspended, tier, calls, refused, lastCallAt } = integration;
  const state = suspended
    ? style.urgent(
        `SUSPENDED ${momentInWords(suspended.at)} UTC by ${revealed(suspended.by)}: ${revealed(suspended.why)}`,
      )
    : integration.dryRun
      ? style.waiting('dry run: nothing is refused')
      : style.good('active');
  const bound = tier === 'unbound' ? style.urgent('unbound: whoever holds its token may use it') : `bound by ${tier}`;
  return [
    `${style.bold(revealed(name))}  ${state}`,
    `  ${revealed(vendor)}, owned by ${revealed(owner)}; ${bound}`,
    `  reads ${listInWords(integration.objects.map(revealed))} by ${listInWords(integration.operations)}`,
    ...integration.warnings.map((warning) => style.urgent(wrap(revealed(warning), style.width, 2))),
    ...integration.budgets.map((budget) => `  ${budgetLine(budget, style)}`),
    style.faint(
      `  ${counted(calls, 'call')}, ${inWords(refused)} refused${lastCallAt === undefined ? '' : `; last ${momentInWords(lastCallAt)} UTC`}`,
    ),
  ];
}

function budgetLine({ what, object, windowMs, limit, spent }: BudgetView, style: Style): string {
  const share = limit === 0 ? 1 : spent / limit;
  const filled = Math.min(20, Math.round(share * 20));
  const bar = `${'█'.repeat(filled)}${'░'.repeat(20 - filled)}`;
  const paint = share >= 1 ? style.urgent : share >= 0.8 ? style.waiting : (text: string) => text;
  const of = object === undefined ? what : `${what} of ${revealed(object)}`;
  return `${paint(bar)}  ${inWords(spent)} of ${inWords(limit)} ${of} in ${durationInWords(windowMs)}`;
}
