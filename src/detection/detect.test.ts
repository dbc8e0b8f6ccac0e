import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Event, Slots } from '#model/event.ts';
import type { Incident } from '#model/incident.ts';
import { compileRules } from '#sigma/sigma.ts';
import type { AnnouncedChange } from './announced-change.ts';
import { createDetection, type Detection } from './detect.ts';
import { eventKind } from './rules/event-kind.ts';

const start = Date.UTC(2026, 2, 2, 10);
const dayMs = 86_400_000;

const rule = (name: string, level: string, topic: string, condition: string, more = ''): string => `
title: Rule ${name}
id: ${name}
name: ${name}
level: ${level}
tags: [attack.t1528]
logsource: {}
detection:
  it:
    ${condition}
  condition: it
cordon:
  topic: ${topic}
  needs: none
  explanation: "{grant} did {activity_name} on {resources.type}, {count} times, {rows} rows."
  advice: Ask {user}.
${more}`;

const pack = [
  rule('low', 'low', 'reading', 'resources.type: Low'),
  rule('medium-reading', 'medium', 'reading', 'resources.type: MediumA'),
  rule('medium-reading-too', 'medium', 'reading', 'resources.type: MediumB'),
  rule('medium-sign-in', 'medium', 'sign-in', 'resources.type: MediumC'),
  rule('high', 'high', 'network', 'resources.type: High'),
  rule('high-by-history', 'high', 'network', 'resources.type: Strange').replace(
    'needs: none',
    'needs: [history.network]',
  ),
  `${rule('seen-there', 'informational', 'network', 'resources.type: Shared').split('cordon:')[0]}
---
title: Shared address
id: shared
name: shared
level: high
correlation:
  type: value_count
  rules: [seen-there]
  group-by: [src_endpoint.ip]
  timespan: 1h
  condition:
    field: unmapped.grant_uid
    gte: 2
cordon:
  topic: network
  needs: none
  joinsGrants: true
  explanation: "{src_endpoint.ip} used {grants}."
  advice: Revoke all of them.
`,
];

function newDetection(
  options: { readonly changes?: readonly AnnouncedChange[]; readonly off?: string } = {},
): Detection {
  const rules = compileRules(
    pack.map((text, index) => ({ name: `${index}.yml`, text })),
    { kind: eventKind },
  );
  if (!rules.ok) throw new Error(JSON.stringify(rules.failure));
  return createDetection({
    rules: rules.value,
    changes: options.changes ?? [],
    isEnabled: (name) => name !== options.off,
  });
}

function eventOf(time: number, object: string, change: Partial<Slots> = {}): Event {
  const slots = Object.assign(new Slots(), {
    activity_name: 'query',
    'resources.type': [object],
    'actor.user.uid': '005000000000001AAA',
    'actor.user.name': 'ann@x',
    'actor.app_uid': '0H4000000000001AAA',
    'actor.app_name': 'Chat',
    'src_endpoint.ip': '198.51.100.7',
    ...change,
  });
  const user = slots['actor.user.uid'] ?? slots['actor.user.name'];
  return {
    key: `${time}-${object}-${user}-${slots['actor.app_uid']}`,
    time,
    arrivedAt: time + 1000,
    source: 'test',
    origin: { file: 'test', offset: 0, bytes: 0 },
    raw: `line of ${time}`,
    slots,
    native: () => undefined,
  };
}

const fresh = (plan: readonly (readonly [number, string, Partial<Slots>?])[]): readonly Event[] =>
  plan.map(([days, object, change]) => eventOf(start + days * dayMs, object, change));

test('without the history it leans on, a rule raises a suspicion and no more', () => {
  const strange = fresh([
    [0, 'Contact'],
    [1, 'Strange'],
    [20, 'Strange', { 'src_endpoint.ip': '203.0.113.9' }],
  ]);
  const { findings } = newDetection().observe(strange);
  assert.deepEqual(
    findings.map(({ level, history }) => [level, history]),
    [
      ['medium', 'none'],
      ['high', 'known'],
    ],
  );
});

