import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { boundsInWords, counted } from '#lib/words.ts';
import type { InventoryApp } from '#model/wire.ts';
import { links } from '../links.ts';
import { Jump } from '../parts/jump.tsx';
import { Fact, Facts } from '../parts/page.tsx';
import { SidePanel } from '../parts/side-panel.tsx';
import { Text } from '../parts/text.tsx';
import { Stamp, Time } from '../parts/time.tsx';
import { gatewayQuery } from '../server/queries.ts';
import { gatewayPlaceOf } from './gateway-place.ts';
import { StandingMark } from './standing.tsx';

interface IntegrationPanelProps {
  readonly app: InventoryApp | undefined;
  readonly onClose: () => void;
}

/** One third party: what it has been seen to do, and what one stolen token of it could reach. */
export function IntegrationPanel({ app, onClose }: IntegrationPanelProps) {
  return (
    <SidePanel
      title={app?.name ?? ''}
      heading={<Text words={app?.name ?? ''} />}
      open={app !== undefined}
      onClose={onClose}
    >
      {app !== undefined && <Look app={app} />}
    </SidePanel>
  );
}

function Look({ app }: { readonly app: InventoryApp }) {
  return (
    <>
      <p className="mb-4 text-lg">
        <Text words={app.reach} />
      </p>
      <Facts>
        <Fact name="Standing">
          <StandingMark standing={app.standing} />
        </Fact>
        <GatewayFact app={app} />
        {app.uid !== undefined && (
          <Fact name="Client id">
            <code className="text-xs break-all">
              <Text words={app.uid} />
            </code>
          </Fact>
        )}
        <Fact name="First use">
          <Time at={app.firstAt} />
        </Fact>
        <Fact name="Last use">
          <Time at={app.lastAt} />
        </Fact>
        <Fact name="Calls">{counted(app.calls, 'call')}</Fact>
        <Fact name="Rows read">{boundsInWords(app.rows)}</Fact>
        <Fact name="Interfaces">{app.apis.join(', ') || 'none seen'}</Fact>
        <Fact name="Objects">
          <Names>
            {app.objects.map((object) => (
              <Jump
                key={object}
                to={links.events({ app: app.name, object })}
                className="mr-3 inline-block underline decoration-line-2 underline-offset-4"
              >
                <Text words={object} />
              </Jump>
            ))}
          </Names>
        </Fact>
        <Fact name="Networks">
          <Words of={app.networks} />
        </Fact>
        <Fact name="User agents">
          <Words of={app.userAgents} />
        </Fact>
        <Fact name="Everything">
          <Jump to={links.events({ app: app.name })} className="underline decoration-line-2 underline-offset-4">
            All events of this app
          </Jump>
        </Fact>
      </Facts>
      <h3 className="mt-6 mb-1 font-semibold">Whose rights it holds</h3>
      <ul>
        {app.users.map((user) => (
          <li key={`${user.uid} ${user.name}`} className="flex justify-between gap-4 border-b border-line py-1.5">
            <span className="min-w-0 break-all">
              <Text words={user.name ?? user.uid ?? 'an unnamed user'} />
            </span>
            <span className="shrink-0 text-ink-2">
              last <Time at={user.lastAt} />
            </span>
          </li>
        ))}
      </ul>
      <h3 className="mt-6 mb-1 font-semibold">Who let it in</h3>
      {app.setupChanges.length === 0 && <p className="text-ink-2">The setup audit trail that was read does not say.</p>}
      <ul>
        {app.setupChanges.map((change) => (
          <li key={`${change.at} ${change.what}`} className="border-b border-line py-1.5">
            <span className="text-sm text-ink-2">
              <Stamp at={change.at} /> · <Text words={change.by ?? 'not named'} />
            </span>
            <p className="break-words">
              <Text words={change.what} />
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}

function GatewayFact({ app }: { readonly app: InventoryApp }) {
  const { data } = useQuery({ ...gatewayQuery, refetchInterval: false });
  const place = gatewayPlaceOf(app, data);
  if (place === undefined) return null;
  return (
    <Fact name="Calls go">
      {'of' in place ? (
        <Jump to={place.of} className="underline decoration-line-2 underline-offset-4">
          {place.words}
        </Jump>
      ) : (
        place.words
      )}
    </Fact>
  );
}

function Names({ children }: { readonly children: readonly ReactNode[] }) {
  return children.length === 0 ? <span className="text-ink-2">none seen</span> : children;
}

function Words({ of }: { readonly of: readonly string[] }) {
  return (
    <Names>
      {of.map((words) => (
        <span key={words} className="block font-mono text-xs leading-5 break-all">
          <Text words={words} />
        </span>
      ))}
    </Names>
  );
}
