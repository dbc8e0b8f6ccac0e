import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { at, base, compile, correlation, minute, refusal, run } from './correlation.fixture.ts';

const bases = ['a', 'b', 'c'].map((name) => base(name));
const acts = (text: string) => [...text].map((act, minutes) => at(minutes, act));

test('an expression says which rules must occur together, and which must not', () => {
  const body = 'rules: [a, b, c]\ngroup-by: [actor.user.uid]\ntimespan: 10m\ncondition: (a or b) and not c';
  assert.deepEqual(run(compile([...bases, correlation(`type: temporal\n${body}`)]), acts('a')), ['joined@0']);
  assert.deepEqual(run(compile([...bases, correlation(`type: temporal\n${body}`)]), acts('ca')), []);
  const both = body.replace('(a or b) and not c', 'a AND NOT (b OR NOT c)');
  assert.deepEqual(run(compile([...bases, correlation(`type: temporal_extended\n${both}`)]), acts('ac')), [
    'joined@0,1',
  ]);
  assert.deepEqual(run(compile([...bases, correlation(`type: temporal_extended\n${both}`)]), acts('bac')), []);
});

test('an ordered expression wants the rules that make it true in their order', () => {
  const body = 'type: temporal_ordered\ntimespan: 10m\ncondition: a and (b or c)';
  assert.deepEqual(run(compile([...bases, correlation(body)]), acts('ba')), []);
  assert.deepEqual(run(compile([...bases, correlation(body)]), acts('bac')), ['joined@0,1,2']);
  const extended = body.replace('temporal_ordered', 'temporal_ordered_extended').replace('a and', 'not b and a and');
  assert.deepEqual(run(compile([...bases, correlation(extended.replace('(b or c)', 'c'))]), acts('ac')), [
    'joined@0,1',
  ]);
});

test('an expression without rules names them; one that cannot be judged is refused', () => {
  const body = (condition: string, more = 'type: temporal\n') => `${more}timespan: 10m\ncondition: ${condition}`;
  assert.deepEqual(
    compile([...bases, correlation(body('b and a'))]).rules.map(({ name, alerts }) => `${name} ${alerts}`),
    ['a false', 'b false', 'c true', 'joined true'],
  );
  const cases: readonly (readonly [string, RegExp])[] = [
    [body('a and'), /the name or id of a rule/],
    [body('(a or b'), /expected":"\)"/],
    [body('a b'), /and, or, or the end/],
    [body('not a'), /must occur, in every case/],
    [body('a or not b'), /must occur, in every case/],
    [body('a and not a'), /that can be met/],
    [body('a and d'), /rule d/],
    [body('a', 'type: temporal\nrules: [a, b]\n'), /no b in the condition/],
    [body('a and b', 'type: temporal\nrules: [a]\n'), /rule b in the condition/],
    [body('a', 'type: event_count\nrules: [a]\n'), /a map of comparisons/],
    [body('{gte: 1}', 'type: temporal_extended\nrules: [a]\n'), /an expression over names/],
    [body(Array.from({ length: 9 }, () => '(a or b)').join(' and ')), /at most 256/],
    [body(`${'('.repeat(100)}a${')'.repeat(100)}`), /at most 64/],
  ];
  for (const [text, expected] of cases) assert.match(refusal([...bases, correlation(text)]), expected);
});