test('what opens an incident, and what does not', () => {
  const cases: readonly [string, readonly (readonly [number, string])[], number][] = [
    [
      'low never',
      [
        [0, 'Low'],
        [1, 'Low'],
        [2, 'Low'],
      ],
      0,
    ],
    ['one medium', [[0, 'MediumA']], 0],
    [
      'two medium on one topic',
      [
        [0, 'MediumA'],
        [1, 'MediumB'],
      ],
      0,
    ],
    [
      'two medium on two topics',
      [
        [0, 'MediumA'],
        [6, 'MediumC'],
      ],
      1,
    ],
    [
      'two medium, eight days apart',
      [
        [0, 'MediumA'],
        [8.1, 'MediumC'],
      ],
      0,
    ],
    [
      'medium and low',
      [
        [0, 'MediumA'],
        [1, 'Low'],
      ],
      0,
    ],
    ['high', [[0, 'High']], 1],
    ['high that leans on history there is not', [[0, 'Strange']], 0],
    [
      'high that leans on history there is not, and medium',
      [
        [0, 'Strange'],
        [1, 'MediumC'],
      ],
      0,
    ],
  ];
  for (const [name, plan, expected] of cases) {
    const detection = newDetection();
    detection.observe(fresh(plan));
    assert.equal(detection.incidents().length, expected, name);
  }
});

test('an incident gathers what came before it and tells when it opened', () => {
  const detection = newDetection();
  const observed = detection.observe(
    fresh([
      [0, 'Low'],
      [1, 'MediumA'],
      [2, 'High'],
    ]),
  );
  const [incident] = observed.incidents;
  assert.ok(incident !== undefined);
  assert.deepEqual(
    incident.findings.map(({ rule: { name } }) => name),
    ['low', 'medium-reading', 'high'],
  );
  assert.equal(incident.firstAt, start);
  assert.equal(incident.openedByEventAt, start + 2 * dayMs);
  assert.equal(incident.openedAt, start + 2 * dayMs + 1000);
  assert.equal(incident.level, 'high');
  assert.match(incident.title, /^Chat of ann@x (did|read|looked|came|was|searched|covered) /);
  assert.match(incident.advice[0]!, /Revoke all tokens of Chat for ann@x/);
  assert.match(incident.advice[1]!, /sessions/);
  assert.match(incident.advice[2]!, /Freeze/);
  assert.deepEqual(incident.techniques, ['T1528']);
});

test('rows are counted from the campaign on, each once, and make it critical', () => {
  const detection = newDetection();
  detection.observe(fresh([[0, 'High', { 'unmapped.rows': 2000 }]]));
  const job = { 'unmapped.job.uid': '750' } as const;
  const observed = detection.observe([
    eventOf(start + 60_000, 'Case', { ...job, activity_name: 'bulk-progress', 'unmapped.rows': 9000 }),
    eventOf(start + 120_000, 'Case', { ...job, activity_name: 'bulk-complete', 'unmapped.rows': 12_000 }),
  ]);
  assert.deepEqual(observed.incidents[0]?.rows, { atLeast: 14_000, atMost: 14_000 });
  assert.equal(observed.incidents[0]?.level, 'critical');
  const unbounded = detection.observe([eventOf(start + 180_000, 'Case')]);
  assert.deepEqual(unbounded.incidents[0]?.rows, { atLeast: 14_000, atMost: 16_000 });
});

test('a rule that keeps firing is one finding that grows, with first and last evidence kept', () => {
  const detection = newDetection();
  const events = Array.from({ length: 200 }, (_, index) => eventOf(start + index * 60_000, 'High'));
  const observed = detection.observe(events);
  assert.equal(observed.findings.length, 1);
  const [finding] = detection.incidents()[0]!.findings;
  assert.equal(finding?.evidenceCount, 200);
  assert.equal(finding?.evidence.length, 50);
  assert.equal(finding?.evidence[0]?.key, events[0]!.key);
  assert.equal(finding?.evidence.at(-1)?.key, events.at(-1)!.key);
  assert.ok(!('native' in finding!.evidence[0]!));
});

