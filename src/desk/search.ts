import ipaddr from 'ipaddr.js';
import type { StoredIncident } from '#model/records.ts';
import type { InventoryApp, RuleView, SearchHit } from '#model/wire.ts';
import { stateOf } from './known-incidents.ts';

const mostHitsPerKind = 8;

const pages: readonly SearchHit[] = [
  { kind: 'page', title: 'Now', detail: 'What needs a person, and what flows', to: '/' },
  { kind: 'page', title: 'Incidents', detail: 'Every incident you may know of', to: '/incidents' },
  { kind: 'page', title: 'Events', detail: 'Search the logs', to: '/events' },
  { kind: 'page', title: 'Rules', detail: 'What Cordon looks for', to: '/rules' },
  { kind: 'page', title: 'Integrations', detail: 'Every third party seen in the logs', to: '/integrations' },
  { kind: 'page', title: 'Settings', detail: 'Staff, tokens, audit log', to: '/settings' },
];

export interface Searchable {
  readonly incidents: readonly StoredIncident[];
  readonly rules: readonly RuleView[];
  readonly apps: readonly InventoryApp[];
  /** The event whose key is exactly the text, if there is one. */
  readonly event: { readonly key: string; readonly source: string } | undefined;
}

const address = (path: string, value: string): string => `${path}${encodeURIComponent(value)}`;

/** Anything whose id, name or address contains `text`, best kinds first. An empty text finds the pages. */
export function searchIn(text: string, { incidents, rules, apps, event }: Searchable): readonly SearchHit[] {
  const wanted = text.trim().toLowerCase();
  const has = (...values: readonly (string | undefined)[]): boolean =>
    values.some((value) => value?.toLowerCase().includes(wanted));
  if (wanted === '') return pages;
  return [
    ...incidents
      .filter(({ incident }) =>
        has(
          incident.id,
          incident.title,
          ...incident.grants.flatMap((grant) => [grant.appName, grant.userName, grant.key]),
        ),
      )
      .map(
        (stored): SearchHit => ({
          kind: 'incident',
          title: stored.incident.title,
          detail: `${stored.incident.id} · ${stored.incident.level} · ${stateOf(stored)}`,
          to: address('/incidents/', stored.incident.id),
        }),
      )
      .slice(0, mostHitsPerKind),
    ...(ipaddr.isValid(wanted)
      ? [
          {
            kind: 'event' as const,
            title: `Events from ${wanted}`,
            detail: 'address',
            to: address('/events?address=', wanted),
          },
        ]
      : []),
    ...(event
      ? [{ kind: 'event' as const, title: event.key, detail: event.source, to: address('/events?event=', event.key) }]
      : []),
    ...apps
      .filter((app) => has(app.name, app.uid, app.key))
      .map(
        (app): SearchHit => ({
          kind: 'app',
          title: app.name,
          detail: `${app.standing} · ${app.users.length} users`,
          to: address('/integrations?app=', app.key),
        }),
      )
      .slice(0, mostHitsPerKind),
    ...apps
      .flatMap((app) => app.users.map((user) => ({ app, user })))
      .filter(({ user }) => has(user.name, user.uid))
      .map(
        ({ app, user }): SearchHit => ({
          kind: 'grant',
          title:
            user.name === undefined && user.uid === app.name
              ? app.name
              : `${app.name} as ${user.name ?? user.uid ?? 'nobody named'}`,
          detail: 'grant',
          to: `/events?app=${encodeURIComponent(app.uid ?? app.name)}&actor=${encodeURIComponent(user.name ?? user.uid ?? '')}`,
        }),
      )
      .slice(0, mostHitsPerKind),
    ...rules
      .filter((rule) => has(rule.name, rule.title, rule.id, ...rule.techniques))
      .map(
        (rule): SearchHit => ({
          kind: 'rule',
          title: rule.title,
          detail: rule.level,
          to: address('/rules/', rule.name),
        }),
      )
      .slice(0, mostHitsPerKind),
    ...pages.filter((page) => has(page.title)),
  ];
}
