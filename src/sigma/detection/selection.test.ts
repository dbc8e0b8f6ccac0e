import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventOf } from '../event.fixture.ts';
import { compile, fires, refusalOf, ruleOf, select } from '../rule.fixture.ts';

/** Item, value of field f, whether it matches. */
const table: readonly (readonly [string, unknown, boolean])[] = [
  // Values: without case, whole, as text.
  ["f: 'Abc'", 'aBC', true],
  ["f: 'abc'", 'abcd', false],
  ["f: 'straße'", 'STRASSE', false],
  ["f: 'ÄPFEL'", 'äpfel', true],
  ["f: '517'", 517, true],
  ['f: 517', '517', true],
  ['f: 517', 517, true],
  ['f: 517', '5170', false],
  ['f: 0', '', false],
  ['f: true', true, true],
  ['f: true', 'TRUE', true],
  ["f: 'true'", true, true],
  ['f: true', 1, false],
  ['f: yes', 'yes', true],
  ["f: ''", '', true],
  ["f: ''", undefined, false],
  ["f: ''", null, false],
  ['f: null', null, true],
  ['f: null', undefined, true],
  ['f: null', '', false],
  ['f: null', 'null', false],
  ["f: 'a'", { a: 'a' }, false],
  // Lists in rule and event: any member.
  ['f: [a, b]', 'B', true],
  ['f: [a, b]', 'c', false],
  ['f: b', ['a', 'b'], true],
  ['f: b', [['a'], ['b']], true],
  ['f: b', [], false],
  ["f: [a, 'b*', 7]", 'bcd', true],
  ["f: [a, 'b*', 7]", 7, true],
  // Wildcards.
  ["f: 'a*'", 'A', true],
  ["f: 'a?c'", 'abc', true],
  ["f: 'a?c'", 'ac', false],
  ["f: 'a?c'", 'a💥c', true],
  ["f: '*b*d'", 'abbcd', true],
  ["f: 'a*b*c'", 'a-b-b-c', true],
  ["f: 'a*b*c'", 'a-c-b', false],
  ["f: '*'", '', true],
  ["f: '*'", undefined, false],
  ["f: '?*'", '', false],
  ["f: 'a**b'", 'ab', true],
  // Backslashes (in YAML's single quotes they are as written).
  ["f: '\\*'", '*', true],
  ["f: '\\*'", 'x', false],
  ["f: '\\?'", '?', true],
  ["f: '\\?'", 'x', false],
  ["f: 'C:\\x'", 'C:\\x', true],
  ["f: 'C:\\\\x'", 'C:\\x', true],
  ["f: 'C:\\\\x'", 'C:\\\\x', false],
  ["f: 'C:\\\\*'", 'C:\\anything', true],
  ["f: 'C:\\\\*'", 'C:*', false],
  ["f: 'C:\\*'", 'C:*', true],
  ["f: 'C:\\*'", 'C:\\x', false],
  ["f: 'C:\\\\\\*'", 'C:\\*', true],
  ["f: 'C:\\\\\\*'", 'C:\\x', false],
  ["f: '\\\\\\\\x'", '\\\\x', true],
  ["f: '\\\\\\x'", '\\\\x', true],
  ["f: '\\\\\\\\*'", '\\\\anything', true],
  ["f: 'x\\'", 'x\\', true],
  ["f|endswith: '\\x'", 'C:\\x', true],
  // contains, startswith, endswith, all, cased, neq, exists.
  ['f|contains: b', 'aBc', true],
  ["f|contains: 'a*c'", 'xabcx', true],
  ['f|contains: b', undefined, false],
  ['f|startswith: ab', 'ABc', true],
  ['f|startswith: bc', 'abc', false],
  ['f|endswith: bc', 'aBC', true],
  ['f|endswith: ab', 'abc', false],
  ['f|contains|all: [a, c]', 'cba', true],
  ['f|contains|all: [a, x]', 'cba', false],
  ['f|all: [a, b]', ['b', 'a'], true],
  ['f|cased: Abc', 'Abc', true],
  ['f|cased: Abc', 'abc', false],
  ['f|contains|cased: [B, X]', 'aBc', true],
  ['f|contains|cased: B', 'abc', false],
  ['f|neq: a', 'b', true],
  ['f|neq: a', 'A', false],
  ['f|neq: a', undefined, true],
  ['f|neq: [a, b]', 'b', false],
  ['f|neq: 5', 6, true],
  ['f|exists: true', '', true],
  ['f|exists: true', null, true],
  ['f|exists: true', undefined, false],
  ['f|exists: false', undefined, true],
  // Numbers.
  ['f|gt: 5', 5, false],
  ['f|gte: 5', '5', true],
  ['f|lt: 5', '4.9', true],
  ['f|lte: -5', -5, true],
  ['f|lt: 5', 'four', false],
  ['f|lt: 5', '', false],
  ['f|gte: 5', null, false],
  ['f|neq: true', false, true],
  ["f|re|neq: '^a'", 'ab', false],
  ["f|neq|re: '^a'", 'b', true],
  ["f|cidr|neq: '10.0.0.0/8'", '10.1.1.1', false],
  ['f|lt: 5', [7, 3], true],
  ['f|neq: a', ['a', 'b'], false],
  // Regular expressions.
  ["f|re|contains: 'a.c'", 'xabcx', true],
  ["f|re|i: 'ΟΔΟΣ$'", 'οδος', true],
  ["f|re|i: '^[Σ]+$'", 'ΣςσΣ', true],
  ["f|re|i: '^[S]$'", 'ß', false],
  ["f|contains: 'ΟΔΟΣ'", 'ΟΔΟΣΑ', true],
  ["f: 'İ?'", 'iX', true],
  ["f|re: '^a.c$'", 'abc', true],
  ["f|re: '^a.c$'", 'ABC', false],
  ["f|re|i: '^a.C$'", 'AbC', true],
  ["f|re: 'b'", 'abc', true],
  ["f|re: '^b'", 'a\nb', false],
  ["f|re|m: '^b'", 'a\nb', true],
  ["f|re: 'a.b'", 'a\nb', false],
  ["f|re|s: 'a.b'", 'a\nb', true],
  ["f|re: '\\d{3}'", 1234, true],
  // Encodings.
  ["f|base64: 'ping'", 'cGluZw==', true],
  ["f|base64offset|contains: '/bin/bash'", Buffer.from('x/bin/bash -i').toString('base64'), true],
  ["f|base64offset|contains: '/bin/bash'", Buffer.from('xy/bin/bash -i').toString('base64'), true],
  ["f|base64offset|contains: '/bin/bash'", Buffer.from('xyz/bin/bash -i').toString('base64'), true],
  ["f|base64offset|contains: '/bin/bash'", Buffer.from('/bin/dash').toString('base64'), false],
  ["f|wide|base64offset|contains: 'cmd'", Buffer.from('x cmd', 'utf16le').toString('base64'), true],
  ["f|utf16le|base64: 'cmd'", Buffer.from('cmd', 'utf16le').toString('base64'), true],
  ["f|utf16be|base64: 'cmd'", Buffer.from([0, 99, 0, 109, 0, 100]).toString('base64'), true],
  ["f|utf16|base64: 'c'", Buffer.from([0xff, 0xfe, 99, 0]).toString('base64'), true],
  ["f|wide: 'c'", 'c\0', true],
  // windash.
  ["f|windash|contains: ' -enc'", 'ps /enc', true],
  ["f|windash|contains: ' /enc'", 'ps ―enc', true],
  ["f|windash|contains: ' -enc'", 'ps +enc', false],
  ["f|contains|windash: '-a-b'", 'x /a–b', true],
  // Networks.
  ["f|cidr: '10.0.0.0/8'", '10.200.3.4', true],
  ["f|cidr: '10.0.0.0/8'", '11.0.0.1', false],
  ["f|cidr: '10.0.0.0/8'", '::ffff:10.1.1.1', true],
  ["f|cidr: '10.0.0.0/8'", 'Salesforce.com IP', false],
  ["f|cidr: ['192.0.2.1', '2001:db8::/32']", '2001:db8:1::5', true],
  ["f|cidr: '192.0.2.1'", '192.0.2.2', false],
  // Field references.
  ['f|fieldref: g', 'SAME', true],
  ['f|fieldref: g', 'other', false],
  ['f|fieldref|cased: g', 'SAME', false],
  ['f|fieldref|contains: g', 'is same here', true],
  ['f|fieldref|startswith: g', 'same here', true],
  ['f|fieldref|endswith: g', 'same here', false],
  ['f|fieldref|neq: g', 'other', true],
  ['f|fieldref: nothing', 'x', false],
  // Parts of dates, in UTC.
  ['f|hour: 23', '2026-11-23T23:15:00Z', true],
  ['f|hour: 23', '2026-11-24T00:15:00+01:00', true],
  ['f|hour|gte: 22', Date.UTC(2026, 10, 23, 21), false],
  ['f|minute: 15', '2026-11-23T23:15:00', true],
  ['f|day: [22, 23]', '2026-11-23', true],
  ['f|month: 11', '2026-11-23', true],
  ['f|year|lt: 2027', '2026-11-23', true],
  ['f|week: 48', '2026-11-23', true],
  ['f|week: 53', '2027-01-01', true],
  ['f|hour: 0', 'no date', false],
  ['f|hour: 23', Date.UTC(2026, 10, 23, 23) / 1000, true],
  ['f|year: 2020', 1591367999.306059, true],
  ['f|hour|neq: 23', '2026-11-23T22:15:00Z', true],
];

