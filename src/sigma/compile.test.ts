import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CompileOptions, compile, describeFailure, type EventFacts, type RuleSet, type Texts } from './compile.ts';

const ruleOf = (detection: string, more = 'logsource: {}'): string =>
  `title: test\n${more}\ndetection:\n${detection.replace(/^/gm, '  ')}\n`;

const select = (item: string, more?: string): string => ruleOf(`s:\n  ${item}\ncondition: s`, more);

function compiled(rules: Texts, options?: CompileOptions): RuleSet {
  const outcome = compile(rules, options);
  assert.ok(outcome.ok, outcome.ok ? '' : JSON.stringify(outcome.failure));
  return outcome.value;
}

const fires = (rules: string, record: object, facts?: EventFacts, options?: CompileOptions): boolean =>
  compiled(rules, options).evaluate(record, facts).length > 0;

test('fields of plain records: nested, spaced, in other case, in lists, numbers as text', () => {
  const cases: readonly (readonly [item: string, record: object])[] = [
    ['EventID: 4625', { EventID: '4625' }],
    ["EventID: '4625'", { EventID: 4625 }],
    ['CommandLine|contains: whoami', { commandline: 'cmd /c WHOAMI' }],
    ['ThreatName: x', { 'Threat Name': 'X' }],
    ['Event.EventData.Image|endswith: \\cmd.exe', { Event: { EventData: { Image: 'C:\\Windows\\cmd.exe' } } }],
    ['event.data.image: a', { 'event.data.image': 'a' }],
    ['event.data.image: a', { event: { 'data.image': 'a' } }],
    ['a.b.c: 1', { 'a.b': { c: 1 } }],
    ['target.displayName: b', { target: [{ displayName: 'a' }, { displayName: 'b' }] }],
    ['requestParameters.list.0.id: 7', { requestParameters: { list: [{ id: 7 }] } }],
    ['ip|cidr: 10.0.0.0/8', { ip: ['1.1.1.1', '10.2.3.4'] }],
    ['a|fieldref: b', { a: 'X', b: ['y', 'x'] }],
    ['a|exists: true', { a: null }],
    ['a|exists: false', { b: 1 }],
    ['a: null', { b: 1 }],
    ['success: true', { success: 'true' }],
    ["CommandLine|windash|contains: ' -f '", { CommandLine: 'x /f y' }],
    ['a|base64offset|contains: secret', { a: `xx${Buffer.from('my secret').toString('base64')}` }],
    ["a|re: '^a\\d+$'", { a: 'a12' }],
    ['time|hour: 3', { timestamp: '2026-01-01T03:00:00Z' }],
    ['time: soon', { time: 'soon' }],
  ];
  for (const [item, record] of cases) {
    assert.ok(fires(select(item), record), item);
    const other = /null|exists: false/.test(item) ? { a: 'none' } : { EventID: 1, other: 'none' };
    assert.ok(!fires(select(item), other), `${item} without`);
  }
});

test('keywords are looked for in the original text, or in all values at any depth', () => {
  const rule = ruleOf('keywords:\n  - MSSQL\n  - 4625\ncondition: keywords');
  assert.ok(fires(rule, { a: [{ b: { c: 'the mssql server' } }] }));
  assert.ok(fires(rule, { a: { id: 4625 } }));
  assert.ok(!fires(rule, { mssql: 1 }));
  assert.ok(fires(rule, {}, { raw: '<Data>MSSQL</Data>' }));
  assert.ok(!fires(rule, { a: 'mssql' }, { raw: 'something else' }));
  assert.ok(fires(ruleOf("keywords:\n  '|all': [one, two]\ncondition: keywords"), { a: 'one', b: 'two' }));
});