test('silence of a fortnight ends a campaign', () => {
  const detection = newDetection();
  detection.observe(
    fresh([
      [0, 'High'],
      [13, 'High'],
      [28, 'High'],
    ]),
  );
  const incidents = detection.incidents();
  assert.deepEqual(
    incidents.map(({ findings }) => findings.length),
    [2, 1],
  );
  assert.equal(new Set(incidents.map(({ id }) => id)).size, 2);
});

test('findings whose app no line names join the app of the same user', () => {
  const nameless = { 'actor.app_uid': undefined, 'actor.app_name': undefined, activity_name: 'login' } as const;
  for (const plan of [
    [
      [0, 'MediumC', nameless],
      [1, 'MediumA'],
    ],
    [
      [0, 'MediumA'],
      [1, 'MediumC', nameless],
    ],
  ] as const) {
    const detection = newDetection();
    detection.observe(fresh(plan));
    const [incident, ...others] = detection.incidents();
    assert.deepEqual(others, []);
    assert.deepEqual(
      incident?.grants.map(({ appName }) => appName),
      ['Chat'],
    );
  }
});

test('one address over several grants makes one incident of them', () => {
  const detection = newDetection();
  const other = { 'actor.user.uid': '005000000000002AAA', 'actor.user.name': 'bob@x' };
  detection.observe(
    fresh([
      [0, 'High'],
      [0.01, 'Shared'],
      [0.02, 'Shared', other],
    ]),
  );
  const incidents = detection.incidents();
  assert.equal(incidents.length, 1);
  assert.deepEqual(incidents[0]!.grants.map(({ userName }) => userName).sort(), ['ann@x', 'bob@x']);
});

test('campaigns of grants that turn out to belong together become one', () => {
  const detection = newDetection();
  const other = { 'actor.user.uid': '005000000000002AAA', 'actor.user.name': 'bob@x' };
  detection.observe(
    fresh([
      [0, 'MediumA'],
      [1, 'MediumA', other],
      [2, 'Shared'],
      [2.01, 'Shared', other],
    ]),
  );
  const [incident, ...others] = detection.incidents();
  assert.deepEqual(others, []);
  assert.equal(incident?.findings.filter(({ rule: { name } }) => name === 'medium-reading').length, 2);
});

test('an incident that was told and is then joined is told once more, as closed', () => {
  const detection = newDetection();
  const other = { 'actor.user.uid': '005000000000002AAA', 'actor.user.name': 'bob@x' };
  detection.observe(fresh([[0, 'High']]));
  const elsewhere = { ...other, 'src_endpoint.ip': '203.0.113.200' };
  const second = detection.observe(fresh([[1, 'High', elsewhere]])).incidents[0]!;
  const { incidents } = detection.observe(
    fresh([
      [2, 'Shared'],
      [2.01, 'Shared', other],
    ]),
  );
  const [lives] = detection.incidents();
  assert.equal(detection.incidents().length, 1);
  assert.equal(detection.statistics().incidents, 1);
  const joined = incidents.find(({ id }) => id === second.id);
  assert.equal(joined?.state, 'closed');
  assert.ok(joined.summary.startsWith(`This turned out to be part of ${lives?.id}`));
});

test('what was flagged is not learned', () => {
  const strange = { 'src_endpoint.ip': '203.0.113.1' };
  for (const [object, expected] of [
    ['High', 'new'],
    ['Other', 'usual'],
  ] as const) {
    const detection = newDetection();
    detection.observe(fresh(Array.from({ length: 9 }, (_, day) => [day, 'Other'] as const)));
    const events = fresh([9, 10, 11, 12, 13].map((day) => [day, object, strange] as const));
    detection.observe(events);
    assert.equal(events.at(-1)?.slots['history.network'], expected, object);
  }
});

test('where a vendor says that something was strange is not learned as usual', () => {
  const strange = { 'src_endpoint.ip': '203.0.113.1' };
  for (const [activity, expected] of [
    ['vendor-finding', 'new'],
    ['login', 'usual'],
  ] as const) {
    const detection = newDetection();
    detection.observe(fresh(Array.from({ length: 9 }, (_, day) => [day, 'Other'] as const)));
    detection.observe(fresh([[9, 'Other', { ...strange, activity_name: activity }]]));
    const events = fresh([[12, 'Other', strange]]);
    detection.observe(events);
    assert.equal(events[0]?.slots['history.network'], expected, activity);
  }
});