test('values and modifiers', () => {
  for (const [item, value, expected] of table)
    assert.equal(fires(select(item), { f: value, g: 'same' }), expected, `${item} on ${JSON.stringify(value)}`);
});

test('what is not understood is refused with file and line', () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    [select('f|nope: a'), /test\.yml:5 modifier \|nope/],
    [select('f|all: a'), /at least two values/],
    [select('f: []'), /empty list/],
    [select('f: {}'), /a map/],
    [select('f|gt: five'), /a number/],
    [select('f|exists: maybe'), /true or false/],
    [select('f|exists|contains: true'), /exists alone/],
    [select("f|base64: 'a*'"), /without wildcards/],
    [select("f|windash|base64: '-a -b -c -d -e'"), /combinations of dashes/],
    [select("f|base64offset|contains: 'x'"), /two bytes/],
    [select('f|base64|expand: "%x%"'), /without wildcards/],
    [select('f|startswith|endswith: a'), /one of contains/],
    [select('f|contains|startswith: a'), /one of contains/],
    [select('f|neq|lt: 5'), /under neq/],
    [select('f|lt|neq: 5'), /under neq/],
    [select('f|neq|all: [a, b]'), /beside neq/],
    [select('f|all|neq: [a, b]'), /beside neq/],
    [select("f|fieldref: 'g*'"), /without wildcards/],
    [select("f|startswith|fieldref: 'g'"), /before contains/],
    [select('f|hour: 24'), /from 0 to 23/],
    [select('f|minute|gt: 60'), /from 0 to 59/],
    [select('f|month: 0'), /from 1 to 12/],
    [select('f|day: 1.5'), /from 1 to 31/],
    [select('f|hour|minute: 1'), /one part/],
    [select("f|cidr: '10/8'"), /a network/],
    [select("f|cidr: '10'"), /a network/],
    [select("f|cidr|contains: '10.0.0.0/8'"), /text/],
    [select("f|re:\n  - 'a'\n  - '(?=a)'"), /test\.yml:7 /],
    [select("f|lt:\n  - 1\n  - 'x'"), /test\.yml:7 /],
    [ruleOf("k:\n  - a\n  - ''\ncondition: k"), /test\.yml:6 a keyword/],
    [ruleOf("k: {'|cidr': 10.0.0.0/8}\ncondition: k"), /a keyword/],
    [ruleOf("k: {'|exists': true}\ncondition: k"), /a keyword/],
    [ruleOf('k: null\ncondition: k'), /a keyword/],
    [ruleOf('s: {f: a}\ncondition: s near s'), /type: temporal/],
    [ruleOf('s: {f: a}\ncondition: [s, null]'), /no text/],
    [ruleOf('s: {f: {g: a}}\ncondition: s'), /a map/],
    [ruleOf('s: [[a]]\ncondition: s'), /a list in a list/],
    [ruleOf('s: {f: a}\ncondition: 1 of *\n_t: {f: b}').replace('1 of *', '1 of x*'), /some identifier fits/],
    [select("f|expand: '%unknown%'"), /not %unknown%/],
    [select("f|re: '(?=a)'"), /without look-around/],
    [select("f|re: '(a)\\1'"), /without back references/],
    [select("f|re: '['"), /not \[/],
    [select("f|contains|re: 'a'"), /`re` as first modifier/],
    [select('f|i: a'), /`re` before it/],
    [select("f|cidr: '10.0.0.1/8'"), /10\.0\.0\.0\/8/],
    [select("f|cidr: 'ten'"), /a network/],
    [select('f|hour: noon'), /a number/],
    [select('f: 12345678901234567890'), /2\^53/],
    [select('f: a\nf: b'), /unique/],
    [select('<<: {f: a}'), /YAML 1\.1/],
    [ruleOf('s: {f: a}\ncondition: s | count() > 5'), /type: event_count/],
    [select('f|contains: [null, a]'), /text/],
    [ruleOf('s: {f: a}\ntimeframe: 1h\ncondition: s'), /timeframe/],
    [ruleOf('s: {f: a}\ncondition: t'), /one of s/],
    [ruleOf('s: {f: a}\ncondition: 1 of t*'), /some identifier fits/],
    [ruleOf('s: {f: a}\ncondition: 2 of s'), /1 of, any of or all of/],
    [ruleOf('s: {f: a}\ncondition: s and'), /the end/],
    [ruleOf('s: {f: a}\ncondition: (s'), /\)/],
    [ruleOf('s: {f: a}\ncondition: s s'), /end of the condition/],
    [ruleOf('s: {f: a}'), /no condition/],
    ['title: x\ndetection: {s: {f: a}, condition: s}', /logsource/],
    ['title: x\nlogsource: {category: []}\ndetection: {s: {f: a}, condition: s}', /category/],
    ['title: x\nlevel: huge\nlogsource: {}\ndetection: {s: {f: a}, condition: s}', /level huge/],
    ['title: x\nfilter: 5', /filter/],
    ['title: x\naction: global', /action/],
    ['', /empty file/],
  ];
  for (const [text, expected] of refused) assert.match(refusalOf(text), expected, text);
});

