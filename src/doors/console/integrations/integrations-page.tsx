import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { counted, inWords } from '#lib/words.ts';
import type { InventoryApp, InventoryView } from '#model/wire.ts';
import { type IntegrationSearch, links } from '../links.ts';
import { buttonClass } from '../parts/button.tsx';
import { useClock } from '../parts/clock.tsx';
import { Choice } from '../parts/field.tsx';
import { Jump, useJump } from '../parts/jump.tsx';
import { compact } from '../parts/numbers.ts';
import { Page } from '../parts/page.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { Answer, Empty, Skeleton } from '../parts/states.tsx';
import { Text } from '../parts/text.tsx';
import { RowTime } from '../parts/time.tsx';
import { absolute } from '../parts/times.ts';
import { gatewayQuery, inventoryQuery } from '../server/queries.ts';
import { type GatewayPlace, gatewayPlaceOf } from './gateway-place.ts';
import { IntegrationPanel } from './integration-panel.tsx';
import { StandingMark, standings } from './standing.tsx';

export function IntegrationsPage() {
  const search = useSearch({ from: '/frame/integrations' });
  const jump = useJump();
  const query = useQuery(inventoryQuery);
  const filter = (change: IntegrationSearch) =>
    jump(links.integrations({ ...search, ...change }), { keepScroll: true, replace: true });
  return (
    <Page
      title="Integrations"
      wide
      actions={
        <a href="/api/inventory/report" download="third-parties.html" className={buttonClass()}>
          Report for the board
        </a>
      }
    >
      <search className="mb-4 grid grid-cols-[1fr_140px] gap-2 sm:grid-cols-[1fr_180px]">
        <SearchField
          name="Search integrations"
          placeholder="App, person, object, network"
          value={search.text ?? ''}
          onChange={(text) => filter({ text })}
        />
        <Choice
          name="Standing"
          hideName
          value={search.standing ?? ''}
          onChange={(event) => filter({ standing: event.target.value })}
        >
          <option value="">Any standing</option>
          {standings.map((standing) => (
            <option key={standing}>{standing}</option>
          ))}
        </Choice>
      </search>
      <Answer of={query} waiting={<Skeleton lines={10} height={57} />}>
        {(inventory) => <Inventory inventory={inventory} search={search} />}
      </Answer>
      <IntegrationPanel
        app={query.data?.apps.find(({ key }) => key === search.look)}
        onClose={() => filter({ look: undefined })}
      />
    </Page>
  );
}

function Inventory({ inventory, search }: { readonly inventory: InventoryView; readonly search: IntegrationSearch }) {
  const { zone } = useClock();
  const gateway = useQuery({ ...gatewayQuery, refetchInterval: false }).data;
  const apps = inventory.apps.filter((app) => fits(app, search));
  if (inventory.apps.length === 0) {
    return (
      <Empty title="No third party has been seen yet">
        <p>
          Sign-in history and the setup audit trail are enough to name them all:{' '}
          <code className="text-sm">npx cordon scan --inventory PATH</code>.
        </p>
      </Empty>
    );
  }
  if (apps.length === 0) return <Empty title="No integration fits these filters" />;
  return (
    <>
      <p role="status" className="pb-2 text-sm text-ink-2">
        {counted(apps.length, 'third party', 'third parties')} with access to customer data
        {inventory.from !== undefined &&
          inventory.to !== undefined &&
          `, as seen in logs from ${absolute(inventory.from, zone)} to ${absolute(inventory.to, zone)}`}
      </p>
      <div className="-mx-3">
        <table className="w-full table-fixed">
          <thead className="border-b border-line-2 text-sm text-ink-2 max-md:sr-only">
            <tr>
              <th scope="col" className="py-2 pl-3">
                App
              </th>
              <th scope="col" className="w-28 py-2">
                Standing
              </th>
              <th scope="col" className="w-20 py-2 text-right">
                Users
              </th>
              <th scope="col" className="w-28 py-2 text-right">
                Calls
              </th>
              <th scope="col" className="w-28 py-2 pr-6 text-right">
                Rows ≥
              </th>
              <th scope="col" className="w-28 py-2">
                Last use
              </th>
            </tr>
          </thead>
          <tbody>
            {apps.map((app) => (
              <Row key={app.key} app={app} search={search} place={gatewayPlaceOf(app, gateway)} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function fits(app: InventoryApp, { standing, text }: IntegrationSearch): boolean {
  if (standing !== undefined && app.standing !== standing) return false;
  const wanted = text?.toLowerCase().trim();
  if (!wanted) return true;
  const users = app.users.flatMap((user) => [user.name, user.uid]);
  const words = [app.name, app.uid, ...users, ...app.objects, ...app.networks, ...app.userAgents, ...app.apis];
  return words.join(' ').toLowerCase().includes(wanted);
}

interface RowProps {
  readonly app: InventoryApp;
  readonly search: IntegrationSearch;
  readonly place: GatewayPlace | undefined;
}

function Row({ app, search, place }: RowProps) {
  return (
    <tr className="row border-b border-line align-top max-md:block max-md:px-3 max-md:py-2 md:[&>td]:py-2.5">
      <td className="min-w-0 max-md:block md:pr-6 md:pl-3">
        <Jump
          to={links.integrations({ ...search, look: app.key })}
          keepScroll
          data-row
          aria-current={search.look === app.key ? 'true' : undefined}
          className="row-link line-clamp-2 font-medium break-words"
        >
          <Text words={app.name} />
        </Jump>
        <span className="line-clamp-2 text-sm text-ink-2">
          <Text words={app.reach} />
        </span>
        {place !== undefined && 'of' in place && (
          <Jump
            to={place.of}
            className="relative z-10 text-sm text-ink-2 underline decoration-line-2 underline-offset-4 hover:text-ink"
          >
            {place.words}
          </Jump>
        )}
      </td>
      <td className="max-md:mr-4 max-md:inline-block">
        <StandingMark standing={app.standing} />
      </td>
      <td className="text-right max-md:hidden">{inWords(app.users.length)}</td>
      <td className="text-right max-md:hidden" title={inWords(app.calls)}>
        {compact(app.calls)}
      </td>
      <td className="pr-6 text-right max-md:hidden" title={inWords(app.rows.atLeast)}>
        {compact(app.rows.atLeast)}
      </td>
      <td className="text-ink-2 max-md:inline-block">
        <RowTime at={app.lastAt} />
      </td>
    </tr>
  );
}
