import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile, type RuleSet } from '../compile.ts';

const rule = (items: string, more = ''): string =>
  `title: test\nname: test\nlogsource: {product: windows, category: process_creation}\n${more}detection:\n  s:\n${items.replace(/^/gm, '    ')}\n  condition: s\n`;

const pipelineOf = (...items: readonly string[]): string =>
  `name: p\ntransformations:\n${items.map((item) => `  - {${item}}`).join('\n')}\n`;

function compiled(rules: string, pipelines: string | readonly string[]): RuleSet {
  const files = [pipelines].flat().map((text, at) => ({ name: `${at}.yml`, text }));
  const outcome = compile(rules, { pipelines: files });
  assert.ok(outcome.ok, outcome.ok ? '' : JSON.stringify(outcome.failure));
  return outcome.value;
}

const fires = (rules: string, pipelines: string | readonly string[], record: object): boolean =>
  compiled(rules, pipelines).evaluate(record).length > 0;

function refusal(rules: string, pipeline: string): string {
  const outcome = compile(rules, { pipelines: pipeline });
  assert.ok(!outcome.ok, `not refused: ${pipeline}`);
  const [first] = outcome.failure;
  assert.ok(first?.kind === 'invalid');
  return `${first.where} ${first.found} / ${first.expected}`;
}

interface Case {
  readonly name: string;
  readonly items: readonly string[];
  readonly rule: string;
  readonly fires: readonly object[];
  readonly quiet: readonly object[];
}

const map = 'type: field_name_mapping, mapping:';

