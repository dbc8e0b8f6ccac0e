import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import Papa from 'papaparse';
import { writeCell, writeCsv } from './csv.ts';

test('no cell is a formula, whatever an attacker named an app', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.doesNotMatch(writeCell(text).replace(/^"/, ''), /^[=+\-@\t\r\n＝＋－＠]/);
    }),
  );
  for (const name of ['=HYPERLINK("http://evil.example")', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1']) {
    assert.match(writeCell(name), /^"?'/, name);
  }
});

test('what was written is read back, but for the apostrophe', () => {
  const rows = fc.array(fc.record({ name: fc.string(), rows: fc.option(fc.nat(), { nil: undefined }) }), {
    minLength: 1,
  });
  fc.assert(
    fc.property(rows, (written) => {
      const columns = [
        { name: 'name', of: (row: { name: string }) => row.name },
        { name: 'rows', of: (row: { rows: number | undefined }) => row.rows },
      ];
      const { data } = Papa.parse<string[]>(writeCsv(columns, written), { delimiter: ',', newline: '\r\n' });
      const read = data
        .slice(1, -1)
        .map(([name = '', count]) => [name.replace(/^'(?=[=+\-@\t\r\n＝＋－＠])/, ''), count]);
      const expected = written.map(({ name, rows: count }) => [
        name.replace(/^'(?=[=+\-@\t\r\n＝＋－＠])/, ''),
        count === undefined ? '' : String(count),
      ]);
      assert.deepEqual(read, expected);
    }),
  );
});