test('an event that states its log source is asked only about rules that do not name another', () => {
  const rule = select('a: 1', 'logsource: {product: windows, category: process_creation}');
  const asked = (logsource: EventFacts['logsource']): boolean =>
    fires(rule, { a: 1 }, logsource === undefined ? {} : { logsource });
  assert.ok(asked(undefined));
  assert.ok(asked({ product: 'Windows', category: 'process_creation' }));
  assert.ok(asked({ product: 'windows', service: 'sysmon' }));
  assert.ok(!asked({ product: 'linux', category: 'process_creation' }));
  assert.ok(!asked({ category: 'file_event' }));
  const general = select('a: 1', 'logsource: {definition: read me, vendor: acme}');
  assert.ok(fires(general, { a: 1 }, { logsource: { product: 'linux' } }));
});

const correlation = `
title: failed
name: failed
logsource: {}
detection: {s: {result: fail}, condition: s}
---
title: many
correlation: {type: event_count, rules: [failed], group-by: [user], timespan: 5m, condition: {gte: 3}}
`;

test('correlations go by the time that records state, in whatever form', () => {
  const start = Date.UTC(2026, 0, 1);
  const forms: readonly ((time: number) => object)[] = [
    (time) => ({ timestamp: new Date(time).toISOString() }),
    (time) => ({ '@timestamp': new Date(time).toISOString() }),
    (time) => ({ published: new Date(time).toISOString() }),
    (time) => ({ ts: time / 1000 }),
    (time) => ({ CreationTime: new Date(time).toISOString().slice(0, 19) }),
    (time) => ({ EventTime: new Date(time).toISOString().slice(0, 19).replace('T', ' ') }),
    (time) => ({ time }),
    (time) => ({ time: String(time) }),
    (time) => ({ time: new Date(time) }),
    (time) => ({ Event: { System: { TimeCreated: { SystemTime: new Date(time).toISOString() } } } }),
  ];
  for (const form of forms) {
    const run = (stepMs: number): number => {
      const rules = compiled(correlation);
      return [0, 1, 2].flatMap((at) => rules.evaluate({ ...form(start + at * stepMs), user: 'ann', result: 'fail' }))
        .length;
    };
    assert.equal(run(60_000), 1, String(form));
    assert.equal(run(600_000), 0, String(form));
  }
  const rules = compiled(correlation, { time: ['when'] });
  const records = [0, 1, 2].map((at) => ({
    user: 'ann',
    result: 'fail',
    timestamp: at * 1e12,
    when: start / 1000 + at,
  }));
  const matches = records.flatMap((record) => rules.evaluate(record));
  assert.deepEqual(matches[0]?.events, records);
  assert.equal(matches[0]?.events[0], records[0], 'the very record that was given');
  assert.equal(matches[0]?.firstAt, start);
});

test('a time that is told counts before those that records state', () => {
  const rules = compiled(correlation);
  const matches = [0, 1, 2].flatMap((at) =>
    rules.evaluate({ user: 'ann', result: 'fail', timestamp: 0 }, { time: at }),
  );
  assert.deepEqual([matches.length, matches[0]?.lastAt], [1, 2]);
});

test('the log source of events and their time can come from functions', () => {
  const rules = compiled(
    [
      select('a: 1', 'name: windows\nlogsource: {product: windows, category: process_creation}'),
      select('a: 1', 'name: linux\nlogsource: {product: linux}'),
    ],
    { logsource: ({ os }) => (typeof os === 'string' ? { product: os } : undefined), time: ({ at }) => Number(at) },
  );
  const asked = (record: object): readonly string[] => rules.evaluate(record).map(({ rule }) => rule.name);
  assert.deepEqual(asked({ a: 1, os: 'Linux' }), ['linux']);
  assert.deepEqual(asked({ a: 1 }), ['windows', 'linux']);
  assert.deepEqual(
    [5, undefined].flatMap((at) => rules.evaluate({ a: 1, at }).map(({ lastAt }) => lastAt)),
    [5, 5, 5, 5],
  );
});

test('many events are evaluated in the order of their time', () => {
  const records = [20, 0, 10].map((minutes) => ({ user: 'ann', result: 'fail', time: 1e12 + minutes * 60_000 }));
  const quick = correlation.replace('5m', '20m');
  assert.equal(compiled(quick).evaluateAll(records)[0]?.events[0], records[1]);
  assert.equal(records.flatMap((record) => compiled(quick).evaluate(record)).length, 0);
});

