import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KeptGap } from '#model/records.ts';
import { openStore } from '../open-store.ts';
import { freshStore, type Harness, openedStore } from './harness.ts';

const gap = (from: number, to: number, rest: Partial<KeptGap> = {}): KeptGap => ({
  source: 'okta-system-log',
  reading: 'okta',
  stream: 'logs',
  from,
  to,
  why: 'the cursor had expired',
  toldAt: 9_000,
  hidesRows: true,
  ...rest,
});

export function liveRecordsConform(harness: Harness): void {
  describe('gaps of live streams', () => {
    it('are kept once for each stretch of each stream', async (context) => {
      const { gaps } = await freshStore(context, harness);
      const told = await Promise.all([gap(1_000, 2_000), gap(1_000, 2_000, { why: 'again' })].map(gaps.keep));
      assert.deepEqual(told, [true, false]);
      assert.equal(await gaps.keep(gap(1_000, 2_001)), true);
      assert.equal(await gaps.keep(gap(1_000, 2_000, { stream: 'other', hidesRows: false })), true);
      const all = await gaps.touching(0, 5_000);
      assert.deepEqual(all, [
        gap(1_000, 2_000),
        gap(1_000, 2_001),
        gap(1_000, 2_000, { stream: 'other', hidesRows: false }),
      ]);
    });

    it('are found where they share an instant, the earliest first, also in another life', async (context) => {
      const place = await harness.place(context);
      const first = await openStore(place);
      assert.ok(first.ok);
      await first.value.gaps.keep(gap(5_000, 6_000));
      await first.value.gaps.keep(gap(1_000, 5_500));
      await first.value.close();
      const { gaps } = await openedStore(context, place);
      const found = async (from: number, to: number) => (await gaps.touching(from, to)).map((each) => each.from);
      assert.deepEqual(await found(5_500, 5_500), [1_000, 5_000]);
      assert.deepEqual(await found(5_501, 9_000), [5_000]);
      assert.deepEqual(await found(0, 1_000), [1_000]);
      assert.deepEqual(await found(6_001, 9_000), []);
    });
  });

  describe('what came to hooks', () => {
    const piece = (text: string) => ({ reading: 'okta', name: 'hook', content: Buffer.from(text), arrivedAt: 7 });

    it('waits in the order it came until it is forgotten', async (context) => {
      const { hooks } = await freshStore(context, harness);
      const [one, two] = await hooks.keep([piece('\u0000one'), piece('two')]);
      const [three] = await hooks.keep([piece('three')]);
      await hooks.forget([two!]);
      const waiting = await hooks.waiting();
      assert.deepEqual(
        waiting.map(({ id, content }) => [id, Buffer.from(content).toString()]),
        [
          [one, '\u0000one'],
          [three, 'three'],
        ],
      );
      assert.equal(waiting[0]!.arrivedAt, 7);
      assert.deepEqual(await hooks.keep([]), []);
    });
  });
}
