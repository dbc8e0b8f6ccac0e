import assert from 'node:assert/strict';
import { it } from 'node:test';
import { findSources } from '#detection/sources/find-sources.ts';
import { checkDamagedLogs, checkTiling, readSpans } from './check-reading.ts';
import { logShapes } from './log-shapes.ts';

const sources = await findSources();

for (const { name, build } of logShapes)
  it(`reads ${name} to the last record`, async () => {
    const log = build(40);
    const spans = await readSpans(log.bytes, 1000, sources);
    checkTiling(spans, log.bytes);
    const read = spans.filter((span) => span.fate !== 'frame');
    assert.deepEqual([...new Set(read.map((span) => span.fate))], ['accepted']);
    assert.equal(read.length, 40);
  });

it('keeps its promises on 400 damaged logs (10,000: npm run fuzz:sources)', () =>
  checkDamagedLogs(sources, 400, 20_260_223));
