import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile, type RuleSet } from '../compile.ts';

const rule = (name: string, logsource = '{product: windows, category: process_creation}'): string =>
  `title: ${name}\nname: ${name}\nid: id-of-${name}\nlogsource: ${logsource}\ndetection: {selection: {act: ${name}}, filter: {x: 1}, condition: selection and not filter}\n`;

const filter = (rules: string, body: string, logsource = '{product: windows}'): string =>
  `title: F\nlogsource: ${logsource}\nfilter:\n  rules: ${rules}\n${body.replace(/^/gm, '  ')}\n`;

const exclude = "selection: {User|startswith: 'adm_'}\ncondition: not selection";

function compiled(...documents: readonly string[]): RuleSet {
  const outcome = compile(documents.map((text, at) => ({ name: `${at}.yml`, text })));
  assert.ok(outcome.ok, outcome.ok ? '' : JSON.stringify(outcome.failure));
  return outcome.value;
}

function refusal(...documents: readonly string[]): string {
  const outcome = compile(documents.map((text, at) => ({ name: `${at}.yml`, text })));
  assert.ok(!outcome.ok);
  const [first] = outcome.failure;
  assert.ok(first?.kind === 'invalid');
  return `${first.where} ${first.found} / ${first.expected}`;
}

const names = (rules: RuleSet, record: object): readonly string[] =>
  rules.evaluate(record).map((match) => match.rule.name);

test('a filter’s condition must hold beside that of each rule it names, by name or id', () => {
  for (const handles of ['[a]', '[id-of-a]', 'a', '[a, id-of-a]']) {
    const rules = compiled(filter(handles, exclude), rule('a'), rule('b'));
    assert.deepEqual(names(rules, { act: 'a', User: 'ann' }), ['a'], handles);
    assert.deepEqual(names(rules, { act: 'a', User: 'adm_ann' }), [], handles);
    assert.deepEqual(names(rules, { act: 'b', User: 'adm_ann' }), ['b'], handles);
  }
});

test('a filter may say what it leaves out or what it keeps: what it does not speak of stays', () => {
  const selections = 'one: {x: 2}\ntwo: {y: 2}\n';
  for (const [leavesOut, keeps] of [
    ['one', 'not one'],
    ['one or two', 'not (one or two)'],
    ['1 of them', 'not 1 of them'],
    ['one and not two', 'not one or two'],
  ])
    for (const condition of [leavesOut, keeps]) {
      const rules = compiled(rule('a'), filter('[a]', `${selections}condition: ${condition}`));
      assert.deepEqual(names(rules, { act: 'a' }), ['a'], condition);
      assert.deepEqual(names(rules, { act: 'a', x: 2 }), [], condition);
    }
});

test('a filter for a rule that is not here is told of', () => {
  const rules = compiled(rule('a'), filter('[nobody, a]', exclude));
  assert.deepEqual(names(rules, { act: 'a', User: 'adm_ann' }), []);
  assert.deepEqual(
    rules.notices.map(({ rule: name, file, what }) => [name, file, /no such rule/.test(what)]),
    [['nobody', '1.yml', true]],
  );
});

test('any, all and an empty list are every rule of the log source, and no other', () => {
  for (const any of ['any', 'all', '[]']) {
    const rules = compiled(rule('a'), rule('b', '{product: linux}'), filter(any, exclude));
    assert.deepEqual(names(rules, { act: 'a', User: 'adm_ann' }), [], any);
    assert.deepEqual(names(rules, { act: 'b', User: 'adm_ann' }), ['b'], any);
  }
  const narrower = compiled(rule('a', '{product: windows}'), filter('any', exclude, '{product: windows, service: x}'));
  assert.deepEqual(names(narrower, { act: 'a', User: 'adm_ann' }), ['a']);
});

test('a rule that a filter names for another log source stays as it is, and that is told', () => {
  const rules = compiled(rule('a', '{product: linux}'), filter('[a]', exclude));
  assert.deepEqual(names(rules, { act: 'a', User: 'adm_ann' }), ['a']);
  assert.deepEqual(
    rules.notices.map(({ rule, what }) => [rule, /filter "F".*another log source/.test(what)]),
    [['a', true]],
  );
});

test('identifiers of rule and filter do not meet; several filters add up; quantifiers are a filter’s own', () => {
  const own = 'selection: {User: ann}\nfilter: {x: 2}\ncondition: not 1 of them';
  const rules = compiled(rule('a'), filter('[a]', own), filter('any', 'other: {y: 1}\ncondition: not other'));
  assert.deepEqual(names(rules, { act: 'a' }), ['a']);
  for (const record of [{ x: 1 }, { x: 2 }, { User: 'ann' }, { y: 1 }])
    assert.deepEqual(names(rules, { act: 'a', ...record }), [], JSON.stringify(record));
});

test('pipelines act on what filters add', () => {
  const outcome = compile(
    [rule('a'), filter('[a]', exclude)].map((text, at) => ({ name: `${at}`, text })),
    {
      pipelines: 'transformations: [{type: field_name_mapping, mapping: {User: user.name}}]',
    },
  );
  assert.ok(outcome.ok);
  assert.deepEqual(names(outcome.value, { act: 'a', user: { name: 'adm_ann' } }), []);
  assert.deepEqual(names(outcome.value, { act: 'a', User: 'adm_ann' }), ['a']);
});

test('filters act on the events that correlations count', () => {
  const correlation =
    'title: many\nname: many\ncorrelation: {type: event_count, rules: [a], timespan: 5m, condition: {gte: 2}}\n';
  const rules = compiled(rule('a'), correlation, filter('[a]', exclude));
  const run = (User: string): number =>
    [1, 2].flatMap((at) => rules.evaluate({ act: 'a', User, time: 1e12 + at })).length;
  assert.deepEqual([run('adm_ann'), run('ann')], [0, 1]);
});

test('what makes no sense is refused by file and line', () => {
  const correlation =
    'title: many\nname: many\ncorrelation: {type: event_count, rules: [a], timespan: 5m, condition: {gte: 2}}\n';
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [[rule('a'), correlation, filter('[many]', exclude)], /^2\.yml:4 correlation many .*act on events/],
    [[rule('a'), filter('[a]', 'selection: {User: x}')], /no condition/],
    [[rule('a'), filter('[a]', 'selection: {User: x}\ncondition: [selection]')], /one condition/],
    [[rule('a'), filter('[a]', 'selection: {User: x}\ncondition: not other')], /^1\.yml:6 "other" .*one of selection/],
    [[rule('a'), 'title: F\nlogsource: {}\nfilter: {selection: {a: 1}, condition: selection}\n'], /no rules/],
    [[rule('a'), 'logsource: {}\nfilter: {rules: any, selection: {a: 1}, condition: selection}\n'], /no title/],
    [[rule('a'), 'title: F\nfilter: {rules: any, selection: {a: 1}, condition: selection}\n'], /no logsource/],
    [[rule('a'), `${filter('[a]', exclude)}detection: {a: {b: 1}, condition: a}\n`], /detection or filter/],
  ];
  for (const [documents, expected] of cases) assert.match(refusal(...documents), expected);
});
