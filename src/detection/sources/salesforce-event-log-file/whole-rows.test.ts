import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { wholeRows } from './whole-rows.ts';

async function* cut(text: string, at: readonly number[]): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  const ends = [...new Set(at.map((each) => each % (bytes.length + 1))), bytes.length].toSorted((a, b) => a - b);
  let begin = 0;
  for (const end of ends) {
    yield bytes.subarray(begin, end);
    begin = end;
  }
}

const read = async (text: string, at: readonly number[], isWhole: boolean): Promise<string> =>
  Buffer.concat(await Array.fromAsync(wholeRows(cut(text, at), () => isWhole))).toString();

test('rows come as they are however they are cut, and of a part nothing comes of its last row', async () => {
  const cell = fc.string({ maxLength: 8 }).map((text) => `"${text.replaceAll('"', '""')}\n"`);
  const row = fc.array(cell, { minLength: 1, maxLength: 3 }).map((cells) => `${cells.join(',')}\n`);
  const property = fc.asyncProperty(
    fc.array(row, { maxLength: 6 }),
    row,
    fc.nat(),
    fc.array(fc.nat(), { maxLength: 5 }),
    async (rows, last, brokenAt, at) => {
      const text = rows.join('');
      assert.equal(await read(text + last, at, true), text + last);
      assert.equal(await read(text + last.slice(0, -1), at, true), text + last.slice(0, -1));
      assert.equal(await read(text + last.slice(0, brokenAt % last.length), at, false), text);
    },
  );
  await fc.assert(property, { numRuns: 200 });
});

test('a quote too many does not hold back the rest of a file', async () => {
  const text = `"a\n${'x\n'.repeat(3_000_000)}`;
  let [largest, held] = [0, 0];
  for await (const chunk of wholeRows(cut(text, [1_000_000, 2_000_000, 3_000_000, 4_000_000]), () => true)) {
    largest = Math.max(largest, chunk.length);
    held += chunk.length;
  }
  assert.equal(held, text.length);
  assert.ok(largest < 3_000_000);
});
