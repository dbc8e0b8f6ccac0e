import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { coverageOf } from './coverage.ts';

const app = (name: string, atLeast: number, atMost = atLeast, uid?: string) => ({
  name,
  rows: { atLeast, atMost },
  ...(uid !== undefined && { uid }),
});
const behind = (name: string, ...apps: readonly string[]) => ({ name, apps, uncounted: [] });

test('some behind, some not: the shares, who is outside, and one sentence', () => {
  const coverage = coverageOf({
    known: [app('Newsletter', 300), app('Drift Chat', 50, 90), app('Old Export', 650, 700, '0H4A')],
    behind: [behind('newsletter'), behind('warehouse', '0h4a')],
    customers: { read: 120, all: 7_400_000 },
  });
  assert.deepEqual(coverage, {
    integrations: { behind: 2, all: 3 },
    reads: { behind: 950, all: 1000 },
    outside: ['Drift Chat'],
    customers: { exact: 120, outsideAtMost: 90 },
    words:
      'Exact for 2 of 3 integrations, with 95% of the records that logs saw third parties read. The other one goes straight to the CRM: known from logs only, within bounds.',
  });
});

test('exact is never said of what is not', () => {
  const words = (known: Parameters<typeof coverageOf>[0]['known'], names: readonly string[]) =>
    coverageOf({ known, behind: names.map((name) => behind(name)) }).words;
  assert.equal(words([app('A', 1)], []), 'Nothing is exact yet: no integration stands behind the gateway.');
  assert.match(words([], ['A']), /No log tells whether others read/);
  assert.equal(words([app('A', 1)], ['a']), 'Exact for the one known integration.');
  assert.match(words([app('A', 99_999), app('B', 1)], ['A']), /with 99% of/);
  assert.match(words([app('A', 1), app('B', 99_999)], ['A']), /with under 1% of/);
  assert.doesNotMatch(words([app('A', 0), app('B', 0)], ['A']), /%/);
});

test('what is opened as uncounted is said each time', () => {
  const { words } = coverageOf({
    known: [app('A', 1)],
    behind: [{ name: 'A', apps: [], uncounted: ['/services/apexrest/stores'] }],
  });
  assert.match(words, /A reads \/services\/apexrest\/stores uncounted: nothing bounds what left there\.$/);
});

test('no bound outside means no bound, but for the size of the house', () => {
  const known = [app('A', 5), { name: 'B', rows: { atLeast: 5, atMost: undefined } }];
  const of = (all: number | undefined) =>
    coverageOf({ known, behind: [behind('A')], customers: { read: 5, all } }).customers?.outsideAtMost;
  assert.equal(of(undefined), undefined);
  assert.equal(of(1000), 1000);
});

test('shares never exceed the whole, and all is said only when nobody is outside', () => {
  const name = fc.constantFrom('A', 'b', 'C', 'd', 'E');
  fc.assert(
    fc.property(fc.uniqueArray(name), fc.uniqueArray(name), fc.infiniteStream(fc.nat()), (known, registered, rows) => {
      const coverage = coverageOf({
        known: known.map((each) => app(each, rows.next().value)),
        behind: registered.map((each) => behind(each.toUpperCase())),
      });
      assert.ok(coverage.integrations.behind <= coverage.integrations.all);
      assert.equal(coverage.integrations.all - coverage.integrations.behind, coverage.outside.length);
      if (coverage.reads !== undefined) assert.ok(coverage.reads.behind <= coverage.reads.all);
      if (/\b(all|the one)\b/.test(coverage.words)) assert.deepEqual(coverage.outside, []);
    }),
  );
});
