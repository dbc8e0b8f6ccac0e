import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { joinId } from '#lib/salesforce-id-number.ts';
import { type ScannedAnswer, scanJson } from './json-scanner.ts';
import { countAttributes, walkJson } from './references-for-tests/walk-json.ts';
import { noId } from './scan.ts';
import { createScannerPool } from './scanner-pool.ts';

const runs = Number(process.env['CORDON_FUZZ_RUNS'] ?? 300);
const pool = createScannerPool();
const customerFields = { contact: 'AccountId', account: 'Id', case: 'contactid' };
const options = { customerFields, pool };
const scan = (text: string | Uint8Array) => scanJson(typeof text === 'string' ? Buffer.from(text) : text, options);

function scanned(text: string | Uint8Array) {
  const result = scan(text);
  assert.ok(!('fault' in result), 'fault' in result ? `${result.fault} at ${result.at}` : '');
  return result;
}

function faultOf(text: string): string {
  const result = scan(text);
  return 'fault' in result ? result.fault : 'none';
}

function idAt(answer: ScannedAnswer, which: 'ids' | 'customers', index: number) {
  const { numbers, runs } = answer[which];
  const number = numbers[index]!;
  const typed = runs[answer.typeOf[index]!]!;
  return number === noId
    ? { prefix: '', number }
    : { prefix: typed.findLast(({ from }) => from <= index)?.prefix ?? 'no run', number };
}

const idNumber = fc.bigInt({ min: 0n, max: 62n ** 9n - 1n });
const id = (prefix: string) =>
  fc.tuple(idNumber, fc.boolean()).map(([number, isLong]) => joinId(prefix, number).slice(0, isLong ? 18 : 15));
const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom('"', '\\', '\n', '\u0001', '/', 'é', '{', '[', ',', ':'), maxLength: 40 }),
);
const name = fc.constantFrom('Name', 'Email', 'Phone__c', 'a', 'LongNameThatTakesMoreThanThirtyTwoBytes__c', 'Record');

interface Attributes {
  readonly type: string;
  readonly url?: string;
}

const { value: anyValue } = fc.letrec<{ value: unknown; record: object; envelope: object; list: unknown }>((tie) => ({
  record: fc
    .tuple(
      fc.constantFrom(['Contact', '003Jx0'], ['Account', '001Jx0'], ['Case', '500Jx0'], ['AggregateResult', '']),
      idNumber,
      fc.boolean(),
      fc.boolean(),
      fc.dictionary(name, fc.oneof({ weight: 4, arbitrary: scalar }, tie('value')), { maxKeys: 4 }),
      fc.option(id('001Jx1')),
    )
    .map(([[type = '', prefix = ''], number, isLong, hasId, fields, account]) => {
      if (type === 'AggregateResult') return { attributes: { type }, expr0: 3, grouped: 'x' };
      const written = joinId(prefix, number).slice(0, isLong ? 18 : 15);
      const attributes: Attributes = { type, url: `/services/data/v64.0/sobjects/${type}/${written}` };
      return {
        attributes,
        ...(hasId && { Id: joinId(prefix, number) }),
        ...fields,
        ...(type === 'Contact' && { AccountId: account }),
      };
    }),
  envelope: fc.dictionary(fc.constantFrom('body', 'result', 'x', 'City'), tie('value'), { maxKeys: 3 }),
  list: fc.oneof(
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(tie('record'), { maxLength: 6 }).map((records) => ({ totalSize: records.length, done: true, records })),
  ),
  value: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    { weight: 2, arbitrary: scalar },
    { weight: 5, arbitrary: tie('record') },
    { weight: 2, arbitrary: tie('envelope') },
    { weight: 4, arbitrary: tie('list') },
  ),
}));
const spacing = fc.constantFrom(undefined, undefined, 1, '\t');
const text = fc.tuple(anyValue, spacing).map(([value, space]) => JSON.stringify(value, undefined, space));

