import type { Familiarity, NetworkSlots } from '#model/event.ts';
import { neededHistoryMs } from '../history/known-values.ts';
import { dayMs } from '../history/measures.ts';
import { RecentMap } from './recent-map.ts';

/** How long a far end stays new after it was first met. */
const probationMs = 3 * dayMs;
/** How long a DNS answer is held to name its address. */
const answerMs = dayMs;
const keptNames = 50_000;
const keptFarEnds = 100_000;

interface Named {
  readonly name: string;
  readonly at: number;
}

/** What the far ends of connections are called, and whether anybody inside has met them before. */
export class FarEnds {
  /** Server names by connection: told by its handshake or request, wanted when it ends. */
  readonly #byConnection = new RecentMap<string>(keptNames);
  /** Names by address, from DNS answers. */
  readonly #byAddress = new RecentMap<Named>(keptNames);
  /** When each was first met. */
  readonly #firstMet = new RecentMap<{ at: number }>(keptFarEnds);
  #begunAt = Number.POSITIVE_INFINITY;

  get forgotten(): number {
    return this.#firstMet.forgotten;
  }

  /** Remembers names that an event tells for others; `connection` ties the events of one connection. */
  noteNames(slots: NetworkSlots, connection: string | undefined, time: number): void {
    this.#begunAt = Math.min(this.#begunAt, time);
    const host = slots['dst_endpoint.hostname'];
    const isStated = slots['unmapped.connection.named_by'] === 'stated';
    if (host !== undefined && isStated && connection !== undefined) this.#byConnection.set(connection, host);
    const asked = slots['query.hostname'];
    if (asked === undefined) return;
    for (const answer of slots['answers.rdata'])
      if (/^[\d.]+$|:/.test(answer)) this.#byAddress.set(answer, { name: asked, at: time });
  }

  ofConnection(connection: string): string | undefined {
    return this.#byConnection.get(connection);
  }

  /** What was answered for this address within a day; another name may stand at it too. */
  ofAddress(address: string, time: number): string | undefined {
    const known = this.#byAddress.get(address);
    return known !== undefined && time - known.at <= answerMs ? known.name : undefined;
  }

  judge(farEnd: string, time: number): Familiarity {
    if (time - this.#begunAt < neededHistoryMs) return 'no history';
    const first = this.#firstMet.get(farEnd);
    if (first === undefined) return 'new';
    return first.at - this.#begunAt < neededHistoryMs || time - first.at >= probationMs ? 'usual' : 'new';
  }

  meet(farEnd: string, time: number): void {
    const first = this.#firstMet.get(farEnd);
    if (first === undefined) this.#firstMet.set(farEnd, { at: time });
    else if (time < first.at) first.at = time;
  }
}