test('conditions keep precedence, quantifiers and patterns', () => {
  const detection = 'a1: {a1: 1}\na2: {a2: 1}\nb: {b: 1}\n_c: {c: 1}\ncondition: ';
  const holds = (condition: string, ...names: string[]): boolean =>
    fires(ruleOf(detection + condition), Object.fromEntries(names.map((name) => [name, 1])));
  const cases: readonly (readonly [string, readonly string[], boolean])[] = [
    ['a1 or a2 and b', ['a1'], true],
    ['(a1 or a2) and b', ['a1'], false],
    ['not a1 and a2', ['a2'], true],
    ['not (a1 and a2)', ['a1', 'a2'], false],
    ['not a1 or a1', [], true],
    ['not not a1', ['a1'], true],
    ['1 of a*', ['a2'], true],
    ['all of a*', ['a2'], false],
    ['all of a*', ['a1', 'a2'], true],
    ['1 of them', ['c'], false],
    ['1 of _*', ['c'], true],
    ['1 of *', ['c'], false],
    ['all of *', ['a1', 'a2', 'b'], true],
    ['all of them', ['a1', 'a2', 'b'], true],
    ['any of *2', ['a2'], true],
    ['not 1 of a* and b', ['b'], true],
    ['not 1 of a* and b', ['b', 'a1'], false],
    ['1 of b', ['b'], true],
    ['a1 AND NOT a2', ['a1'], true],
  ];
  for (const [condition, names, expected] of cases)
    assert.equal(holds(condition, ...names), expected, `${condition} on ${names}`);
  assert.equal(fires(ruleOf('a: {f: 1}\nb: {g: 1}\ncondition:\n  - a\n  - b'), { g: 1 }), true);
});

