import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { Frame } from './frame/frame.tsx';
import { NotFound, PageTrouble, Starting } from './frame/page-states.tsx';
import type { EventSearch, ExposureSearch, GatewaySearch, IncidentSearch, IntegrationSearch } from './links.ts';
import { links } from './links.ts';
import { NowPage } from './now/now-page.tsx';
import { sessionQuery } from './server/queries.ts';

/** Every page of the console. Addresses are made by links.ts. */

const root = createRootRouteWithContext<{ readonly client: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFound,
});

/** Words of an address: strings, as links.ts writes them. */
const words = <Search extends object>(search: Record<string, unknown>): Search =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => typeof value === 'string')) as Search;

const signIn = createRoute({
  getParentRoute: () => root,
  path: 'sign-in',
  validateSearch: words<{ readonly next?: string; readonly refused?: string }>,
  beforeLoad: ({ context }) => context.client.ensureQueryData(sessionQuery).then(() => {}),
  component: lazyRouteComponent(() => import('./sign-in/sign-in-page.tsx'), 'SignInPage'),
});

const welcome = createRoute({
  getParentRoute: () => root,
  path: 'welcome/$token',
  beforeLoad: ({ context }) => context.client.ensureQueryData(sessionQuery).then(() => {}),
  component: lazyRouteComponent(() => import('./sign-in/welcome-page.tsx'), 'WelcomePage'),
});

const frame = createRoute({
  getParentRoute: () => root,
  id: 'frame',
  beforeLoad: async ({ context, location }) => {
    const { person } = await context.client.ensureQueryData(sessionQuery);
    if (person === undefined) throw redirect({ href: links.signIn(location.href) });
  },
  component: Frame,
});

const now = createRoute({ getParentRoute: () => frame, path: '/', component: NowPage });

const incidents = createRoute({
  getParentRoute: () => frame,
  path: 'incidents',
  validateSearch: words<IncidentSearch>,
  component: lazyRouteComponent(() => import('./incidents/incidents-page.tsx'), 'IncidentsPage'),
});
const incident = createRoute({
  getParentRoute: () => frame,
  path: 'incidents/$id',
  component: lazyRouteComponent(() => import('./incident/incident-page.tsx'), 'IncidentPage'),
});

const events = createRoute({
  getParentRoute: () => frame,
  path: 'events',
  validateSearch: words<EventSearch>,
  component: lazyRouteComponent(() => import('./events/events-page.tsx'), 'EventsPage'),
});
const event = createRoute({
  getParentRoute: () => frame,
  path: 'events/$key',
  component: lazyRouteComponent(() => import('./events/event-page.tsx'), 'EventPage'),
});

const integrations = createRoute({
  getParentRoute: () => frame,
  path: 'integrations',
  validateSearch: words<IntegrationSearch>,
  component: lazyRouteComponent(() => import('./integrations/integrations-page.tsx'), 'IntegrationsPage'),
});

const gateway = createRoute({
  getParentRoute: () => frame,
  path: 'gateway',
  validateSearch: words<GatewaySearch>,
  component: lazyRouteComponent(() => import('./gateway/gateway-page.tsx'), 'GatewayPage'),
});
const gatewayIntegration = createRoute({
  getParentRoute: () => frame,
  path: 'gateway/$name',
  component: lazyRouteComponent(() => import('./gateway/integration-page.tsx'), 'GatewayIntegrationPage'),
});
const exposure = createRoute({
  getParentRoute: () => frame,
  path: 'exposure',
  validateSearch: words<ExposureSearch>,
  component: lazyRouteComponent(() => import('./exposure/exposure-page.tsx'), 'ExposurePage'),
});

const rules = createRoute({
  getParentRoute: () => frame,
  path: 'rules',
  component: lazyRouteComponent(() => import('./rules/rules-page.tsx'), 'RulesPage'),
});
const rule = createRoute({
  getParentRoute: () => frame,
  path: 'rules/$name',
  component: lazyRouteComponent(() => import('./rules/rule-page.tsx'), 'RulePage'),
});

const settings = createRoute({
  getParentRoute: () => frame,
  path: 'settings',
  component: lazyRouteComponent(() => import('./settings/settings-frame.tsx'), 'SettingsFrame'),
});
const account = createRoute({
  getParentRoute: () => settings,
  path: '/',
  component: lazyRouteComponent(() => import('./settings/account-page.tsx'), 'AccountPage'),
});
const tokens = createRoute({
  getParentRoute: () => settings,
  path: 'tokens',
  component: lazyRouteComponent(() => import('./settings/tokens-page.tsx'), 'TokensPage'),
});
const staff = createRoute({
  getParentRoute: () => settings,
  path: 'staff',
  component: lazyRouteComponent(() => import('./settings/staff-page.tsx'), 'StaffPage'),
});
const auditLog = createRoute({
  getParentRoute: () => settings,
  path: 'audit-log',
  component: lazyRouteComponent(() => import('./settings/audit-log-page.tsx'), 'AuditLogPage'),
});

const tree = root.addChildren([
  signIn,
  welcome,
  frame.addChildren([
    now,
    incidents,
    incident,
    events,
    event,
    integrations,
    gateway,
    gatewayIntegration,
    exposure,
    rules,
    rule,
    settings.addChildren([account, tokens, staff, auditLog]),
  ]),
]);

export const createConsole = (client: QueryClient) =>
  createRouter({
    routeTree: tree,
    context: { client },
    parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
    stringifySearch: (search) => {
      const text = new URLSearchParams(words<Record<string, string>>(search)).toString();
      return text === '' ? '' : `?${text}`;
    },
    scrollRestoration: true,
    defaultPendingComponent: Starting,
    defaultErrorComponent: PageTrouble,
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsole>;
  }
}