test('finds what a walk over the parsed text finds', () => {
  const shapes = new Map<string, bigint>();
  let found = 0;
  fc.assert(
    fc.property(text, (json) => {
      const bytes = Buffer.from(json);
      const expected = walkJson(JSON.parse(json), customerFields);
      const result = scanned(bytes);
      found += result.count;
      assert.equal(result.count, expected.records.length);
      assert.equal(result.aggregates, expected.aggregates);
      for (const [index, record] of expected.records.entries()) {
        assert.equal(result.types[result.typeOf[index]!], record.type);
        assert.deepEqual(idAt(result, 'ids', index), record.id);
        assert.deepEqual(idAt(result, 'customers', index), record.customer);
        assert.equal(result.parents[index], record.parent);
        const own = bytes.toString('utf8', result.starts[index], result.ends[index]);
        assert.deepEqual(JSON.parse(own), record.value);
        const before = shapes.get(record.names);
        assert.ok(before === undefined || before === result.shapes[index], 'equal names, another hash');
        shapes.set(record.names, result.shapes[index]!);
      }
    }),
    { numRuns: runs },
  );
  assert.equal(new Set(shapes.values()).size, shapes.size, 'other names, the same hash');
  assert.ok(found > runs, `only ${found} records were found`);
});

test('spoilt bytes: no crash, nothing accepted that is no JSON, no record missed', () => {
  const bytesIn = fc.oneof(fc.constantFrom(...Buffer.from('"\\{}[]:,0Ia\n ')), fc.nat(255));
  const change = fc.tuple(fc.nat(), bytesIn, fc.constantFrom('put', 'drop', 'insert', 'cut'));
  let refused = 0;
  fc.assert(
    fc.property(text, fc.array(change, { minLength: 1, maxLength: 2 }), (json, changes) => {
      let bytes = [...Buffer.from(json)];
      for (const [place, byte, how] of changes) {
        const at = place % (bytes.length + 1);
        if (how === 'cut') bytes = bytes.slice(0, at);
        else bytes.splice(at, how === 'insert' ? 0 : 1, ...(how === 'drop' ? [] : [byte]));
      }
      const result = scan(Uint8Array.from(bytes));
      let parsed: unknown;
      let isJson = true;
      try {
        parsed = JSON.parse(Buffer.from(bytes).toString('utf8'));
      } catch {
        isJson = false;
      }
      if ('fault' in result) {
        refused += 1;
        if (result.fault === 'this is no JSON') assert.ok(!isJson, `${result.at}: ${Buffer.from(bytes)}`);
        return;
      }
      assert.ok(isJson, Buffer.from(bytes).toString('latin1'));
      assert.ok(result.count + result.aggregates >= countAttributes(parsed));
    }),
    { numRuns: runs * 5 },
  );
  assert.ok(refused > runs, `only ${refused} were refused`);
});

test('the grammar of JSON, byte for byte', () => {
  const token = fc.constantFrom(...'{}[]:,"\\'.split(''), ...['0', '-', '1', '.', 'e', '+', 'u00e', 'n', ' ', '\n']);
  const word = fc.constantFrom('true', 'false', 'null', 'tru', '"a"', '"a":', '1.5e-3', '01', '-', '"\\u12aF"', '\t');
  fc.assert(
    fc.property(fc.array(fc.oneof(token, word), { maxLength: 9 }), (tokens) => {
      const json = tokens.join('');
      const result = scan(json);
      let isJson = true;
      try {
        JSON.parse(json);
      } catch {
        isJson = false;
      }
      // Names that are no plain ASCII are refused though they are JSON.
      if ('fault' in result && result.fault.startsWith('the name of a member')) return;
      assert.equal(!('fault' in result), isJson, JSON.stringify(json));
    }),
    { numRuns: runs * 20 },
  );
});

const contactId = joinId('003Jx0', 62n ** 9n - 1n);
const url = `/services/data/v64.0/sobjects/Contact/${contactId}`;
const contact = (members = '', attributes = `{"type":"Contact","url":"${url}"}`): string =>
  `{"attributes":${attributes}${members}}`;

