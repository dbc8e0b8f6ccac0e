import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, base, compile, correlation, minute, refusal, run } from './correlation.fixture.ts';

const counting = 'type: event_count\nrules: [a]\ngroup-by: [actor.user.uid]\ntimespan: 10m\ncondition: {gte: 3}';

test('event_count fires once per run of met windows, and again after a timespan', () => {
  const rules = compile([base('a'), correlation(counting)]);
  const events = [0, 5, 10, 12, 14, 20, 22, 40, 41, 42].map((minutes) => at(minutes, 'a'));
  assert.deepEqual(run(rules, events), ['joined@0,5,10', 'joined@12,14,20,22', 'joined@40,41,42']);
});

test('a window is as long as its timespan, both ends included, and belongs to one group', () => {
  assert.deepEqual(run(compile([base('a'), correlation(counting)]), [at(0, 'a'), at(5, 'a'), at(10.01, 'a')]), []);
  assert.deepEqual(run(compile([base('a'), correlation(counting)]), [at(0, 'a'), at(5, 'a'), at(9, 'a', 'bob')]), []);
});

test('value_count counts different values, tuples and members of lists', () => {
  const body =
    'type: value_count\nrules: [a]\ngroup-by: [actor.user.uid]\ntimespan: 1h\ncondition: {gt: 2, field: what}';
  const rules = compile([base('a'), correlation(body)]);
  assert.deepEqual(run(rules, [at(0, 'a', 'ann', 'x'), at(1, 'a', 'ann', 'x'), at(2, 'a', 'ann', ['y', 'z'])]), [
    'joined@0,1,2',
  ]);
  const tuples = compile([base('a'), correlation(body.replace('field: what', 'field: [what, act]'))]);
  assert.deepEqual(run(tuples, [at(0, 'a', 'ann', ['x', 'y']), at(1, 'a', 'ann', 'z')]), ['joined@0,1']);
});

test('temporal wants every rule in any order, temporal_ordered in theirs', () => {
  const body = 'rules: [a, b, c]\ngroup-by: [actor.user.uid]\ntimespan: 10m';
  const events = ['c', 'a', 'b', 'b', 'c'].map((act, minutes) => at(minutes, act));
  const bases = ['a', 'b', 'c'].map((name) => base(name));
  assert.deepEqual(run(compile([...bases, correlation(`type: temporal\n${body}`)]), events), ['joined@0,1,2']);
  assert.deepEqual(run(compile([...bases, correlation(`type: temporal_ordered\n${body}`)]), events), [
    'joined@0,1,2,3,4',
  ]);
  assert.deepEqual(run(compile([...bases, correlation(`type: temporal\n${body}\ncondition: {gte: 2}`)]), events), [
    'joined@0,1',
  ]);
  const together = compile([...bases, correlation(`type: temporal_ordered\n${body}`)]);
  assert.deepEqual(run(together, [at(5, 'c'), at(5, 'b'), at(5, 'a')]), ['joined@5,5,5']);
});

test('chains correlate correlations, each with its own grouping', () => {
  const inner = correlation(counting.replace('group-by: [actor.user.uid]', 'group-by: [what]'), 'many');
  const outer = correlation(
    'type: temporal_ordered\nrules: [many, b]\ngroup-by: [actor.user.uid]\ntimespan: 1h',
    'then',
  );
  const rules = compile([outer, inner, base('a'), base('b')]);
  const events = [0, 1, 2].map((minutes) => at(minutes, 'a', 'ann', 'host'));
  assert.deepEqual(run(rules, [...events, at(3, 'b', 'bob'), at(4, 'b', 'ann')]), ['then@0,1,2,4']);
  assert.deepEqual(
    rules.rules.map(({ name, level, alerts }) => [name, level, alerts]),
    [
      ['then', 'low', true],
      ['many', 'low', false],
      ['a', 'low', false],
      ['b', 'low', false],
    ],
  );
});

test('aliases name one field per rule; generate lets the rules alert alone', () => {
  const body =
    'type: temporal\nrules: [a, b]\ngroup-by: [host]\ntimespan: 1h\ngenerate: true\naliases: {host: {a: what, b: actor.user.uid}}';
  const rules = compile([base('a'), base('b'), correlation(body)]);
  const events = [at(0, 'a', 'x', 'h1'), at(1, 'b', 'h2'), at(2, 'b', 'h1')];
  assert.deepEqual(run(rules, events), ['a@0', 'b@1', 'b@2', 'joined@0,2']);
});

