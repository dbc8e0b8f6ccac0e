import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ruleOf, select } from '../rule.fixture.ts';
import { compiled, point, refused } from './point.fixture.ts';

const base64 = (text: string, encoding: 'utf8' | 'utf16le' = 'utf8'): string =>
  Buffer.from(text, encoding).toString('base64');

point('|contains', select('f|contains: b'), { fires: [{ f: 'aBc' }, { f: 'b' }], quiet: [{ f: 'ac' }, {}] });
point('|startswith', select('f|startswith: ab'), { fires: [{ f: 'ABc' }], quiet: [{ f: 'cab' }] });
point('|endswith', select("f|endswith: '\\cmd.exe'"), {
  fires: [{ f: 'C:\\Windows\\CMD.exe' }],
  quiet: [{ f: 'cmd.exe' }, { f: 'C:\\cmd.exe ' }],
});
point('|all', select("f|contains|all: [a, 'c*e']"), { fires: [{ f: 'c-e-a' }], quiet: [{ f: 'a' }, { f: 'ce' }] });
point('|all over the members of an array', select('f|all: [a, b]'), {
  fires: [{ f: ['b', 'a', 'c'] }],
  quiet: [{ f: ['a'] }, { f: 'a' }],
});
point('|cased', select('f|contains|cased: Abc'), { fires: [{ f: 'xAbcx' }], quiet: [{ f: 'xabcx' }] });
point('|neq', select('f|neq: [a, b]'), { fires: [{ f: 'c' }, {}], quiet: [{ f: 'A' }, { f: ['c', 'b'] }] });
point('|exists: true', select('f|exists: true'), { fires: [{ f: '' }, { f: null }, { f: 0 }], quiet: [{ g: 1 }] });
point('|exists: false', select('f|exists: false'), { fires: [{ g: 1 }], quiet: [{ f: null }, { f: '' }] });
point('|windash', select("f|windash|contains: ' -enc '"), {
  fires: ['-', '/', '–', '—', '―'].map((dash) => ({ f: `ps ${dash}ENC x` })),
  quiet: [{ f: 'ps +enc x' }, { f: 'ps enc x' }],
});

point('|re, searched anywhere, in its case', select("f|re: 'a\\d{2}z?$'"), {
  fires: [{ f: 'xa12' }, { f: 'a12z' }],
  quiet: [{ f: 'A12' }, { f: 'a12x' }, { f: 'a1' }],
});
point('|re|i', select("f|re|i: '^a.C$'"), { fires: [{ f: 'AbC' }], quiet: [{ f: 'abcd' }] });
point('|re|m', select("f|re|m: '^b$'"), { fires: [{ f: 'a\nb\nc' }], quiet: [{ f: 'a b' }] });
point('|re|s', select("f|re|s: 'a.b'"), { fires: [{ f: 'a\nb' }], quiet: [{ f: 'a\n\nb' }] });
point('|re without flags: ^ and . know one line', select("f|re: '^b.'"), {
  fires: [{ f: 'bc' }],
  quiet: [{ f: 'a\nbc' }, { f: 'b\n' }],
});
test('|re takes linear time', () => {
  const set = compiled(select("f|re: '^(([a-z])+.)+[A-Z]([a-z])+$'"));
  const from = process.cpuUsage().user;
  assert.equal(set.evaluate({ f: `${'a'.repeat(50_000)}!` }).length, 0);
  assert.equal(set.evaluate({ f: `${'a'.repeat(50_000)}Bc` }).length, 1);
  assert.ok(process.cpuUsage().user - from < 5_000_000);
});
refused('|re: look-around and back references are refused by construct and line', [
  [select("f|re: '(?=a)b'"), /^rules\.yml:5: .*look-around/],
  [select("f|re: '(a)\\1'"), /back references/],
]);

point('|base64', select("f|base64: 'ping'"), { fires: [{ f: base64('ping') }], quiet: [{ f: 'ping' }] });
point('|base64offset', select("f|base64offset|contains: '/bin/bash'"), {
  fires: ['', 'x', 'xy', 'xyz'].map((before) => ({ f: base64(`${before}/bin/bash -i`) })),
  quiet: [{ f: base64('/bin/dash') }],
});
const littleEndian = { fires: [{ f: base64('a cmd', 'utf16le') }], quiet: [{ f: base64('a cmd') }] };
point('|utf16le', select("f|utf16le|base64offset|contains: 'cmd'"), littleEndian);
point('|wide', select("f|wide|base64offset|contains: 'cmd'"), littleEndian);
point('|utf16be', select("f|utf16be|base64: 'cm'"), {
  fires: [{ f: Buffer.from([0, 99, 0, 109]).toString('base64') }],
  quiet: [{ f: base64('cm', 'utf16le') }],
});
point('|utf16', select("f|utf16|base64: 'c'"), {
  fires: [{ f: Buffer.from([0xff, 0xfe, 99, 0]).toString('base64') }],
  quiet: [{ f: base64('c', 'utf16le') }],
});

