import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { findSources } from '#detection/sources/find-sources.ts';
import type { Source } from '#model/source.ts';
import { type LinesRead, markLines, readGrowth } from './line-file.ts';

let directory: string;
let sources: readonly Source[];
before(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cordon-lines-'));
  sources = await findSources();
});
after(() => rmSync(directory, { recursive: true }));

const gatewayLine = (id: string): string =>
  `${JSON.stringify({ cordonGateway: 1, kind: 'call', id, at: '2026-10-14T02:10:04.120Z', integration: 'é' })}\n`;

async function mark(file: string): Promise<LinesRead | undefined> {
  const { ino, size } = statSync(file);
  return markLines(file, ino, size, sources);
}

test('however a log grows, its lines are read once each, in order, at the place where they stand', async () => {
  const file = join(directory, 'grows.ndjson');
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ maxLength: 20 }), { maxLength: 6 }),
      fc.array(fc.nat({ max: 600 }), { maxLength: 8 }),
      async (names, cuts) => {
        writeFileSync(file, gatewayLine('first'));
        let read = (await mark(file))!;
        const all = Buffer.from(names.map(gatewayLine).join(''));
        const told: Buffer[] = [];
        let at = 0;
        for (const cut of [...cuts, all.length]) {
          appendFileSync(file, all.subarray(at, at + cut));
          at = Math.min(all.length, at + cut);
          const growth = await readGrowth(file, read, statSync(file).size, false);
          assert.ok(growth);
          assert.deepEqual(
            readFileSync(file).subarray(growth.offset, growth.offset + growth.bytes.length),
            growth.bytes,
          );
          told.push(growth.bytes);
          ({ read } = growth);
        }
        assert.deepEqual(Buffer.concat(told), all);
      },
    ),
    { numRuns: 50 },
  );
});

test('what has grown by more than is read at once says so and goes on', async () => {
  const file = join(directory, 'much.ndjson');
  writeFileSync(file, gatewayLine('first'));
  let read = (await mark(file))!;
  const many = Array.from({ length: 60_000 }, (_, index) => gatewayLine(`r-${index}`)).join('');
  appendFileSync(file, many);
  const { size } = statSync(file);
  let told = 0;
  for (let isMore = true; isMore; ) {
    const growth = await readGrowth(file, read, size, false);
    assert.ok(growth && growth.bytes.length > 0);
    told += growth.bytes.length;
    ({ read, isMore } = growth);
  }
  assert.equal(told, Buffer.byteLength(many));
});

test('a row, a piece of an array and a compressed file are no lines by themselves', async () => {
  const file = join(directory, 'other');
  writeFileSync(file, '"EVENT_TYPE","TIMESTAMP"\n"Login","20261014021004.120"\n');
  assert.equal(await mark(file), undefined);
  writeFileSync(file, `[\n${gatewayLine('a').trimEnd()},\n${gatewayLine('b')}]\n`);
  assert.equal(await mark(file), undefined);
  writeFileSync(file, Buffer.from([0x1f, 0x8b, 8, 0, 0, 10, 7, 10]));
  assert.equal(await mark(file), undefined);
});
