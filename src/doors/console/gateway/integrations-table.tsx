import { inWords, listInWords } from '#lib/words.ts';
import type { GatewayIntegrationView, RiverView } from '#model/gateway-wire.ts';
import { links } from '../links.ts';
import { Jump } from '../parts/jump.tsx';
import { Empty } from '../parts/states.tsx';
import { TableHead } from '../parts/table-head.tsx';
import { Text } from '../parts/text.tsx';
import { RowTime } from '../parts/time.tsx';
import { BudgetBars } from './budget-bar.tsx';
import { layOutRiver } from './lay-out-river.ts';
import type { RiverWindow } from './river-windows.ts';
import { StateLines } from './state-lines.tsx';
import { Swatch } from './swatch.tsx';
import { Tier } from './tier.tsx';

interface IntegrationsTableProps {
  readonly integrations: readonly GatewayIntegrationView[];
  readonly river: RiverView | undefined;
  readonly window: RiverWindow;
}

const rank = ({ state, tier }: GatewayIntegrationView): number =>
  state === 'suspended' ? 0 : tier === 'unbound' ? 1 : 2;

/** Who is behind the gateway, whom to look at first; its swatches are the key to the river above. */
export function IntegrationsTable({ integrations, river, window }: IntegrationsTableProps) {
  if (integrations.length === 0)
    return (
      <Empty title="Nothing is behind the gateway yet">
        <p>
          Move the first integration over: <code className="text-sm">npx cordon gateway register FILE</code> prints its
          new instance URL, client id and secret.
        </p>
      </Empty>
    );
  const places = new Map(
    river && layOutRiver(river, { width: 1, height: 1 }).currents.map(({ integration }, place) => [integration, place]),
  );
  const left = new Map(
    river?.series.map(({ integration, records }) => [integration, records.reduce((sum, each) => sum + each, 0)]),
  );
  const sorted = [...integrations].sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name));
  return (
    <div className="-mx-3">
      <table className="w-full table-fixed">
        <TableHead
          columns={[
            { name: 'Integration', look: 'pl-3' },
            { name: `Left in ${window}`, look: 'w-28 text-right' },
            { name: 'Spent of its budgets', look: 'w-[21rem] pl-8' },
            { name: 'Bound by', look: 'w-28' },
            { name: 'Refused', look: 'w-20 text-right' },
            { name: 'Last call', look: 'w-24 pr-3 text-right' },
          ]}
        />
        <tbody>
          {sorted.map((integration) => (
            <Row
              key={integration.name}
              integration={integration}
              place={left.get(integration.name) ? (places.get(integration.name) ?? places.size - 1) : undefined}
              left={left.get(integration.name) ?? 0}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  readonly integration: GatewayIntegrationView;
  readonly place: number | undefined;
  readonly left: number;
}

function Row({ integration, place, left }: RowProps) {
  const { name, vendor, tier, budgets, refused, lastCallAt, state, uncounted } = integration;
  return (
    <tr className="row border-b border-line align-top max-md:block max-md:px-3 max-md:py-3 md:[&>td]:py-2.5">
      <td className="min-w-0 max-md:block md:pr-6 md:pl-3">
        <span className="flex items-baseline">
          <Swatch place={place} isAlarmed={state === 'suspended'} />
          <span className="min-w-0">
            <Jump to={links.gatewayIntegration(name)} data-row className="row-link font-medium break-words">
              <Text words={name} />
            </Jump>{' '}
            <span className="text-ink-2">
              <Text words={vendor} />
            </span>
          </span>
        </span>
        {uncounted.length > 0 && (
          <strong className="block text-sm font-medium text-alarm">
            No upper bound: <Text words={listInWords(uncounted)} /> left open, uncounted
          </strong>
        )}
        <StateLines integration={integration} />
      </td>
      <td className="text-right max-md:hidden">{inWords(left)}</td>
      <td className="max-md:block max-md:py-1 md:pl-8">
        <BudgetBars budgets={budgets} />
      </td>
      <td className="max-md:mr-4 max-md:inline-block max-md:text-sm">
        <Tier tier={tier} />
      </td>
      <td className="text-right max-md:mr-4 max-md:inline-block max-md:text-sm max-md:text-ink-2">
        {inWords(refused)}
        <span className="md:hidden"> refused</span>
      </td>
      <td className="text-right text-ink-2 max-md:inline-block max-md:text-sm md:pr-3">
        {lastCallAt === undefined ? 'never' : <RowTime at={lastCallAt} by="wall" />}
      </td>
    </tr>
  );
}
