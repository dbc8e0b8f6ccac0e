import { detach } from '#lib/detach.ts';
import { dayMs } from './measures.ts';

const keptAddresses = 20_000;
const grantsPerAddress = 64;

interface Address {
  personAt: number;
  readonly grants: Map<string, number>;
}

/**
 * Which grants used an address within a day. Where people sign in or work by browser stands an office, a shop or a home:
 * many grants behind one such address are ordinary, so it tells nothing there.
 */
export class AddressBook {
  #young = new Map<string, Address>();
  #old = new Map<string, Address>();

  seePerson(address: string, time: number): void {
    this.#get(address).personAt = time;
  }

  /** How many grants used this address within 24 h, this one included; undefined where people work. */
  seeGrant(address: string, grant: string, time: number): number | undefined {
    const known = this.#get(address);
    if (known.grants.has(grant) || known.grants.size < grantsPerAddress) known.grants.set(grant, time);
    if (known.grants.size === 1) return time - known.personAt < 7 * dayMs ? undefined : 1;
    for (const [each, at] of known.grants) if (time - at > dayMs) known.grants.delete(each);
    return time - known.personAt < 7 * dayMs ? undefined : known.grants.size;
  }

  #get(address: string): Address {
    let known = this.#young.get(address);
    if (known !== undefined) return known;
    known = this.#old.get(address) ?? { personAt: Number.NEGATIVE_INFINITY, grants: new Map() };
    if (this.#young.size >= keptAddresses) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(detach(address), known);
    return known;
  }
}
