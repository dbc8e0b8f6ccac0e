import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Command } from 'cmdk';
import { useDeferredValue, useState } from 'react';
import type { SearchHit } from '#model/wire.ts';
import { links } from '../links.ts';
import { useJump } from '../parts/jump.tsx';
import { Modal } from '../parts/modal.tsx';
import { Text } from '../parts/text.tsx';
import { describeError } from '../server/describe-error.ts';
import { searchQuery } from '../server/queries.ts';
import { type GatewayHit, useGatewayHits } from './gateway-hits.ts';

const pages: readonly SearchHit[] = [
  { title: 'Now', detail: 'What needs a person', to: links.now() },
  { title: 'Incidents', detail: 'All incidents', to: links.incidents() },
  { title: 'Open incidents', detail: 'Incidents that are open', to: links.incidents({ state: 'open' }) },
  { title: 'Events', detail: 'Search what was done', to: links.events() },
  { title: 'Integrations', detail: 'Every third party seen', to: links.integrations() },
  { title: 'Gateway', detail: 'What leaves now, budgets, cuts', to: links.gateway() },
  { title: 'Exposure', detail: 'What left: of an integration, a token, a customer', to: links.exposure() },
  { title: 'Rules', detail: 'What Cordon looks for', to: links.rules() },
  { title: 'Settings', detail: 'Your account', to: links.settings() },
  { title: 'API tokens', detail: 'Settings', to: links.tokens() },
  { title: 'Staff', detail: 'Settings', to: links.staff() },
  { title: 'Audit log', detail: 'Settings', to: links.auditLog() },
].map((page) => ({ ...page, kind: 'page' as const }));

/** What the server finds, and what the gateway is known to hold. */
type Hit = SearchHit | GatewayHit;

const kindWords = {
  incident: 'Incidents',
  grant: 'Grants',
  app: 'Integrations',
  gateway: 'Behind the gateway',
  rule: 'Rules',
  event: 'Events',
  page: 'Pages',
} as const satisfies Record<Hit['kind'], string>;

/** Reaches every page and object by id, name or address. */
export function Palette({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  return (
    <Modal title="Search everything" open={open} onClose={onClose} quiet width={640}>
      <Finder onClose={onClose} />
    </Modal>
  );
}

function Finder({ onClose }: { readonly onClose: () => void }) {
  const jump = useJump();
  const [words, setWords] = useState('');
  const asked = useDeferredValue(words.trim());
  const { data = [], error, isFetching } = useQuery({ ...searchQuery(asked), placeholderData: keepPreviousData });
  const wanted = words.trim().toLowerCase();
  const foundPages = pages.filter(({ title, detail }) => `${title} ${detail}`.toLowerCase().includes(wanted));
  const behind = useGatewayHits(asked);
  const hits: readonly Hit[] = [
    ...(asked.length < 2 ? [] : [...data.filter(({ kind }) => kind !== 'page'), ...behind]),
    ...foundPages,
  ];
  const open = (to: string) => {
    onClose();
    jump(to);
  };
  return (
    <Command shouldFilter={false} label="Search everything" loop>
      <Command.Input
        data-first
        value={words}
        onValueChange={setWords}
        placeholder="Incident, grant, app, token, person, address, rule…"
        className="h-12 w-full border-b border-line bg-sheet px-4 text-lg outline-none"
      />
      <Command.List className="max-h-[52vh] overflow-y-auto p-2" label="Results">
        {error !== null && <p className="p-2 text-amber">{describeError(error).title}</p>}
        <Command.Empty className="p-3 text-ink-2">
          {isFetching ? 'Searching…' : 'Nothing carries this id, name or address.'}
        </Command.Empty>
        {Object.entries(kindWords).map(([kind, heading]) => (
          <Hits key={kind} heading={heading} hits={hits.filter((hit) => hit.kind === kind)} open={open} />
        ))}
        {asked.length >= 2 && (
          <Command.Item className={itemClass} onSelect={() => open(links.events({ text: asked }))}>
            <span className="min-w-0 truncate">
              Search raw lines of events for “<Text words={asked} />”
            </span>
          </Command.Item>
        )}
      </Command.List>
    </Command>
  );
}

const itemClass =
  'flex min-h-9 cursor-pointer items-baseline justify-between gap-4 rounded-sm px-2 py-2 data-[selected=true]:bg-wash data-[selected=true]:shadow-[inset_2px_0_0_var(--color-ink)]';

function Hits(props: { readonly heading: string; readonly hits: readonly Hit[]; readonly open: (to: string) => void }) {
  if (props.hits.length === 0) return null;
  return (
    <Command.Group
      heading={props.heading}
      className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-ink-2"
    >
      {props.hits.map((hit) => (
        <Command.Item
          key={`${hit.kind} ${hit.to} ${hit.title}`}
          value={`${hit.kind} ${hit.to} ${hit.title}`}
          onSelect={() => props.open(hit.to)}
          className={itemClass}
        >
          <span className="min-w-0 truncate">
            <Text words={hit.title} />
          </span>
          <span className="max-w-[45%] shrink-0 truncate text-sm text-ink-2">
            <Text words={hit.detail} />
          </span>
        </Command.Item>
      ))}
    </Command.Group>
  );
}
