import type { Event, Slots } from '#model/event.ts';
import type { Finding, Grant } from '#model/finding.ts';
import type { Incident } from '#model/incident.ts';
import type { GrantRecord } from '../history/grant-record.ts';
import { dayMs } from '../history/measures.ts';
import type { Topic } from '../rules/finding-rule.ts';
import { Campaign, silenceMs } from './campaign.ts';
import { describeIncident, type Places } from './describe-incident.ts';

/** Reads of a suspected grant belong to the incident until this long after its last finding. */
const readsBelongMs = dayMs;

const keptCampaigns = 20_000;

/** What this book asks of history. */
export interface GrantLookup {
  grant(key: string): GrantRecord | undefined;
  resolve(key: string): string;
  networkOf(address: string): string | undefined;
}

/** Gathers findings into campaigns, one per grant and stretch of activity, and tells which of them are incidents. */
export class IncidentBook {
  readonly #lookup: GrantLookup;
  /** Campaigns that still run, by each of their grants' keys. */
  readonly #running = new Map<string, Campaign>();
  /** Of each user, the app grant suspected last: findings whose app nobody knows go there. */
  readonly #byUser = new Map<string, Campaign>();
  /** Incidents by the strange addresses from which their grants were used: one thief is one incident. */
  readonly #byAddress = new Map<string, Campaign>();
  readonly #opened = new Set<Campaign>();
  readonly #changed = new Set<Campaign>();

  constructor(lookup: GrantLookup) {
    this.#lookup = lookup;
  }

  get count(): number {
    return this.#opened.size;
  }

  /** Takes a finding that is new or has grown. */
  add(finding: Finding, topic: Topic): void {
    const own = this.#campaignOf(finding);
    own.add(finding, topic);
    this.#file(own, finding);
    const campaign = this.#joinByAddress(own, finding);
    if (campaign.opened === undefined) return;
    this.#opened.add(campaign);
    this.#changed.add(campaign);
    for (const grant of campaign.grants) {
      const record = this.#lookup.grant(grant.key);
      if (record !== undefined) record.isWatched = true;
    }
  }

  /**
   * A watched grant has acted: its incident's bounds have changed. Reads from where it is not at home prolong the
   * incident, for a thief may take days after looking around and break no rule by it.
   */
  noteAct(record: GrantRecord, { time, slots }: Event, isRead: boolean): void {
    const campaign = this.#running.get(record.key);
    if (campaign?.opened === undefined) return;
    const familiarity = slots['history.network'];
    const isAway = familiarity === 'new' || familiarity === 'no history';
    if (time - campaign.lastAt > silenceMs) record.isWatched = false;
    else if (isRead && isAway) campaign.lastAt = Math.max(campaign.lastAt, time);
    if (time - campaign.lastAt <= readsBelongMs) this.#changed.add(campaign);
  }

