import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Event, NetworkSlots, Slots } from '#model/event.ts';
import { salesforceHosts } from '#model/network-places.ts';
import { DayTally } from './day-tally.ts';
import { NetworkHistory, networkGrant } from './network-history.ts';
import { blockOf, hostMatcher, networkMatcher } from './places.ts';
import { RecentMap } from './recent-map.ts';

const start = Date.UTC(2026, 2, 2, 10);
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const machine = '10.20.0.7';
const crm = '198.51.100.20';
const store = '203.0.113.40';

let count = 0;
function event(time: number, said: Partial<NetworkSlots>, source = 'zeek'): Event & { readonly slots: NetworkSlots } {
  const slots = Object.assign(new NetworkSlots(), { activity_name: 'network-connection' }, said);
  const origin = { file: 'f', offset: 0, bytes: 0 };
  return { key: `k${count++}`, time, arrivedAt: time, source, origin, raw: '', slots, native: () => undefined };
}

const connection = (time: number, to: string, sent: number, received: number, more: Partial<NetworkSlots> = {}) =>
  event(time, {
    'src_endpoint.ip': machine,
    'dst_endpoint.ip': to,
    'traffic.bytes_out': sent,
    'traffic.bytes_in': received,
    ...more,
  });

function observe(
  history: NetworkHistory,
  each: Event & { readonly slots: NetworkSlots },
  isFlagged = false,
): NetworkSlots {
  const observed = history.observe(each, each.slots);
  if (observed !== undefined) history.learn(each, observed, isFlagged);
  return each.slots;
}

/** One connection a day to the store and to the CRM, ten days long. */
function settled(): NetworkHistory {
  const history = new NetworkHistory();
  for (let day = 0; day < 10; day++) {
    const at = start + day * dayMs;
    observe(history, connection(at, crm, 10, 1_000, { 'dst_endpoint.hostname': 'brand.my.salesforce.com' }));
    observe(history, connection(at + 1, store, 500, 10));
  }
  return history;
}
const after = start + 10 * dayMs;

test('a far end is new for three days after it was first met, and only once there is a history', () => {
  const history = new NetworkHistory();
  assert.equal(observe(history, connection(start, store, 1, 1))['history.destination'], 'no history');
  const old = settled();
  const other = '192.0.2.66';
  assert.equal(observe(old, connection(after, store, 1, 1))['history.destination'], 'usual');
  assert.equal(observe(old, connection(after, other, 1, 1))['history.destination'], 'new');
  assert.equal(observe(old, connection(after + 2 * dayMs, other, 1, 1))['history.destination'], 'new');
  assert.equal(observe(old, connection(after + 3 * dayMs, other, 1, 1))['history.destination'], 'usual');
});

test('what was flagged does not become usual', () => {
  const history = settled();
  observe(history, connection(after, '192.0.2.66', 1, 1), true);
  assert.equal(observe(history, connection(after + 5 * dayMs, '192.0.2.66', 1, 1))['history.destination'], 'new');
});

test('bytes from the CRM and to new far ends add up over a day and then fall away', () => {
  const history = settled();
  const named = { 'dst_endpoint.hostname': 'brand.my.salesforce.com' };
  const read = observe(history, connection(after, crm, 10, 4_000, named));
  assert.equal(read['unmapped.connection.far_end'], 'crm');
  assert.equal(read['history.crm_bytes_in'], 4_000);
  assert.equal(read['history.crm_bytes_ratio'], 4);
  const sent = observe(history, connection(after + hourMs, '192.0.2.66', 3_000, 5));
  assert.equal(sent['history.new_destination_bytes_out'], 3_000);
  assert.equal(sent['history.upload_ratio'], 0.75);
  const late = observe(history, connection(after + 26 * hourMs, '192.0.2.67', 70, 5));
  assert.equal(late['history.crm_bytes_in'], 0);
  assert.equal(late['history.new_destination_bytes_out'], 70);
  assert.equal(late['history.upload_ratio'], undefined);
});

test('the name of a connection’s far end is found by its handshake, else by the DNS answers of a day, and says so', () => {
  const history = settled();
  const uid = { 'metadata.correlation_uid': 'C1' };
  observe(
    history,
    event(after, {
      ...uid,
      activity_name: 'tls-handshake',
      'src_endpoint.ip': machine,
      'dst_endpoint.ip': '192.0.2.9',
      'dst_endpoint.hostname': 'login.salesforce.com',
    }),
  );
  const ended = observe(history, connection(after + 1, '192.0.2.9', 1, 9, uid));
  assert.equal(ended['dst_endpoint.hostname'], 'login.salesforce.com');
  assert.equal(ended['unmapped.connection.named_by'], 'session');
  assert.equal(ended['unmapped.connection.far_end'], 'crm');
  const asked = { 'query.hostname': 'drop.example', 'answers.rdata': ['192.0.2.66', 'alias.example'] };
  observe(
    history,
    event(after, { ...asked, activity_name: 'dns-query', 'src_endpoint.ip': machine, 'dst_endpoint.ip': '10.0.0.53' }),
  );
  const sent = observe(history, connection(after + 2, '192.0.2.66', 1, 9));
  assert.equal(sent['dst_endpoint.hostname'], 'drop.example');
  assert.equal(sent['unmapped.connection.named_by'], 'dns');
  const stale = observe(history, connection(after + 2 * dayMs, '192.0.2.66', 1, 9));
  assert.equal(stale['dst_endpoint.hostname'], undefined);
});

