import type { Event, NetworkSlots } from '#model/event.ts';
import type { Grant } from '#model/finding.ts';
import { type NetworkPlaces, usualPlaces } from '#model/network-places.ts';
import { dayMs, remember } from '../history/measures.ts';
import { addressKey } from '../history/unnamed-grant.ts';
import { DayTally } from './day-tally.ts';
import { FarEnds } from './far-ends.ts';
import { PeopleAt } from './people-at.ts';
import { blockOf, hostMatcher, networkMatcher } from './places.ts';
import { RecentMap } from './recent-map.ts';

const keptMachines = 20_000;
const keptMeters = 64;

/** One machine inside, by its address. */
class Machine {
  /** Received from the CRM. */
  fromCrm: DayTally | undefined = undefined;
  /** Sent to far ends that were new. */
  toNew: DayTally | undefined = undefined;
  /** Which sensor counts the bytes to each far end: two that watch one wire would count them twice. */
  readonly #meters = new Map<string, { readonly meter: string; at: number }>();

  isCounting(farEnd: string, meter: string, time: number): boolean {
    const known = this.#meters.get(farEnd);
    if (known !== undefined && known.meter !== meter && time - known.at < dayMs) return false;
    this.#meters.delete(farEnd);
    this.#meters.set(farEnd, { meter, at: time });
    if (this.#meters.size > keptMeters) this.#meters.delete(this.#meters.keys().next().value!);
    return true;
  }
}

/** What `observe` found out, handed back to `learn` once the rules have spoken. */
export interface ObservedConnection {
  readonly machine: Machine;
  /** Undefined where the far end is another machine inside. */
  readonly farEnd: string | undefined;
}

interface Ends {
  /** Ours. */
  readonly inside: string;
  /** The far end's, where the line says it. */
  readonly far: string | undefined;
  readonly isFarInside: boolean;
  /** We began it: names in the line are the far end's. */
  readonly isOutgoing: boolean;
}

/**
 * What the network shows of each machine inside: bytes by direction with the CRM and with far ends nobody met before,
 * and who signed in there. Bounded: machines, names and far ends not seen for long are given up.
 */
export class NetworkHistory {
  readonly #isCrm: (host: string) => boolean;
  readonly #isInside: (address: string) => boolean;
  readonly #farEnds = new FarEnds();
  readonly #machines = new RecentMap<Machine>(keptMachines);
  readonly people = new PeopleAt();

  constructor({ crmHosts, insideNetworks }: NetworkPlaces = usualPlaces) {
    this.#isCrm = hostMatcher(crmHosts);
    const isInside = networkMatcher(insideNetworks);
    const remembered = remember((address) => (isInside(address) ? 'inside' : undefined));
    this.#isInside = (address) => remembered(address).answer !== undefined;
  }

  /** Fills the slots of `event` in place. Undefined where neither end is inside: then nothing is told of the house. */
  observe(event: Event, slots: NetworkSlots): ObservedConnection | undefined {
    const { time } = event;
    const connection = slots['metadata.correlation_uid'];
    const tie = connection === undefined ? undefined : `${event.source} ${connection}`;
    const ends = this.#endsOf(slots);
    this.#nameFarEnd(slots, ends, tie, time);
    this.#farEnds.noteNames(slots, tie, time);
    this.#describePerson(slots, ends?.inside ?? slots['src_endpoint.ip'], time);
    if (ends === undefined) return undefined;
    slots['unmapped.connection.inside_ip'] = ends.inside;
    const machine = this.#machineAt(ends.inside);
    if (ends.isFarInside) {
      slots['unmapped.connection.far_end'] = 'inside';
      return { machine, farEnd: undefined };
    }
    const host = ends.isOutgoing ? slots['dst_endpoint.hostname'] : undefined;
    const farEnd = host ?? (ends.far === undefined ? undefined : blockOf(ends.far));
    if (farEnd === undefined) return undefined;
    slots['unmapped.connection.far_end'] = host !== undefined && this.#isCrm(host) ? 'crm' : 'outside';
    slots['history.destination'] = this.#farEnds.judge(farEnd, time);
    this.#measure(event, slots, ends, machine, farEnd);
    return { machine, farEnd };
  }

  /** Adds the event to what is known. `isFlagged`: it made a rule fire that says it is unusual. */
  learn({ time }: Event, { machine, farEnd }: ObservedConnection, isFlagged: boolean): void {
    if (isFlagged) machine.fromCrm?.flagDay();
    else if (farEnd !== undefined) this.#farEnds.meet(farEnd, time);
  }

