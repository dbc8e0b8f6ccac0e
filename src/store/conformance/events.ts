import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Event, Slots } from '#model/event.ts';
import type { EventFilter } from '#model/records.ts';
import { allKeys, eventOf, freshStore, grantOf, type Harness, midnight, openedStore } from './harness.ts';

export function eventsConform(harness: Harness): void {
  describe('events', () => {
    it('stores each key once and says which were new', async (context) => {
      const { events } = await freshStore(context, harness);
      assert.deepEqual(
        await events.add([eventOf(1), eventOf(2), eventOf(1)], grantOf),
        new Set([eventOf(1).key, eventOf(2).key]),
      );
      assert.deepEqual(await events.add([eventOf(2), eventOf(3)], grantOf), new Set([eventOf(3).key]));
      assert.deepEqual(await events.add([], grantOf), new Set());
      assert.equal(await events.total(), 3);
      assert.deepEqual(await events.known([eventOf(3).key, 'never seen']), new Set([eventOf(3).key]));
    });

    it('calls each event new for exactly one of many callers at once', async (context) => {
      const { events } = await freshStore(context, harness);
      const same = Array.from({ length: 40 }, (_, number) => eventOf(number));
      const answers = await Promise.all(Array.from({ length: 20 }, () => events.add(same, grantOf)));
      assert.equal(
        answers.reduce((sum, keys) => sum + keys.size, 0),
        40,
      );
      assert.equal(await events.total(), 40);
    });

    it('gives back what it was given, whatever characters an attacker chose', async (context) => {
      const { events } = await freshStore(context, harness);
      const event = eventOf(
        1,
        {
          activity_name: 'query',
          'actor.app_name': `\0'; drop table events; --\u{F0000}0`,
          'http_request.user_agent': 'é\u{1F600}\r\n\t"\\',
          'resources.type': ['Contact', 'Account'],
          'unmapped.rows': 7_400_000,
          'unmapped.query.is_count': false,
          'history.rows_ratio': Number.POSITIVE_INFINITY,
        },
        { raw: 'a\0b\u{F0000}c\u{F0000}0 ' },
      );
      await events.add([event], grantOf);
      const { native, ...kept } = event;
      kept.slots['history.rows_ratio'] = undefined; // JSON has no infinity.
      assert.deepEqual(await events.get(event.key), kept);
      assert.equal(await events.get('never seen'), undefined);
    });

    it('gives a page what it shows of an event', async (context) => {
      const { events } = await freshStore(context, harness);
      const slots: Partial<Slots> = {
        activity_name: 'bulk-result',
        'actor.user.name': 'mael@maison.example',
        'actor.user.uid': '005000000000001AAA',
        'actor.app_uid': '0H4000000000001AAA',
        'src_endpoint.ip': '203.0.113.9',
        'resources.type': ['Contact'],
        'unmapped.rows': 12,
        'query_info.query_string': 'SELECT Id FROM Contact',
      };
      await events.add([eventOf(1, slots), eventOf(2)], grantOf);
      const page = await events.search({}, 10, undefined);
      assert.deepEqual(page, {
        rows: [
          {
            key: eventOf(2).key,
            time: eventOf(2).time,
            arrivedAt: eventOf(2).arrivedAt,
            source: 'salesforce-event-log-file',
            activity: 'other',
            objects: [],
          },
          {
            key: eventOf(1).key,
            time: eventOf(1).time,
            arrivedAt: eventOf(1).arrivedAt,
            source: 'salesforce-event-log-file',
            activity: 'bulk-result',
            user: 'mael@maison.example',
            userUid: '005000000000001AAA',
            app: '0H4000000000001AAA',
            address: '203.0.113.9',
            objects: ['Contact'],
            rows: 12,
            query: 'SELECT Id FROM Contact',
          },
        ],
      });
    });

    it('finds what a plain walk over all events finds, in the same order, on pages of any size', async (context) => {
      const { events } = await freshStore(context, harness);
      const all = sampled(300);
      await events.add(all, grantOf);
      await fc.assert(
        fc.asyncProperty(anyFilter, fc.integer({ min: 5, max: 200 }), async (filter, limit) => {
          const wanted = all.filter((event) => isAskedFor(event, filter));
          const keys = await allKeys(events, filter, limit);
          assert.deepEqual(new Set(keys), new Set(wanted.map((event) => event.key)));
          assert.equal(keys.length, wanted.length);
          const times = keys.map((key) => all.find((event) => event.key === key)!.time);
          assert.deepEqual(
            times,
            times.toSorted((a, b) => b - a),
          );
        }),
        { numRuns: 40 },
      );
    });

    it('finds a needle beyond what one query looks at', async (context) => {
      const { events } = await freshStore(context, harness);
      const many = Array.from({ length: 4500 }, (_, number) =>
        eventOf(number, { 'actor.user.name': 'etl@maison.example', activity_name: number < 2 ? 'login' : 'query' }),
      );
      await events.add(many, grantOf);
      assert.deepEqual(await allKeys(events, { text: ',"1"' }, 5), [many[1]!.key]);
      assert.deepEqual(
        (await events.search({ actor: 'etl@maison.example', activity: 'login' }, 5, undefined)).rows.map(
          (row) => row.key,
        ),
        [many[1]!.key, many[0]!.key],
      );
    });

    it('takes text as it stands, in any case, also after a zero byte', async (context) => {
      const { events } = await freshStore(context, harness);
      const texts = ['100%_done!', '100 percent done', 'UA: Python\0-Requests/2.3', "it's"];
      await events.add(
        texts.map((raw, number) => eventOf(number, {}, { raw })),
        grantOf,
      );
      const find = async (text: string) => (await events.search({ text }, 9, undefined)).rows.map((row) => row.key);
      assert.deepEqual(await find('%'), [eventOf(0).key]);
      assert.deepEqual(await find('_'), [eventOf(0).key]);
      assert.deepEqual(await find('DONE!'), [eventOf(0).key]);
      assert.deepEqual(await find('requests/2.3'), [eventOf(2).key]);
      assert.deepEqual(await find('python\0-'), [eventOf(2).key]);
      assert.deepEqual(await find("'"), [eventOf(3).key]);
      assert.deepEqual(await find('absent'), []);
    });

    it('keeps pages in place while events arrive before and after them', async (context) => {
      const { events } = await freshStore(context, harness);
      await events.add(
        [10, 20, 30, 40].map((number) => eventOf(number)),
        grantOf,
      );
      const first = await events.search({}, 2, undefined);
      await events.add(
        [5, 35, 50, 60].map((number) => eventOf(number)),
        grantOf,
      );
      const second = await events.search({}, 2, first.next);
      const third = await events.search({}, 2, second.next);
      assert.deepEqual(
        [first, second, third].map((page) => page.rows.map((row) => row.key)),
        [[eventOf(40).key, eventOf(30).key], [eventOf(20).key, eventOf(10).key], [eventOf(5).key]],
      );
      assert.equal(third.next, undefined);
      assert.deepEqual(await events.search({}, 2, "1'; drop table events"), { rows: [] });
    });

    it('finds by a name of any length', async (context) => {
      const { events } = await freshStore(context, harness);
      const name = 'Data Loader '.repeat(1000);
      await events.add([eventOf(1, { 'actor.app_name': name }), eventOf(2, { 'actor.app_name': `${name}!` })], grantOf);
      const page = await events.search({ app: name.toUpperCase() }, 9, undefined);
      assert.deepEqual(
        page.rows.map((row) => row.key),
        [eventOf(1).key],
      );
    });

    it('replays oldest first from a time on', async (context) => {
      const { events } = await freshStore(context, harness);
      const shuffled = Array.from({ length: 2500 }, (_, number) => eventOf((number * 7) % 2500));
      await events.add(shuffled, grantOf);
      const keys: string[] = [];
      for await (const batch of events.replay(eventOf(100).time)) keys.push(...batch.map((event) => event.key));
      assert.deepEqual(
        keys,
        Array.from({ length: 2400 }, (_, number) => eventOf(number + 100).key),
      );
    });

    it('replays what stands above an event in its log, and forgets it with the last event under it', async (context) => {
      const place = await harness.place(context);
      const { events } = await openedStore(context, place);
      const [old, young] = [
        ['EVENT_TYPE', 'ROWS "read"', 'nul \u0000'],
        ['#fields', 'ts'],
      ];
      await events.add([eventOf(0, {}, { heading: old }), eventOf(1, {}, { heading: [...old] }), eventOf(2)], grantOf);
      await events.add([eventOf(3, {}, { heading: young })], grantOf);
      const replayed = async () => {
        const found: (readonly string[] | undefined)[] = [];
        for await (const batch of events.replay(0)) found.push(...batch.map(({ heading }) => heading));
        return found;
      };
      assert.deepEqual(await replayed(), [old, old, undefined, young]);
      await events.prune(eventOf(2).time);
      assert.deepEqual(await replayed(), [undefined, young]);
      // Doubles, which the key forbids, unless there is none.
      const olderOnes = `newest_event_at < ${eventOf(2).time}`;
      await harness.run(place, [`insert into headings select * from headings where ${olderOnes}`]);
    });

    it('counts by source and bucket', async (context) => {
      const { events } = await freshStore(context, harness);
      const okta = { source: 'okta-system-log' };
      await events.add([eventOf(0), eventOf(1), eventOf(61), eventOf(62, {}, okta), eventOf(180)], grantOf);
      const hour = 3_600_000;
      assert.deepEqual(await events.counts(midnight + 60_000, midnight + 3 * hour, hour), [
        { time: midnight, source: 'salesforce-event-log-file', count: 1 },
        { time: midnight + hour, source: 'okta-system-log', count: 1 },
        { time: midnight + hour, source: 'salesforce-event-log-file', count: 1 },
      ]);
    });

    it('forgets what is older and only that, and takes it again', async (context) => {
      const { events } = await freshStore(context, harness);
      const slots = (number: number): Partial<Slots> => ({ 'actor.user.name': `user${number % 1500}@maison.example` });
      const all = Array.from({ length: 2500 }, (_, number) => eventOf(number, slots(number)));
      await events.add(all, grantOf);
      assert.equal(await events.prune(eventOf(2000).time), 2000);
      assert.equal(await events.prune(eventOf(2000).time), 0);
      assert.equal(await events.total(), 500);
      assert.deepEqual(await events.known([all[1999]!.key, all[2000]!.key]), new Set([all[2000]!.key]));
      assert.deepEqual((await events.search({ actor: 'user3@maison.example' }, 9, undefined)).rows, []);
      assert.equal((await events.add([all[3]!], grantOf)).size, 1);
      assert.equal((await events.search({ actor: 'user3@maison.example' }, 9, undefined)).rows.length, 1);
    });
  });
}

