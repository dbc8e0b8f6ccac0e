import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { maximumLength, parseSoql } from './parse-soql.ts';
import { printSoql } from './print-soql.ts';
import { anyQuery } from './query.fixture.ts';
import type { Soql } from './query.ts';

/** The query without its offsets. */
const bare = (query: Soql): unknown =>
  JSON.parse(JSON.stringify(query, (key, value) => (key === 'at' ? undefined : value)));

function parse(text: string): Soql {
  const parsed = parseSoql(text);
  assert.ok(parsed.ok, parsed.ok ? '' : `${text}: ${JSON.stringify(parsed.failure)}`);
  return parsed.value;
}

/** Queries in the printed form, most of them from Salesforce's documentation. */
const printed = [
  'SELECT Id, Name FROM Account',
  'SELECT COUNT() FROM Contact',
  'SELECT COUNT(Id) c, COUNT_DISTINCT(Company), SUM(Amount), MIN(A), MAX(B), AVG(C) mean FROM Lead',
  "SELECT TOLABEL(Recordtype.Name), FORMAT(CONVERTCURRENCY(Amount)) Amt FROM Case WHERE Status = 'New'",
  'SELECT FIELDS(ALL) FROM Contact LIMIT 200',
  'SELECT FIELDS(STANDARD), FIELDS(CUSTOM) FROM Contact',
  "SELECT Id FROM Shop__c WHERE DISTANCE(Place__c, GEOLOCATION(48.8, 2.3), 'km') < 20 ORDER BY DISTANCE(Place__c, GEOLOCATION(48.8, 2.3), 'km') DESC",
  'SELECT LeadSource, GROUPING(LeadSource) g, COUNT(Name) n FROM Lead GROUP BY ROLLUP(LeadSource, Rating)',
  'SELECT Type, COUNT(Id) FROM Account GROUP BY CUBE(Type, BillingCountry) HAVING COUNT(Id) > 10',
  'SELECT CALENDAR_YEAR(CONVERTTIMEZONE(CreatedDate)), SUM(Amount) FROM Opportunity GROUP BY CALENDAR_YEAR(CONVERTTIMEZONE(CreatedDate))',
  'SELECT Name, (SELECT LastName FROM Contacts WHERE Email != null ORDER BY LastName LIMIT 5) FROM Account',
  'SELECT TYPEOF What WHEN Account THEN Phone, NumberOfEmployees WHEN Opportunity THEN Amount ELSE Name END FROM Event',
  'SELECT Id FROM Account USING SCOPE Mine',
  "SELECT a.Name FROM Contact c, c.Account a WHERE a.Name LIKE 'Acme%'",
  "SELECT Id FROM Account WHERE (A = 1 AND B = 2) OR NOT (C IN ('x', 'y') OR D NOT IN ('z'))",
  "SELECT Id FROM Contact WHERE AccountId IN (SELECT AccountId FROM Opportunity WHERE StageName = 'Won') AND Id NOT IN (SELECT ContactId FROM CaseContact)",
  "SELECT Id FROM Case WHERE Tags__c INCLUDES ('a;b', 'c') AND Tags__c EXCLUDES ('d')",
  'SELECT Id FROM Lead WHERE CreatedDate = LAST_N_DAYS:30 AND ConvertedDate > N_FISCAL_YEARS_AGO:2 AND A < TODAY',
  'SELECT Id FROM Lead WHERE A > 2026-11-23 AND B <= 2026-11-23T10:00:00Z AND C >= 2026-11-23T10:00:00.000+01:00 AND D = 2026-11-23T10:00:00-0800',
  'SELECT Id FROM Opportunity WHERE Amount > EUR5000.50 AND Rate = -1.5 AND Rate != 1e3 AND Open = true AND X = null',
  'SELECT Id FROM Account WHERE Id IN :ids AND Name = :request.name LIMIT :most OFFSET :from',
  "SELECT Id FROM Account WHERE Name = 'it\\'s \\\\ \\n \\u00e9' AND Code LIKE '50\\%\\_%'",
  'SELECT Id FROM Account WITH SECURITY_ENFORCED',
  'SELECT Id FROM Account WITH USER_MODE',
  'SELECT Title FROM Faq__kav WITH DATA CATEGORY Geography__c ABOVE (usa__c) AND Product__c AT (a__c, b__c)',
  "SELECT Id FROM UserProfileFeed WITH UserId = '005D0000001AamR' ORDER BY CreatedDate DESC, Id DESC LIMIT 20",
  'SELECT Id FROM Account WITH RecordVisibilityContext (maxDescriptorPerRecord = 100, supportsDomains = true)',
  'SELECT Id FROM User ORDER BY LastLoginDate DESC NULLS LAST, Name ASC NULLS FIRST, Id LIMIT 20 OFFSET 40',
  'SELECT Id FROM Account LIMIT 1 ALL ROWS FOR VIEW, REFERENCE UPDATE TRACKING, VIEWSTAT',
  'SELECT Id FROM Account FOR UPDATE',
  'SELECT Id FROM Order',
  'SELECT Id, Group.Name FROM Group',
];

