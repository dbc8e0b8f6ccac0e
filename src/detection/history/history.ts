import { networkOf } from '#lib/network.ts';
import type { Activity } from '#model/activity.ts';
import type { Event, Familiarity, Slots } from '#model/event.ts';
import type { GrantHistory } from '#model/wire.ts';
import { AddressBook } from './address-book.ts';
import { AppAttribution, doneByPrograms } from './attribute-app.ts';
import type { GrantRecord, Sighting } from './grant-record.ts';
import { neededHistoryMs } from './known-values.ts';
import { agentFamily, askAgain, dayMs, remember } from './measures.ts';
import { type AppParty, Parties, type UserParty } from './parties.ts';
import { ToldRequests } from './told-requests.ts';

/** Grants kept in full; beyond them those idle longest are given up and counted. */
const defaultGrantLimit = 20_000;

/** Done in the user interface or at the sign-in provider, so by a person. */
const doneByPersons: ReadonlySet<Activity> = new Set<Activity>(['record-view', 'list-view', 'report-run', 'sign-on']);

const doneByAdministrators: ReadonlySet<Activity> = new Set<Activity>([
  'app-change',
  'app-create',
  'permission-change',
  'setting-change',
]);

/** Acts upon an account: the event is about its owner, whoever did it. */
const doneToAccounts: ReadonlySet<Activity> = new Set<Activity>([
  'factor-reset',
  'factor-enrol',
  'password-reset',
  'account-change',
  'login-as',
]);

export interface HistoryOptions {
  readonly grantLimit?: number;
  /** Whose a sign-in name or user id is, where people wrote it down. */
  readonly personOf?: (nameOrId: string) => string | undefined;
}

/** What `observe` found out about an event, handed back to `learn` once the rules have spoken. */
export interface Observed extends Sighting {
  readonly record: GrantRecord;
}

/**
 * What is usual, learned from the events themselves. `observe` fills the slots that an event alone cannot know, from
 * what came before it; `learn` then adds the event, so that no event makes itself usual.
 */
export class History {
  readonly #parties: Parties;
  readonly #attribution: AppAttribution;
  readonly #addresses = new AddressBook((address) => this.#networkOf(address).text);
  readonly #networkOf = remember(networkOf);
  readonly #agentFamily = remember(agentFamily);
  /** One copy of each name of an object or interface, for all grants. */
  readonly #keep = remember((text) => text);
  readonly #personOf: (nameOrId: string) => string | undefined;
  #begunAt = Number.POSITIVE_INFINITY;

