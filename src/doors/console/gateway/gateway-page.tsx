import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { bytesInWords, counted } from '#lib/words.ts';
import type { GatewayView } from '#model/gateway-wire.ts';
import { links } from '../links.ts';
import { useJump } from '../parts/jump.tsx';
import { percent } from '../parts/numbers.ts';
import { Page, Section } from '../parts/page.tsx';
import { Skeleton } from '../parts/states.tsx';
import { gatewayQuery } from '../server/queries.ts';
import { Coverage } from './coverage.tsx';
import { FromGateway, isWithoutGateway, WithoutGateway } from './from-gateway.tsx';
import { IntegrationsTable } from './integrations-table.tsx';
import { Proposals } from './proposals.tsx';
import { RiverSection, useRiver } from './river-section.tsx';
import { isRiverWindow, windowForAge } from './river-windows.ts';

export function GatewayPage() {
  const query = useQuery(gatewayQuery);
  return (
    <Page title="Gateway" wide>
      {query.data === undefined && isWithoutGateway(query.error) ? (
        <WithoutGateway />
      ) : (
        <FromGateway of={query} waiting={<Skeleton lines={10} height={57} />}>
          {(view) => <Gateway view={view} isOld={query.error !== null} />}
        </FromGateway>
      )}
    </Page>
  );
}

/** The share of the disk from which the gateway warns, and from which it refuses all, as its own operation has them. */
const disk = { warns: 0.8, refuses: 0.95 } as const;

interface SeenGateway {
  readonly view: GatewayView;
  /** It did not answer when it was asked last. */
  readonly isOld: boolean;
}

function Gateway({ view, isOld }: SeenGateway) {
  const search = useSearch({ from: '/frame/gateway' });
  const jump = useJump();
  const [first] = useState(() => windowForAge(view.at - view.startedAt));
  const window = isRiverWindow(search.window) ? search.window : first;
  const river = useRiver(window);
  return (
    <>
      <Standing view={view} isOld={isOld} />
      <Proposals proposals={view.proposals} names={view.names} />
      <RiverSection
        integrations={view.integrations}
        window={window}
        choose={(each) => jump(links.gateway({ window: each }), { keepScroll: true, replace: true })}
      />
      <Section title="Integrations">
        <IntegrationsTable integrations={view.integrations} river={river.data} window={window} />
      </Section>
      <Coverage coverage={view.coverage} />
    </>
  );
}

function Standing({ view: { isReady, publicUrl, streams, disk: space }, isOld }: SeenGateway) {
  const used = space.totalBytes === 0 ? 0 : 1 - space.freeBytes / space.totalBytes;
  return (
    <p className="text-ink-2">
      <span className={`font-medium ${isReady && !isOld ? 'text-verified' : 'text-alarm'}`}>
        {isOld ? 'No answer' : isReady ? 'Ready' : 'Not ready'}
      </span>{' '}
      at <code className="text-sm break-all">{publicUrl}</code> · {counted(streams, 'answer')} under way · ledger{' '}
      {bytesInWords(space.ledgerBytes)} · disk {percent(used)} full
      {used >= disk.warns && (
        <strong className="block font-medium text-amber">
          From {percent(disk.refuses)} on nothing more leaves, since nothing more could be written down. Make room.
        </strong>
      )}
    </p>
  );
}