test('two sensors on one wire do not count its bytes twice', () => {
  const history = settled();
  observe(history, connection(after, '192.0.2.66', 1_000, 5));
  const other = event(
    after + 1,
    {
      'src_endpoint.ip': machine,
      'dst_endpoint.ip': '192.0.2.66',
      'traffic.bytes_out': 1_040,
      'metadata.event_code': 'flow',
    },
    'suricata-eve',
  );
  assert.equal(observe(history, other)['history.new_destination_bytes_out'], 1_000);
});

test('bytes are told by direction seen from inside, whichever side began', () => {
  const slots = observe(
    settled(),
    event(after, {
      'src_endpoint.ip': '192.0.2.66',
      'dst_endpoint.ip': machine,
      'traffic.bytes_out': 7,
      'traffic.bytes_in': 9_000,
    }),
  );
  assert.equal(slots['unmapped.connection.inside_ip'], machine);
  assert.equal(slots['unmapped.connection.bytes_sent'], 9_000);
  assert.equal(slots['unmapped.connection.bytes_received'], 7);
  assert.equal(slots['history.new_destination_bytes_out'], 9_000);
});

const outsiders = () =>
  event(after, { 'src_endpoint.ip': '192.0.2.1', 'dst_endpoint.ip': '192.0.2.2', 'traffic.bytes_out': 5 });

test('between machines inside nothing leaves; between strangers nothing is said of the house', () => {
  const lateral = observe(settled(), connection(after, '10.0.0.9', 5, 5));
  assert.equal(lateral['unmapped.connection.far_end'], 'inside');
  assert.equal(lateral['unmapped.connection.bytes_sent'], undefined);
  const strange = outsiders();
  assert.equal(new NetworkHistory().observe(strange, strange.slots), undefined);
});

function signIn(person: string, time: number, status: 1 | 2 = 1): [Slots, number] {
  const said = { activity_name: 'login', status_id: status, 'src_endpoint.ip': machine } as const;
  const known = { 'unmapped.person_uid': person, 'unmapped.grant_uid': `-@${person}` };
  return [Object.assign(new Slots(), said, known), time];
}

test('a person is named by one sign-in from the address within twelve hours, and by none where there were two', () => {
  const history = settled();
  const ask = (time: number): NetworkSlots => observe(history, connection(time, store, 1, 1));
  history.people.note(...signIn('jane@house.example', after, 2));
  assert.equal(ask(after)['unmapped.person_attribution'], undefined, 'a failed sign-in tells nothing');
  history.people.note(...signIn('jane@house.example', after));
  const one = ask(after + hourMs);
  assert.equal(one['unmapped.person_uid'], 'jane@house.example');
  assert.equal(one['unmapped.person_attribution'], 'address');
  assert.equal(networkGrant(one)?.key, '-@jane@house.example');
  assert.equal(ask(after + 13 * hourMs)['unmapped.person_uid'], undefined);
  history.people.note(...signIn('paul@house.example', after + 2 * hourMs));
  const two = ask(after + 3 * hourMs);
  assert.equal(two['unmapped.person_uid'], undefined);
  assert.equal(two['unmapped.person_attribution'], 'ambiguous');
  assert.equal(networkGrant(two)?.address, machine);
  const stated = observe(history, connection(after + 3 * hourMs, store, 1, 1, { 'actor.user.name': 'zoe' }));
  assert.equal(stated['unmapped.person_attribution'], 'stated');
  assert.equal(networkGrant(stated)?.userName, 'zoe');
});

test('hosts and networks are matched whole', () => {
  const isCrm = hostMatcher(salesforceHosts);
  for (const host of ['salesforce.com', 'a.b.my.salesforce.com', 'x.file.force.com']) assert.ok(isCrm(host), host);
  for (const host of ['evilsalesforce.com', 'salesforce.com.evil.example', 'com', '']) assert.ok(!isCrm(host), host);
  const isInside = networkMatcher(['10.0.0.0/8', 'fc00::/7']);
  for (const address of ['10.1.2.3', 'fd00::1', '::ffff:10.0.0.1']) assert.ok(isInside(address), address);
  for (const address of ['11.0.0.1', '2001:db8::1', 'host', '']) assert.ok(!isInside(address), address);
  assert.equal(blockOf('192.0.2.66'), '192.0.2.0/24');
  assert.equal(blockOf('2001:db8:1:2::3'), '2001:db8:1::/48');
});

test('a day’s sum is that of the last 24 clock hours, in whatever order they are told', () => {
  const times = fc.array(fc.tuple(fc.nat({ max: 60 * hourMs }), fc.nat({ max: 1_000 })), { maxLength: 40 });
  fc.assert(
    fc.property(times, (told) => {
      const tally = new DayTally(start);
      let latest = start;
      for (const [after, bytes] of told) {
        latest = Math.max(latest, start + after);
        tally.add(start + after, bytes);
      }
      const since = Math.floor(latest / hourMs) - 24;
      // What comes more than a day late is not counted; the reference must know how late it came.
      let newest = start;
      const expected = told.reduce((sum, [after, bytes]) => {
        newest = Math.max(newest, start + after);
        const hour = Math.floor((start + after) / hourMs);
        return hour > since && hour > Math.floor(newest / hourMs) - 24 ? sum + bytes : sum;
      }, 0);
      assert.equal(tally.sum(latest), expected);
    }),
  );
});

test('what is remembered is bounded, and what is used stays', () => {
  const map = new RecentMap<number>(10);
  map.set('kept', 1);
  for (let index = 0; index < 1_000; index++) {
    map.set(`n${index}`, index);
    assert.equal(map.get('kept'), 1);
  }
  assert.equal(map.get('n0'), undefined);
  assert.ok(map.forgotten > 900);
});
