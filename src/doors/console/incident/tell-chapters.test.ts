import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Evidence, Finding, Level } from '#model/finding.ts';
import { tellChapters } from './tell-chapters.ts';
import { layOutThread } from './thread-layout.ts';

const day = 86_400_000;
const finding = (name: string, level: Level, ...moments: readonly number[]) =>
  ({
    rule: { name, title: name },
    level,
    evidence: moments.map((time) => ({ key: `${time}`, time }) as Evidence),
  }) as unknown as Finding;

test('each rule is told where it first spoke, the gravest first; later it is only counted', () => {
  const moments = [0, 1000, 3 * day, 3 * day + 1000];
  const axis = layOutThread(
    moments.map((time) => ({ from: time, to: time })),
    900,
  );
  const usual = { lane: 'reading', from: day, to: day, label: 'query' } as const;
  const chapters = tellChapters(
    axis,
    [finding('looks', 'low', 0, 3 * day), finding('reads', 'high', 1000), finding('takes', 'medium', 3 * day + 1000)],
    [usual],
    [{ at: 3 * day + 1000, to: 'contained' }],
  );
  assert.deepEqual(
    chapters.map(({ news, again, deeds, after }) => [news.map(({ title }) => title), again, deeds, after?.acts]),
    [
      [['reads', 'looks'], 0, [], undefined],
      [['takes'], 1, ['Marked contained'], 1],
    ],
  );
});
