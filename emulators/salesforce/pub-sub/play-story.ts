import type { House } from '#emulators/house/house.ts';
import { livePlay } from '#emulators/house/live-play.ts';
import type { PubSub } from './serve-pub-sub.ts';

export interface PlayWish {
  /** Seconds of the house's time in a second of yours, until it has caught up with now; then one. */
  readonly speed: number;
  /** Acts of ordinary life around the theft. */
  readonly eventsPerDay: number;
  /** Real time, ms since 1970 UTC. */
  readonly clock: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Told of each chapter of the story as it begins. */
  readonly tell: (houseTime: number, chapter: string) => void;
}

const frameMs = 250;
const dayMs = 86_400_000;

/**
 * Publishes the real-time events of the house while its token is stolen: the story's days end with the last midnight
 * (UTC), ordinary life goes on behind it. Rejects when `sleep` does, which ends it.
 */
export async function playStory(bus: Pick<PubSub, 'publish' | 'topics'>, house: House, wish: PlayWish): Promise<void> {
  const { speed, eventsPerDay, clock, sleep, tell } = wish;
  const { startsAt, endsAt } = livePlay(house, { dayOne: 0, eventsPerDay });
  const dayOne = Math.floor(clock() / dayMs) * dayMs - (endsAt - startsAt);
  const play = livePlay(house, { dayOne, eventsPerDay });
  let houseTime = play.startsAt;
  let chapter: string | undefined;
  for (;;) {
    await sleep(frameMs);
    const until = Math.min(clock(), houseTime + Math.round(frameMs * speed));
    const pieces = play.slice(houseTime, until, ['real-time']);
    publish(
      bus,
      pieces.flatMap(({ text }) => text.split('\n').filter((line) => line !== '')),
    );
    houseTime = until;
    const next = play.chapterAt(houseTime);
    if (next !== chapter) tell(houseTime, next);
    chapter = next;
  }
}

interface StoredEvent {
  readonly attributes: { readonly type: string };
  readonly EventDate: string;
}

/** Stored events, in the order of their times, to their topics: ApiEvent is ApiEventStream, FileEventStore FileEvent. */
function publish(bus: Pick<PubSub, 'publish' | 'topics'>, lines: readonly string[]): void {
  const records = lines.map((line) => JSON.parse(line) as StoredEvent);
  for (const record of records.sort((one, other) => Date.parse(one.EventDate) - Date.parse(other.EventDate))) {
    const name = `/event/${record.attributes.type.replace(/Store$/, '')}`;
    bus.publish(bus.topics.includes(name) ? name : `${name}Stream`, { ...record });
  }
}
