import type { GrantRecord } from './grant-record.ts';
import { dayMs } from './measures.ts';

const keptAddresses = 20_000;
const grantsPerAddress = 64;

/** A use is noted anew only after this long. */
const refreshMs = 60_000;

interface Use {
  readonly grant: GrantRecord;
  at: number;
}

interface Address {
  readonly text: string;
  personAt: number;
  /** Of a day, each grant once; one of them at most addresses. */
  uses: readonly Use[];
}

/**
 * Which grants used an address within a day. Where people sign in or work by browser stands an office, a shop or a home:
 * many grants behind one such address are ordinary, so it tells nothing there.
 */
export class AddressBook {
  #young = new Map<string, Address>();
  #old = new Map<string, Address>();
  #last: Address | undefined = undefined;
  readonly #keep: (address: string) => string;

  /** `keep`: a copy of an address that holds nothing of the file it came from. */
  constructor(keep: (address: string) => string) {
    this.#keep = keep;
  }

  seePerson(address: string, time: number): void {
    this.#get(address).personAt = time;
  }

  /** How many grants used this address within 24 h, this one included; undefined where people work. */
  seeGrant(address: string, grant: GrantRecord, time: number): number | undefined {
    const known = this.#get(address);
    const use = findUse(known, grant);
    if (use === undefined || time - use.at > refreshMs) this.#note(known, use, grant, time);
    return time - known.personAt < 7 * dayMs ? undefined : known.uses.length;
  }

  #note(known: Address, use: Use | undefined, grant: GrantRecord, time: number): void {
    if (use !== undefined) use.at = time;
    if (known.uses.some(({ at }) => time - at > dayMs)) known.uses = known.uses.filter(({ at }) => time - at <= dayMs);
    if (use === undefined && known.uses.length < grantsPerAddress) known.uses = known.uses.concat({ grant, at: time });
  }

  #get(address: string): Address {
    if (address === this.#last?.text) return this.#last;
    const known = this.#young.get(address) ?? this.#renew(address);
    this.#last = known;
    return known;
  }

  #renew(address: string): Address {
    const text = this.#keep(address);
    const known = this.#old.get(text) ?? { text, personAt: Number.NEGATIVE_INFINITY, uses: [] };
    if (this.#young.size >= keptAddresses) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(text, known);
    return known;
  }
}

function findUse(known: Address, grant: GrantRecord): Use | undefined {
  for (const use of known.uses) if (use.grant === grant) return use;
  return undefined;
}
