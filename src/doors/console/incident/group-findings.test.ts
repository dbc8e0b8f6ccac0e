import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Evidence, Finding, Level } from '#model/finding.ts';
import { groupFindings } from './group-findings.ts';

const line = (key: string, time: number) => ({ key, time }) as Evidence;
const finding = (name: string, firstAt: number, level: Level, evidence: readonly Evidence[], evidenceCount?: number) =>
  ({ rule: { name }, firstAt, level, evidence, evidenceCount: evidenceCount ?? evidence.length }) as Finding;

test('findings of one rule are one group of the gravest level, rules in the order in which they first spoke', () => {
  const groups = groupFindings([
    finding('late', 3, 'low', [line('c', 3)]),
    finding('early', 4, 'high', [line('d', 4)]),
    finding('early', 1, 'medium', [line('a', 1)]),
  ]);
  assert.deepEqual(
    groups.map(({ times, level }) => [times[0].rule.name, times.length, level]),
    [
      ['early', 2, 'high'],
      ['late', 1, 'low'],
    ],
  );
});

test('a line in two findings counts once, lines that were not kept count too', () => {
  const [group] = groupFindings([
    finding('one', 1, 'low', [line('b', 2), line('a', 1)], 12),
    finding('one', 2, 'low', [line('b', 2), line('c', 3)]),
  ]);
  assert.deepEqual(
    group?.evidence.map(({ key }) => key),
    ['a', 'b', 'c'],
  );
  assert.equal(group?.lines, 13);
});
