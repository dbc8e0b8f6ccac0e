import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import Papa from 'papaparse';
import { csvCell, toCsv } from './csv.ts';

test('no cell is a formula, whatever an attacker named an app', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.doesNotMatch(csvCell(text).replace(/^"/, ''), /^(\s*[=+\-@|%＝＋－＠]|[\t\r\n])/);
    }),
  );
  for (const name of ['=HYPERLINK("http://evil.example")', '+1', '-1+1', '@SUM(A1)', ' =1', '\t=1', '\r=1', '＝1']) {
    assert.match(csvCell(name), /^"?'/, name);
  }
  assert.equal(csvCell(-1), '-1');
});

test('what was written is read back, but for the apostrophe', () => {
  const rows = fc.array(fc.tuple(fc.string(), fc.option(fc.nat(), { nil: undefined })), { minLength: 1 });
  fc.assert(
    fc.property(rows, (written) => {
      const { data } = Papa.parse<string[]>(toCsv(['name', 'rows'], written), { delimiter: ',', newline: '\r\n' });
      const plain = (text: string): string => text.replace(/^'(?=\s*[=+\-@|%＝＋－＠]|[\t\r\n])/, '');
      assert.deepEqual(
        data.slice(1, -1).map(([name = '', count]) => [plain(name), count]),
        written.map(([name, count]) => [plain(name), count === undefined ? '' : String(count)]),
      );
    }),
  );
});
