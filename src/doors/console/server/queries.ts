import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { GatewayExposureView, GatewayView, PolicyPage, ReachView, RiverView } from '#model/gateway-wire.ts';
import type {
  AuditEntry,
  EventPage,
  EventView,
  IncidentRow,
  IncidentView,
  InventoryView,
  NowView,
  RuleView,
  SearchHit,
  SessionView,
  StaffView,
  TokenView,
} from '#model/wire.ts';
import { type RiverWindow, riverWindows, stretchOf } from '../gateway/river-windows.ts';
import type { EventSearch } from '../links.ts';
import { request, ServerError } from './request.ts';

/** Every question the console asks, in one place. Live messages and acts invalidate by the first word of the key. */

const ask =
  <Answer>(path: string) =>
  ({ signal }: { readonly signal: AbortSignal }) =>
    request<Answer>(path, { signal });

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ask<SessionView>('/api/session'),
  staleTime: 60_000,
});

export const nowQuery = queryOptions({
  queryKey: ['now'],
  queryFn: ask<NowView>('/api/now'),
  refetchInterval: 20_000,
});

export const incidentsQuery = queryOptions({
  queryKey: ['incidents'],
  queryFn: ask<readonly IncidentRow[]>('/api/incidents'),
});

export const incidentQuery = (id: string) =>
  queryOptions({
    queryKey: ['incident', id],
    queryFn: ask<IncidentView>(`/api/incidents/${encodeURIComponent(id)}`),
  });

/** Events per page; the server may give fewer. */
const pageSize = 200;

export const eventsQuery = ({ look: _, from, to, ...search }: EventSearch) => {
  const words = Object.entries({ ...search, from: millis(from), to: millis(to), limit: String(pageSize) });
  return infiniteQueryOptions({
    queryKey: ['events', Object.fromEntries(words)],
    queryFn: ({ pageParam, signal }) => {
      const given = [...words, ['cursor', pageParam]].filter((word): word is [string, string] => Boolean(word[1]));
      return request<EventPage>(`/api/events?${new URLSearchParams(given)}`, { signal });
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: EventPage) => page.next,
  });
};

const millis = (iso: string | undefined): string | undefined => {
  const time = iso === undefined ? Number.NaN : Date.parse(iso);
  return Number.isNaN(time) ? undefined : String(time);
};

export const eventQuery = (key: string) =>
  queryOptions({
    queryKey: ['event', key],
    queryFn: ask<EventView>(`/api/events/${encodeURIComponent(key)}`),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const rulesQuery = queryOptions({ queryKey: ['rules'], queryFn: ask<readonly RuleView[]>('/api/rules') });

export const inventoryQuery = queryOptions({
  queryKey: ['inventory'],
  queryFn: ask<InventoryView>('/api/inventory'),
});

export const gatewayQuery = queryOptions({
  queryKey: ['gateway'],
  queryFn: ask<GatewayView>('/api/gateway'),
  // Where none is configured, one seldom appears.
  refetchInterval: ({ state }) => (state.error instanceof ServerError && state.error.kind === 'gone' ? 60_000 : 3_000),
});

/** Asked again as its steps pass, at most every few seconds. */
export const riverQuery = (window: RiverWindow) =>
  queryOptions({
    queryKey: ['gateway', 'river', window],
    queryFn: ({ signal }) => {
      const { from, to } = stretchOf(window, Date.now());
      const step = riverWindows[window].stepMs;
      return request<RiverView>(
        `/api/gateway/river?${new URLSearchParams({ from: `${from}`, to: `${to}`, step: `${step}` })}`,
        {
          signal,
        },
      );
    },
    refetchInterval: Math.min(30_000, Math.max(3_000, riverWindows[window].stepMs / 20)),
  });

export const reachQuery = (integration: string) =>
  queryOptions({
    queryKey: ['gateway', 'reach', integration],
    queryFn: ask<ReachView>(`/api/gateway/reach/${encodeURIComponent(integration)}`),
    refetchInterval: 10_000,
  });

export const policyQuery = (integration: string) =>
  queryOptions({
    queryKey: ['policy', integration],
    queryFn: ask<PolicyPage>(`/api/gateway/policies/${encodeURIComponent(integration)}`),
  });

type Send = <Answer>(method: 'POST', path: string, body?: unknown) => Promise<Answer>;

/** Sent, not fetched by address: whom it is about stays out of logs of requests. Asked once: each asking is on record. */
export const exposureQuery = (kind: 'integration' | 'token' | 'customer' | 'incident', of: string, send: Send) =>
  queryOptions({
    queryKey: ['exposure', kind, of],
    queryFn: () =>
      kind === 'customer'
        ? send<GatewayExposureView>('POST', '/api/exposure/customer', { customer: of })
        : send<GatewayExposureView>('POST', '/api/exposure', { kind, [kind]: of }),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnReconnect: false,
  });

export const tokensQuery = queryOptions({ queryKey: ['tokens'], queryFn: ask<readonly TokenView[]>('/api/tokens') });

export const staffQuery = queryOptions({ queryKey: ['staff'], queryFn: ask<StaffView>('/api/staff') });

export const auditLogQuery = infiniteQueryOptions({
  queryKey: ['audit-log'],
  queryFn: ({ pageParam, signal }) =>
    request<readonly AuditEntry[]>(`/api/audit-log${pageParam === undefined ? '' : `?before=${pageParam}`}`, {
      signal,
    }),
  initialPageParam: undefined as number | undefined,
  getNextPageParam: (page: readonly AuditEntry[]) => {
    const last = page.at(-1);
    return last === undefined || last.sequence <= 1 ? undefined : last.sequence;
  },
});

export const searchQuery = (words: string) =>
  queryOptions({
    queryKey: ['search', words],
    queryFn: ask<readonly SearchHit[]>(`/api/search?q=${encodeURIComponent(words)}`),
    enabled: words.trim().length >= 2,
    staleTime: 10_000,
  });
