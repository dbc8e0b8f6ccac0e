import type { Slots } from '#model/event.ts';
import { hourMs } from '../history/measures.ts';
import { RecentMap } from './recent-map.ts';

/** A sign-in says who sits at an address for so long: a working day. */
const signInMs = 12 * hourMs;
const keptAddresses = 20_000;
const mostPeople = 4;

/** A sign-in, as far as it tells who is at an address. */
export interface SignIn {
  person: string;
  /** Of the person alone, whatever app the sign-in was for. */
  grant: string;
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
    const own = slots['unmapped.grant_uid'];
    const grant = own?.startsWith('-@') ? own : `-@${person}`;
    const known = this.#signIns.get(address);
    if (known === undefined) this.#signIns.set(address, [{ person, grant, at: time }]);
    else noteAmong(known, { person, grant, at: time });
  }

  /** The one person who signed in there within twelve hours before; `ambiguous` where there were several. */
  at(address: string, time: number): Readonly<SignIn> | 'ambiguous' | undefined {
    const recent = (this.#signIns.get(address) ?? []).filter(({ at }) => at <= time && time - at <= signInMs);
    return recent.length > 1 ? 'ambiguous' : recent[0];
  }
}

/** In place: half of a sign-on's log are sign-ins, many of them from the address of an office. */
function noteAmong(known: SignIn[], signIn: SignIn): void {
  let oldest = known[0]!;
  for (const each of known) {
    if (each.person === signIn.person) {
      Object.assign(each, signIn);
      return;
    }
    if (each.at < oldest.at) oldest = each;
  }
  if (known.length < mostPeople && signIn.at - oldest.at <= signInMs) known.push(signIn);
  else Object.assign(oldest, signIn);
}