test('what was announced is told, with its reason, and opens nothing', () => {
  const change = { app: 'ch*', user: '*@x', from: start, to: start + dayMs, reason: 'Full load' };
  const detection = newDetection({ changes: [change] });
  const { findings } = detection.observe(fresh([[0, 'High']]));
  assert.equal(findings[0]?.level, 'informational');
  assert.match(findings[0]!.explanation, /Announced: Full load/);
  assert.equal(detection.incidents().length, 0);
  detection.observe(fresh([[2, 'High']]));
  assert.equal(detection.incidents().length, 1);
  const elsewhere = newDetection({ changes: [{ ...change, app: 'loader' }] });
  elsewhere.observe(fresh([[0, 'High']]));
  assert.equal(elsewhere.incidents().length, 1);
});

test('a rule that is switched off makes no finding', () => {
  const detection = newDetection({ off: 'high' });
  assert.deepEqual(detection.observe(fresh([[0, 'High']])).findings, []);
});

test('property: how events are cut into batches changes nothing, and reading again gives the same', () => {
  const objects = fc.constantFrom('Low', 'MediumA', 'MediumB', 'MediumC', 'High', 'Other');
  const users = fc.constantFrom('005000000000001AAA', '005000000000002AAA');
  const step = fc.record({ hours: fc.integer({ min: 0, max: 200 }), object: objects, user: users });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 7 }), (steps, size) => {
      const build = (): Event[] => {
        let time = start;
        return steps.map(({ hours, object, user }, index) => {
          time += hours * 3_600_000;
          const event = eventOf(time, object, { 'actor.user.uid': user, 'actor.user.name': `${user}@x` });
          return { ...event, key: `${index}` };
        });
      };
      const whole = newDetection();
      whole.observe(build());
      const cut = newDetection();
      const events = build();
      const last = new Map<string, Incident>();
      for (let from = 0; from < events.length; from += size)
        for (const incident of cut.observe(events.slice(from, from + size)).incidents) last.set(incident.id, incident);
      assert.deepEqual(cut.incidents(), whole.incidents());
      // One that was told and then joined to another was told once more, as closed.
      const open = [...last.values()].filter(({ state }) => state !== 'closed');
      assert.deepEqual(
        open.map(({ id }) => id).sort(),
        whole
          .incidents()
          .map(({ id }) => id)
          .sort(),
      );
      for (const incident of whole.incidents())
        assert.deepEqual(
          last.get(incident.id)!.findings.map(({ key }) => key),
          incident.findings.map(({ key }) => key),
        );
    }),
    { numRuns: 60 },
  );
});

test('what nobody named did is found, and told apart by what is known', () => {
  const unnamed = { 'actor.user.uid': undefined, 'actor.user.name': undefined };
  const appless = { 'actor.app_uid': undefined, 'actor.app_name': undefined };
  const tenant = { 'src_endpoint.ip': undefined, 'metadata.product.name': 'Entra', 'metadata.tenant_uid': 'one' };
  for (const [change, key, title, advice] of [
    [unnamed, '0H4000000000001AAA@-', /^Chat of an unknown user/, /^Revoke all tokens of Chat, then/],
    [{ ...unnamed, ...appless }, '-@address:198.51.100.7', /^the machine at 198\.51\.100\.7/, /^Ask /],
    [{ ...unnamed, ...appless, ...tenant }, '-@nobody:Entra:one', /^an unknown user/, /^Ask /],
  ] as const) {
    const detection = newDetection();
    const events = fresh([[0, 'High', change]]);
    const { findings, incidents } = detection.observe(events);
    assert.deepEqual(
      findings.map(({ grant }) => grant.key),
      [key],
    );
    assert.equal(events[0]?.slots['unmapped.grant_uid'], key, 'the event is found under it');
    assert.match(incidents[0]?.title ?? '', title);
    assert.match(incidents[0]?.advice[0] ?? '', advice);
    assert.ok(incidents[0]?.advice.every((each) => !/\bnone\b/.test(each)));
  }
});