  constructor(options: HistoryOptions = {}) {
    this.#personOf = options.personOf ?? (() => undefined);
    this.#parties = new Parties(options.grantLimit ?? defaultGrantLimit, {
      keep: (text) => this.#keep(text).text,
      requests: new ToldRequests(),
    });
    this.#attribution = new AppAttribution(this.#parties, (address) => this.#networkOf(address).text);
  }

  /** Fills the slots of `event` in place. Undefined when it names no user: then there is nothing to learn of. */
  observe(event: Event): Observed | undefined {
    const { slots, time } = event;
    if (time < this.#begunAt) this.#begunAt = time;
    const user = this.#parties.users.find(slots['actor.user.uid'], signInName(slots['actor.user.name']), time);
    this.#describePerson(slots, user, time);
    if (user === undefined) return undefined;
    const { app, how } = this.#attribution.attribute(slots, user, time);
    if (app !== undefined) this.#describeApp(slots, app, how, time);
    const record = this.#parties.grantOf(app, user, time);
    slots['unmapped.grant_uid'] = record.key;
    const address = slots['src_endpoint.ip'];
    const network = this.#networkOfSighting(record, address);
    const agent = this.#agentOfSighting(record, slots['http_request.user_agent']);
    const observed = { record, time, network, agent, reads: record.reads.measure(slots) };
    record.describe(slots, observed, this.#begunAtOf(record));
    if (network !== undefined) this.#describeAddress(slots, address!, app, record, time);
    return observed;
  }

  /** Adds the event to what is known. `isFlagged`: it made a rule fire that says it is unusual. */
  learn(event: Event, observed: Observed, isFlagged: boolean): void {
    observed.record.learn(event.slots, observed, isFlagged);
  }

  grant(key: string): GrantRecord | undefined {
    return this.#parties.byKey(key);
  }

  networkOf(address: string): string | undefined {
    return this.#networkOf(address).answer;
  }

  resolve(key: string): string {
    return this.#parties.resolve(key);
  }

  *grants(): Iterable<GrantHistory> {
    for (const record of this.#parties.records()) yield record.toHistory();
  }

  get size(): number {
    return this.#parties.size;
  }

  get forgotten(): number {
    return this.#parties.forgotten;
  }

  get forgottenNames(): number {
    return this.#parties.apps.forgotten + this.#parties.users.forgotten;
  }

  /** A grant seen on the log's first day is as old as the log: logs begin in the middle of everybody's life. */
  #begunAtOf(record: GrantRecord): number {
    return record.firstAt - this.#begunAt < dayMs ? this.#begunAt : record.firstAt;
  }

  #networkOfSighting(record: GrantRecord, address: string | undefined): string | undefined {
    record.lastAddress = askAgain(record.lastAddress, address, this.#networkOf);
    return record.lastAddress?.answer;
  }

  #agentOfSighting(record: GrantRecord, userAgent: string | undefined): string | undefined {
    record.lastUserAgent = askAgain(record.lastUserAgent, userAgent, this.#agentFamily);
    return record.lastUserAgent?.answer;
  }

  #describePerson(slots: Slots, user: UserParty | undefined, time: number): void {
    const activity = slots.activity_name;
    const isSubject = doneToAccounts.has(activity) && (slots['user.uid'] ?? slots['user.name']) !== undefined;
    const subject = isSubject
      ? this.#parties.users.find(slots['user.uid'], signInName(slots['user.name']), time)
      : user;
    slots['unmapped.person_uid'] = subject && (this.#registeredPerson(subject) ?? subject.name ?? subject.uids[0]);
    if (user === undefined) return;
    if (doneByPersons.has(activity) || isBrowserSignIn(slots)) user.isPerson = true;
    if (doneByAdministrators.has(activity)) user.isAdministrator = true;
    slots['history.user_kind'] = user.isAdministrator ? 'administrator' : user.isPerson ? 'person' : 'integration';
  }

  #registeredPerson({ name, uids }: UserParty): string | undefined {
    let person = name === undefined ? undefined : this.#personOf(name);
    for (let index = 0; person === undefined && index < uids.length; index += 1) person = this.#personOf(uids[index]!);
    return person;
  }

  #describeApp(slots: Slots, app: AppParty, how: Slots['unmapped.app_attribution'], time: number): void {
    slots['actor.app_uid'] ??= app.uids[0];
    slots['actor.app_name'] ??= app.name;
    slots['unmapped.app_attribution'] = how;
    slots['history.app'] = this.#judgeApp(app, time);
  }

  /** An app is usual after three days, or when it was there in the log's first week. */
  #judgeApp(app: AppParty, time: number): Familiarity {
    if (time - this.#begunAt < neededHistoryMs) return 'no history';
    return app.firstAt - this.#begunAt < neededHistoryMs || time - app.firstAt >= 3 * dayMs ? 'usual' : 'new';
  }

  #describeAddress(slots: Slots, address: string, app: AppParty | undefined, record: GrantRecord, time: number): void {
    if (app === undefined && !doneByPrograms.has(slots.activity_name)) {
      const isSignIn = slots.activity_name === 'login' && slots.auth_protocol !== 'OAuth';
      if (isSignIn || doneByPersons.has(slots.activity_name)) this.#addresses.seePerson(address, time);
      return;
    }
    slots['history.address_grants'] = this.#addresses.seeGrant(address, record, time);
  }
}

/** A successful sign-in with a password or through single sign-on that is for no app and no API. */
const isBrowserSignIn = (slots: Slots): boolean =>
  slots.activity_name === 'login' &&
  slots.status_id === 1 &&
  (slots.auth_protocol === 'password' || slots.auth_protocol === 'SAML' || slots.auth_protocol === 'OpenID') &&
  slots['actor.app_name'] === undefined &&
  slots['actor.app_uid'] === undefined &&
  slots['api.version'] === undefined;

/** Sign-in names are e-mail addresses; providers write words such as `unknown` where there is none. */
function signInName(name: string | undefined): string | undefined {
  return name?.includes('@') ? name : undefined;
}
