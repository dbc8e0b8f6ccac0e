import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Event, Slots } from '#model/event.ts';
import { createDetection, type Detection } from './detect.ts';
import { loadRules } from './rules/load-rules.ts';

// Thefts and honest work told in a few lines each, against the whole pack; the stories proper are in test/story.

const hourMs = 3_600_000;
// Monday 2 March 2026, midnight UTC.
const monday = Date.UTC(2026, 2, 2);
const at = (day: number, hour: number, minute = 0, second = 0): number =>
  monday + (day * 24 + hour) * hourMs + minute * 60_000 + second * 1000;

type Told = readonly [time: number, slots: Partial<Slots>];

const tool = (name: string, address: string, agent: string): Partial<Slots> => ({
  'actor.user.uid': `005${name}`,
  'actor.user.name': `${name}@maison.example`,
  'actor.app_uid': `0H4${name}`,
  'actor.app_name': name,
  'src_endpoint.ip': address,
  'http_request.user_agent': agent,
  'api.service.name': 'REST',
});
const person = (name: string, address = '198.51.100.10'): Partial<Slots> => ({
  'actor.user.uid': `005${name}`,
  'actor.user.name': `${name}@maison.example`,
  'src_endpoint.ip': address,
});

const list = { activity_name: 'list-objects' } as const;
const limits = { activity_name: 'read-limits' } as const;
const describe = (object: string) => ({ activity_name: 'describe-object', 'resources.type': [object] }) as const;
const count = (object: string) =>
  ({
    activity_name: 'count',
    'resources.type': [object],
    'unmapped.query.is_count': true,
    'unmapped.query.is_filtered': false,
    'query_info.query_string': `SELECT COUNT() FROM ${object}`,
  }) as const;
const read = (object: string, rows: number, more: Partial<Slots> = {}): Partial<Slots> => ({
  activity_name: 'query',
  'resources.type': [object],
  'unmapped.rows': rows,
  'unmapped.query.is_filtered': false,
  ...more,
});

async function replay(told: readonly Told[]): Promise<Detection> {
  const pack = await loadRules();
  if (!pack.ok) throw new Error(JSON.stringify(pack.failure));
  const detection = createDetection({ rules: pack.value.ruleSet });
  const events = told
    .map(([time, change], index): Event => {
      const slots = Object.assign(new Slots(), { 'metadata.product.name': 'Salesforce', status_id: 1 }, change);
      return {
        key: `${index}`,
        time,
        arrivedAt: time,
        source: slots['metadata.product.name'] === 'Cordon' ? 'cordon-gateway' : 'salesforce-event-log-file',
        origin: { file: 'told', offset: 0, bytes: 0 },
        raw: `${index}`,
        slots,
        native: () => undefined,
      };
    })
    .sort((a, b) => a.time - b.time);
  detection.observe(events);
  return detection;
}

const days = <Value>(from: number, to: number, make: (day: number) => readonly Value[]): readonly Value[] =>
  Array.from({ length: to - from }, (_, index) => make(from + index)).flat();

/** A house at work: a nightly export, a chat integration, three people at their desks, one of them with the mobile app. */
const house = (from: number, to: number): readonly Told[] =>
  days(from, to, (day) => [
    ...nightlyExport(day),
    ...[8, 10, 12, 14, 16].map((hour): Told => [at(day, hour), { ...chat, ...read('Contact', 20) }]),
    [at(day, 12), { ...person('omar'), ...mobile, activity_name: 'login' }],
    ...['jane', 'omar', 'lucy'].flatMap((name) =>
      [9, 11, 13, 15].map((hour): Told => [at(day, hour), { ...person(name), activity_name: 'record-view' }]),
    ),
  ]);

const mobile = { 'actor.app_uid': '0H4mobile', 'actor.app_name': 'Salesforce for iOS' } as const;
const chat = tool('chat', '35.156.10.20', 'Parlance/4');
const etl = tool('etl', '34.76.1.1', 'Exporter/2');
const nightlyExport = (day: number): readonly Told[] => [
  [at(day, 2), { ...etl, ...list }],
  [at(day, 2, 0, 5), { ...etl, ...describe('Contact') }],
  [at(day, 2, 0, 9), { ...etl, ...limits }],
  [at(day, 2, 1), { ...etl, ...read('Contact', 2000) }],
];

const backup = tool('backup', '52.18.3.3', 'Keeper/9');
const objects = ['Account', 'Asset', 'Campaign', 'Case', 'Contact', 'Contract', 'Lead', 'Opportunity', 'Order', 'User'];
const weeklyBackup = (day: number): readonly Told[] => [
  [at(day, 1), { ...backup, ...list }],
  [at(day, 1, 0, 5), { ...backup, ...limits }],
  ...Array.from(
    { length: 300 },
    (_, index): Told => [at(day, 1, 1, index), { ...backup, ...describe(objects[index] ?? `Custom${index}__c`) }],
  ),
  ...objects.map((object, index): Told => [at(day, 1, 20, index), { ...backup, ...count(object) }]),
  ...objects.flatMap((object, index) =>
    Array.from(
      { length: 30 },
      (_, page): Told => [
        at(day, 1, 25 + index, page),
        { ...backup, ...read(object, 2000, { 'unmapped.query.field_count': 60 }) },
      ],
    ),
  ),
];