test('rules are referred to by name or id, in aliases too', () => {
  const id = '0e95725d-7320-415d-80f7-004da920fc11';
  const named = base('a').replace('title: a', `title: a\nid: ${id}`);
  const body = `type: temporal\nrules: [${id}, b]\ngroup-by: [host]\ntimespan: 1h\naliases: {host: {a: what, b: actor.user.uid}}`;
  const rules = compile([named, base('b'), correlation(body)]);
  assert.deepEqual(run(rules, [at(0, 'a', 'x', 'h1'), at(1, 'b', 'h2'), at(2, 'b', 'h1')]), ['joined@0,2']);
  for (const [aliases, expected] of [
    ['{host: {a: what}}', /a field for rule b/],
    [`{host: {a: what, ${id}: what, b: what}}`, /twice/],
    ['{host: {a: what, b: what, c: what}}', /rule c in alias host/],
    ['[host]', /a map of aliases/],
  ] as const)
    assert.match(refusal([named, base('b'), correlation(body.replace(/\{host: .*$/, aliases))]), expected);
});

test('an alias also names the counted field, and a field of the group of a correlation', () => {
  const counted =
    'type: value_count\nrules: [a, b]\ntimespan: 1h\ncondition: {field: host, gte: 2}\naliases: {host: {a: what, b: actor.user.uid}}';
  assert.deepEqual(run(compile([...bases, correlation(counted)]), [at(0, 'a', 'x', 'h1'), at(1, 'b', 'h2')]), [
    'joined@0,1',
  ]);
  const inner = correlation(
    'type: event_count\nrules: [a]\ngroup-by: [what]\ntimespan: 1h\ncondition: {gte: 2}',
    'often',
  );
  const outer = correlation(
    'type: temporal\nrules: [often, b]\ngroup-by: [host]\ntimespan: 1h\naliases: {host: {often: what, b: actor.user.uid}}',
  );
  const events = [at(0, 'a', 'x', ['h1', 'h2']), at(1, 'a', 'y', 'h1'), at(2, 'b', 'h2'), at(3, 'b', 'h1')];
  assert.deepEqual(run(compile([...bases, inner, outer]), events), ['joined@0,1,3']);
});

test('chains of any depth and mixed kinds; generate lets what they refer to alert', () => {
  const counts = correlation('type: event_count\nrules: [a]\ntimespan: 2m\ncondition: {gte: 2}', 'counts');
  const order = correlation('type: temporal_ordered\nrules: [counts, b]\ntimespan: 10m\ngenerate: true', 'order');
  const top = correlation('type: value_count\nrules: [order]\ntimespan: 1h\ncondition: {field: act, gte: 2}', 'top');
  const rules = compile([top, order, counts, base('a'), base('b')]);
  assert.deepEqual(run(rules, acts('aab')), ['counts@0,1', 'b@2', 'top@0,1,2']);
});

test('correlations keep their own level, status, tags, fields and custom keys', () => {
  const more =
    'level: critical\nstatus: test\ntags: [attack.t1530]\nfields: [act]\nfalsepositives: [none]\nowner: us\n';
  const rule = compile([
    base('a'),
    correlation('type: event_count\nrules: [a]\ntimespan: 1h\ncondition: {gte: 1}') + more,
  ]).rules[1];
  assert.deepEqual(
    [rule?.level, rule?.status, rule?.techniques, rule?.falsePositives, rule?.custom],
    ['critical', 'test', ['T1530'], ['none'], { owner: 'us' }],
  );
});

test('hostile values: names of prototypes, huge texts, lists of lists, impossible times', () => {
  const hostile = fc.oneof(
    fc.constantFrom<unknown>('__proto__', 'constructor', 'toString', '', null, undefined, Number.NaN, -0, 1e400),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('x'.repeat(100_000), '["ann"]'),
    fc.anything({ maxDepth: 3 }),
    fc.array(fc.array(fc.constantFrom<unknown>('p', 'q', 7, null))),
  );
  const types = [
    'type: value_count\ncondition: {field: [what, act], gte: 2}',
    'type: value_sum\ncondition: {field: what, gte: 2}',
    'type: value_percentile\ncondition: {field: what, lte: 50}',
    'type: event_count\ncondition: {gte: 2}',
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...types),
      fc.array(fc.tuple(hostile, fc.constantFrom(0, 1, 2, Number.NaN, Number.POSITIVE_INFINITY)), { maxLength: 20 }),
      (type, values) => {
        const rules = compile([
          base('a'),
          correlation(`${type}\nrules: [a]\ngroup-by: [what, __proto__]\ntimespan: 1h`),
          correlation(`${type}\nrules: [a]\ngroup-by: [what]\ntimespan: 1h`, 'other'),
        ]);
        for (const [what, time] of values)
          for (const { group, events } of rules.evaluate({ ...at(time, 'a', 'ann', what), time: time * minute })) {
            assert.ok(events.length > 0 && Object.getPrototypeOf(group) === Object.prototype);
            for (const value of Object.values(group)) assert.ok(value.length <= 600);
          }
        const [first, other] = rules.statistics().correlations;
        assert.equal(first?.incomplete, values.length);
        assert.ok(other !== undefined && other.incomplete <= values.length);
      },
    ),
    { numRuns: 200 },
  );
});

test('one event stands for at most 1,000 groups or values, and that it had more is counted', () => {
  const wide = Array.from({ length: 3000 }, (_, index) => `v${index}`);
  const body = 'type: event_count\nrules: [a]\ngroup-by: [what, actor.user.uid]\ntimespan: 1h\ncondition: {gte: 2}';
  const rules = compile([base('a'), correlation(body)]);
  assert.equal(rules.evaluate(at(0, 'a', 'ann', wide)).length, 0);
  assert.equal(rules.evaluate(at(1, 'a', 'ann', wide)).length, 1000);
  const [statistics] = rules.statistics().correlations;
  assert.deepEqual([statistics?.groups, statistics?.incomplete], [1000, 2]);
  let deep: unknown = 'x';
  for (let level = 0; level < 100_000; level += 1) deep = [deep];
  assert.equal(rules.evaluate(at(2, 'a', 'ann', deep)).length, 0);
});
