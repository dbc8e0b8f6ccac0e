import { ruleOf, select } from '../rule.fixture.ts';
import { point, refused } from './point.fixture.ts';

point('text is compared whole and without case', select("f: 'Abc'"), {
  fires: [{ f: 'aBC' }],
  quiet: [{ f: 'abcd' }, { f: 'xabc' }, {}],
});
point('numbers equal their decimal text', select('f: 517'), {
  fires: [{ f: 517 }, { f: '517' }],
  quiet: [{ f: 5170 }, { f: '' }],
});
point('booleans equal their text', select('f: true'), {
  fires: [{ f: true }, { f: 'True' }],
  quiet: [{ f: false }, { f: 1 }, {}],
});
point('* is any number of characters', select("f: 'a*c'"), {
  fires: [{ f: 'ac' }, { f: 'abbc' }, { f: 'a\nc' }],
  quiet: [{ f: 'acd' }],
});
point('? is one character', select("f: 'prog?.exe'"), {
  fires: [{ f: 'progA.exe' }, { f: 'prog💥.exe' }],
  quiet: [{ f: 'prog.exe' }, { f: 'progAB.exe' }],
});
point('a backslash before * or ? takes its meaning away', select("f: '\\*\\?'"), {
  fires: [{ f: '*?' }],
  quiet: [{ f: 'ab' }, { f: '\\*\\?' }],
});
point('two backslashes are one, and leave the wildcard its meaning', select("f: 'C:\\\\*'"), {
  fires: [{ f: 'C:\\Windows' }],
  quiet: [{ f: 'C:*' }, { f: 'C:' }],
});
point('three backslashes before a wildcard are a backslash and the character', select("f: 'C:\\\\\\*'"), {
  fires: [{ f: 'C:\\*' }],
  quiet: [{ f: 'C:\\x' }],
});
point('a single backslash before anything else is itself', select("f: 'C:\\Windows'"), {
  fires: [{ f: 'C:\\Windows' }],
  quiet: [{ f: 'C:Windows' }, { f: 'C:\\\\Windows' }],
});
point('null is absent or null', select('f: null'), { fires: [{}, { f: null }], quiet: [{ f: '' }, { f: 'null' }] });
point('empty text is only empty text', select("f: ''"), { fires: [{ f: '' }], quiet: [{}, { f: null }, { f: ' ' }] });
point('null among other values', select('f: [a, null]'), { fires: [{ f: 'a' }, {}], quiet: [{ f: 'b' }, { f: '' }] });
point('yes, no, on and off without quotes, as text and as boolean', select('f: yes'), {
  fires: [{ f: 'yes' }, { f: true }, { f: 'true' }],
  quiet: [{ f: 'no' }, { f: false }],
});
point('a lone * is whatever is there', select("f: '*'"), {
  fires: [{ f: '' }, { f: 'a' }, { f: 5 }, { f: { g: 1 } }],
  quiet: [{}, { f: null }],
});
point('a list of values is any of them', select("f: [a, 'b*', 7]"), {
  fires: [{ f: 'A' }, { f: 'bcd' }, { f: '7' }],
  quiet: [{ f: 'c' }],
});
point('the fields of a map must all match', ruleOf('s: {f: a, g: b}\ncondition: s'), {
  fires: [{ f: 'a', g: 'b' }],
  quiet: [{ f: 'a' }, { g: 'b' }, { f: 'a', g: 'c' }],
});
point('of a list of maps any', ruleOf('s:\n  - {f: a, g: b}\n  - {h: c}\ncondition: s'), {
  fires: [{ f: 'a', g: 'b' }, { h: 'c' }],
  quiet: [{ f: 'a' }, { h: 'a' }],
});
point('keywords: any text of the event', ruleOf('k: [mssql, 4625]\ncondition: k'), {
  fires: [{ a: 'the MSSQL server' }, { a: [{ b: { c: 'mssql' } }] }, { id: 4625 }],
  quiet: [{ mssql: 1 }, { a: 'sql' }],
});
point('keywords: wildcards', ruleOf("k: ['mssql*fail?d']\ncondition: k"), {
  fires: [{ a: 'mssql login failed' }],
  quiet: [{ a: 'mssql login faild' }, { a: 'failed mssql' }],
});
point("keywords: all by '|all'", ruleOf("k:\n  '|all': [one, two]\ncondition: k"), {
  fires: [{ a: 'one', b: 'two' }, { a: 'two one' }],
  quiet: [{ a: 'one' }],
});
point(
  'keywords: at the beginning or end of a text',
  ruleOf("k:\n  '|startswith': sql\nl:\n  '|endswith': sql\ncondition: k or l"),
  {
    fires: [{ a: 'SQL server' }, { a: 'ms', b: 'my sql' }],
    quiet: [{ a: 'a sql server' }],
  },
);
point('keywords: regular expressions', ruleOf("k:\n  '|re': 'EventID=46\\d\\d'\ncondition: k"), {
  fires: [{ a: 'EventID=4625' }],
  quiet: [{ a: 'eventid=4625' }, { a: 'EventID=46' }],
});
point('keywords and maps in one list', ruleOf('s:\n  - needle\n  - {f: a}\ncondition: s'), {
  fires: [{ x: 'a needle' }, { f: 'a' }],
  quiet: [{ x: 'a' }],
});

