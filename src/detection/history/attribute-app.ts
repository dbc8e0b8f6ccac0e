import { detach } from '#lib/detach.ts';
import type { Activity } from '#model/activity.ts';
import type { Slots } from '#model/event.ts';
import { hourMs } from './measures.ts';
import type { AppParty, AppUse, Parties, UserParty } from './parties.ts';

/** How long a sign-in of an app speaks for the calls of the same user from the same address. */
const signInSpeaksMs = 12 * hourMs;

/** How long any use of an app speaks for a line of the same user that gives no address. */
const useSpeaksMs = 10 * 60_000;

/** How soon after an app's sign-in by name a call by an unnamed app id is taken for the same app. */
const firstCallMs = 5 * 60_000;

const usesPerUser = 8;
const keptSessions = 50_000;

/** What logs write where there is no app. */
const noApp: ReadonlySet<string> = new Set(['', '-', 'N/A', 'Unknown', 'Browser', 'null']);

/** Done by programs, so there must be an app even where the line is silent. */
export const doneByPrograms: ReadonlySet<Activity> = new Set<Activity>([
  'list-objects',
  'describe-object',
  'read-limits',
  'count',
  'query',
  'search',
  'bulk-create',
  'bulk-progress',
  'bulk-complete',
  'bulk-result',
  'bulk-abort',
  'bulk-delete',
  'bulk-write',
  'write',
  'api-call',
]);

export interface Attribution {
  readonly app: AppParty | undefined;
  readonly how: Slots['unmapped.app_attribution'];
}

const nobody: Attribution = { app: undefined, how: undefined };

/**
 * Finds the app behind an event: the one it states; else the one of its session or sign-in key; else the one that the
 * same user last used from the same address within twelve hours; else the only one an integration user has ever used.
 */
export class AppAttribution {
  readonly #parties: Parties;
  readonly #sessions = new RecentApps(keptSessions);
  readonly #keepAddress: (address: string) => string;

  /** `keepAddress`: a copy of an address that holds nothing of the file it came from. */
  constructor(parties: Parties, keepAddress: (address: string) => string) {
    this.#parties = parties;
    this.#keepAddress = keepAddress;
  }

  attribute(slots: Slots, user: UserParty | undefined, time: number): Attribution {
    const uid = slots['actor.app_uid'];
    const name = slots['actor.app_name'];
    if (uid === undefined) {
      // A bare name may be the client's (`DataLoaderBulkUI/64.0.2`); the session knows the app.
      const bySession = this.#ofSession(slots);
      if (bySession !== undefined) return { app: bySession, how: 'session' };
      const signedIn = user === undefined ? undefined : ofClient(name, slots, user, time);
      if (signedIn !== undefined) return { app: signedIn, how: 'sign-in' };
    }
    const stated = this.#parties.apps.find(uid, name === undefined || noApp.has(name) ? undefined : name, time);
    if (stated !== undefined) return { app: this.#learn(stated, slots, user, time), how: 'stated' };
    const bySession =
      this.#sessions.get(slots['actor.session.uid']) ?? this.#sessions.get(slots['actor.session.uid_alt']);
    if (bySession !== undefined) return { app: bySession, how: 'session' };
    if (user === undefined || !doneByPrograms.has(slots.activity_name)) return nobody;
    const use = lastUse(user, slots['src_endpoint.ip'], time);
    if (use !== undefined) return { app: use.app, how: 'sign-in' };
    const only = onlyApp(user);
    return only === undefined ? nobody : { app: only, how: 'alias' };
  }

  #ofSession(slots: Slots): AppParty | undefined {
    return this.#sessions.get(slots['actor.session.uid']) ?? this.#sessions.get(slots['actor.session.uid_alt']);
  }