test('documented queries parse, and print as they were written', () => {
  for (const text of printed) assert.equal(printSoql(parse(text)), text);
});

test('keywords are read in any case, white space does not matter, old forms mean the same', () => {
  const same: readonly (readonly [string, string])[] = [
    ['select\n\tId\r\nfrom   Account', 'SELECT Id FROM Account'],
    ['sElEcT count( ) fRoM Contact aS c', 'SELECT COUNT() FROM Contact c'],
    ["SELECT Id FROM A WHERE x<>1 and y like 'z'", "SELECT Id FROM A WHERE x != 1 AND y LIKE 'z'"],
    ['SELECT Id FROM A WHERE ((x = 1))', 'SELECT Id FROM A WHERE x = 1'],
    ['SELECT Id FROM A FOR VIEW FOR REFERENCE', 'SELECT Id FROM A FOR VIEW, REFERENCE'],
    ['SELECT Id FROM A WHERE d = last_n_days:5', 'SELECT Id FROM A WHERE d = LAST_N_DAYS:5'],
  ];
  for (const [written, expected] of same) assert.equal(printSoql(parse(written)), expected);
});

test('offsets point at the part', () => {
  const query = parse('SELECT Id, Account.Name FROM Contact');
  const [, second] = query.select;
  assert.ok(second?.kind === 'column');
  assert.equal(second.operand.at, 11);
  assert.equal(query.from[0].at, 29);
});

test('what is no SOQL is refused where it stands', () => {
  const refused: readonly (readonly [string, number, RegExp])[] = [
    ['', 0, /SELECT/],
    ['FIND {x} IN ALL FIELDS', 0, /SELECT/],
    ['SELECT FROM Account', 7, /field/],
    ['SELECT Id', 9, /FROM/],
    ['SELECT Id, FROM Account', 11, /field/],
    ['SELECT Id FROM Account WHERE', 28, /field/],
    ['SELECT Id FROM Account WHERE Name', 33, /comparison/],
    ['SELECT Id FROM Account WHERE A = B', 33, /value/],
    ["SELECT Id FROM Account WHERE A = 'x", 33, /closing '/],
    ["SELECT Id FROM Account WHERE A = 'a\\x'", 35, /escapes/],
    ['SELECT Id FROM Account WHERE A = 1 AND B = 2 OR C = 3', 45, /parentheses/],
    ['SELECT Id FROM Account WHERE A = 2026-13', 33, /date/],
    ['SELECT Id FROM Account WHERE A = 10abc', 33, /number/],
    ['SELECT Id FROM Account WHERE A IN ()', 35, /value/],
    ['SELECT Id FROM Account LIMIT 1.5', 29, /whole/],
    ['SELECT Id FROM Account -- comment', 23, /end/],
    ['SELECT Id FROM Account; DELETE', 22, /end/],
    ['SELECT Id FROM Account WHERE Tags INCLUDES (SELECT Id FROM B)', 44, /value/],
    ['SELECT Id FROM Account LIMIT 1 WHERE A = 1', 31, /end/],
  ];
  for (const [text, offset, expected] of refused) {
    const parsed = parseSoql(text);
    assert.ok(!parsed.ok && parsed.failure.kind === 'invalid', text);
    assert.equal(parsed.failure.where, `SOQL, character ${offset}`, text);
    assert.match(parsed.failure.expected, expected, text);
  }
});

test('length and depth are bounded', () => {
  const list = (count: number): string => `SELECT Id FROM A WHERE x IN (${Array(count).fill("'0123456789'").join()})`;
  assert.ok(parseSoql(list(7000)).ok);
  assert.ok(!parseSoql(`SELECT Id FROM A${' '.repeat(maximumLength)}`).ok);
  for (const open of ['(', 'NOT ', 'f(']) assert.ok(!parseSoql(`SELECT Id FROM A WHERE ${open.repeat(30_000)}`).ok);
  assert.ok(!parseSoql('SELECT (SELECT '.repeat(6000)).ok);
});

test('printing and parsing are inverse', () => {
  fc.assert(
    fc.property(anyQuery, (query) => {
      const text = printSoql(query);
      assert.deepEqual(bare(parse(text)), bare(query), text);
    }),
    { numRuns: 1000 },
  );
});

test('cut, doubled and garbled text never throws', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...printed),
      fc.nat(200),
      fc.nat(200),
      fc.string({ maxLength: 5 }),
      (text, from, to, junk) => {
        const parsed = parseSoql(text.slice(0, from) + junk + text.slice(to));
        if (parsed.ok) assert.deepEqual(bare(parse(printSoql(parsed.value))), bare(parsed.value));
        else assert.equal(parsed.failure.kind, 'invalid');
      },
    ),
    { numRuns: 2000 },
  );
});

test('a name that no object or field can have is refused', () => {
  assert.ok(parseSoql(`SELECT ${'A'.repeat(255)} FROM Contact`).ok);
  assert.ok(!parseSoql(`SELECT ${'A'.repeat(256)} FROM Contact`).ok);
  assert.ok(!parseSoql(`SELECT Id FROM ${'A'.repeat(90_000)}`).ok);
});