point('of an array any member', select('f: b'), {
  fires: [{ f: ['a', 'B'] }, { f: [['a'], ['b']] }],
  quiet: [{ f: ['a', 'c'] }, { f: [] }, { f: { b: 'b' } }],
});
point('nested fields by dotted paths', select('actor.user.name: ann'), {
  fires: [{ actor: { user: { name: 'Ann' } } }, { 'actor.user.name': 'ann' }, { actor: { 'user.name': 'ann' } }],
  quiet: [{ actor: { name: 'ann' } }, { name: 'ann' }],
});
point('a path through an array is any member’s', select('target.displayName: b'), {
  fires: [{ target: [{ displayName: 'a' }, { displayName: 'b' }] }],
  quiet: [{ target: [{ displayName: 'a' }, { name: 'b' }] }, { target: [] }],
});
point('a number in a path is a place in an array', select('target.1.id: 7'), {
  fires: [{ target: [{ id: 1 }, { id: 7 }] }],
  quiet: [{ target: [{ id: 7 }, { id: 1 }] }],
});
point('names of fields regardless of case', select('CommandLine: a'), {
  fires: [{ commandline: 'a' }, { CommandLine: 'a' }],
  quiet: [{ Command: 'a' }],
});
point('names of fields with spaces, as they are', select('Threat Name: a'), {
  fires: [{ 'Threat Name': 'a' }],
  quiet: [{ Threat: 'a' }],
});
point('names of fields with spaces, written without', select('ThreatName: a'), {
  fires: [{ 'Threat Name': 'a' }],
  quiet: [{ 'Threat-Name': 'a' }],
});
point('absence of a field is met by not', ruleOf('s: {f: a}\nn: {g: b}\ncondition: s and not n'), {
  fires: [{ f: 'a' }, { f: 'a', g: 'c' }],
  quiet: [{ f: 'a', g: 'b' }],
});

const system = {
  Provider: { '#attributes': { Name: 'Microsoft-Windows-Windows Defender' } },
  EventID: { '#attributes': { Qualifiers: 0 }, '#text': 1117 },
  Channel: 'Operational',
};
point(
  'fields of Windows events whose XML was written as JSON, by their own names',
  select('{EventID: 1117, Provider_Name|endswith: Defender, ThreatName|startswith: HackTool}'),
  {
    fires: [
      { Event: { System: system, EventData: { 'Threat Name': 'HackTool:Win32/Dump' } } },
      { Event: { System: system, UserData: { Found: { ThreatName: 'HackTool:Win32/Dump' } } } },
      { Event: { System: system, EventData: { Data: [{ '@Name': 'ThreatName', '#text': 'HackTool:Win32/Dump' }] } } },
    ],
    quiet: [
      { Event: { System: { ...system, EventID: 1116 }, EventData: { 'Threat Name': 'HackTool:Win32/Dump' } } },
      { Event: { EventID: 1117, Provider_Name: 'Defender', ThreatName: 'HackTool' } },
    ],
  },
);

refused('what cannot be understood is refused with its line', [
  [select('f: []'), /^rules\.yml:5: .*empty list/],
  [select('f: {}'), /a map/],
  [select('f: a\nf: b'), /unique/],
  [select('f: 12345678901234567890'), /2\^53/],
  ['title: x\ndetection: {s: {f: a}, condition: s}', /no logsource/],
  ['title: [', /well-formed YAML/],
  ['', /an empty file/],
]);