/** One for each transformation and condition: what the rewritten rule must find and what not. */
const cases: readonly Case[] = [
  {
    name: 'field_name_mapping 1:1',
    items: [`${map} {Image: process.path}`],
    rule: 'Image: a',
    fires: [{ process: { path: 'a' } }],
    quiet: [{ Image: 'a' }],
  },
  {
    name: 'field_name_mapping 1:n is any',
    items: [`${map} {Image: [x, y]}`],
    rule: 'Image: [a, b]',
    fires: [{ x: 'a' }, { y: 'b' }],
    quiet: [{ x: 'c' }],
  },
  {
    name: 'field_name_mapping 1:n with all: one field has all of it',
    items: [`${map} {Image: [x, y]}`],
    rule: 'Image|contains|all: [a, b]',
    fires: [{ x: 'ab' }],
    quiet: [{ x: 'a', y: 'b' }],
  },
  {
    name: 'field_name_mapping 1:n of neq is all',
    items: [`${map} {Image: [x, y]}`],
    rule: 'Image|neq: a',
    fires: [{ x: 'b', y: 'c' }],
    quiet: [
      { x: 'a', y: 'b' },
      { x: 'b', y: 'a' },
    ],
  },
  {
    name: 'field_name_mapping 1:n of null is all',
    items: [`${map} {Image: [x, y]}`],
    rule: 'Image: null',
    fires: [{}],
    quiet: [{ x: 'a' }, { y: 'a' }],
  },
  {
    name: 'field_name_mapping 1:n of exists: false is all',
    items: [`${map} {Image: [x, y]}`],
    rule: 'Image|exists: false',
    fires: [{}],
    quiet: [{ x: null }, { y: 'a' }],
  },
  {
    name: 'field_name_mapping of field references',
    items: [`${map} {Image: x, Parent: y}`],
    rule: 'Image|fieldref: Parent',
    fires: [{ x: 'a', y: 'A' }],
    quiet: [{ x: 'a', y: 'b', Parent: 'a' }],
  },
  {
    name: 'field_name_prefix_mapping',
    items: ['type: field_name_prefix_mapping, mapping: {win.: [w., v.]}'],
    rule: 'win.a: 1',
    fires: [{ w: { a: 1 } }, { 'v.a': 1 }],
    quiet: [{ win: { a: 1 } }],
  },
  {
    name: 'field_name_prefix',
    items: ['type: field_name_prefix, prefix: win.'],
    rule: 'a: 1',
    fires: [{ win: { a: 1 } }],
    quiet: [{ a: 1 }],
  },
  {
    name: 'field_name_suffix',
    items: ['type: field_name_suffix, suffix: .keyword'],
    rule: 'a: 1',
    fires: [{ a: { keyword: 1 } }],
    quiet: [{ a: 1 }],
  },
  {
    name: 'field_name_transform',
    items: ['type: field_name_transform, transform_func: snake_case, mapping: {Other: kept}'],
    rule: 'ParentImage: a\nOther: b',
    fires: [{ parent_image: 'a', kept: 'b' }],
    quiet: [{ ParentImage: 'a', kept: 'b' }],
  },
  {
    name: 'drop_detection_item',
    items: ['type: drop_detection_item, field_name_conditions: [{type: include_fields, fields: [a]}]'],
    rule: 'a: 1\nb: 2',
    fires: [{ b: 2 }],
    quiet: [{ a: 1 }],
  },
  {
    name: 'add_condition',
    items: ["type: add_condition, conditions: {EventID: [1, 2], Source: '$product-$category'}, template: true"],
    rule: 'a: 1',
    fires: [{ a: 1, EventID: 2, Source: 'windows-process_creation' }],
    quiet: [{ a: 1 }, { a: 1, EventID: 3, Source: 'windows-process_creation' }, { EventID: 1, Source: 'x' }],
  },
  {
    name: 'add_condition negated',
    items: ['type: add_condition, conditions: {test: true}, negated: true'],
    rule: 'a: 1',
    fires: [{ a: 1 }, { a: 1, test: false }],
    quiet: [{ a: 1, test: true }],
  },
  {
    name: 'replace_string',
    items: ["type: replace_string, regex: '^\\*\\\\(.*)\\.exe$', replacement: '*/\\1'"],
    rule: 'Image|endswith: \\cmd.exe',
    fires: [{ Image: '/bin/cmd' }],
    quiet: [{ Image: 'c:\\cmd.exe' }],
  },
  {
    name: 'replace_string skip_special',
    items: ["type: replace_string, regex: '^', replacement: 'x', skip_special: true"],
    rule: "Image: 'a*b'",
    fires: [{ Image: 'xa--xb' }],
    quiet: [{ Image: 'xa--b' }],
  },
  {
    name: 'replace_string of a number',
    items: ["type: replace_string, regex: '^', replacement: 'id-'"],
    rule: 'Image: 5',
    fires: [{ Image: 'id-5' }],
    quiet: [{ Image: 5 }],
  },
  {
    name: 'map_string',
    items: ['type: map_string, mapping: {a: [b, c], d: e}'],
    rule: 'Image: [a, d, f]',
    fires: [{ Image: 'b' }, { Image: 'c' }, { Image: 'e' }, { Image: 'f' }],
    quiet: [{ Image: 'a' }, { Image: 'd' }],
  },
  {
    name: 'set_value',
    items: [
      "type: set_value, value: 5, force_type: str, field_name_conditions: [{type: include_fields, fields: ['A.*'], mode: re}]",
    ],
    rule: 'Ab: x\nb: y',
    fires: [{ Ab: '5', b: 'y' }],
    quiet: [{ Ab: 'x', b: 'y' }],
  },
  {
    name: 'convert_type to str',
    items: ['type: convert_type, target_type: str'],
    rule: 'a: 5',
    fires: [{ a: 5 }],
    quiet: [{ a: '5.0' }],
  },
  {
    name: 'convert_type to num',
    items: ['type: convert_type, target_type: num'],
    rule: "a: '5'",
    fires: [{ a: '5.0' }],
    quiet: [{ a: 6 }],
  },
  {
    name: 'regex plain is the whole value, in its case',
    items: ['type: regex, method: plain'],
    rule: "a: 'x.?y*'",
    fires: [{ a: 'x.zy' }, { a: 'x.zy\nz' }],
    quiet: [{ a: 'X.zy' }, { a: 'xazy' }, { a: '-x.zy' }],
  },
  ...['ignore_case_flag', 'ignore_case_brackets'].map((method) => ({
    name: `regex ${method}`,
    items: [`type: regex, method: ${method}`],
    rule: "a: 'x[y*'",
    fires: [{ a: 'X[Yz' }],
    quiet: [{ a: 'Xy' }],
  })),
  {
    name: 'case',
    items: ['type: case, method: lower'],
    rule: "a|cased: 'ABC*'",
    fires: [{ a: 'abcd' }],
    quiet: [{ a: 'ABCD' }],
  },
  {
    name: 'wildcard_placeholders',
    items: ['type: wildcard_placeholders, include: [x]'],
    rule: "a|expand: 'u-%x%'",
    fires: [{ a: 'u-1' }],
    quiet: [{ a: 'v-1' }],
  },
  {
    name: 'hashes_fields',
    items: ['type: hashes_fields, valid_hash_algos: [MD5, SHA1], field_prefix: File'],
    rule: "Hashes|contains: ['MD5=00aa', 'SHA1=11bb', 'IMPHASH=22cc']",
    fires: [{ FileMD5: '00AA' }, { FileSHA1: '11bb' }],
    quiet: [{ FileMD5: '11bb' }, { FileIMPHASH: '22cc' }, { Hashes: 'MD5=00aa' }],
  },
  {
    name: 'change_logsource, seen by later conditions',
    items: [
      'type: change_logsource, product: linux, service: auditd',
      `${map} {a: b}, rule_conditions: [{type: logsource, service: auditd}]`,
    ],
    rule: 'a: 1',
    fires: [{ b: 1 }],
    quiet: [{ a: 1 }],
  },
  {
    name: 'set_state and processing_state, of rules, items and fields',
    items: [
      'type: set_state, key: k, val: 3',
      `${map} {a: b}, rule_conditions: [{type: processing_state, key: k, val: 2, op: gte}]`,
      `${map} {c: d}, detection_item_conditions: [{type: processing_state, key: k, val: 4}]`,
      `${map} {e: f}, field_name_conditions: [{type: processing_state, key: k, val: 3}]`,
    ],
    rule: 'a: 1\nc: 1\ne: 1',
    fires: [{ b: 1, c: 1, f: 1 }],
    quiet: [{ a: 1, c: 1, f: 1 }],
  },
  {
    name: 'nest, and processing_item_applied of what it did',
    items: [
      `type: nest, rule_conditions: [{type: logsource, product: windows}], items: [{id: inner, ${map} {a: b}}]`,
      'type: set_value, value: 9, rule_conditions: [{type: processing_item_applied, processing_item_id: inner}], detection_item_conditions: [{type: processing_item_applied, processing_item_id: inner}]',
    ],
    rule: 'a: 1\nc: 1',
    fires: [{ b: 9, c: 1 }],
    quiet: [{ b: 1, c: 1 }],
  },
  {
    name: 'a field that was mapped is not mapped again where the condition says so',
    items: [
      `id: one, ${map} {a: b}`,
      `${map} {b: c}, field_name_conditions: [{type: processing_item_applied, processing_item_id: one}], field_name_cond_not: true`,
    ],
    rule: 'a: 1\nd|fieldref: a',
    fires: [{ b: 1, d: 1 }],
    quiet: [{ c: 1, d: 1 }],
  },
  {
    name: 'contains_field, contains_detection_item, linked by or',
    items: [
      `${map} {a: b}, rule_cond_op: or, rule_conditions: [{type: contains_field, field: none}, {type: contains_detection_item, field: a, value: 1}]`,
      `${map} {c: d}, rule_conditions: [{type: contains_field, field: none}, {type: contains_field, field: b}]`,
    ],
    rule: 'a: 1\nc: 1',
    fires: [{ b: 1, c: 1 }],
    quiet: [{ a: 1, c: 1 }],
  },
  {
    name: 'conditions by an expression over their names',
    items: [
      `${map} {a: b}, rule_cond_expr: 'w and not (l or t)', rule_conditions: {w: {type: is_sigma_rule}, l: {type: logsource, product: linux}, t: {type: tag, tag: attack.t1000}}`,
    ],
    rule: 'a: 1',
    fires: [{ b: 1 }],
    quiet: [{ a: 1 }],
  },
  {
    name: 'is_sigma_correlation_rule is not of rules',
    items: [`${map} {a: b}, rule_conditions: [{type: is_sigma_correlation_rule}]`],
    rule: 'a: 1',
    fires: [{ a: 1 }],
    quiet: [{ b: 1 }],
  },
  {
    name: 'match_string, match_value, contains_wildcard, is_null',
    items: [
      "type: set_value, value: m, detection_item_conditions: [{type: match_string, cond: all, pattern: 'x+'}]",
      'type: set_value, value: n, detection_item_conditions: [{type: match_value, cond: any, value: 7}]',
      'type: set_value, value: o, detection_item_conditions: [{type: contains_wildcard, cond: any}]',
      'type: set_value, value: p, detection_item_conditions: [{type: is_null, cond: any}]',
    ],
    rule: 'a: [xa, xxb]\nb: [7, 8]\nc|startswith: q\nd: null\ne: [xa, y]',
    fires: [{ a: 'm', b: 'n', c: 'o', d: 'p', e: 'y' }],
    quiet: [{ a: 'xa', b: 7, c: 'q', e: 'xa' }],
  },
  {
    name: 'exclude_fields',
    items: ['type: field_name_suffix, suffix: _x, field_name_conditions: [{type: exclude_fields, fields: [a]}]'],
    rule: 'a: 1\nb: 1',
    fires: [{ a: 1, b_x: 1 }],
    quiet: [{ a_x: 1, b_x: 1 }],
  },
];

