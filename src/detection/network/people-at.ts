import type { Slots } from '#model/event.ts';
import { hourMs } from '../history/measures.ts';
import { RecentMap } from './recent-map.ts';

/** A sign-in says who sits at an address for so long: a working day. */
const signInMs = 12 * hourMs;
const keptAddresses = 20_000;
const mostPeople = 4;

/** A sign-in, as far as it tells who is at an address. */
export interface SignIn {
  readonly person: string;
  /** Of the person alone, whatever app the sign-in was for. */
  readonly grant: string;
  at: number;
}

/**
 * Who signed in from which address. Several people behind one address (a proxy, NAT, a terminal server) make it nobody's;
 * one alone makes it theirs as far as sign-ins tell, since others may be there who did not sign in.
 */
export class PeopleAt {
  readonly #signIns = new RecentMap<SignIn[]>(keptAddresses);

  note(slots: Slots, time: number): void {
    const { activity_name: activity } = slots;
    if ((activity !== 'login' && activity !== 'sign-on') || slots.status_id !== 1) return;
    const address = slots['src_endpoint.ip'];
    const person = slots['unmapped.person_uid'];
    if (address === undefined || person === undefined) return;
    const known = this.#signIns.get(address) ?? [];
    const own = slots['unmapped.grant_uid'];
    const isAlone = own?.startsWith('-@');
    const last = known.at(-1);
    // Most people sign in where they, and nobody else, did before.
    if (last?.person === person && (!isAlone || last.grant === own)) {
      last.at = time;
      return;
    }
    const others = known.filter((each) => each.person !== person && time - each.at <= signInMs);
    const grant = isAlone && own !== undefined ? own : `-@${person}`;
    this.#signIns.set(address, [...others.slice(-(mostPeople - 1)), { person, grant, at: time }]);
  }

  /** The one person who signed in there within twelve hours before; `ambiguous` where there were several. */
  at(address: string, time: number): Readonly<SignIn> | 'ambiguous' | undefined {
    const recent = (this.#signIns.get(address) ?? []).filter(({ at }) => at <= time && time - at <= signInMs);
    return recent.length > 1 ? 'ambiguous' : recent[0];
  }
}
