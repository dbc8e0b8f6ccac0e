import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compiled, point } from './point.fixture.ts';

const rule =
  'title: r\nlogsource: {product: windows, category: process_creation}\nfields: [Image]\ndetection: {s: {Image|endswith: \\cmd.exe}, condition: s}\n';
const mapping = 'transformations: [{type: field_name_mapping, mapping: {Image: process.executable}}]';

point(
  'pipelines are given as text',
  rule,
  { fires: [{ process: { executable: 'C:\\cmd.exe' } }], quiet: [{ Image: 'C:\\cmd.exe' }] },
  { pipelines: mapping },
);
point(
  'conditions by log source',
  rule,
  { fires: [{ Image: 'C:\\cmd.exe' }], quiet: [{ process: { executable: 'C:\\cmd.exe' } }] },
  { pipelines: mapping.replace('}]', ', rule_conditions: [{type: logsource, product: linux}]}]') },
);
point(
  'is_sigma_rule',
  rule,
  { fires: [{ process: { executable: 'C:\\cmd.exe' } }], quiet: [{ Image: 'C:\\cmd.exe' }] },
  { pipelines: mapping.replace('}]', ', rule_conditions: [{type: is_sigma_rule}]}]') },
);
test('set_field', () => {
  const pipelines = 'transformations: [{type: set_field, fields: [a, b]}]';
  assert.deepEqual(compiled(rule).rules[0]?.fields, ['Image']);
  assert.deepEqual(compiled(rule, { pipelines }).rules[0]?.fields, ['a', 'b']);
});
