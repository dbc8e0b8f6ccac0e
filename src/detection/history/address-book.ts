import { detach } from '#lib/detach.ts';
import type { GrantRecord } from './grant-record.ts';
import { dayMs } from './measures.ts';

const keptAddresses = 20_000;
const grantsPerAddress = 64;

/** A use is noted anew only after this long. */
const refreshMs = 60_000;

interface Address {
  readonly text: string;
  personAt: number;
  readonly grants: Map<GrantRecord, number>;
}

/**
 * Which grants used an address within a day. Where people sign in or work by browser stands an office, a shop or a home:
 * many grants behind one such address are ordinary, so it tells nothing there.
 */
export class AddressBook {
  #young = new Map<string, Address>();
  #old = new Map<string, Address>();
  #last: Address | undefined = undefined;

  seePerson(address: string, time: number): void {
    this.#get(address).personAt = time;
  }

  /** How many grants used this address within 24 h, this one included; undefined where people work. */
  seeGrant(address: string, grant: GrantRecord, time: number): number | undefined {
    const known = this.#get(address);
    const lastAt = known.grants.get(grant);
    if (lastAt === undefined || time - lastAt > refreshMs) this.#note(known, grant, time);
    return time - known.personAt < 7 * dayMs ? undefined : known.grants.size;
  }

  #note(known: Address, grant: GrantRecord, time: number): void {
    for (const [each, at] of known.grants) if (time - at > dayMs) known.grants.delete(each);
    if (known.grants.size < grantsPerAddress || known.grants.has(grant)) known.grants.set(grant, time);
  }

  #get(address: string): Address {
    if (address === this.#last?.text) return this.#last;
    const known = this.#young.get(address) ?? this.#renew(address);
    this.#last = known;
    return known;
  }

  #renew(address: string): Address {
    const text = detach(address);
    const known = this.#old.get(text) ?? { text, personAt: Number.NEGATIVE_INFINITY, grants: new Map() };
    if (this.#young.size >= keptAddresses) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(text, known);
    return known;
  }
}
