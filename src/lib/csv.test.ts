import assert from 'node:assert/strict';
import { test } from 'node:test';
import Papa from 'papaparse';
import { csvCell, toCsv } from './csv.ts';

test('what a spreadsheet would run is made harmless', () => {
  for (const word of ['=HYPERLINK("http://x")', '+1', '-1+1', '@SUM(1)', ' =1', '\t=1', '|calc']) {
    assert.ok(/^"?'/.test(csvCell(word)), word);
  }
  assert.equal(csvCell(-1), '-1');
});

test('quotes, commas and newlines come back as they went', () => {
  const row = ['a "b", c', 'line\none', 'Drift'];
  assert.deepEqual(Papa.parse(toCsv(['x', 'y', 'z'], [row]).trimEnd()).data[1], row);
});
