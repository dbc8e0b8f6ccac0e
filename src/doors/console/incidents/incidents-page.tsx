import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { boundsInWords, counted } from '#lib/words.ts';
import { levels } from '#model/finding.ts';
import { incidentStates } from '#model/incident.ts';
import type { IncidentRow } from '#model/wire.ts';
import { type IncidentSearch, links } from '../links.ts';
import { Button, buttonClass } from '../parts/button.tsx';
import { Choice } from '../parts/field.tsx';
import { Jump, useJump } from '../parts/jump.tsx';
import { LevelMark, StateMark } from '../parts/level.tsx';
import { Page } from '../parts/page.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { Answer, Empty, Skeleton } from '../parts/states.tsx';
import { TableHead } from '../parts/table-head.tsx';
import { Text } from '../parts/text.tsx';
import { RowTime } from '../parts/time.tsx';
import { incidentsQuery } from '../server/queries.ts';
import { filterIncidents, sorts } from './filter-incidents.ts';
import { IncidentPanel } from './incident-panel.tsx';

export function IncidentsPage() {
  const search = useSearch({ from: '/frame/incidents' });
  const jump = useJump();
  const query = useQuery(incidentsQuery);
  const rows = filterIncidents(query.data ?? [], search);
  const filter = (change: IncidentSearch) =>
    jump(links.incidents({ ...search, ...change }), { keepScroll: true, replace: true });
  return (
    <Page
      title="Incidents"
      wide
      actions={
        rows.length > 0 && (
          <a href={csvAddress(rows, query.data ?? [])} download="incidents.csv" className={buttonClass()}>
            CSV of what is seen
          </a>
        )
      }
    >
      <Filters search={search} filter={filter} />
      <Answer of={query} waiting={<Skeleton lines={8} height={57} />}>
        {(all) =>
          rows.length === 0 ? (
            <NoRows hasAny={all.length > 0} clear={() => jump(links.incidents())} />
          ) : (
            <IncidentTable rows={rows} search={search} />
          )
        }
      </Answer>
      <IncidentPanel id={search.look} onClose={() => filter({ look: undefined })} />
    </Page>
  );
}

function Filters(props: { readonly search: IncidentSearch; readonly filter: (change: IncidentSearch) => void }) {
  const { search, filter } = props;
  return (
    <search className="mb-4 grid grid-cols-2 gap-2 md:grid-cols-[1fr_160px_160px_180px]">
      <SearchField
        name="Search incidents"
        placeholder="Words, id, app or person"
        className="max-md:col-span-2"
        value={search.text ?? ''}
        onChange={(text) => filter({ text })}
      />
      <Choice name="State" hideName value={search.state ?? ''} onChange={(e) => filter({ state: e.target.value })}>
        <option value="">Any state</option>
        {incidentStates.map((state) => (
          <option key={state}>{state}</option>
        ))}
      </Choice>
      <Choice name="Level" hideName value={search.level ?? ''} onChange={(e) => filter({ level: e.target.value })}>
        <option value="">Any level</option>
        {levels.map((level) => (
          <option key={level} value={level}>
            {level === 'critical' ? level : `${level} and above`}
          </option>
        ))}
      </Choice>
      <Choice name="Sort" hideName value={search.sort ?? 'newest'} onChange={(e) => filter({ sort: e.target.value })}>
        {Object.entries(sorts).map(([key, { name }]) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </Choice>
    </search>
  );
}

function NoRows({ hasAny, clear }: { readonly hasAny: boolean; readonly clear: () => void }) {
  if (hasAny) {
    return (
      <Empty title="No incident fits these filters">
        <Button onClick={clear}>Show all incidents</Button>
      </Empty>
    );
  }
  return (
    <Empty title="No incident yet">
      <p>
        Findings about one grant become one incident here. To see what one looks like, run{' '}
        <code className="text-sm">npx cordon scan examples/stolen-token</code>.
      </p>
    </Empty>
  );
}

function IncidentTable({ rows, search }: { readonly rows: readonly IncidentRow[]; readonly search: IncidentSearch }) {
  return (
    <>
      <p role="status" className="pb-2 text-sm text-ink-2">
        {counted(rows.length, 'incident')}
      </p>
      <div className="-mx-3">
        <table className="w-full table-fixed">
          <TableHead
            columns={[
              { name: 'Incident', look: 'pl-3' },
              { name: 'State', look: 'w-28' },
              { name: 'Level', look: 'w-32' },
              { name: 'Rows', look: 'w-52 pr-6 text-right max-lg:hidden' },
              { name: 'Last act', look: 'w-28' },
            ]}
          />
          <tbody>
            {rows.map((row) => (
              <Row key={row.id} row={row} search={search} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Row({ row, search }: { readonly row: IncidentRow; readonly search: IncidentSearch }) {
  const who = row.grants
    .map((grant) => grant.userName ?? grant.userUid ?? grant.appName ?? grant.address ?? grant.key)
    .join(', ');
  return (
    <tr className="row border-b border-line align-top max-md:block max-md:px-3 max-md:py-2 md:[&>td]:py-2.5">
      <td className="min-w-0 max-md:block md:pr-6 md:pl-3">
        <Jump
          to={links.incidents({ ...search, look: row.id })}
          keepScroll
          data-row
          aria-current={search.look === row.id ? 'true' : undefined}
          className="row-link line-clamp-3 font-medium break-words md:line-clamp-2"
        >
          <Text words={row.title} />
        </Jump>
        <span className="block truncate text-sm text-ink-2">
          {row.restricted && 'restricted · '}
          <Text words={who} /> · {counted(row.findingCount, 'finding')}
        </span>
      </td>
      <td className="max-md:mr-4 max-md:inline-block">
        <StateMark state={row.state} />
      </td>
      <td className="max-md:mr-4 max-md:inline-block">
        <LevelMark level={row.level} needsPerson={row.state === 'open'} />
      </td>
      <td className="pr-6 text-right max-lg:hidden">
        {boundsInWords(row.rows)
          .split(' · ')
          .map((bound) => (
            <span key={bound} className="block">
              {bound}
            </span>
          ))}
      </td>
      <td className="text-ink-2 max-md:inline-block">
        <RowTime at={row.lastAt} />
      </td>
    </tr>
  );
}

/** The server writes it, so that the export stands in the audit log. What is seen, where that is not all. */
function csvAddress(rows: readonly IncidentRow[], all: readonly IncidentRow[]): string {
  const ids = rows.length === all.length ? {} : { ids: rows.map(({ id }) => id).join(',') };
  return `/api/incidents?${new URLSearchParams({ format: 'csv', ...ids })}`;
}
