import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import type { Finding } from '#model/finding.ts';
import { examples } from '../../examples/examples.ts';
import { folderOf } from '../story/replay-story.ts';
import { type Arrival, arrive, newDetection, recordsIn, type Seen, scan } from './arrival.ts';

const withinMs = 15_000;
const hourMs = 3_600_000;

/** What people are told; when it was raised is left out, since that is the only thing that arrival changes. */
const told = ({ findings, incidents }: Seen) => ({
  findings: findings
    .map(({ key, explanation, level, firstAt, lastAt, evidenceCount }: Finding) =>
      JSON.stringify([key, explanation, level, firstAt, lastAt, evidenceCount]),
    )
    .toSorted(),
  incidents: incidents
    .map(({ id, level, rows, firstAt, lastAt, findings, summary }) =>
      JSON.stringify([id, level, rows, firstAt, lastAt, findings.map(({ key }) => key).toSorted(), summary]),
    )
    .toSorted(),
});

for (const example of examples) {
  test(`${example.name}: in any arrival order within the bound it ends as a scan says`, {
    timeout: 120_000,
  }, async () => {
    const expected = told(await scan([folderOf(example)]));
    const records = await recordsIn([join(folderOf(example), 'logs')]);
    assert.ok(records.length > 20);
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 40 }), async (seed, together) => {
        let state = seed;
        const random = (): number => {
          state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
          return (state >>> 0) / 2 ** 32;
        };
        const arrivals: readonly Arrival[] = records.map((record) => ({
          record,
          at: record.time + Math.floor(random() * withinMs),
        }));
        const seen = await arrive(arrivals, { withinMs, together, detection: await newDetection() });
        assert.deepEqual(told(seen), expected);
      }),
      { numRuns: records.length > 1_000 ? 2 : 8 },
    );
  });
}

test('an hour-old sign-in event and one that comes six hours later still meet in one correlation', async () => {
  const rule = fileURLToPath(new URL('../../src/detection/rules/new-app-after-factor-reset/', import.meta.url));
  const records = await recordsIn([join(rule, 'fire.ndjson')]);
  const [reset, use] = records.slice(-2);
  // Life goes on meanwhile: the newest event is long after both.
  const ordinary = records[0]!;
  const hours = Array.from({ length: 8 }, (_, hour) => reset!.time + hour * hourMs);
  const later = hours.map((time) => ({
    ...ordinary,
    time,
    raw: ordinary.raw
      .replace('20260302090000.000', stamp(time))
      .replace('4Ysample0000000000190', `4Ysample00000000${time / hourMs}`),
  }));
  const arrivals: readonly Arrival[] = [...records.slice(0, -2), ...later]
    .map((record) => ({ record, at: record.time + 1_000 }))
    .concat({ record: reset!, at: reset!.time + hourMs }, { record: use!, at: use!.time + 6 * hourMs });
  const seenWith = async (latenessMs: number) => {
    const detection = await newDetection(latenessMs);
    return (await arrive(arrivals, { withinMs, together: 1, detection })).findings.filter(
      (finding) => finding.rule.name === 'new-app-after-factor-reset',
    );
  };
  const scanned = await scan([join(rule, 'fire.ndjson')]);
  const expected = scanned.findings.filter((finding) => finding.rule.name === 'new-app-after-factor-reset');
  assert.equal(expected.length, 1);
  assert.deepEqual(
    told({ findings: await seenWith(30 * hourMs), incidents: [] }),
    told({ findings: expected, incidents: [] }),
  );
  assert.equal((await seenWith(600_000)).length, 0, 'the bound of a scan would have missed it');
});

const stamp = (time: number): string => new Date(time).toISOString().replace(/[-:TZ]/g, '');