test('a bomb of aliases is refused, not unfolded', () => {
  const levels = Array.from(
    { length: 12 },
    (_, level) => `x${level + 1}: &x${level + 1} [${Array(10).fill(`*x${level}`)}]`,
  );
  assert.match(refusalOf(['x0: &x0 [a]', ...levels].join('\n')), /too large/);
});

test('rules that speak of some activities are asked about those and no others', () => {
  const fired = (detection: string): string =>
    (['login', 'query', 'count'] as const)
      .filter(
        (activity_name) => compile(ruleOf(detection)).evaluate(eventOf({ activity_name }, { native: { f: 1 } })).length,
      )
      .join();
  assert.equal(fired('s: {activity_name: [LOGIN, query]}\ncondition: s'), 'login,query');
  assert.equal(fired('s: {activity_name: login, f: 1}\ncondition: s'), 'login');
  assert.equal(fired('s: {activity_name: login}\ncondition: not s'), 'query,count');
  assert.equal(fired('s: {activity_name: login}\nt: {f: 1}\ncondition: s or t'), 'login,query,count');
  assert.equal(fired('s: {activity_name: login}\nt: {activity_name: count}\ncondition: 1 of them'), 'login,count');
  assert.equal(
    fired('s: {activity_name: [login, query]}\nt: {activity_name: [query, count]}\ncondition: s and t'),
    'query',
  );
  assert.equal(fired('s: {activity_name: [login, query]}\nt: {activity_name: query}\ncondition: s and not t'), 'login');
  assert.equal(fired('s: {activity_name|neq: login}\ncondition: s'), 'query,count');
  assert.equal(fired("s: {activity_name: 'co*'}\ncondition: s"), 'count');
  assert.equal(fired("s: {activity_name: [login, 'co*']}\ncondition: s"), 'login,count');
  assert.equal(fired('s: {activity_name|cased: LOGIN}\ncondition: s'), '');
});
