import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompileOptions, RuleSet } from '../compile.ts';
import { compiled, refused } from './point.fixture.ts';

const minute = 60_000;

/** Rules a, b and c, each for events whose `act` is its name. */
const bases = ['a', 'b', 'c']
  .map(
    (name) =>
      `title: ${name}\nname: ${name}\nid: id-of-${name}\nlogsource: {}\ndetection: {s: {act: ${name}}, condition: s}\n---\n`,
  )
  .join('');

const joined = (body: string, name = 'joined'): string =>
  `title: ${name}\nname: ${name}\ncorrelation:\n${body.replace(/^/gm, '  ')}\n`;

/** `[0, 'a', { user: 'ann' }]`: minutes, act, other fields. */
type Happening = readonly [minutes: number, act: string, more?: object];

const eventOf = ([minutes, act, more]: Happening): object => ({
  user: 'ann',
  ...more,
  act,
  time: 1.8e12 + minutes * minute,
});

/** Each match as its rule and the minutes of its events: `joined@0,5`. */
const matchesOf = (set: RuleSet, happenings: readonly Happening[]): readonly string[] =>
  happenings.flatMap((happening) =>
    set
      .evaluate(eventOf(happening))
      .map(({ rule, events }) => `${rule.name}@${events.map((event) => (Number(event['time']) - 1.8e12) / minute)}`),
  );

/** One point: what these events make fire, from a correlation over the rules a, b and c. */
function story(
  name: string,
  documents: string | readonly string[],
  runs: readonly (readonly [happenings: readonly Happening[], expected: readonly string[]])[],
  options?: CompileOptions,
): void {
  test(name, () => {
    for (const [happenings, expected] of runs)
      assert.deepEqual(matchesOf(compiled(bases + [documents].flat().join('---\n'), options), happenings), expected);
  });
}

const acts = (text: string): readonly Happening[] => [...text].map((act, minutes) => [minutes, act]);
const valued = (...values: readonly unknown[]): readonly Happening[] =>
  values.map((value, minutes) => [minutes, 'a', { value }]);

const counting = 'type: event_count\nrules: [a]\ngroup-by: [user]\ntimespan: 10m\ncondition: {gte: 3}';
story('event_count', joined(counting), [
  [acts('aaa'), ['joined@0,1,2']],
  [acts('aab'), ['b@2']],
]);
story('the timespan holds both its ends', joined(counting), [
  [
    [
      [0, 'a'],
      [5, 'a'],
      [10, 'a'],
    ],
    ['joined@0,5,10'],
  ],
  [
    [
      [0, 'a'],
      [5, 'a'],
      [10.001, 'a'],
    ],
    [],
  ],
]);

/** Three events, the last at the end of two units and just behind it. */
const spanning = (minutes: number): Parameters<typeof story>[2] =>
  [2, 2.1].map((units) => {
    const happenings: readonly Happening[] = [0, minutes, units * minutes].map((at) => [at, 'a']);
    return [happenings, units === 2 ? [`joined@0,${minutes},${2 * minutes}`] : []];
  });
story('timespan in s', joined(counting.replace('10m', '2s')), spanning(1 / 60));
story('timespan in m', joined(counting.replace('10m', '2m')), spanning(1));
story('timespan in h', joined(counting.replace('10m', '2h')), spanning(60));
story('timespan in d', joined(counting.replace('10m', '2d')), spanning(1440));
story('group-by one field', joined(counting), [
  [
    [
      [0, 'a'],
      [1, 'a', { user: 'bob' }],
      [2, 'a'],
      [3, 'a'],
    ],
    ['joined@0,2,3'],
  ],
]);
story('group-by several fields', joined(counting.replace('[user]', '[user, host]')), [
  [
    [
      [0, 'a', { host: 1 }],
      [1, 'a', { host: 2 }],
      [2, 'a', { host: 1 }],
      [3, 'a', { host: 1 }],
    ],
    ['joined@0,2,3'],
  ],
]);
story('no group-by is one group', joined(counting.replace('group-by: [user]\n', '')), [
  [
    [
      [0, 'a'],
      [1, 'a', { user: 'bob' }],
      [2, 'a', { user: null }],
    ],
    ['joined@0,1,2'],
  ],
]);
story('an event without a field of group-by takes no part', joined(counting), [
  [
    [
      [0, 'a'],
      [1, 'a', { user: undefined }],
      [2, 'a', { user: '' }],
      [3, 'a'],
    ],
    [],
  ],
]);
story('several rules are counted together', joined(counting.replace('[a]', '[a, b]')), [
  [acts('aba'), ['joined@0,1,2']],
]);