for (const { name, items, rule: body, fires: matching, quiet } of cases)
  test(`transformations: ${name}`, () => {
    const rules = compiled(rule(body), pipelineOf(...items));
    for (const record of matching) assert.equal(rules.evaluate(record).length, 1, JSON.stringify(record));
    for (const record of quiet) assert.equal(rules.evaluate(record).length, 0, JSON.stringify(record));
  });

test('pipelines: by priority, then as given; the last word on variables is the later one’s', () => {
  const one = `priority: 20\n${pipelineOf(`${map} {b: c}`)}`;
  const other = `priority: 10\n${pipelineOf(`${map} {a: b}`)}`;
  assert.ok(fires(rule('a: 1'), [one, other], { c: 1 }));
  const values = 'type: value_placeholders';
  const vars = (name: string, value: string): string => `vars: {${name}: ${value}}\n${pipelineOf(values)}`;
  const expanding = rule("a|expand: '%x%'");
  assert.ok(fires(expanding, vars('x', "[u, 'v*', 5]"), { a: 'vw' }));
  assert.ok(fires(expanding, vars('x', '[u, v, 5]'), { a: 5 }));
  assert.ok(!fires(expanding, vars('x', 'u'), { a: 'v' }));
  assert.match(refusal(expanding, vars('y', 'u')), /named x/);
  assert.match(refusal(expanding, pipelineOf()), /not %x%/);
});

