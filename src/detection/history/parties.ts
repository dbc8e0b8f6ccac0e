import { detach } from '#lib/detach.ts';
import { Aliases, Party } from './aliases.ts';
import { GrantRecord, type SharedMemory } from './grant-record.ts';

/** An app used by a user from an address, as last seen. */
export interface AppUse {
  app: AppParty;
  address: string | undefined;
  time: number;
}

export class AppParty extends Party {
  readonly grants = new Set<GrantRecord>();
}

export class UserParty extends Party {
  /** One per app, and one for what names no app: few, mostly one. */
  grants: readonly GrantRecord[] = [];
  /** Latest uses of apps, one per app and address, at most eight. */
  uses: readonly AppUse[] = [];
  /** Session and app of the last call that stated both. */
  lastSession: string | undefined = undefined;
  lastApp: AppParty | undefined = undefined;
  /** Has signed in or worked in the user interface. */
  isPerson = false;
  /** Has changed the organisation's setup. */
  isAdministrator = false;
}

/** Kept ids and names of apps and of users. */
const partyLimit = 200_000;

/**
 * All grants by app and user. When two names turn out to mean one app or one user, their grants become one; every key
 * a grant ever had goes on leading to it.
 */
export class Parties {
  readonly apps: Aliases<AppParty>;
  readonly users: Aliases<UserParty>;
  readonly #records = new Map<string, GrantRecord>();
  readonly #redirects = new Map<string, string>();
  readonly #limit: number;
  readonly #shared: SharedMemory;
  #forgotten = 0;

  constructor(grantLimit: number, shared: SharedMemory) {
    this.#limit = grantLimit;
    this.#shared = shared;
    this.apps = new Aliases<AppParty>({
      create: (time) => new AppParty(time),
      oneIdPerName: true,
      limit: partyLimit,
      onMerge: (from, into) => this.#mergeApps(from, into),
    });
    this.users = new Aliases<UserParty>({
      create: (time) => new UserParty(time),
      oneIdPerName: false,
      limit: partyLimit,
      onMerge: (from, into) => this.#mergeUsers(from, into),
    });
  }

  get size(): number {
    return this.#records.size;
  }

  /** Grants given up to stay within the limit. */
  get forgotten(): number {
    return this.#forgotten;
  }

  records(): Iterable<GrantRecord> {
    return this.#records.values();
  }

  byKey(key: string): GrantRecord | undefined {
    return this.#records.get(this.resolve(key));
  }

  /** The key under which a grant goes on after its names were found to be one. */
  resolve(key: string): string {
    let resolved = key;
    for (let next = this.#redirects.get(key); next !== undefined; next = this.#redirects.get(next)) resolved = next;
    return resolved;
  }

  grantOf(app: AppParty | undefined, user: UserParty, time: number): GrantRecord {
    const known = grantIn(user, app);
    if (known !== undefined) return known;
    if (this.#records.size >= this.#limit) this.#forgetOldest();
    const key = detach(`${app === undefined ? '-' : (app.uids[0] ?? app.name)}@${crmIdOf(user) ?? user.name}`);
    const record = this.#records.get(this.resolve(key)) ?? new GrantRecord(key, app, user, time, this.#shared);
    this.#records.set(record.key, record);
    this.#tie(record, app, user);
    return record;
  }

  #tie(record: GrantRecord, app: AppParty | undefined, user: UserParty): void {
    record.app = app;
    record.user = user;
    user.grants = without(user, record).concat(record);
    app?.grants.add(record);
  }

  /** Gives up the tenth of all grants that has been idle longest. */
  #forgetOldest(): void {
    const byAge = [...this.#records.values()].sort((a, b) => a.lastAt - b.lastAt);
    for (const record of byAge.slice(0, Math.ceil(this.#limit / 10))) {
      this.#records.delete(record.key);
      this.#forgotten += 1;
      const user = record.user as UserParty | undefined;
      const app = record.app as AppParty | undefined;
      if (user !== undefined) user.grants = without(user, record);
      app?.grants.delete(record);
    }
  }

  #mergeApps(from: AppParty, into: AppParty): void {
    for (const record of from.grants) {
      const user = record.user as UserParty;
      user.grants = without(user, record);
      this.#join(record, into, user);
      for (const use of user.uses) if (use.app === from) use.app = into;
    }
    from.grants.clear();
  }

  #mergeUsers(from: UserParty, into: UserParty): void {
    into.isPerson ||= from.isPerson;
    into.isAdministrator ||= from.isAdministrator;
    for (const record of from.grants) {
      const app = record.app as AppParty | undefined;
      app?.grants.delete(record);
      this.#join(record, app, into);
    }
    from.grants = [];
  }

  #join(record: GrantRecord, app: AppParty | undefined, user: UserParty): void {
    const other = grantIn(user, app);
    if (other === undefined) {
      this.#tie(record, app, user);
      return;
    }
    other.join(record);
    this.#records.delete(record.key);
    if (record.key !== other.key) this.#redirects.set(record.key, other.key);
  }
}

const grantIn = (user: UserParty, app: AppParty | undefined): GrantRecord | undefined =>
  user.grants.find((record) => record.app === app);

const without = (user: UserParty, record: GrantRecord): readonly GrantRecord[] =>
  user.grants.filter((each) => each !== record);

/** Salesforce user ids begin with 005. https://help.salesforce.com/s/articleView?id=000385203 */
const crmIdOf = (user: UserParty): string | undefined => user.uids.find((uid) => uid.startsWith('005')) ?? user.uids[0];
