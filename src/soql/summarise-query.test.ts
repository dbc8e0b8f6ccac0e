import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseSoql } from './parse-soql.ts';
import { scavengeSoql } from './scavenge-soql.ts';
import { likeParts, stringLiteral, stringValue } from './string-literal.ts';
import { summariseQuery } from './summarise-query.ts';

function summarise(text: string) {
  const parsed = parseSoql(text);
  assert.ok(parsed.ok, text);
  return summariseQuery(parsed.value);
}

test('a dump is summed up', () => {
  assert.deepEqual(
    summarise(
      "SELECT c.Id, Contact.Email, a.Owner.Name, FORMAT(Spend__c), (SELECT Subject FROM Cases) FROM Contact c, c.Account a WHERE c.LastName LIKE '%Secret\\_Key%' AND AccountId IN (SELECT Id FROM Account WHERE Industry = 'Luxury') ORDER BY Spend__c DESC LIMIT 2000",
    ),
    {
      mainObject: 'Contact',
      objects: ['Contact', 'Account', 'Cases'],
      fields: ['Id', 'Email', 'Account.Owner.Name', 'Spend__c', 'Cases.Subject'],
      fieldCount: 5,
      isCount: false,
      isAggregate: false,
      isFiltered: true,
      limit: 2000,
      orderBy: ['Spend__c'],
      likeLiterals: ['secret_key'],
      literals: ['%Secret_Key%', 'Luxury'],
    },
  );
});

test('counts and computed rows are told from records', () => {
  const kindOf = (text: string): readonly boolean[] => {
    const { isCount, isAggregate } = summarise(text);
    return [isCount, isAggregate];
  };
  assert.deepEqual(kindOf('SELECT COUNT() FROM Contact'), [true, true]);
  assert.deepEqual(kindOf('select count(Id) from Contact'), [true, true]);
  assert.deepEqual(kindOf('SELECT Country, COUNT(Id) FROM Contact GROUP BY Country'), [false, true]);
  assert.deepEqual(kindOf('SELECT FORMAT(MAX(Spend__c)) FROM Contact'), [false, true]);
  assert.deepEqual(kindOf('SELECT Id FROM Contact'), [false, false]);
});

test('only a condition that leaves records out is a filter', () => {
  const filtered = (where: string): boolean => summarise(`SELECT Id FROM Contact WHERE ${where}`).isFiltered;
  for (const where of [
    "Id > '003'",
    'Email != null',
    "Name LIKE '%'",
    'IsDeleted = false',
    "Id > '0' AND Email != null",
  ])
    assert.equal(filtered(where), false, where);
  for (const where of [
    "Id = '003'",
    'Email = null',
    "Name LIKE 'a%'",
    "Id > '0' AND A = 1",
    'NOT Email = null',
    'IsDeleted = true',
  ])
    assert.equal(filtered(where), true, where);
  assert.equal(filtered("A = 1 OR Id > '0'"), false);
});

test('FIELDS() leaves the number of columns open', () => {
  const { fields, fieldCount } = summarise('SELECT fields(all) FROM Contact LIMIT 200');
  assert.deepEqual([fields, fieldCount], [['FIELDS(ALL)'], undefined]);
});

test('strings keep what they say', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => assert.equal(stringValue(stringLiteral(text)), text)));
  assert.equal(stringValue({ kind: 'string', escaped: '\\u0041\\%\\_\\"' }), 'A%_"');
  assert.deepEqual(likeParts({ kind: 'string', escaped: '%50\\%%a_b%' }), ['50%', 'a_b']);
  assert.deepEqual(likeParts({ kind: 'string', escaped: '%' }), []);
});

test('what a log has cut off is read as far as it goes', () => {
  const cases: readonly (readonly [string, string | undefined, readonly string[], boolean])[] = [
    ["SELECT Id, Name FROM Contact WHERE Name = 'cut o", 'Contact', ['Id', 'Name'], false],
    ['SELECT Id, Account.Na', undefined, ['Id', 'Account.Na'], false],
    [
      'SELECT Id, (SELECT Id FROM Cases), COUNT(Email) x FROM ns__Thing__c WHERE ???',
      'ns__Thing__c',
      ['Id', 'Email'],
      false,
    ],
    ['SELECT COUNT() FROM Contact WHERE [REDACTED]', 'Contact', [], true],
    ['garbage', undefined, [], false],
    ['', undefined, [], false],
  ];
  for (const [text, mainObject, fields, isCount] of cases)
    assert.deepEqual(scavengeSoql(text), { mainObject, fields, isCount }, text);
  fc.assert(fc.property(fc.string(), (text) => void scavengeSoql(`SELECT ${text}`)));
});
