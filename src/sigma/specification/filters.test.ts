import { point } from './point.fixture.ts';

const rule =
  'title: r\nname: r\nid: id-of-r\nlogsource: {product: windows, category: process_creation}\ndetection: {selection: {a: 1}, condition: selection}\n';
const filter = (rules: string, product = 'windows'): string =>
  `title: f\nlogsource: {product: ${product}}\nfilter:\n  rules: ${rules}\n  selection: {User|startswith: adm_}\n  condition: not selection\n`;

const both = { fires: [{ a: 1, User: 'ann' }, { a: 1 }], quiet: [{ a: 1, User: 'adm_ann' }, { User: 'ann' }] };

point('filters: by name', [rule, filter('[r]')], both);
point('filters: by id', [rule, filter('[id-of-r]')], both);
point('filters: any rule of their log source', [rule, filter('any')], both);
point(
  'filters: what is left out, as the specification writes it',
  [rule, filter('[r]').replace('not selection', 'selection')],
  both,
);
point('filters: for a rule that is not here', [rule, filter('[nobody]')], {
  fires: [{ a: 1, User: 'adm_ann' }],
  quiet: [{ User: 'adm_ann' }],
});
point('filters: not rules of another log source', [rule, filter('any', 'linux')], {
  fires: [{ a: 1, User: 'adm_ann' }],
  quiet: [{ User: 'adm_ann' }],
});
