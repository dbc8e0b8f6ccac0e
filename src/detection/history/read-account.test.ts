import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Slots } from '#model/event.ts';
import { hourMs } from './measures.ts';
import { ReadAccount } from './read-account.ts';
import { ToldRequests } from './told-requests.ts';

const slotsOf = (eventCode: string, request: string, rows: number | undefined): Slots =>
  Object.assign(new Slots(), {
    activity_name: 'query',
    'metadata.event_code': eventCode,
    'metadata.correlation_uid': request,
    'unmapped.rows': rows,
  });

function tell(account: ReadAccount, slots: Slots, time: number): void {
  const reads = account.measure(slots);
  assert.ok(reads !== undefined);
  account.add(slots, reads, time, '44.215.0.0/16');
}

const everywhere: ReadonlySet<string> = new Set();

test('a read told by the stream and, hours later, by its log file counts once at least', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 2000 }), { minLength: 1, maxLength: 60 }), fc.boolean(), (reads, together) => {
      const account = new ReadAccount(new ToldRequests());
      const stream = reads.map((rows, at) => () => tell(account, slotsOf('ApiEvent', `r${at}`, rows), at * 1000));
      const file = reads.map((rows, at) => () => tell(account, slotsOf('RestApi', `r${at}`, rows), at * 1000));
      const turns = together ? reads.flatMap((_, at) => [stream[at], file[at]]) : [...stream, ...file];
      for (const turn of turns) turn?.();
      const truth = reads.reduce((sum, rows) => sum + rows, 0);
      const bounds = account.bounds(0, hourMs, everywhere);
      assert.equal(bounds.atLeast, truth);
      assert.ok(bounds.atMost !== undefined && bounds.atMost >= truth);
      if (together) assert.equal(bounds.atMost, truth);
    }),
  );
});

test('what only one of the two logs tells of counts too', () => {
  const account = new ReadAccount(new ToldRequests());
  tell(account, slotsOf('ApiEvent', 'a', 10), 0);
  tell(account, slotsOf('RestApi', 'a', 10), 1);
  tell(account, slotsOf('RestApi', 'b', 5), 2);
  assert.deepEqual(account.bounds(0, hourMs, everywhere), { atLeast: 15, atMost: 15 });
});

test('a call whose rows nobody states widens only the upper bound, by one page', () => {
  const account = new ReadAccount(new ToldRequests());
  tell(account, slotsOf('ApiTotalUsage', 'a', undefined), 0);
  assert.deepEqual(account.bounds(0, hourMs, everywhere), { atLeast: 0, atMost: 2000 });
});

test('months of reading take little room, and old bounds only widen', () => {
  const account = new ReadAccount(new ToldRequests());
  const hours = 24 * 40;
  for (let hour = 0; hour < hours; hour++) tell(account, slotsOf('RestApi', `r${hour}`, 10), hour * hourMs);
  const recent = account.bounds((hours - 48) * hourMs, (hours - 1) * hourMs, everywhere);
  assert.deepEqual(recent, { atLeast: 480, atMost: 480 });
  const middle = account.bounds((hours - 24 * 10 - 5) * hourMs, (hours - 1) * hourMs, everywhere);
  const truth = (24 * 10 + 5) * 10;
  assert.ok(middle.atLeast <= truth && middle.atLeast >= truth - 240, String(middle.atLeast));
  assert.ok(
    middle.atMost !== undefined && middle.atMost >= truth && middle.atMost <= truth + 240,
    String(middle.atMost),
  );
});