test('what a rule says of itself: attributes, tags, fields', () => {
  const described = 'level: high\nstatus: test\ntags: [attack.t1059]\nours: 5\nfields: [Image, Other]\n';
  const told = (condition: string): boolean =>
    fires(rule('a: 1', described), pipelineOf(`${map} {a: b}, rule_conditions: [{${condition}}]`), { b: 1 });
  for (const condition of [
    'type: rule_attribute, attribute: level, value: medium, op: gte',
    'type: rule_attribute, attribute: status, value: stable, op: lt',
    'type: rule_attribute, attribute: ours, value: 5',
    'type: rule_attribute, attribute: tags, value: attack.t1059, op: in',
    'type: rule_attribute, attribute: title, value: other, op: ne',
    'type: tag, tag: attack.t1059',
  ])
    assert.ok(told(condition), condition);
  for (const condition of [
    'type: rule_attribute, attribute: level, value: critical, op: gte',
    'type: rule_attribute, attribute: none, value: 5, op: ne',
    'type: rule_attribute, attribute: tags, value: attack.t1059, op: not_in',
    'type: tag, tag: attack.t1',
  ])
    assert.ok(!told(condition), condition);
  const set = compiled(
    rule('a: 1', described),
    pipelineOf(
      `${map} {Image: [x, y]}`,
      'type: add_field, field: z',
      'type: remove_field, field: Other',
      'type: set_custom_attribute, attribute: index, value: main',
    ),
  );
  assert.deepEqual(set.rules[0]?.fields, ['x', 'y', 'z']);
  assert.deepEqual(set.rules[0]?.custom, { ours: 5, index: 'main' });
});