const analytics = tool('analytics', '15.188.1.1', 'Perspective/1');
const firstLoad = (day: number): readonly Told[] => [
  [at(day, 19), { ...analytics, activity_name: 'login' }],
  [at(day, 19, 1), { ...analytics, ...list }],
  ...['Account', 'Contact', 'Order', 'Case'].flatMap((object, index): Told[] => [
    [at(day, 19, 2, index), { ...analytics, ...describe(object) }],
    [at(day, 19, 3, index), { ...analytics, ...count(object) }],
    [
      at(day, 19, 10 + index),
      {
        ...analytics,
        ...read(object, 900_000, {
          activity_name: 'bulk-complete',
          'unmapped.job.uid': `750${object}`,
          'unmapped.query.field_count': 60,
          'unmapped.query.fields': ['Id', 'Email', 'TotalSpend__c'],
        }),
      },
    ],
  ]),
  [at(day, 19, 30), { ...analytics, ...limits }],
];

const resets = (day: number): readonly Told[] =>
  Array.from({ length: 40 }, (_, index) => `staff${index}`).flatMap((name, index): Told[] => [
    [
      at(day, 9, index),
      {
        ...person('help'),
        'metadata.product.name': 'Okta',
        activity_name: 'factor-reset',
        'user.name': `${name}@maison.example`,
        'user.uid': `00u${name}`,
      },
    ],
    [at(day, 9, index + 5), { ...person(name), activity_name: 'login' }],
    [at(day, 9, index + 9), { ...person(name), ...mobile, activity_name: 'login' }],
  ]);

const loader = {
  ...tool('loader', '198.51.100.10', 'DataLoader/60'),
  ...person('admin'),
  'actor.app_name': 'Dataloader Bulk',
};
const sundayMove = (day: number): readonly Told[] => [
  [at(day, 8), { ...person('admin'), activity_name: 'setting-change' }],
  [at(day, 9), { ...loader, activity_name: 'login' }],
  [at(day, 9, 1), { ...loader, ...describe('Account') }],
  [at(day, 9, 2), { ...loader, activity_name: 'bulk-create', 'resources.type': ['Account'] }],
  [
    at(day, 9, 8),
    { ...loader, ...read('Account', 400_000, { activity_name: 'bulk-complete', 'unmapped.job.uid': '750A' }) },
  ],
  [at(day, 10), { ...loader, activity_name: 'bulk-write', 'resources.type': ['Account'], 'unmapped.rows': 400_000 }],
];

const newRegion = (from: number, to: number): readonly Told[] =>
  days(from, to, (day) =>
    [8, 10, 12, 14, 16].map(
      (hour): Told => [at(day, hour), { ...chat, ...read('Contact', 30), 'src_endpoint.ip': '18.185.1.1' }],
    ),
  );

const honest: readonly [string, (day: number) => readonly Told[]][] = [
  ['nightly export', nightlyExport],
  ['weekly backup that describes and counts everything', weeklyBackup],
  ['first load of a new analytics tool', firstLoad],
  ['forty factor resets on one day', resets],
  ['an administrator moves 400,000 rows on a Sunday', sundayMove],
];

for (const [name, act] of honest) {
  test(`no incident: ${name}, with a history`, async () => {
    const detection = await replay([...house(0, 16), ...act(13)]);
    assert.deepEqual(
      detection.incidents().map(({ summary }) => summary),
      [],
    );
  });
  test(`no incident: ${name}, again and without a history`, async () => {
    const detection = await replay([...act(0), ...act(6)]);
    assert.deepEqual(
      detection.incidents().map(({ summary }) => summary),
      [],
    );
  });
}

test('no incident: an integration moves to another region', async () => {
  const detection = await replay([...house(0, 9), ...newRegion(9, 16)]);
  assert.deepEqual(
    detection.incidents().map(({ summary }) => summary),
    [],
  );
});

test('a consent given on the telephone is an incident at once', async () => {
  const thief = { ...person('jane', '203.0.113.77'), 'actor.app_uid': '0H4portal', 'actor.app_name': 'Desk Companion' };
  const reset = { ...person('help'), 'metadata.product.name': 'Okta', 'user.name': 'jane@maison.example' } as const;
  const detection = await replay([
    ...house(0, 9),
    [at(9, 13, 58), { ...reset, activity_name: 'factor-reset' }],
    [at(9, 14, 6), { ...thief, activity_name: 'login' }],
    [at(9, 14, 11), { ...thief, ...read('Contact', 10, { 'unmapped.query.limit': 10 }) }],
    [at(9, 14, 20), { ...thief, ...read('Contact', 2000) }],
  ]);
  const [incident] = detection.incidents();
  assert.equal(incident?.openedByEventAt, at(9, 14, 6));
  assert.ok(incident.findings.some(({ rule: { name } }) => name === 'new-app-after-factor-reset'));
  assert.match(incident.advice[0]!, /Revoke all tokens of Desk Companion/);
});

