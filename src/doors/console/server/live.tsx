import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { revealed } from '#lib/reveal.ts';
import type { IncidentRow, LiveMessage, NowView } from '#model/wire.ts';
import { addToFlow } from './flow.ts';
import { incidentsQuery, nowQuery } from './queries.ts';

export type LiveState = 'connecting' | 'live' | 'lost';
interface Live {
  readonly state: LiveState;
  /** What a screen reader is told: the newest incident, in words. */
  readonly announcement: string;
}

const LiveContext = createContext<Live>({ state: 'connecting', announcement: '' });
export const useLive = (): Live => useContext(LiveContext);

/** Keeps the caches true to the server's live messages; after a break asks again for everything on screen. */
export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>('connecting');
  const [announcement, announce] = useState('');

  useEffect(() => {
    let wasLost = false;
    const stop = connect({
      opened: () => {
        setState('live');
        if (wasLost) void client.invalidateQueries();
        wasLost = false;
      },
      lost: () => {
        wasLost = true;
        setState('lost');
      },
      heard: (message) => take(client, message, announce),
    });
    return stop;
  }, [client]);

  return <LiveContext value={{ state, announcement }}>{children}</LiveContext>;
}

interface Listener {
  readonly opened: () => void;
  readonly lost: () => void;
  readonly heard: (message: LiveMessage) => void;
}

/** Longest wait between two tries, ms. */
const longestWait = 10_000;

/** Server-sent events. The browser retries a broken stream; a refused one it gives up, so that we try again here. */
function connect(listener: Listener): () => void {
  let wait = 1000;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let source: EventSource | undefined;
  const open = () => {
    source = new EventSource('/api/live');
    source.onopen = () => {
      wait = 1000;
      listener.opened();
    };
    source.onerror = () => {
      listener.lost();
      if (source?.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(open, wait);
      wait = Math.min(longestWait, wait * 2);
    };
    for (const kind of ['now', 'incident', 'finding'] as const) {
      source.addEventListener(kind, (event: MessageEvent<string>) =>
        listener.heard({ ...(JSON.parse(event.data) as object), kind } as LiveMessage),
      );
    }
  };
  open();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}

function take(client: QueryClient, message: LiveMessage, announce: (words: string) => void) {
  if (message.kind === 'now') {
    client.setQueryData(nowQuery.queryKey, (now: NowView | undefined) =>
      now === undefined ? now : { ...now, ...message.now, flow: addToFlow(now.flow, message.flow) },
    );
  } else if (message.kind === 'incident') {
    const isNew = takeIncident(client, message.incident);
    if (isNew) announce(`New incident: ${revealed(message.incident.title)}`);
  } else if (message.incidentId !== undefined) {
    void client.invalidateQueries({ queryKey: ['incident', message.incidentId] });
    void client.invalidateQueries({ queryKey: ['rules'] });
  }
}

/** Puts the changed row into the list; says whether it was not known before. */
function takeIncident(client: QueryClient, row: IncidentRow): boolean {
  const list = client.getQueryData(incidentsQuery.queryKey);
  const needs = client.getQueryData(nowQuery.queryKey)?.needsPerson;
  const isKnown = list?.some(({ id }) => id === row.id) ?? needs?.some(({ id }) => id === row.id) ?? true;
  client.setQueryData(incidentsQuery.queryKey, (rows) =>
    rows === undefined ? rows : isKnown ? rows.map((each) => (each.id === row.id ? row : each)) : [row, ...rows],
  );
  void client.invalidateQueries({ queryKey: ['incidents'] });
  void client.invalidateQueries({ queryKey: ['incident', row.id] });
  void client.invalidateQueries({ queryKey: ['now'] });
  return !isKnown;
}