point('|cidr, IPv4', select("f|cidr: ['10.0.0.0/8', '192.0.2.1']"), {
  fires: [{ f: '10.200.3.4' }, { f: '192.0.2.1' }, { f: ['1.1.1.1', '10.0.0.1'] }, { f: '::ffff:10.1.1.1' }],
  quiet: [{ f: '11.0.0.1' }, { f: '10' }, { f: 'ten' }],
});
point('|cidr, IPv6', select("f|cidr: '2001:db8::/32'"), {
  fires: [{ f: '2001:db8:1::5' }, { f: '2001:0DB8::1' }],
  quiet: [{ f: '2001:db9::1' }],
});
point('|lt', select('f|lt: 5'), { fires: [{ f: 4.9 }, { f: '-1' }], quiet: [{ f: 5 }, { f: '' }, {}] });
point('|lte', select('f|lte: 5'), { fires: [{ f: 5 }], quiet: [{ f: 5.1 }, { f: 'five' }] });
point('|gt', select('f|gt: 5'), { fires: [{ f: '6' }], quiet: [{ f: 5 }, { f: '5' }] });
point('|gte', select('f|gte: 5'), { fires: [{ f: 5 }, { f: [1, 7] }], quiet: [{ f: 4 }, { f: null }] });

point('|fieldref', select('f|fieldref: g'), {
  fires: [
    { f: 'Same', g: 'same' },
    { f: 5, g: '5' },
    { f: 'a', g: ['b', 'a'] },
  ],
  quiet: [{ f: 'a', g: 'b' }, { f: 'a' }, { g: 'a' }],
});
point(
  '|fieldref|startswith, |endswith and |contains',
  select('f|fieldref|startswith: g\nh|fieldref|endswith: g\ni|fieldref|contains: g'),
  {
    fires: [{ f: 'ab', h: 'ba', i: 'bab', g: 'a' }],
    quiet: [
      { f: 'ba', h: 'ba', i: 'bab', g: 'a' },
      { f: 'ab', h: 'ab', i: 'bab', g: 'a' },
      { f: 'ab', h: 'ba', i: 'b', g: 'a' },
    ],
  },
);

const placeholders = { placeholders: { admins: ['root', 'adm_*'] } };
point(
  '|expand',
  select("f|expand: '%admins%'"),
  { fires: [{ f: 'Root' }, { f: 'adm_ann' }], quiet: [{ f: 'ann' }, { f: '%admins%' }] },
  placeholders,
);
point(
  '|expand within a text',
  select("f|expand: 'corp\\%admins%!'"),
  { fires: [{ f: 'corp%admins%!' }], quiet: [{ f: 'corproot!' }] },
  placeholders,
);
point(
  '|expand with |contains',
  select("f|contains|expand: '-%admins%-'"),
  { fires: [{ f: 'x-root-y' }], quiet: [{ f: 'x-ann-y' }] },
  placeholders,
);
refused('|expand of an unknown placeholder is refused', [[select("f|expand: '%nobody%'"), /not %nobody%/]]);

const at = '2026-11-23T23:15:00Z';
const onDate = {
  fires: [{ f: at }, { f: Date.parse(at) }, { f: Date.parse(at) / 1000 }, { f: '2026-11-24T00:15:00+01:00' }],
  quiet: [{ f: '2025-01-01T00:00:00Z' }, { f: 'no date' }, {}],
};
point('|minute', select('f|minute: 15'), onDate);
point('|hour', select('f|hour: 23'), onDate);
point('|day', select('f|day: 23'), onDate);
point('|week', select('f|week: 48'), onDate);
point('|month', select('f|month: 11'), onDate);
point('|year', select('f|year: 2026'), onDate);
point('parts of dates with comparisons', select('f|hour|gte: 22'), {
  fires: [{ f: at }],
  quiet: [{ f: '2026-11-23T21:59:59Z' }],
});

refused('modifiers that do not exist or contradict each other are refused', [
  [select('f|nope: a'), /^rules\.yml:5: modifier \|nope/],
  [select('f|startswith|endswith: a'), /one of contains/],
  [select('f|exists|contains: true'), /exists alone/],
  [select('f|all: a'), /at least two values/],
  [select('f|gt: five'), /a number/],
  [select("f|cidr: '10.0.0.1/8'"), /10\.0\.0\.0\/8/],
  [select("f|base64: 'a*'"), /without wildcards/],
  [ruleOf("k: {'|cidr': 10.0.0.0/8}\ncondition: k"), /a keyword/],
]);
