import { detach } from '#lib/detach.ts';

/** One app or one user, under all the names that logs give it. */
export class Party {
  /** Ids in the order they were learned: a user has one in the CRM and one at the sign-in provider. */
  uids: readonly string[] = [];
  name: string | undefined = undefined;
  /** Event time of the first event that mentions it, ms. */
  firstAt: number;
  /** Set when two parties turned out to be one; the other one lives on. */
  mergedInto: Party | undefined = undefined;

  constructor(firstAt: number) {
    this.firstAt = firstAt;
  }
}

export interface AliasesOptions<Kind extends Party> {
  readonly create: (time: number) => Kind;
  /** Apps have one id, whatever others call themselves; a person's name joins the ids of several systems. */
  readonly oneIdPerName: boolean;
  /** How many ids and names are kept; what comes after them is told apart but not remembered. */
  readonly limit: number;
  /** Called when two parties turned out to be one, before `from` is given up. */
  readonly onMerge: (from: Kind, into: Kind) => void;
}

/**
 * Tells which ids and names mean the same party. An id is never shared. A name leads to a party as long as one party
 * bears it: attackers name their app after yours, so a name that a second id claims leads to nobody's id any more.
 */
export class Aliases<Kind extends Party> {
  readonly #byUid = new Map<string, Kind>();
  readonly #byName = new Map<string, Kind>();
  readonly #shared = new Map<string, Kind>();
  readonly #options: AliasesOptions<Kind>;
  #forgotten = 0;

  constructor(options: AliasesOptions<Kind>) {
    this.#options = options;
  }

  /** Mentions of parties that were not kept because there are `limit` already. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** The party of this id and name; a new one when neither is known. Undefined when both are absent. */
  find(uid: string | undefined, name: string | undefined, time: number): Kind | undefined {
    if (uid === undefined) return name === undefined ? undefined : this.#findByName(name, time);
    const byUid = this.#byUid.get(uid);
    if (byUid !== undefined && (name === undefined || byUid.name === name || this.#byName.get(name) === byUid))
      return byUid;
    return this.#link(uid, name, byUid, time);
  }

  #findByName(name: string, time: number): Kind {
    const known = this.#shared.get(name) ?? this.#byName.get(name);
    if (known !== undefined) return known;
    const party = this.#options.create(time);
    party.name = detach(name);
    if (this.#hasRoom()) this.#byName.set(party.name, party);
    return party;
  }

  #hasRoom(): boolean {
    if (this.#byUid.size + this.#byName.size < this.#options.limit) return true;
    this.#forgotten += 1;
    return false;
  }

  #link(uid: string, name: string | undefined, byUid: Kind | undefined, time: number): Kind {
    const byName = name === undefined ? undefined : this.#byName.get(name);
    if (byUid === undefined && byName !== undefined && this.#mayTakeId(byName)) return this.#addUid(byName, uid);
    const party = byUid ?? this.#addUid(this.#options.create(time), uid);
    if (name === undefined) return party;
    if (byName === undefined || byName === party) return this.#addName(party, name);
    if (this.#mayTakeId(byName)) this.#merge(byName, party);
    else this.#share(name, time);
    return this.#addName(party, name);
  }

  /** Whether a party known by name may turn out to have one more id. */
  #mayTakeId(party: Kind): boolean {
    return !this.#options.oneIdPerName || party.uids.length === 0;
  }

  #addUid(party: Kind, uid: string): Kind {
    const kept = detach(uid);
    party.uids = party.uids.concat(kept);
    if (this.#hasRoom()) this.#byUid.set(kept, party);
    return party;
  }

  #addName(party: Kind, name: string): Kind {
    const kept = detach(name);
    party.name ??= kept;
    if (!this.#shared.has(kept) && this.#hasRoom()) this.#byName.set(kept, party);
    return party;
  }

  /** From now on the bare name means a party of its own, which is none of those whose ids are known. */
  #share(name: string, time: number): void {
    if (this.#shared.has(name)) return;
    const party = this.#options.create(time);
    party.name = detach(name);
    party.firstAt = Math.min(time, this.#byName.get(name)?.firstAt ?? time);
    this.#shared.set(party.name, party);
  }

  #merge(from: Kind, into: Kind): void {
    for (const uid of from.uids) this.#byUid.set(uid, into);
    into.uids = [...into.uids, ...from.uids];
    into.firstAt = Math.min(into.firstAt, from.firstAt);
    from.mergedInto = into;
    this.#options.onMerge(from, into);
  }
}
