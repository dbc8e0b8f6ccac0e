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
    `${head}  ${counted(view.streams, 'call')} under way; up since ${momentInWords(view.startedAt)} UTC`,
    diskLine(view, style),
    wrap(view.coverage.words, style.width),
    ...(view.proposals.length > 0
      ? ['', style.waiting('Waits for a second person')].concat(
          view.proposals.flatMap(({ id, integration, by, why, widens, expiresAt }) => [
            `  proposal ${id}  ${revealed(integration)}, by ${revealed(by)}: ${revealed(why)}; until ${momentInWords(expiresAt)} UTC`,
            ...widens.map((line) => wrap(revealed(line), style.width, 4)),
          ]),
        )
      : []),
    ...(view.integrations.length === 0 ? ['', 'Nothing is registered yet: cordon gateway register FILE'] : []),
    ...[...suspended, ...others].flatMap((integration) => ['', ...integrationBlock(integration, style)]),
  ].join('\n');
}

function diskLine({ disk }: GatewayView, { urgent, waiting }: Style): string {
  const { freeBytes, totalBytes, ledgerBytes } = disk;
  const used = 1 - freeBytes / totalBytes;
  const paint = used >= 0.95 ? urgent : used >= 0.8 ? waiting : (text: string) => text;
  const size = `${inWords(Math.ceil(ledgerBytes / 2 ** 20))} MiB`;
  return `Ledger ${size}; ${paint(`disk ${Math.floor(used * 100)}% full, ${inWords(Math.floor(freeBytes / 2 ** 20))} MiB free`)}`;
}

function integrationBlock(integration: GatewayIntegrationView, style: Style): readonly string[] {
  const { name, vendor, owner, suspended, tier, tokens, policyVersion, calls, refused, lastCallAt } = integration;
  const state = suspended
    ? style.urgent(
        `SUSPENDED ${momentInWords(suspended.at)} UTC by ${revealed(suspended.by)}: ${revealed(suspended.why)}`,
      )
    : integration.dryRun
      ? style.waiting('dry run: nothing is refused')
      : policyVersion === undefined
        ? style.waiting('no policy yet: every read is refused')
        : style.good('active');
  const bound = tier === 'unbound' ? style.urgent('unbound: whoever holds its token may use it') : `bound by ${tier}`;
  return [
    `${style.bold(revealed(name))}  ${state}`,
    `  ${revealed(vendor)}, owned by ${revealed(owner)}; ${bound}`,
    ...(policyVersion === undefined
      ? []
      : [
          `  reads ${listInWords(integration.objects.map(revealed))} by ${listInWords(integration.operations)}; policy version ${policyVersion}`,
        ]),
    ...integration.warnings.map((warning) => style.urgent(wrap(revealed(warning), style.width, 2))),
    ...integration.budgets.map((budget) => `  ${budgetLine(budget, style)}`),
    style.faint(
      `  ${counted(tokens, 'token')} alive; since the start ${counted(calls, 'call')}, ${inWords(refused)} refused${lastCallAt === undefined ? '' : `; last ${momentInWords(lastCallAt)} UTC`}`,
    ),
  ];
}

function budgetLine({ what, object, windowMs, limit, spent, freesAt }: BudgetView, style: Style): string {
  const share = limit === 0 ? 1 : spent / limit;
  const filled = Math.min(20, Math.round(share * 20));
  const bar = `${'█'.repeat(filled)}${'░'.repeat(20 - filled)}`;
  const paint = share >= 1 ? style.urgent : share >= 0.8 ? style.waiting : (text: string) => text;
  const of = object === undefined ? what : `${what} of ${revealed(object)}`;
  return `${paint(bar)}  ${inWords(spent)} of ${inWords(limit)} ${of} in any ${durationInWords(windowMs)}${share >= 0.8 && freesAt !== undefined ? `; the next of it frees ${momentInWords(freesAt)} UTC` : ''}`;
}
