import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Slots } from '#model/event.ts';
import { printSoql } from '#soql/print-soql.ts';
import { anyQuery } from '#soql/query.fixture.ts';
import { decodeParameter, QueryMemory, readQuery, setQuerySlots } from './query-slots.ts';

test('a query is read into what it asks for', () => {
  const facts = readQuery("SELECT Id, Account.Name FROM Contact WHERE Email LIKE '%@House.example' LIMIT 200");
  assert.deepEqual(facts.objects, ['Contact']);
  assert.deepEqual(facts.fields, ['Id', 'Account.Name']);
  assert.equal(facts.fieldCount, 2);
  assert.equal(facts.limit, 200);
  assert.equal(facts.isFiltered, true);
  assert.deepEqual(facts.likeLiterals, ['@house.example']);
});

test('a query that the log has cut still names its object and columns', () => {
  const facts = readQuery("SELECT Id, Email FROM Contact WHERE LastName = 'Mos");
  assert.deepEqual(
    [facts.objects, facts.fields, facts.fieldCount, facts.isFiltered],
    [['Contact'], ['Id', 'Email'], 2, undefined],
  );
  const early = readQuery('SELECT Id, Email, Pho');
  assert.deepEqual([early.objects, early.fieldCount], [[], undefined]);
});

test('a search names the objects it returns', () => {
  const facts = readQuery('FIND {anna} IN ALL FIELDS RETURNING Contact(Id, Name WHERE Name != null), Lead LIMIT 20');
  assert.deepEqual(facts.objects, ['Contact', 'Lead']);
});

test('the slots of a query that does not say its number of columns keep the number that the log says', () => {
  const slots = new Slots();
  slots['unmapped.query.field_count'] = 61;
  setQuerySlots(slots, readQuery('SELECT FIELDS(ALL) FROM Contact LIMIT 200'));
  assert.equal(slots['unmapped.query.field_count'], 61);
});

test('a URL’s query is decoded, cut or not', () => {
  assert.equal(decodeParameter('SELECT+Id%2CName+FROM%20Contact'), 'SELECT Id,Name FROM Contact');
  assert.equal(decodeParameter('SELECT+Id%2CName+FROM%20Contac%2'), 'SELECT Id,Name FROM Contac%2');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) =>
      assert.equal(decodeParameter(encodeURIComponent(text)), text),
    ),
  );
});

test('the memory gives what reading gives, and never holds more than its capacity', () => {
  const memory = new QueryMemory(3);
  for (let round = 0; round < 3; round++)
    for (const object of ['A', 'B', 'C', 'D', 'E'])
      assert.deepEqual(memory.read(`SELECT Id FROM ${object}`), readQuery(`SELECT Id FROM ${object}`));
  assert.ok(memory.size <= 3);
  assert.equal(memory.read('SELECT Id FROM A'), memory.read('SELECT Id FROM A'), 'read once');
});

test('the memory gives what reading gives, whatever strings and times a query comes with', () => {
  const memory = new QueryMemory();
  const time = fc
    .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
    .map((date) => date.toISOString());
  const word = fc.stringMatching(/^[a-z%(), .{}]{0,9}$/);
  fc.assert(
    fc.property(anyQuery, fc.array(fc.tuple(word, time), { minLength: 2, maxLength: 3 }), (query, fillings) => {
      for (const [string, date] of fillings) {
        const printed = printSoql(query);
        const text = printed.includes('\\') ? printed : printed.replaceAll(/'[^']*'/g, `'${string}'`);
        for (const each of [
          text,
          `${text} ${date}`,
          text.slice(0, -1),
          `SELECT Id FROM A WHERE B > ${date} AND ${text}`,
        ])
          assert.deepEqual(memory.read(each), readQuery(each));
      }
    }),
  );
});

test('queries that differ in a string or a time are read once, and those with patterns each', () => {
  const memory = new QueryMemory();
  for (const name of ['Anna', 'Bo', "like'"])
    memory.read(`SELECT Id FROM A WHERE Name = '${name}' AND B > 2026-09-07T00:00:00.000Z`);
  for (const time of ['2026-09-06T23:30:00.000Z', '2026-09-07T00:00:00Z'])
    memory.read(`SELECT Id FROM A WHERE B > ${time}`);
  assert.equal(memory.size, 3);
  assert.deepEqual(memory.read("SELECT Id FROM A WHERE Name LIKE 'Anna%'").likeLiterals, ['anna']);
  assert.deepEqual(memory.read("SELECT Id FROM A WHERE Name LIKE 'Bo%'").likeLiterals, ['bo']);
  memory.read(`SELECT Id FROM A WHERE Name IN ('${'x'.repeat(5000)}')`);
  assert.equal(memory.size, 5);
});
