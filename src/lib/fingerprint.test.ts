import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Fingerprint, seedOf } from './fingerprint.ts';

function printOf(row: Iterable<readonly [string, string]>): string {
  const print = new Fingerprint(0);
  for (const [name, text] of row) print.add(seedOf(name), text);
  return String(print);
}

const row = fc
  .uniqueArray(fc.tuple(fc.stringMatching(/^[A-Z_]{1,8}$/), fc.stringMatching(/^[a-z]{1,12}$/)), {
    selector: ([name]) => name,
  })
  .filter((cells) => cells.length > 0);

test('the order of columns and the form of a value do not matter', () => {
  fc.assert(fc.property(row, (cells) => assert.equal(printOf(cells), printOf(cells.toReversed()))));
  assert.equal(
    printOf([
      ['URL', '"""https://x"""'],
      ['EMPTY', ''],
    ]),
    printOf([['URL', 'https://x']]),
  );
  assert.equal(printOf([['API_VERSION', '9998.0']]), printOf([['API_VERSION', '9998']]));
});

test('a character more, or a value under another column, is another row', () => {
  fc.assert(
    fc.property(row, fc.nat(), (cells, pick) => {
      const index = pick % cells.length;
      const changed = cells.map(([name, text], at) => [name, at === index ? `${text}x` : text] as const);
      const moved = cells.map(([name, text], at) => [at === index ? `${name}9` : name, text] as const);
      assert.equal(new Set([printOf(cells), printOf(changed), printOf(moved)]).size, 3);
    }),
  );
});

test('a hundred thousand rows that differ in one digit have a hundred thousand prints', () => {
  const prints = new Set<string>();
  for (let number = 0; number < 100_000; number++)
    prints.add(
      printOf([
        ['ROWS_PROCESSED', String(number)],
        ['URI', '/services'],
      ]),
    );
  assert.equal(prints.size, 100_000);
});

test('bytes that stand somewhere count as the text they spell', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), fc.nat(), (text, before, seed) => {
      const byText = new Fingerprint(7);
      byText.add(seed, text);
      const [head, cell] = [Buffer.from(before), Buffer.from(text)];
      const byBytes = new Fingerprint(7);
      byBytes.addBytes(seed, Buffer.concat([head, cell, head]), head.length, head.length + cell.length);
      assert.equal(String(byBytes), String(byText));
    }),
  );
  const long = new Fingerprint(7);
  long.add(1, 'é'.repeat(5000));
  const longByBytes = new Fingerprint(7);
  longByBytes.addBytes(1, Buffer.from('é'.repeat(5000)), 0, 10_000);
  assert.equal(String(long), String(longByBytes));
});