test('what contradicts itself or hides a record is a fault', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['', /no JSON/],
    [`${contact()} x`, /no JSON/],
    [contact().slice(0, -1), /no JSON/],
    [`{"Id":"${contactId}","attributes":{"type":"Contact","url":"${url}"}}`, /not the first member/],
    [`{"records":[{"Id":"${contactId}"}]}`, /holds something else/],
    [`{"records":[${contact()},null]}`, /holds something else/],
    [`{"records":[[${contact()}]]}`, /holds something else/],
    ['{"records":[{}]}', /holds something else/],
    [contact(`,"Id":"${joinId('003Jx0', 5n)}"`), /not the one in its url/],
    [contact(',"Id":null'), /not the one in its url/],
    [contact(`,"Id":"${contactId}","Id":"${contactId}"`), /comes twice/],
    [contact(`,"Id":"${contactId}","ID":"${contactId}"`), /comes twice/],
    [contact(`,"AccountId":null,"accountid":null`), /comes twice/],
    [contact(`,"AccountId":"x"`), /leads to the customer/],
    [contact(`,"AccountId":5`), /leads to the customer/],
    [contact(',"attributes":1'), /not the first member/],
    [contact('', `{"type":"Contact"}`), /no object with a type and a url/],
    [contact('', `{"url":"${url}"}`), /no object with a type and a url/],
    [contact('', `{"type":"Contact","type":"Account","url":"${url}"}`), /comes twice/],
    [contact('', `{"type":"Contact","url":"${url}","url":"${url}"}`), /comes twice/],
    [contact('', `{"type":5,"url":"${url}"}`), /no object with a type and a url/],
    [contact('', `{"type":"Contact","url":{}}`), /no object with a type and a url/],
    [contact('', 'null'), /no object with a type and a url/],
    [contact('', `{"type":"Contact","url":"${url}/x"}`), /does not end in an id/],
    [contact('', `{"type":"Contact","url":"${url.replace(/.$/, '\\\\u0041')}"}`), /does not end in an id/],
    [contact('', `{"type":"Contact","url":"${url.slice(0, -1)}"}`), /does not end in an id/],
    [contact('', `{"type":"Contact","url":"${url.slice(0, -1)}0"}`), /wrong check characters/],
    [`{"attributes":{"type":"AggregateResult"},"x":${contact()}}`, /within a computed row/],
    [contact(`,"N\\u0061me":1`), /plain ASCII/],
    [contact(`,"Näme":1`), /plain ASCII/],
    [contact(`,"${'n'.repeat(256)}":1`), /plain ASCII/],
    ['['.repeat(65), /deeper than 64/],
    [`${'['.repeat(64)}${']'.repeat(65)}`, /no JSON/],
  ];
  for (const [json, fault] of cases) assert.match(faultOf(json), fault, json);
});

test('a record that begins as the one before may still go on otherwise', () => {
  const others = [
    contact('', `{"type":"Contact","url":"${url}","x":1}`),
    contact('', `{"type":"Contact","url":"${url}" }`),
    contact('', `{"type":"Contact","url":"${url.slice(0, -3)}"}`),
    `{"attributes" : {"type":"Contact","url":"${url}"}}`,
  ];
  for (const other of others) assert.equal(scanned(`[${contact()},${other},${contact()}]`).count, 3, other);
  for (const end of ['x', ',x', '"', '",,']) {
    const wrong = contact('', `{"type":"Contact","url":"${url}${end}"}`);
    assert.notEqual(faultOf(`[${contact()},${wrong}]`), 'none', end);
  }
});