test('what pipelines refuse, and what is refused of pipelines, is told with pipeline, item and type', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    [
      pipelineOf('type: rule_failure, message: not here'),
      /^rules\.yml:1 .*pipeline p, item 1 \(rule_failure\) .*not here/,
    ],
    [
      pipelineOf(
        `type: detection_item_failure, message: no a, field_name_conditions: [{type: include_fields, fields: [a]}]`,
      ),
      /^rules\.yml:6 .*no a/,
    ],
    [pipelineOf(`${map} {b: c}`, 'type: strict_field_mapping_failure'), /no mapping for field a/],
    [pipelineOf('type: convert_type, target_type: num'), /a number, not "x"/],
    [pipelineOf('type: hashes_fields, valid_hash_algos: [MD5]'), /a hash of MD5/],
    [
      pipelineOf('type: query_expression_placeholders, expression: x'),
      /^pipeline\.yml:3 pipeline p, item 1 \(query_expression_placeholders\)/,
    ],
    [pipelineOf(`${map} {a: b}, maping: {}`), /maping/],
    [pipelineOf(`${map} {a: b}, rule_conditions: [{type: no_such}]`), /rule condition 1: type .*not no_such/],
    [pipelineOf(`${map} {a: b}, rule_conditions: [{type: logsource, prodcut: x}]`), /prodcut/],
    [pipelineOf("type: replace_string, regex: '(', replacement: x"), /a regular expression/],
    [pipelineOf('type: value_placeholders, include: [a], exclude: [b]'), /not both/],
    [pipelineOf('type: drop_detection_item'), /nothing that pipelines have left/],
    [`${pipelineOf()}postprocessing: [{type: embed}]\n`, /postprocessing/],
    [`${pipelineOf()}extra: 1\n`, /pipeline p: extra/],
    ['- a list', /one map/],
  ];
  for (const [pipeline, expected] of cases) assert.match(refusal(rule('a: x'), pipeline), expected, pipeline);
});

test('what is dropped takes no part in the condition, also under not', () => {
  const dropping = pipelineOf(
    'type: drop_detection_item, field_name_conditions: [{type: include_fields, fields: [b]}]',
  );
  const conditioned = (condition: string): string =>
    `title: t\nlogsource: {}\ndetection:\n  s: {a: 1}\n  f: {b: 1}\n  condition: ${condition}\n`;
  for (const condition of ['s and f', 's and not f', 's or f', 'all of them', '1 of them']) {
    assert.ok(fires(conditioned(condition), dropping, { a: 1 }), condition);
    assert.ok(!fires(conditioned(condition), dropping, { b: 1 }), condition);
  }
});

test('correlations are mapped with their rules: group-by, aliases and counted fields', () => {
  const rules = `${rule('act: fail')}---
title: many
correlation:
  type: value_count
  rules: [test]
  group-by: [user, who]
  aliases: {who: {test: Actor}}
  timespan: 5m
  condition: {field: host, gte: 2}
`;
  const mapping = pipelineOf(
    `${map} {user: u.name, Actor: u.actor, host: h}, rule_conditions: [{type: logsource, product: windows}]`,
  );
  const set = compiled(rules, mapping);
  const record = (h: string, actor = 'x'): object => ({ act: 'fail', u: { name: 'ann', actor }, h, time: 1e12 });
  assert.equal(set.evaluate(record('one')).length, 0);
  assert.equal(set.evaluate(record('two', 'y')).length, 0);
  assert.deepEqual(
    set.evaluate(record('two')).map(({ group }) => group),
    [{ 'u.name': 'ann', who: 'x' }],
  );
  assert.match(refusal(rules, pipelineOf(`${map} {host: [h, i]}`)), /one field for host/);
});