test('an event without a group takes no part, and that is counted', () => {
  const rules = compile([base('a'), correlation(counting)]);
  assert.deepEqual(
    run(
      rules,
      [0, 1, 2, 3].map((minutes) => at(minutes, 'a', '')),
    ),
    [],
  );
  assert.equal(rules.statistics().correlations[0]?.incomplete, 4);
});

test('an event that two referred rules find counts once', () => {
  const rules = compile([base('a'), base('too', 'a'), correlation(counting.replace('[a]', '[a, too]'))]);
  assert.deepEqual(
    run(
      rules,
      [0, 1, 2].map((minutes) => at(minutes, 'a')),
    ),
    ['joined@0,1,2'],
  );
});

test('a late event stands in its place; one later than the bound is judged alone and counted', () => {
  const rules = compile([base('a'), correlation(counting)], { latenessMs: 20 * minute });
  assert.deepEqual(run(rules, [at(0, 'a'), at(30, 'a'), at(32, 'a'), at(31, 'a')]), ['joined@30,31,32']);
  assert.deepEqual(run(rules, [at(11, 'a')]), []);
  assert.equal(rules.statistics().correlations[0]?.late, 1);
  assert.deepEqual(run(rules, [at(12, 'a'), at(13, 'a'), at(14, 'a')]), ['joined@12,13,14']);
});

test('an event from the future does not make the following ones late', () => {
  const rules = compile([base('a'), correlation(counting)]);
  const ahead = { ...at(1e6, 'a'), arrivedAt: 0 };
  assert.deepEqual(run(rules, [ahead, at(0, 'a'), at(1, 'a'), at(2, 'a')]), ['joined@0,1,2']);
});

test('memory is bounded, and what is forgotten is counted', () => {
  const limits = { maximumGroups: 2, maximumEventsPerGroup: 8, maximumEvents: 12 };
  const rules = compile([base('a'), correlation(counting)], limits);
  for (const who of ['ann', 'bob', 'cem', 'ann']) rules.evaluate(at(0, 'a', who));
  assert.equal(rules.statistics().correlations[0]?.forgottenGroups, 2);
  for (let count = 0; count < 20; count += 1) rules.evaluate(at(1, 'a', 'ann'));
  const [statistics] = rules.statistics().correlations;
  assert.ok(statistics!.forgottenEvents >= 12 && statistics!.retained <= 12 && statistics!.groups <= 2);
  rules.evaluate(at(1000, 'a', 'dan'));
  assert.equal(rules.statistics().correlations[0]?.groups, 1);
});

test('retained events keep nothing of the source’s record but the fields the rules name', () => {
  const rules = compile([base('a'), correlation(counting.replace('actor.user.uid', 'what').replace('3', '1'))]);
  const [match] = rules.evaluate(at(0, 'a', 'ann', 'host'));
  assert.deepEqual(match?.group, { what: 'host' });
  assert.equal(match?.events[0]?.native('what'), 'host');
  assert.equal(match?.events[0]?.native('act'), undefined);
});

test('a correlation that cannot mean anything is refused', () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [[correlation(counting)], /rule a.*in this set/],
    [[base('a'), correlation(counting.replace('10m', '10 minutes'))], /timespan 10 minutes/],
    [[base('a'), correlation(counting.replace('gte: 3', 'gte: 10000'))], /never met/],
    [[base('a'), correlation(counting.replace('gte: 3', 'lt: 1'))], /never met/],
    [[base('a'), correlation(counting.replace('gte: 3', 'about: 3'))], /condition.about/],
    [[base('a'), correlation(counting.replace('event_count', 'value_max'))], /event_count, value_count/],
    [[base('a'), correlation(counting.replace('event_count', 'value_count'))], /no field/],
    [[base('a'), correlation(`${counting}\nwindow: tumbling`)], /correlation.window/],
    [[base('a'), base('a')], /not taken/],
    [
      [correlation(counting.replace('[a]', '[y]'), 'x'), correlation(counting.replace('[a]', '[x]'), 'y')],
      /refers to itself/,
    ],
    [[base('a'), correlation(`${counting}\naliases: {h: {b: what}}`)], /a field for rule a/],
  ];
  for (const [documents, expected] of cases) assert.match(refusal(documents), expected);
});