test('a name that stood at its place in the record before is read no worse', () => {
  const of = (type: string, prefix: string, members: string): string =>
    `{"attributes":{"type":"${type}","url":"/services/data/v64.0/sobjects/${type}/${joinId(prefix, 7n)}"}${members}}`;
  const account = joinId('001Jx0', 9n);
  const none = { prefix: '', number: noId };
  const own = { prefix: '001Jx0', number: 9n };
  // The field leads to the customer of a contact; a case has another of that length.
  const turns = [of('Contact', '003Jx0', `,"AccountId":"${account}"`), of('Case', '500Jx0', ',"AccountId":"x"')];
  const taken = scanned(`[${[...turns, ...turns].join(',')}]`);
  const customers = [0, 1, 2, 3].map((index) => idAt(taken, 'customers', index));
  assert.deepEqual(customers, [own, none, own, none]);
  assert.match(faultOf(`[${turns.toReversed().join(',')},${contact(',"AccountId":"x"')}]`), /leads to the customer/);
  // Spaces about the colon and the comma, names that begin alike, the longest that is compared and those about it.
  for (const name of [
    'N',
    'a'.repeat(12),
    'a'.repeat(13),
    'a'.repeat(27),
    'a'.repeat(28),
    'a'.repeat(29),
    'a'.repeat(30),
    'a'.repeat(31),
  ]) {
    const forms = ['"N":1', '"N" :1', '"N": 1', '"N" : 1 ', '"N":1 , "x":2', '"Nx":1', '"M":1'];
    const records = forms.map((form) => contact(`,${form.replace('N', name)}`));
    for (const first of records) {
      for (const second of records) {
        const [a, b] = scanned(`[${first},${second}]`).shapes;
        const isSame =
          JSON.stringify(Object.keys(JSON.parse(first))) === JSON.stringify(Object.keys(JSON.parse(second)));
        assert.equal(a === b, isSame, `${first} ${second}`);
      }
    }
    for (const wrong of [
      `,"${name}"1`,
      `,"${name}"`,
      `,"${name}":`,
      `,"${name}" 1`,
      `,"${name}:1`,
      `,"${name}"::1`,
      ',',
    ]) {
      assert.notEqual(faultOf(`[${contact(`,"${name}":1`)},${contact(wrong)}]`), 'none', wrong);
      assert.notEqual(faultOf(`[${contact(`,"${name}" :1`)},${contact(wrong).slice(0, -1)}`), 'none', wrong);
    }
  }
});

test('a string ends at its quote, wherever that and its escapes stand', () => {
  const escapes = ['\\"', '\\\\', '\\/', '\\b', '\\f', '\\n', '\\r', '\\t', '\\u00e9'];
  for (let before = 0; before < 70; before++) {
    for (const escaped of escapes) {
      for (const behind of ['', 'x', escaped, 'y'.repeat(33)]) {
        assert.equal(scanned(contact(`,"a":"${'x'.repeat(before)}${escaped}${behind}","b":1`)).count, 1);
      }
    }
    for (const wrong of ['\\x', '\\', '\\u00g9', '\u0001', '\u001f', '\\\u0000', '\\é', '\\N']) {
      const json = contact(`,"a":"${'x'.repeat(before)}${wrong}","b":1`);
      assert.equal(faultOf(json), 'this is no JSON', json);
    }
    assert.equal(scanned(contact(`,"a":"${'é'.repeat(before)}\u007f "`)).count, 1);
  }
});

/** Neighbours that go alike, so that all but the first are followed by what is known of the one before. */
function alikePage(): string {
  const records = [1n, 2n, 3n].map((number) => {
    const [own, account] = [joinId('003Jx0', number), joinId('001Jx0', number)];
    return {
      attributes: { type: 'Contact', url: `/sobjects/Contact/${own}` },
      Id: own,
      Name: `a "b" \n${'c'.repeat(Number(number) * 16)}`,
      Spend: -10.25 * Number(number),
      Gone: null,
      Open: number !== 2n,
      Parts: [{ x: 1 }, 'y'],
      City: { town: 'z', code: '0' },
      AccountId: number === 3n ? null : account,
      Account: { attributes: { type: 'Account', url: `/sobjects/Account/${account}` }, Phone: '1' },
    };
  });
  return JSON.stringify({ done: true, records });
}

/** The same by JSON.parse and a walk, and by the scanner where spaces keep it from following anything. */
function assertFollowed(json: string): 'read' | 'refused' {
  const result = scan(json);
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    assert.ok('fault' in result, `no JSON: ${json}`);
    return 'refused';
  }
  if ('fault' in result) {
    assert.notEqual(result.fault, 'this is no JSON', json);
    return 'refused';
  }
  const shapes = [...result.shapes];
  const found = Array.from({ length: result.count }, (_, index) => ({
    id: idAt(result, 'ids', index),
    customer: idAt(result, 'customers', index),
    parent: result.parents[index]!,
    value: JSON.parse(Buffer.from(json).toString('utf8', result.starts[index], result.ends[index])) as unknown,
  }));
  const expected = walkJson(parsed, customerFields).records;
  const facts = expected.map(({ id, customer, parent, value }) => ({ id, customer, parent, value }));
  assert.deepEqual(found, facts, json);
  const again = scan(JSON.stringify(parsed, undefined, 1));
  assert.ok(!('fault' in again), json);
  assert.deepEqual([...again.shapes], shapes, json);
  return 'read';
}

