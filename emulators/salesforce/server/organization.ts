import { randomInt } from 'node:crypto';
import { BlockList, isIPv6 } from 'node:net';
import type { House } from '#emulators/house/house.ts';
import { BulkJobs } from '../bulk/jobs.ts';
import type { LogBook } from '../logs/log-book.ts';
import { type App, createApps } from '../oauth/app.ts';
import { Sessions } from '../oauth/sessions.ts';
import { createStaff, type Staff, type User } from '../objects/staff.ts';
import { createTables, type Tables } from '../objects/tables.ts';
import { Cursors } from '../rest/cursors.ts';

/** How the emulated CRM behaves where the real one's ways depend on edition, load and size. */
export interface Behaviour {
  /** API calls a day. */
  readonly dailyApiRequests: number;
  /** Rows that a bulk job works through in a second; its states advance accordingly. */
  readonly bulkRowsPerSecond: number;
  /** How long a bulk job waits before it begins. */
  readonly bulkQueueMs: number;
  /** Records in one page of bulk results when the caller names no `maxRecords`. */
  readonly bulkPageRecords: number;
  /** Later pages of bulk results begin with the header as well. */
  readonly repeatsCsvHeader: boolean;
  /** Answers are compressed for callers that accept it. */
  readonly compresses: boolean;
  /** Event Monitoring: without it there are daily files only, and the fields Interval and Sequence do not show. */
  readonly hourlyLogFiles: boolean;
  /** Whether the caller may see EventLogFile ("View Event Log Files"), Event Log Objects, stored real-time events. */
  readonly eventLogFiles: boolean;
  readonly eventLogObjects: boolean;
  readonly realTimeEvents: boolean;
}

export const usualBehaviour: Behaviour = {
  dailyApiRequests: 5_000_000,
  bulkRowsPerSecond: 1_000_000,
  bulkQueueMs: 100,
  bulkPageRecords: 250_000,
  repeatsCsvHeader: true,
  compresses: true,
  hourlyLogFiles: true,
  eventLogFiles: true,
  eventLogObjects: true,
  realTimeEvents: true,
};

/** One emulated org: the house's CRM with its users, apps and tokens. */
export interface Organization {
  readonly house: House;
  readonly clock: () => number;
  readonly tables: Tables;
  readonly staff: Staff;
  readonly apps: readonly App[];
  readonly sessions: Sessions;
  readonly cursors: Cursors;
  readonly jobs: BulkJobs;
  readonly logs: LogBook;
  readonly behaviour: Behaviour;
  /** Ids of users who may not sign in. */
  readonly frozen: Set<string>;
  /** Networks that an app's calls may come from; changed by tests. */
  readonly networks: Map<string, readonly string[] | undefined>;
  readonly userById: (id: string) => User | undefined;
  readonly userByName: (username: string) => User | undefined;
  /** Without a slash at the end; known once the server listens. */
  instanceUrl: string;
  apiCalls: number;
}

export function createOrganization(
  house: House,
  clock: () => number,
  behaviour: Behaviour,
  apps: readonly App[] | undefined,
  logs: LogBook,
): Organization {
  const staff = createStaff(house);
  const tables = createTables(house, staff, Math.floor(clock() / 1000) * 1000);
  const byId = new Map(staff.users.map((user) => [user.id, user]));
  const byName = new Map(staff.users.map((user) => [user.username.toLowerCase(), user]));
  const registered = apps ?? createApps(house);
  return {
    house,
    clock,
    tables,
    staff,
    apps: registered,
    sessions: new Sessions(house.organizationId, clock, drawSecret),
    cursors: new Cursors(clock),
    jobs: new BulkJobs(tables, clock, behaviour),
    logs,
    behaviour,
    frozen: new Set(),
    networks: new Map(registered.map(({ clientId, networks }) => [clientId, networks])),
    userById: (id) => byId.get(id),
    userByName: (username) => byName.get(username.toLowerCase()),
    instanceUrl: '',
    apiCalls: 0,
  };
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._';
const drawSecret = (length: number): string =>
  Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');

/** Whether an app's calls may come from the address. */
export function isAllowedFrom(organization: Organization, app: App, address: string): boolean {
  const networks = organization.networks.get(app.clientId);
  if (networks === undefined) return true;
  const list = new BlockList();
  for (const network of networks) {
    const [start = '', bits] = network.split('/');
    const family = isIPv6(start) ? 'ipv6' : 'ipv4';
    list.addSubnet(start, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
