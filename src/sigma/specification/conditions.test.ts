import { ruleOf } from '../rule.fixture.ts';
import { point, refused } from './point.fixture.ts';

const searches = 'a1: {a1: 1}\na2: {a2: 1}\nb: {b: 1}\n_c: {c: 1}\n';
const when = (condition: string): string => ruleOf(`${searches}condition: ${condition}`);
/** An event that the searches of these names match. */
const has = (...names: readonly string[]): object => Object.fromEntries(names.map((name) => [name, 1]));

point('and', when('a1 and a2'), { fires: [has('a1', 'a2')], quiet: [has('a1'), has('a2'), has()] });
point('or', when('a1 or a2'), { fires: [has('a1'), has('a2')], quiet: [has('b')] });
point('not', when('not a1'), { fires: [has()], quiet: [has('a1')] });
point('and before or', when('a1 or a2 and b'), { fires: [has('a1'), has('a2', 'b')], quiet: [has('a2'), has('b')] });
point('not before and', when('not a1 and a2'), { fires: [has('a2')], quiet: [has(), has('a1', 'a2')] });
point('parentheses', when('(a1 or a2) and not (b and a1)'), {
  fires: [has('a1'), has('a2', 'b')],
  quiet: [has('b'), has('a1', 'b')],
});
point('operators in any case', when('a1 AND NOT a2'), { fires: [has('a1')], quiet: [has('a1', 'a2')] });
point('1 of a pattern', when('1 of a*'), { fires: [has('a1'), has('a2')], quiet: [has('b')] });
point('any of is 1 of', when('any of a*'), { fires: [has('a2')], quiet: [has('b')] });
point('all of a pattern', when('all of a*'), { fires: [has('a1', 'a2')], quiet: [has('a1')] });
point('1 of them, without names that begin with _', when('1 of them'), { fires: [has('b')], quiet: [has('c')] });
point('all of them, without names that begin with _', when('all of them'), {
  fires: [has('a1', 'a2', 'b')],
  quiet: [has('a1', 'a2', 'c')],
});
point('a pattern that begins with _', when('1 of _*'), { fires: [has('c')], quiet: [has('b')] });
point('not 1 of', when('b and not 1 of a*'), { fires: [has('b')], quiet: [has('b', 'a2')] });
point('not all of', when('b and not all of a*'), { fires: [has('b', 'a1')], quiet: [has('b', 'a1', 'a2')] });
point('a list of conditions is any of them', ruleOf(`${searches}condition:\n  - a1\n  - a2 and b`), {
  fires: [has('a1'), has('a2', 'b')],
  quiet: [has('a2')],
});

refused('aggregations of older versions and broken conditions are refused with their line', [
  [when('a1 | count() > 5'), /^rules\.yml:8: .*type: event_count/],
  [when('a1 near a2'), /type: temporal/],
  [when('a1 and'), /the end/],
  [when('(a1'), /\)/],
  [when('1 of x*'), /some identifier fits/],
  [when('nobody'), /one of a1/],
  [ruleOf('s: {f: a}'), /no condition/],
]);

const at = (source: string) => `title: x\nlogsource: ${source}\ndetection: {s: {a: 1}, condition: s}\n`;
const options = { logsource: ({ from }: { readonly [name: string]: unknown }) => from as object };
point(
  'a log source narrows by product, category and service',
  at('{product: windows, category: process_creation}'),
  {
    fires: [
      { a: 1, from: { product: 'Windows', category: 'process_creation' } },
      { a: 1, from: { product: 'windows', service: 'sysmon' } },
      { a: 1 },
    ],
    quiet: [
      { a: 1, from: { product: 'linux', category: 'process_creation' } },
      { a: 1, from: { category: 'file_event' } },
    ],
  },
  options,
);
point(
  'what a log source leaves open narrows nothing',
  at('{definition: any, service: sshd}'),
  {
    fires: [
      { a: 1, from: { product: 'linux', service: 'sshd' } },
      { a: 1, from: { product: 'macos' } },
    ],
    quiet: [{ a: 1, from: { service: 'cron' } }],
  },
  options,
);