test('one byte changed anywhere in a page of records that go alike: as JSON.parse has it', () => {
  const page = alikePage();
  assert.equal(assertFollowed(page), 'read');
  const seen = { read: 0, refused: 0 };
  for (let at = 0; at < page.length; at++) {
    for (const byte of ['', '"', '\\', '{', '}', '[', ']', ':', ',', '0', '.', '-', 'n', ' ', '\n', '\u0000']) {
      if (byte !== '') seen[assertFollowed(`${page.slice(0, at)}${byte}${page.slice(at)}`)] += 1;
      seen[assertFollowed(`${page.slice(0, at)}${byte}${page.slice(at + 1)}`)] += 1;
    }
  }
  assert.ok(seen.read > 5000 && seen.refused > 5000, JSON.stringify(seen));
});

test('a value that is none, behind a name that was known, fails closed; one that is, is read', () => {
  const wrong =
    '|01|-|1.|.5|1e|1e+|+1|0x1|-a|tru|truee|nul|nulll|nuLL|falsy|fals|"a|"a\\"|"\\x"|"\\u00g0"|"\u0001"|"\t"|"a"b|"a"1|"a""b"|"a",|1,|1 1|[|{|[1|{"b"}|[1}|{"b":1]|]|}|:1|,|NaN|\'a\'';
  const right =
    '0|-0|1.5|-10.25|1e5|1E-5|1.5e+3|12345678901234567890|0.123456789012345678901234567890|true|false|null|""|"\\""|"\\\\"|"\\u00e9"|" "|"é"|[]|{}|[1,{"b":[]}]| 1 |\n"a"\t';
  const record = (value: string) => contact(`,"a":${value},"Last":"z"`);
  const before = ['"x"', '"y"', '"z"'];
  for (const known of [before, ['1', '2', '3'], ['null', 'null', 'null'], [], Array<string>(12).fill('"same"')]) {
    const page = (value: string) => `[${[...known, value, ...known].map(record).join(',')}]`;
    for (const value of right.split('|')) assert.equal(assertFollowed(page(value)), 'read', value);
    for (const value of wrong.split('|')) assert.equal(faultOf(page(value)), 'this is no JSON', value);
  }
});

test('texts as long as those before them, and then not, end at their quotes', () => {
  const lengths = fc.array(fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 14 }), fc.boolean()), { maxLength: 6 });
  fc.assert(
    fc.property(lengths, (turns) => {
      const texts = turns.flatMap(([length, times, hasQuote]) =>
        Array<string>(times).fill(`${'x'.repeat(length)}${hasQuote ? '"y' : ''}`),
      );
      const records = texts.map((text, index) => contact(`,"a":${JSON.stringify(text)},"b":${index},"c":"${index}"`));
      assert.equal(assertFollowed(`[${records.join(',')}]`), 'read');
    }),
    { numRuns: runs },
  );
});

test('a list or an object where a value was has another hash', () => {
  const of = (value: string) => {
    const { shapes } = scanned(`[${contact(',"a":"x"')},${contact(`,"a":${value}`)},${contact(',"a":null')}]`);
    assert.equal(shapes[0], shapes[2]);
    return shapes[1] === shapes[0];
  };
  for (const value of ['1', 'true', '"y"', 'null']) assert.equal(of(value), true, value);
  for (const value of ['[]', '["x"]', '{}', '[[]]', '[null]', '{"b":1}']) assert.equal(of(value), false, value);
});

test('a fault says where', () => {
  const result = scan(`[${contact()},${contact()}x]`);
  assert.deepEqual(result, { fault: 'this is no JSON', at: 2 + 2 * contact().length });
});

