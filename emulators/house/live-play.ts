import type { Act } from './acts.ts';
import { dayMs } from './calendar.ts';
import type { House } from './house.ts';
import { type Channel, channels, frame, type LogName, logFiles } from './lines/log-files.ts';
import { createActWriter } from './lines/write-act.ts';
import { createLife, merged } from './ordinary-life.ts';
import { stolenToken } from './stories/stolen-token.ts';
import type { Story } from './story.ts';

/** A piece of one log in its vendor's format, readable by itself: a CSV piece begins with its header. */
export interface LogPiece {
  /** `RestApi.csv`, `LoginHistory.json`, `okta.ndjson`, … */
  readonly name: string;
  readonly channel: Channel;
  readonly text: string;
  readonly lines: number;
}

/** A house whose logs can be had for any stretch of time, the story's own lines among them. */
export interface LivePlay {
  /** The story's first midnight and the end of its last day, ms UTC. */
  readonly startsAt: number;
  readonly endsAt: number;
  /**
   * What the logs hold of `from` ≤ event time < `to`, one piece per log that has lines, each in time order. Cheapest
   * when slices follow one another: an hour is made once and kept until the next is asked for.
   */
  readonly slice: (from: number, to: number, chosen?: readonly Channel[]) => readonly LogPiece[];
  /** One sentence for the person who watches. */
  readonly chapterAt: (time: number) => string;
  /** When the next chapter begins, ms UTC; undefined in the last one. */
  readonly nextChapterAt: (time: number) => number | undefined;
}

/** `dayOne` is the story's first midnight UTC; ordinary life has neither beginning nor end. */
export function livePlay(
  house: House,
  options: { readonly dayOne: number; readonly eventsPerDay: number; readonly story?: Story },
): LivePlay {
  const story = options.story ?? stolenToken(house, options.dayOne);
  const life = createLife(house, options.eventsPerDay);
  const last = story.acts.at(-1)?.time ?? options.dayOne;
  return {
    startsAt: options.dayOne,
    endsAt: Math.ceil((last + 1) / dayMs) * dayMs,
    slice: (from, to, chosen = channels) =>
      writePieces(house, withStory(life.between(from, to), story, from, to), chosen),
    chapterAt: (time) => story.chapters.findLast(({ at }) => at <= time)?.text ?? 'Ordinary life, as it was before.',
    nextChapterAt: (time) => story.chapters.find(({ at }) => at > time)?.at,
  };
}

/** Ordinary acts and the story's own, in time order. */
export function withStory(ordinary: Iterable<Act>, story: Story, from: number, to: number): Iterable<Act> {
  const own = story.acts.filter(({ time }) => time >= from && time < to);
  return merged(
    (function* () {
      for (const act of ordinary) {
        const told = story.retell(act);
        if (told !== undefined) yield told;
      }
    })(),
    own,
  );
}

/** Acts as pieces of logs, one per log that has lines. */
function writePieces(house: House, acts: Iterable<Act>, chosen: readonly Channel[] = channels): readonly LogPiece[] {
  const lines = new Map<LogName, string[]>();
  const write = createActWriter(house, chosen);
  for (const act of acts) {
    write(act, (log, line) => {
      const known = lines.get(log);
      if (known === undefined) lines.set(log, [line]);
      else known.push(line);
    });
  }
  return [...lines].map(([log, own]) => {
    const file = logFiles[log];
    return { name: file.name, channel: file.channel, text: frame(file, own), lines: own.length };
  });
}