const users = ['anouk@maison.example', 'mael@maison.example', 'zoe@maison.example'];
const objects = ['Account', 'Case', 'Contact'];
const activities = ['query', 'login', 'bulk-result'] as const;
const addresses = ['203.0.113.9', '2001:db8::7'];

/** Events whose slots take every combination of few values, several of them in each minute. */
const sampled = (count: number): readonly Event[] =>
  Array.from({ length: count }, (_, number) =>
    eventOf(
      number,
      {
        activity_name: activities[number % 3]!,
        'actor.user.name': users[Math.floor(number / 3) % 3],
        'actor.user.uid': `005${number % 2}`,
        'actor.app_uid': number % 5 === 0 ? undefined : `app${number % 4}`,
        'src_endpoint.ip': addresses[number % 2],
        'resources.type': objects.slice(number % 3, (number % 3) + (number % 7 === 0 ? 2 : 1)),
      },
      { time: midnight + (number % 100) * 60_000 },
    ),
  );

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 2 });

const anyFilter: fc.Arbitrary<EventFilter> = fc
  .record({
    actor: maybe(fc.constantFrom(...users, '0050', 'nobody')),
    grant: maybe(fc.constantFrom('app1@0051', '-@0050')),
    app: maybe(fc.constantFrom('app1', 'APP2')),
    address: maybe(fc.constantFrom(...addresses)),
    object: maybe(fc.constantFrom(...objects, 'contact')),
    activity: maybe(fc.constantFrom(...activities)),
    source: maybe(fc.constantFrom('salesforce-event-log-file')),
    text: maybe(fc.constantFrom('"1', '7"', 'restapi')),
    from: maybe(fc.constantFrom(midnight, midnight + 50 * 60_000)),
    to: maybe(fc.constantFrom(midnight + 60 * 60_000, midnight + 90 * 60_000)),
  })
  .map((filter) => Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)));

function isAskedFor(event: Event, filter: EventFilter): boolean {
  const { slots } = event;
  const same = (wanted: string | undefined, ...have: readonly (string | undefined)[]) =>
    wanted === undefined || have.some((each) => each?.toLowerCase() === wanted.toLowerCase());
  return (
    same(filter.actor, slots['actor.user.name'], slots['actor.user.uid']) &&
    same(filter.grant, grantOf(event)) &&
    same(filter.app, slots['actor.app_uid']) &&
    same(filter.address, slots['src_endpoint.ip']) &&
    same(filter.object, ...slots['resources.type']) &&
    same(filter.activity, slots.activity_name) &&
    same(filter.source, event.source) &&
    event.raw.toLowerCase().includes((filter.text ?? '').toLowerCase()) &&
    event.time >= (filter.from ?? 0) &&
    event.time < (filter.to ?? Number.POSITIVE_INFINITY)
  );
}