  /** Incidents that are new or have changed since the last call; joined ones as closed, saying into which. */
  takeChanged(): readonly Incident[] {
    if (this.#changed.size === 0) return [];
    // What was joined before anybody heard of it needs no telling; what was told before is told once more, as joined.
    const telling = [...this.#changed].filter((campaign) => campaign.joinedInto === undefined || campaign.isTold);
    this.#changed.clear();
    for (const campaign of telling) campaign.isTold = true;
    return telling.map((campaign) => this.#toIncident(campaign));
  }

  all(): readonly Incident[] {
    return [...this.#opened].map((campaign) => this.#toIncident(campaign));
  }

  #campaignOf(finding: Finding): Campaign {
    const found = new Set<Campaign>();
    for (const grant of [finding.grant, ...finding.otherGrants]) {
      const running = this.#running.get(this.#lookup.resolve(grant.key)) ?? this.#ofUser(grant);
      if (running !== undefined && finding.firstAt - running.lastAt <= silenceMs) found.add(running);
    }
    const [first, ...rest] = [...found].sort(byOpening);
    if (first === undefined) return new Campaign();
    for (const other of rest) this.#join(first, other);
    return first;
  }

  /**
   * What is suspected at an incident's strange address within a day belongs to it, so two incidents there are one; where
   * people work, an address says nothing.
   */
  #joinByAddress(own: Campaign, finding: Finding): Campaign {
    let campaign = own;
    for (const address of strangeAddresses(finding)) {
      const known = this.#byAddress.get(address);
      if (known !== undefined && known !== campaign && known.joinedInto === undefined && isNear(known, finding)) {
        const [first, other] = byOpening(known, campaign) <= 0 ? [known, campaign] : [campaign, known];
        this.#join(first, other);
        campaign = first;
      }
      if (campaign.opened === undefined) continue;
      this.#byAddress.delete(address);
      this.#byAddress.set(address, campaign);
      if (this.#byAddress.size > keptCampaigns) this.#byAddress.delete(this.#byAddress.keys().next().value!);
    }
    return campaign;
  }

  #join(first: Campaign, other: Campaign): void {
    first.join(other);
    this.#opened.delete(other);
    if (other.opened !== undefined) this.#changed.add(other);
    for (const grant of other.grants) this.#running.set(this.#lookup.resolve(grant.key), first);
  }

  /** A line that names no app belongs to what its user's app is suspected of, and the other way round. */
  #ofUser(grant: Grant): Campaign | undefined {
    const user = grant.userUid ?? grant.userName;
    if (user === undefined) return undefined;
    const ofUser = this.#byUser.get(user);
    if (ofUser === undefined) return undefined;
    const isAppKnown = grant.appUid !== undefined || grant.appName !== undefined;
    if (!isAppKnown) return ofUser;
    const others = ofUser.grants.filter((each) => each.appUid !== undefined || each.appName !== undefined);
    return others.length === 0 ? ofUser : undefined;
  }

  #file(campaign: Campaign, finding: Finding): void {
    for (const grant of [finding.grant, ...finding.otherGrants]) {
      const key = this.#lookup.resolve(grant.key);
      this.#running.delete(key);
      this.#running.set(key, campaign);
      const user = grant.userUid ?? grant.userName;
      if (user !== undefined) this.#byUser.set(user, campaign);
    }
    for (const kept of [this.#running, this.#byUser])
      if (kept.size > keptCampaigns) kept.delete(kept.keys().next().value!);
  }

  /** Where the suspected acts came from; the grant's own usual places only when there is no other. */
  #suspectPlaces(campaign: Campaign): Places {
    const strange = { addresses: new Set<string>(), networks: new Set<string>() };
    const usual = { addresses: new Set<string>(), networks: new Set<string>() };
    for (const { evidence } of campaign.findings)
      for (const { slots } of evidence) {
        const address = slots['src_endpoint.ip'];
        const network = address === undefined ? undefined : this.#lookup.networkOf(address);
        if (address === undefined || network === undefined || isOfOthers(slots, campaign.grants)) continue;
        const place = slots['history.network'] === 'usual' ? usual : strange;
        place.addresses.add(address);
        place.networks.add(network);
      }
    return strange.networks.size > 0 ? { ...strange, areStrange: true } : { ...usual, areStrange: false };
  }

  #toIncident(campaign: Campaign): Incident {
    const opened = campaign.opened!;
    const records = campaign.grants.flatMap((grant) => this.#lookup.grant(grant.key) ?? []);
    const places = this.#suspectPlaces(campaign);
    const grants = [...new Map(records.map(({ grant }) => [grant.key, grant])).values()];
    return describeIncident({
      id: opened.id,
      campaign,
      places,
      grants: grants.length === 0 ? campaign.grants : grants,
      histories: records.map((record) => record.toHistory()),
      bounds: records.map((record) =>
        record.reads.bounds(campaign.firstAt, campaign.lastAt + readsBelongMs, places.networks),
      ),
    });
  }
}

/** A help desk resets somebody else's factor: its address is not where the grant was used. */
function isOfOthers(slots: Slots, grants: readonly Grant[]): boolean {
  const uid = slots['actor.user.uid'];
  const name = slots['actor.user.name'];
  const isTheirs = grants.some(
    ({ userUid, userName }) => (uid !== undefined && uid === userUid) || (name !== undefined && name === userName),
  );
  return (slots['user.uid'] ?? slots['user.name']) !== undefined && !isTheirs;
}

/** Whether the finding falls into the campaign or within a day of it. */
const isNear = (campaign: Campaign, { firstAt, lastAt }: Finding): boolean =>
  firstAt - campaign.lastAt <= dayMs && campaign.firstAt - lastAt <= dayMs;

/** Where programs called from that the grant does not usually come from and where no people work. */
function strangeAddresses({ evidence }: Finding): ReadonlySet<string> {
  const addresses = new Set<string>();
  for (const { slots } of evidence) {
    const address = slots['src_endpoint.ip'];
    const isStrange = slots['history.network'] !== 'usual' && slots['history.address_grants'] !== undefined;
    if (address !== undefined && isStrange) addresses.add(address);
  }
  return addresses;
}

/** Opened ones first, then the oldest. */
function byOpening(a: Campaign, b: Campaign): number {
  if ((a.opened === undefined) !== (b.opened === undefined)) return a.opened === undefined ? 1 : -1;
  return (a.opened?.at ?? a.firstAt) - (b.opened?.at ?? b.firstAt);
}
