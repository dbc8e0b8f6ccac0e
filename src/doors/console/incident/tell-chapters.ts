import { type Finding, isAtLeast, type Level } from '#model/finding.ts';
import type { IncidentState, StateChange } from '#model/incident.ts';
import type { ThreadMark } from '#model/wire.ts';
import { actsWithin } from './gather-marks.ts';
import type { Stretch, ThreadAxis } from './thread-layout.ts';

/** What one busy stretch adds to the story. */
export interface Chapter {
  readonly stretch: Stretch;
  /** What was seen here for the first time, gravest first. */
  readonly news: readonly { readonly title: string; readonly level: Level }[];
  /** How many kinds of finding go on here that were known before. */
  readonly again: number;
  /** What people did about it here. */
  readonly deeds: readonly string[];
  /** The silence before it, and the usual acts in it; absent for the first. */
  readonly after?: { readonly ms: number; readonly acts: number };
}

const deedWords = {
  open: 'Opened again',
  contained: 'Marked contained',
  scoped: 'Marked scoped',
  notified: 'Marked notified',
  closed: 'Closed',
} as const satisfies Record<IncidentState, string>;

const gravestFirst = (a: { readonly level: Level }, b: { readonly level: Level }): number =>
  Number(isAtLeast(b.level, a.level)) - Number(isAtLeast(a.level, b.level));

/** The story in as many chapters as there are busy stretches: each finding's rule is told where it first spoke. */
export function tellChapters(
  { stretches }: Pick<ThreadAxis, 'stretches'>,
  findings: readonly Pick<Finding, 'rule' | 'level' | 'evidence'>[],
  thread: readonly ThreadMark[],
  changes: readonly Pick<StateChange, 'at' | 'to'>[],
): readonly Chapter[] {
  const known = new Set<string>();
  let silence: Stretch | undefined;
  const chapters: Chapter[] = [];
  for (const stretch of stretches) {
    if (stretch.kind === 'silent') {
      silence = stretch;
      continue;
    }
    const here = findings
      .filter(({ evidence }) => evidence.some(({ time }) => time >= stretch.from && time <= stretch.to))
      .toSorted(gravestFirst);
    const titles = new Map(here.map(({ rule, level }) => [rule.name, { title: rule.title, level }]));
    const news = [...titles].filter(([name]) => !known.has(name));
    for (const [name] of news) known.add(name);
    chapters.push({
      stretch,
      news: news.map(([, told]) => told),
      again: titles.size - news.length,
      deeds: changes.filter(({ at }) => at >= stretch.from && at <= stretch.to).map(({ to }) => deedWords[to]),
      ...(silence === undefined ? {} : { after: { ms: silence.to - silence.from, acts: actsWithin(silence, thread) } }),
    });
  }
  return chapters;
}
