import { setTimeout } from 'node:timers/promises';
import { createHouse } from '#emulators/house/house.ts';
import type { Channel } from '#emulators/house/lines/log-files.ts';
import { type LivePlay, livePlay } from '#emulators/house/live-play.ts';
import type { DemoView } from '#model/wire.ts';
import type { Intake } from './intake.ts';
import { type Piece, readPieces } from './read-pieces.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** Detection says nothing of what is usual with less than seven days of it. */
const historyMs = 8 * dayMs;
const storyMs = 7 * dayMs;
const frameMs = 250;
const eventsPerBatch = 1_000;
const setting = 'demo';

/** How the demonstration is wished for. */
export interface DemoWish {
  readonly seed?: number;
  /** Acts of ordinary life per day; most leave one or two lines. */
  readonly eventsPerDay?: number;
  /** Seconds of the story per second of yours. */
  readonly speed?: number;
  /** Goes on with the house of the last start instead of beginning anew. */
  readonly keep?: boolean;
}

export interface DemoPlayer {
  view(): DemoView;
  steer(wish: { readonly playing?: boolean | undefined; readonly speed?: number | undefined }): DemoView;
  /** Loads the house's past, then plays its present until the story ends or the intake stops. */
  play(): Promise<void>;
}

/** When what happened at `time` reaches the house, by channel. Event log files come hours after their hour. */
interface Delivery {
  readonly channels: readonly Channel[];
  readonly arrivalOf: (time: number) => number;
  /** Everything before this has arrived at house time `now`. */
  readonly arrivedUntil: (now: number) => number;
}

const after = (channel: Channel, delayMs: number): Delivery => ({
  channels: [channel],
  arrivalOf: (time) => time + delayMs,
  arrivedUntil: (now) => now - delayMs,
});

const fileDelayMs = 3 * hourMs;
const deliveries: readonly Delivery[] = [
  after('real-time', 4_000),
  after('okta', 20_000),
  after('login-history', 2 * minuteMs),
  after('setup-audit-trail', 2 * minuteMs),
  {
    channels: ['event-log-file'],
    arrivalOf: (time) => Math.floor(time / hourMs) * hourMs + hourMs + fileDelayMs,
    arrivedUntil: (now) => Math.floor((now - fileDelayMs) / hourMs) * hourMs,
  },
];

interface Place {
  readonly dayOne: number;
  readonly houseTime: number;
}

const isPlace = (value: unknown): value is Place =>
  typeof value === 'object' && value !== null && 'dayOne' in value && 'houseTime' in value;

/**
 * The demonstration house: its logs in the vendors' formats, through the same readers as anyone's. It begins with eight
 * days of ordinary life, read as fast as it goes; then the story plays by its own clock, which waits for the reading.
 */
export function playDemo(wish: DemoWish, saved: unknown, intake: Intake): DemoPlayer {
  const place = wish.keep === true && isPlace(saved) ? saved : undefined;
  const dayOne = place?.dayOne ?? Math.floor((intake.clock() - storyMs) / dayMs) * dayMs;
  const begins = dayOne - historyMs;
  const house = createHouse({ seed: wish.seed ?? 1 });
  const eventsPerDay = wish.eventsPerDay ?? 6_000;
  // One play per delivery: each keeps the hour at which its own delivery stands.
  const players = deliveries.map((delivery) => ({ delivery, play: livePlay(house, { dayOne, eventsPerDay }) }));
  const [{ play: told }] = players as unknown as readonly [{ readonly play: LivePlay }];
  let houseTime = place?.houseTime ?? begins;
  let playing = true;
  let speed = wish.speed ?? 1_200;

  const view = (): DemoView => {
    const nextAt = told.nextChapterAt(houseTime);
    return {
      playing,
      speed,
      houseTime,
      historyLoaded: Math.min(1, (houseTime - begins) / historyMs),
      chapter: told.chapterAt(houseTime),
      finished: houseTime >= told.endsAt,
      ...(nextAt === undefined ? {} : { nextAt }),
      endsAt: told.endsAt,
    };
  };

  /** Delivers what arrives until `until`; the house's clock moves once it is stored. */
  const moveTo = async (until: number): Promise<void> => {
    const pieces = players.flatMap(({ delivery, play }): Piece[] => {
      const [from, to] = [delivery.arrivedUntil(houseTime), delivery.arrivedUntil(until)];
      if (from >= to) return [];
      return play
        .slice(from, to, delivery.channels)
        .map(({ name, text }) => ({ name, bytes: Buffer.from(text), arrivalOf: delivery.arrivalOf }));
    });
    const events = await readPieces(pieces, intake.sources, intake.health);
    for (let index = 0; index < events.length; index += eventsPerBatch) {
      await intake.feed.feed(events.slice(index, index + eventsPerBatch));
      if (intake.signal.aborted) return;
    }
    houseTime = until;
    await intake.settings.set(setting, { dayOne, houseTime } satisfies Place);
  };

  const loadHistory = async (): Promise<void> => {
    intake.health.loading(true);
    while (houseTime < dayOne && !intake.signal.aborted) {
      await moveTo(Math.min(dayOne, houseTime + hourMs));
      // Pages are answered between two hours of history.
      await setTimeout(1);
    }
    intake.health.loading(false);
  };

  const playStory = async (): Promise<void> => {
    let before = performance.now();
    while (houseTime < told.endsAt && !intake.signal.aborted) {
      await setTimeout(frameMs);
      const now = performance.now();
      // Where reading is slower than the wished speed, the house's clock waits instead of leaping.
      const passedMs = Math.min(now - before, 2 * frameMs);
      before = now;
      if (playing) await moveTo(Math.min(told.endsAt, houseTime + Math.round(passedMs * speed)));
    }
  };

  return {
    view,
    steer(change) {
      playing = change.playing ?? playing;
      speed = change.speed ?? speed;
      return view();
    },
    async play() {
      await loadHistory();
      await playStory();
    },
  };
}

/** Where an earlier start of the demonstration stands, as `playDemo` takes it. */
export const readPlace = (settings: Intake['settings']): Promise<unknown> => settings.get(setting);