test('conditions: gt, gte, lt, lte, eq, neq', () => {
  const firesOn = (condition: string, events: number): boolean =>
    matchesOf(compiled(bases + joined(counting.replace('gte: 3', condition))), acts('a'.repeat(events))).length > 0;
  const cases = [
    ['gt: 2', 3, true],
    ['gt: 2', 2, false],
    ['gte: 2', 2, true],
    ['gte: 2', 1, false],
    ['lt: 2', 1, true],
    ['lt: 3, gt: 1', 1, false],
    ['lte: 2, gt: 1', 1, false],
    ['lte: 1', 1, true],
    ['eq: 2', 2, true],
    ['eq: 2', 1, false],
    ['neq: 1', 2, true],
    ['neq: 1', 1, false],
  ] as const;
  for (const [condition, events, expected] of cases)
    assert.equal(firesOn(condition, events), expected, `${condition} on ${events}`);
});
story('a range is two comparisons', joined(counting.replace('{gte: 3}', '{gt: 1, lt: 3}')), [
  [acts('aa'), ['joined@0,1']],
]);

const counted = counting.replace('event_count', 'value_count').replace('{gte: 3}', '{gte: 2, field: value}');
story('value_count', joined(counted), [
  [valued('x', 'x', 'y'), ['joined@0,1,2']],
  [valued('x', 'x', 'x'), []],
  [valued('x', ['y', 'z']), ['joined@0,1']],
]);
story('value_count of tuples of fields', joined(counted.replace('field: value', 'field: [value, user]')), [
  [
    [
      [0, 'a', { value: 'x' }],
      [1, 'a', { value: 'x' }],
    ],
    [],
  ],
  [
    [
      [0, 'a', { value: 'x' }],
      [1, 'a', { value: 'y' }],
    ],
    ['joined@0,1'],
  ],
]);
const measured = (type: string, condition: string): string =>
  joined(`type: ${type}\nrules: [a]\ngroup-by: [user]\ntimespan: 10m\ncondition: {field: value, ${condition}}`);
story('value_sum', measured('value_sum', 'gt: 9.5'), [
  [valued(4, '5', 0.6), ['joined@0,1,2']],
  [valued(4, 5, 0.5), []],
]);
story('value_avg', measured('value_avg', 'gte: 2.5'), [
  [valued(1, 2, 4.5), ['joined@0,1,2']],
  [valued(1, 2, 4.4), []],
]);
story('value_median', measured('value_median', 'eq: 2.5'), [
  [valued(1, 100, 3, 2), ['joined@0,1,2,3']],
  [valued(1, 100, 3), []],
]);
story('value_percentile with a percentile', measured('value_percentile', 'percentile: 90, eq: 9.1'), [
  [valued(1, 10), ['joined@0,1']],
  [valued(1, 11), []],
]);
story('value_percentile without a percentile', measured('value_percentile', 'lte: 25'), [
  [valued('cmd', 'cmd', 'cmd', 'rare'), ['joined@0,1,2,3']],
  [valued('cmd', 'cmd', 'rare'), []],
]);