test('64 arrays deep, and a name of 255 characters, are allowed', () => {
  assert.equal(scanned(`${'['.repeat(64)}${']'.repeat(64)}`).count, 0);
  assert.equal(scanned(contact(`,"${'n'.repeat(255)}":1`)).count, 1);
});

test('records in envelopes are found', () => {
  const page = `{"totalSize":1,"done":true,"records":[${contact()}]}`;
  const envelopes = [
    contact(),
    page,
    `[${contact()},null]`,
    `{"compositeResponse":[{"body":${page},"httpHeaders":{},"httpStatusCode":200,"referenceId":"a"}]}`,
    `{"hasErrors":false,"results":[{"statusCode":200,"result":${page}}]}`,
    contact(`,"Contacts":null,"Account":{"City":"x"}`),
  ];
  for (const json of envelopes) {
    const result = scanned(json);
    assert.equal(result.count, 1);
    assert.deepEqual(idAt(result, 'ids', 0), { prefix: '003Jx0', number: 62n ** 9n - 1n });
  }
});

test('types that take turns have one run each', () => {
  const account = (number: bigint) =>
    `{"attributes":{"type":"Account","url":"/services/data/v64.0/sobjects/Account/${joinId('001Jx0', number)}"}}`;
  const { ids, types } = scanned(
    `[${Array.from({ length: 9 }, (_, n) => contact(`,"Account":${account(BigInt(n))}`)).join(',')}]`,
  );
  assert.deepEqual(types, ['Contact', 'Account']);
  assert.deepEqual(ids.runs, [[{ from: 1, prefix: '003Jx0' }], [{ from: 0, prefix: '001Jx0' }]]);
});

test('the hash of names tells what a relation holds, whatever stood there before', () => {
  const shapeOf = (members: string): bigint => {
    const result = scanned(contact(members));
    return result.shapes[result.count - 1]!;
  };
  const account = (members: string): string =>
    `{"attributes":{"type":"Account","url":"/services/data/v64.0/sobjects/Account/001Jx0000000001"}${members}}`;
  const shapes = [
    ',"Account":null',
    `,"Account":${account('')}`,
    `,"Account":${account(',"Name":1')}`,
    `,"Account":${account(',"Phone":1')}`,
    `,"Owner":${account(',"Phone":1')}`,
    `,"Account":${account('')},"Phone":1`,
    ',"Account":{"Phone":1}',
    ',"Account":{},"Phone":1',
    ',"Phone":1,"Account":null',
    `,"Accounts":[${account(',"Name":1')},${account(',"Phone":1')}]`,
  ].map(shapeOf);
  assert.equal(new Set(shapes).size, shapes.length);
  const many = (length: number) => `,"Accounts":[${Array(length).fill(account(',"Name":1')).join(',')}]`;
  assert.equal(shapeOf(many(1)), shapeOf(many(7)));
});

test('hashes compare within a pool only', () => {
  const other = createScannerPool();
  const mine = scanned(contact()).shapes[0];
  const theirs = scanJson(Buffer.from(contact()), { customerFields, pool: other });
  assert.ok(!('fault' in theirs) && theirs.shapes[0] !== mine);
  assert.equal(scanned(contact()).shapes[0], mine);
});

test('what was scanned before leaves no trace', () => {
  const large = `[${Array(5000).fill(contact(',"Name":"x"')).join(',')}]`;
  assert.equal(scanned(large).count, 5000);
  assert.deepEqual(scanned('[]').types, []);
  assert.equal(faultOf('"'), 'this is no JSON');
  assert.equal(scanned(contact()).count, 1);
});

test('more than 16 MB and more than 256 types are refused', () => {
  assert.match(faultOf(' '.repeat((16 << 20) + 1)), /longer than 16 MB/);
  const types = Array.from({ length: 257 }, (_, index) => contact().replace('"Contact"', `"T${index}"`));
  assert.match(faultOf(`[${types.join(',')}]`), /256 types/);
  assert.equal(scanned(`[${types.slice(1).join(',')}]`).types.length, 256);
});