  #endsOf(slots: NetworkSlots): Ends | undefined {
    const from = slots['src_endpoint.ip'];
    const to = slots['dst_endpoint.ip'];
    const isFromInside = from !== undefined && this.#isInside(from);
    const isToInside = to !== undefined && this.#isInside(to);
    if (isFromInside) return { inside: from, far: to, isFarInside: isToInside, isOutgoing: true };
    return isToInside ? { inside: to, far: from, isFarInside: false, isOutgoing: false } : undefined;
  }

  #nameFarEnd(slots: NetworkSlots, ends: Ends | undefined, tie: string | undefined, time: number): void {
    if (slots['dst_endpoint.hostname'] !== undefined) {
      slots['unmapped.connection.named_by'] = 'stated';
      return;
    }
    if (ends === undefined || !ends.isOutgoing || ends.far === undefined) return;
    const ofConnection = tie === undefined ? undefined : this.#farEnds.ofConnection(tie);
    const name = ofConnection ?? this.#farEnds.ofAddress(ends.far, time);
    if (name === undefined) return;
    slots['dst_endpoint.hostname'] = name;
    slots['unmapped.connection.named_by'] = ofConnection === undefined ? 'dns' : 'session';
  }

  #describePerson(slots: NetworkSlots, address: string | undefined, time: number): void {
    const stated = slots['actor.user.name'];
    if (stated !== undefined) {
      slots['unmapped.person_uid'] = stated;
      slots['unmapped.person_attribution'] = 'stated';
      slots['unmapped.grant_uid'] = `-@${stated}`;
      return;
    }
    if (address === undefined) return;
    const signIn = this.people.at(address, time);
    slots['unmapped.grant_uid'] = `${addressKey}${address}`;
    if (signIn === 'ambiguous') slots['unmapped.person_attribution'] = 'ambiguous';
    else if (signIn !== undefined) {
      slots['unmapped.person_uid'] = signIn.person;
      slots['unmapped.person_attribution'] = 'address';
      slots['unmapped.grant_uid'] = signIn.grant;
    }
  }

  #machineAt(address: string): Machine {
    const known = this.#machines.get(address) ?? new Machine();
    this.#machines.set(address, known);
    return known;
  }

  #measure(event: Event, slots: NetworkSlots, ends: Ends, machine: Machine, farEnd: string): void {
    const { time } = event;
    const { 'traffic.bytes_out': out, 'traffic.bytes_in': into } = slots;
    if (out === undefined && into === undefined) return;
    const [sent, received] = ends.isOutgoing ? [out, into] : [into, out];
    slots['unmapped.connection.bytes_sent'] = sent;
    slots['unmapped.connection.bytes_received'] = received;
    if (machine.isCounting(farEnd, `${event.source} ${slots['metadata.event_code']}`, time)) {
      if (slots['unmapped.connection.far_end'] === 'crm') {
        machine.fromCrm ??= new DayTally(time);
        machine.fromCrm.add(time, received ?? 0);
      } else if (slots['history.destination'] === 'new') {
        machine.toNew ??= new DayTally(time);
        machine.toNew.add(time, sent ?? 0);
      }
    }
    describeVolumes(slots, machine, time);
  }
}

function describeVolumes(slots: NetworkSlots, { fromCrm, toNew }: Machine, time: number): void {
  const received = fromCrm?.sum(time);
  const sent = toNew?.sum(time);
  slots['history.crm_bytes_in'] = received;
  slots['history.crm_bytes_ratio'] = fromCrm?.ratio(time);
  slots['history.new_destination_bytes_out'] = sent;
  if (received !== undefined && received > 0 && sent !== undefined) slots['history.upload_ratio'] = sent / received;
}

/** The grant of an event that only the network tells of; undefined where it names neither a user nor an address. */
export function networkGrant(slots: NetworkSlots): Grant | undefined {
  const key = slots['unmapped.grant_uid'];
  if (key === undefined) return undefined;
  const nobody = { key, appUid: undefined, appName: undefined, userUid: undefined, userName: undefined };
  if (key.startsWith(addressKey)) return { ...nobody, address: key.slice(addressKey.length) };
  return { ...nobody, userName: slots['actor.user.name'] ?? slots['unmapped.person_uid'] };
}
