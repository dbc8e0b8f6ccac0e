import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { openAddressFacts } from './address-facts.ts';
import { openAddressRanges } from './address-ranges.ts';

const folder = mkdtempSync(join(tmpdir(), 'cordon-ranges-'));
after(() => rmSync(folder, { recursive: true }));

const dotted = (number: number): string => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');

function openTable(lines: readonly string[]) {
  const files = { ipv4: join(folder, 'v4.csv'), ipv6: join(folder, 'v6.csv') };
  writeFileSync(files.ipv4, lines.join(''));
  writeFileSync(
    files.ipv6,
    '42540488161975842760550356425300246528,42540488241204005274814694018844196863,6939,"Six, Inc."\n',
  );
  const ranges = openAddressRanges(files);
  assert.ok(ranges);
  return ranges;
}

test('every address finds the range it lies in, and none finds another, wherever pages of the file begin', () => {
  const table = fc.array(fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 0, max: 3000 })), {
    maxLength: 800,
  });
  fc.assert(
    fc.property(table, fc.array(fc.nat(6_000_000), { maxLength: 60 }), fc.nat(60), (steps, asked, padding) => {
      let at = 0;
      const ranges = steps.map(([gap, length]) => {
        const first = at + gap;
        at = first + length;
        return { first, last: at };
      });
      const found = openTable(ranges.map(({ first, last }) => `${first},${last},${first},"${'x'.repeat(padding)}"\n`));
      for (const number of [...asked, ...ranges.flatMap(({ first, last }) => [first - 1, first, last, last + 1])]) {
        const expected = ranges.find(({ first, last }) => number >= first && number <= last);
        assert.equal(found.find(dotted(number))?.[0], expected && String(expected.first), dotted(number));
      }
    }),
    { numRuns: 60 },
  );
});

test('addresses in six forms, and what is none', () => {
  const ranges = openTable(['16777216,16777471,13335,"Cloud ""flare"", Inc."\n']);
  assert.deepEqual(ranges.find('1.0.0.255'), ['13335', 'Cloud "flare", Inc.']);
  assert.deepEqual(ranges.find('::ffff:1.0.0.1'), ['13335', 'Cloud "flare", Inc.']);
  assert.deepEqual(ranges.find('2001::1'), ['6939', 'Six, Inc.']);
  for (const none of ['', '1.0.0', '16777216', '01.0.0.1', 'Salesforce.com IP', `1${'.0'.repeat(50)}`])
    assert.equal(ranges.find(none), undefined, none);
});

test('an empty table, or none', () => {
  assert.equal(openTable([]).find('1.0.0.1'), undefined);
  assert.equal(openAddressRanges({ ipv4: join(folder, 'absent'), ipv6: join(folder, 'absent') }), undefined);
});

test('the registers know who announces an address and where its block is registered', () => {
  const factsOf = openAddressFacts();
  assert.equal(factsOf('8.8.8.8').number, 15169);
  assert.match(factsOf('8.8.8.8').name ?? '', /google/i);
  assert.equal(factsOf('208.68.36.90').number, 14061);
  assert.equal(factsOf('185.220.101.33').country, 'DE');
  assert.equal(factsOf('2001:4860:4860::8888').number, 15169);
  assert.deepEqual(factsOf('10.0.0.1'), { number: undefined, name: undefined, country: undefined });
});
