/** Every address of the console, in one place. */

const part = encodeURIComponent;

/** Search words of a page, empty ones left out, in the order given. */
const withSearch = (path: string, search: Readonly<Record<string, string | undefined>>): string => {
  const words = Object.entries(search).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return words.length === 0 ? path : `${path}?${new URLSearchParams(words)}`;
};

export interface EventSearch {
  readonly actor?: string | undefined;
  readonly grant?: string | undefined;
  readonly app?: string | undefined;
  readonly address?: string | undefined;
  readonly object?: string | undefined;
  readonly activity?: string | undefined;
  readonly source?: string | undefined;
  readonly text?: string | undefined;
  /** Event time, ISO 8601; from inclusive, to exclusive. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Key of the event in the side panel. */
  readonly look?: string | undefined;
}

export interface IncidentSearch {
  readonly state?: string | undefined;
  readonly level?: string | undefined;
  readonly text?: string | undefined;
  readonly sort?: string | undefined;
  readonly look?: string | undefined;
}

export interface IntegrationSearch {
  readonly standing?: string | undefined;
  readonly text?: string | undefined;
  readonly look?: string | undefined;
}

export interface GatewaySearch {
  /** How far back the river looks. */
  readonly window?: string | undefined;
}

export interface ExposureSearch {
  /** `integration`, `incident`, `token` or `customer`. */
  readonly kind?: string | undefined;
  readonly of?: string | undefined;
}

export const links = {
  now: () => '/',
  incidents: (search: IncidentSearch = {}) => withSearch('/incidents', { ...search }),
  incident: (id: string) => `/incidents/${part(id)}`,
  events: (search: EventSearch = {}) => withSearch('/events', { ...search }),
  event: (key: string) => `/events/${part(key)}`,
  integrations: (search: IntegrationSearch = {}) => withSearch('/integrations', { ...search }),
  gateway: (search: GatewaySearch = {}) => withSearch('/gateway', { ...search }),
  gatewayIntegration: (name: string) => `/gateway/${part(name)}`,
  exposure: (search: ExposureSearch = {}) => withSearch('/exposure', { ...search }),
  rules: () => '/rules',
  rule: (name: string) => `/rules/${part(name)}`,
  settings: () => '/settings',
  tokens: () => '/settings/tokens',
  staff: () => '/settings/staff',
  auditLog: () => '/settings/audit-log',
  signIn: (next?: string) => withSearch('/sign-in', { next }),
  welcome: (token: string) => `/welcome/${part(token)}`,
} as const;