const notice = (reason: string): Partial<Slots> => ({
  'metadata.product.name': 'Cordon',
  'metadata.event_code': reason,
  'actor.app_name': 'agenda-sync',
  'actor.user.uid': 'agenda-sync',
  activity_name: 'vendor-finding',
  message: 'A notice.',
});

test('what the gateway noticed is answered at the gateway: nobody else holds a token to revoke', async () => {
  const detection = await replay([
    [at(9, 13), notice('stolen-token')],
    [at(9, 13, 5), notice('budget')],
  ]);
  const [incident] = detection.incidents();
  assert.equal(incident!.title, 'agenda-sync had its credentials shown by somebody else and was stopped at its budget');
  assert.doesNotMatch(incident!.summary, /agenda-sync of agenda-sync/);
  const [look, ask, theirs, notTheirs, ...others] = incident!.advice;
  assert.match(look!, new RegExp(`cordon exposure --incident ${incident!.id}`));
  assert.match(ask!, /^(Ask the owner|Call the vendor) of agenda-sync/);
  assert.match(theirs!, /cordon gateway resume agenda-sync --why/);
  assert.match(notTheirs!, /cordon gateway suspend agenda-sync --why .*cordon gateway rotate agenda-sync --overlap 0/);
  assert.ok(others.every((line) => !/Setup|Freeze|Revoke/.test(line)));
});

for (const [reason, title, said] of [
  ['budget', /^agenda-sync was stopped at its budget$/, /stopped it there\. A notice\.$/],
  ['stolen-token', /^agenda-sync had its credentials shown by somebody else$/, /^A notice\. .*Nothing left by it\.$/],
  [
    'reused-refresh-token',
    /^agenda-sync had its credentials shown by somebody else$/,
    /^A notice\. .*in the ledger\.$/,
  ],
  ['foreign-opening', /^agenda-sync asked for another's results$/, /was refused\. Nothing of it left\./],
] as const)
  test(`the gateway's ${reason} is told in its own words`, async () => {
    const detection = await replay([[at(9, 13), notice(reason)]]);
    const [incident] = detection.incidents();
    assert.match(incident!.title, title);
    assert.match(incident!.summary, /^At 1?[0-9]+ \w+ \d{4}, [\d:]+ UTC agenda-sync /);
    assert.match(incident!.findings[0]!.explanation, said);
    assert.doesNotMatch([...incident!.advice, incident!.findings[0]!.explanation].join('\n'), /[{}]|not stated|Setup/);
  });

test('who acts in the CRM besides is cut off there as well', async () => {
  const other = { 'actor.app_name': 'BI', 'actor.user.uid': '005bi', 'src_endpoint.ip': '203.0.113.77' };
  const detection = await replay([
    ...house(0, 9),
    [at(9, 13), { ...notice('budget'), 'src_endpoint.ip': '203.0.113.77' }],
    [at(9, 13, 5), { ...other, ...read('Contact', 10), 'http_request.user_agent': 'Salesforce-Multi-Org-Fetcher/1.0' }],
  ]);
  const joined = detection.incidents().find(({ grants }) => grants.length > 1);
  assert.ok(joined, 'one address, one incident');
  const advice = joined.advice.join('\n');
  assert.match(advice, /cordon gateway suspend agenda-sync/);
  assert.match(advice, /Revoke all tokens of BI for 005bi \(Setup/);
});

test('without the sign-in provider the same consent is an incident before the pages run', async () => {
  const thief = { ...person('jane', '203.0.113.77'), 'actor.app_uid': '0H4portal', 'actor.app_name': 'Desk Companion' };
  const detection = await replay([
    ...house(0, 9),
    [at(9, 14, 6), { ...thief, activity_name: 'login' }],
    [at(9, 14, 11), { ...thief, ...read('Contact', 10, { 'unmapped.query.limit': 10 }) }],
    [at(9, 14, 20), { ...thief, ...read('Contact', 2000) }],
    [at(9, 14, 21), { ...thief, ...read('Contact', 2000) }],
  ]);
  assert.equal(detection.incidents()[0]?.openedByEventAt, at(9, 14, 20));
});

test('two grants of one vendor used from one strange place are one incident, apart from the vendor’s own calls', async () => {
  const brands = ['brand-a', 'brand-b'].map((name) => tool(name, '40.113.2.2', 'Courier/8'));
  const own = (day: number): readonly Told[] =>
    brands.flatMap((brand) => [9, 12, 15].map((hour): Told => [at(day, hour), { ...brand, ...read('Contact', 300) }]));
  const stolen = brands.flatMap((brand, index) =>
    Array.from(
      { length: 10 },
      (_, page): Told => [
        at(9, 3, index * 5, page),
        { ...brand, ...read('Contact', 2000), 'src_endpoint.ip': '203.0.113.9', 'http_request.user_agent': 'node' },
      ],
    ),
  );
  const detection = await replay([...days(0, 10, own), ...stolen]);
  const incidents = detection.incidents();
  assert.equal(incidents.length, 1);
  assert.equal(incidents[0]?.grants.length, 2);
  assert.equal(incidents[0]?.rows.atLeast, 40_000);
});