  #learn(stated: AppParty, slots: Slots, user: UserParty | undefined, time: number): AppParty {
    const app = user === undefined ? stated : this.#recogniseFirstCall(stated, slots, user, time);
    const session = slots['actor.session.uid'];
    if (session === undefined || session !== user?.lastSession || app !== user.lastApp) {
      this.#sessions.set(session, app);
      this.#sessions.set(slots['actor.session.uid_alt'], app);
    }
    if (user === undefined) return app;
    user.lastSession = session === undefined || session === user.lastSession ? user.lastSession : detach(session);
    user.lastApp = app;
    this.#rememberUse(user, app, slots['src_endpoint.ip'], time);
    return app;
  }

  /** LoginHistory names apps, RestApi numbers them: an unknown number right after a sign-in is the app that signed in. */
  #recogniseFirstCall(app: AppParty, slots: Slots, user: UserParty, time: number): AppParty {
    const uid = app.uids[0];
    if (app.name !== undefined || uid === undefined || app.grants.size > 0) return app;
    const address = slots['src_endpoint.ip'];
    const signedIn = user.uses.filter(
      (use) => use.address === address && time - use.time <= firstCallMs && use.app.uids.length === 0,
    );
    if (signedIn.length !== 1) return app;
    return this.#parties.apps.find(uid, signedIn[0]!.app.name, time) ?? app;
  }

  #rememberUse(user: UserParty, app: AppParty, address: string | undefined, time: number): void {
    for (const use of user.uses) {
      if (use.app !== app || use.address !== address) continue;
      use.time = time;
      return;
    }
    const others = user.uses.length < usesPerUser ? user.uses : user.uses.filter((use) => use !== oldest(user.uses));
    user.uses = others.concat({ app, address: address === undefined ? undefined : this.#keepAddress(address), time });
  }
}

/**
 * SOAP names the client program and its version, `DataLoaderPartnerUI/64.0.2`, whatever app holds the token: a renamed
 * Data Loader says so too. The one app that the user has used from that address is the app.
 */
function ofClient(name: string | undefined, slots: Slots, user: UserParty, time: number): AppParty | undefined {
  const address = slots['src_endpoint.ip'];
  if (name === undefined || address === undefined || !/\/\d[\d.]*$/.test(name)) return undefined;
  const near = user.uses.filter((use) => use.address === address && time - use.time <= signInSpeaksMs);
  return near.length === 1 ? near[0]!.app : undefined;
}

const oldest = (uses: readonly AppUse[]): AppUse | undefined =>
  uses.reduce((first, use) => (use.time < first.time ? use : first));

function lastUse(user: UserParty, address: string | undefined, time: number): AppUse | undefined {
  let last: AppUse | undefined;
  for (const use of user.uses) {
    const speaks = address === undefined || use.address === undefined ? useSpeaksMs : signInSpeaksMs;
    if (address !== undefined && use.address !== undefined && use.address !== address) continue;
    if (time - use.time <= speaks && (last === undefined || use.time > last.time)) last = use;
  }
  return last;
}

function onlyApp(user: UserParty): AppParty | undefined {
  if (user.isPerson) return undefined;
  let only: AppParty | undefined;
  for (const { app } of user.grants) {
    if (app === undefined) continue;
    if (only !== undefined) return undefined;
    only = app as AppParty;
  }
  return only;
}

/** Sessions seen lately and their apps; merged apps are followed to what they became. */
class RecentApps {
  readonly #limit: number;
  #young = new Map<string, AppParty>();
  #old = new Map<string, AppParty>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(session: string | undefined): AppParty | undefined {
    if (session === undefined) return undefined;
    const app = this.#young.get(session) ?? this.#old.get(session);
    return app === undefined ? undefined : follow(app);
  }

  set(session: string | undefined, app: AppParty): void {
    if (session === undefined || this.#young.get(session) === app) return;
    if (this.#young.size >= this.#limit) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(detach(session), app);
  }
}

function follow(app: AppParty): AppParty {
  let party = app;
  while (party.mergedInto !== undefined) party = party.mergedInto as AppParty;
  return party;
}