test('rules are one text, several, files with names, or both', () => {
  const [one, two] = [select('a: 1'), select('a: 2')];
  const loose = `---\n${one}---\n---\n`.replaceAll('\n', '\r\n');
  for (const given of [one, loose, [one], { name: 'x.yml', text: one }, [{ name: 'x.yml', text: one }, two]])
    assert.equal(compiled(given).evaluate({ a: 1 }).length, 1);
  const outcome = compile([one, select('f|nope: a')]);
  assert.ok(!outcome.ok);
  const [fault] = outcome.failure;
  assert.ok(fault !== undefined);
  assert.deepEqual([fault.file, fault.line, fault.found], ['rules[1]', 5, 'modifier |nope']);
  assert.match(describeFailure(fault), /^rules\[1\]:5: found modifier \|nope, expected one of/);
});

test('what is no text at all is the caller’s fault and thrown', () => {
  const parsed: unknown = { title: 'x', detection: {} };
  assert.throws(() => compile(parsed as Texts), /rules: expected YAML text/);
});

test('log sources that an event states do not fill the memory', () => {
  const rules = compiled(select('a: 1', 'logsource: {product: linux}'), {
    logsource: ({ os }) => ({ product: String(os) }),
  });
  for (let at = 0; at < 25_000; at += 1) assert.equal(rules.evaluate({ a: 1, os: `os ${at}` }).length, 0);
  assert.equal(rules.evaluate({ a: 1, os: 'linux' }).length, 1);
});

test('faults are values, all of them, with file, line, what was found and what was expected', () => {
  const outcome = compile(
    [
      { name: 'one.yml', text: select('f|nope: a') },
      { name: 'two.yml', text: select("f|re: '(?<=a)b'") },
    ],
    { pipelines: 'transformations: [{type: no_such}]' },
  );
  assert.ok(!outcome.ok);
  const told = outcome.failure.map((fault) => (fault.kind === 'invalid' ? `${fault.where} ${fault.found}` : ''));
  assert.ok(
    told.some((text) => text.startsWith('one.yml:5 modifier |nope')),
    told.join('\n'),
  );
  assert.ok(
    told.some((text) => /^pipeline\.yml:1 pipeline without a name, item 1 \(no_such\)/.test(text)),
    told.join('\n'),
  );
  const second = compile(select("f|re: '(?<=a)b'"));
  assert.ok(!second.ok && second.failure[0]?.kind === 'invalid' && second.failure[0].where === 'rules.yml:5');
});

test('placeholders come from the options or from lists in files', () => {
  const rule = select("user|expand: '%admins%'");
  assert.ok(fires(rule, { user: 'root' }, {}, { placeholders: { admins: ['root'] } }));
  const lists = [{ name: 'lists/admins.txt', text: '# ours\nann\r\n\nbob*\n' }];
  assert.ok(fires(rule, { user: 'bobby' }, {}, { lists }));
  assert.ok(!fires(rule, { user: '# ours' }, {}, { lists }));
  assert.ok(!compile(rule).ok);
});

test('records cannot break it: deep, cyclic, with names of the language', () => {
  const rules = compiled([
    { name: 'field.yml', text: select('a.b: 1') },
    { name: 'keyword.yml', text: ruleOf('k: [needle]\ncondition: k') },
    { name: 'proto.yml', text: select('constructor.name: Object') },
  ]);
  let deep: unknown = 1;
  for (let at = 0; at < 200_000; at += 1) deep = [deep];
  const cyclic: Record<string, unknown> = { a: {} };
  cyclic['self'] = cyclic;
  for (const record of [
    { a: { b: deep } },
    { a: deep },
    { a: [deep] },
    cyclic,
    Object.create(null),
    [],
    { a: null },
    JSON.parse('null'),
  ])
    assert.equal(rules.evaluate(record).length, 0);
});
