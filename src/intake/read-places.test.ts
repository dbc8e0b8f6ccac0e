import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPlaces, type Read } from './read-places.ts';

const read = (bytes: number): Read => ({ bytes, changedAt: 1 });

function openSettings(saved: Record<string, Read> = {}) {
  const settings = new Map<string, unknown>([['read-files', saved]]);
  return {
    kept: () => settings.get('read-files'),
    get: async (key: string) => settings.get(key),
    set: async (key: string, value: unknown) => void settings.set(key, JSON.parse(JSON.stringify(value))),
  };
}

test('a place counts at once in this life, and in the next only when all before it is durable', async () => {
  const settings = openSettings({ a: read(1) });
  const places = await openPlaces(settings);
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  places.moveTo([['a', read(2)]], [first.promise]);
  places.moveTo([['a', read(3)]], [second.promise]);
  assert.equal(places.of('a')!.bytes, 3);
  second.resolve();
  await new Promise(setImmediate);
  assert.deepEqual(settings.kept(), { a: read(1) });
  first.resolve();
  await places.settled();
  assert.deepEqual(settings.kept(), { a: read(3) });
});

test('behind what was given up nothing is kept', async () => {
  const settings = openSettings();
  const places = await openPlaces(settings);
  places.moveTo([['a', read(1)]], [Promise.reject(new Error('closed'))]);
  places.moveTo([['b', read(1)]], [Promise.resolve()]);
  await places.settled();
  assert.deepEqual(settings.kept(), {});
});

test('a place that cannot be kept is told', async () => {
  const places = await openPlaces({ ...openSettings(), set: () => Promise.reject(new Error('the disk is full')) });
  places.moveTo([['a', read(1)]], []);
  await assert.rejects(places.settled(), /disk is full/);
  assert.throws(() => places.moveTo([['a', read(2)]], []), /disk is full/);
});