const together = 'rules: [a, b, c]\ngroup-by: [user]\ntimespan: 10m';
story('temporal', joined(`type: temporal\n${together}`), [
  [acts('cab'), ['joined@0,1,2']],
  [acts('aab'), []],
  [
    [
      [0, 'a'],
      [1, 'b'],
      [11, 'c'],
    ],
    [],
  ],
]);
story('temporal_ordered', joined(`type: temporal_ordered\n${together}`), [
  [acts('abc'), ['joined@0,1,2']],
  [acts('cab'), []],
  [acts('abbc'), ['joined@0,1,2,3']],
]);
story('temporal with a count of rules', joined(`type: temporal\n${together}\ncondition: {gte: 2}`), [
  [acts('ca'), ['joined@0,1']],
  [acts('cc'), []],
]);
story('temporal with an expression over rules', joined(`type: temporal\n${together}\ncondition: (a or b) and not c`), [
  [acts('b'), ['joined@0']],
  [acts('ca'), []],
]);
story(
  'temporal_ordered with an expression over rules',
  joined(`type: temporal_ordered\n${together}\ncondition: a and (b or c)`),
  [
    [acts('ac'), ['joined@0,1']],
    [acts('ca'), []],
  ],
);
story(
  'extended types, their expression under condition',
  joined('type: temporal_extended\ntimespan: 10m\ncondition: a and b'),
  [
    [acts('ba'), ['joined@0,1']],
    [acts('aa'), []],
  ],
);
story('rules by id', joined(counting.replace('[a]', '[id-of-a]')), [[acts('aaa'), ['joined@0,1,2']]]);
story(
  'aliases',
  joined(`type: temporal\nrules: [a, b]\ngroup-by: [host]\ntimespan: 10m\naliases: {host: {a: source, b: target}}`),
  [
    [
      [
        [0, 'a', { source: 'h1' }],
        [1, 'b', { target: 'h1' }],
      ],
      ['joined@0,1'],
    ],
    [
      [
        [0, 'a', { source: 'h1' }],
        [1, 'b', { source: 'h1', target: 'h2' }],
      ],
      [],
    ],
  ],
);
const twice = joined('type: event_count\nrules: [a]\ngroup-by: [user]\ntimespan: 10m\ncondition: {gte: 2}', 'twice');
const then = 'type: temporal_ordered\nrules: [twice, b]\ngroup-by: [user]\ntimespan: 10m';
story(
  'chains',
  [twice, joined(then)],
  [
    [acts('aab'), ['joined@0,1,2']],
    [acts('ab'), []],
    [acts('baa'), []],
  ],
);
story('generate: without it referred rules are silent', joined(counting), [[acts('aa'), []]]);
story('generate: with it they alert as well', joined(`${counting}\ngenerate: true`), [
  [acts('aaa'), ['a@0', 'a@1', 'a@2', 'joined@0,1,2']],
]);
story(
  'a window fires unless it shares time with one that fired',
  joined(counting),
  [
    [acts('aaaaaa'), ['joined@0,1,2']],
    [
      [
        [0, 'a'],
        [1, 'a'],
        [2, 'a'],
        [11, 'a'],
        [12, 'a'],
        [13, 'a'],
      ],
      ['joined@0,1,2', 'joined@11,12,13'],
    ],
  ].map(([happenings, expected]) => [happenings as readonly Happening[], expected as readonly string[]]),
);
story('events out of order stand in their place', joined(`type: temporal_ordered\n${together}`), [
  [
    [
      [2, 'c'],
      [0, 'a'],
      [1, 'b'],
    ],
    ['joined@0,1,2'],
  ],
]);
test('an event later than the bound is judged alone and counted', () => {
  const set = compiled(bases + joined(counting), { latenessMs: 5 * minute });
  assert.deepEqual(
    matchesOf(set, [
      [0, 'a'],
      [20, 'a'],
      [1, 'a'],
      [2, 'a'],
    ]),
    [],
  );
  assert.equal(set.statistics().correlations[0]?.late, 2);
});
test('memory is bounded, and what is forgotten is counted', () => {
  const set = compiled(bases + joined(counting), { maximumGroups: 10, maximumEvents: 20 });
  for (let at = 0; at < 1000; at += 1) set.evaluate(eventOf([0, 'a', { user: `user ${at}` }]));
  const [statistics] = set.statistics().correlations;
  assert.ok(statistics!.groups <= 10 && statistics!.retained <= 20);
  assert.equal(statistics!.groups + statistics!.forgottenGroups, 1000);
});

refused('correlations that can mean nothing are refused with their line', [
  [joined(counting), /rule a, the name or id of a rule in this set/],
  [bases + joined(counting.replace('10m', '10 minutes')), /^rules\.yml:\d+: timespan 10 minutes/],
  [bases + joined(counting.replace('gte: 3', 'lt: 1')), /never met/],
  [bases + joined(counting.replace('event_count', 'count')), /one of event_count/],
  [bases + joined(counting.replace('event_count', 'value_count')), /no field/],
  [
    `${joined(counting.replace('[a]', '[y]'), 'x')}---\n${joined(counting.replace('[a]', '[x]'), 'y')}`,
    /refers to itself/,
  ],
]);
