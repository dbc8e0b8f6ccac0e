import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Expectation } from '../call.ts';
import {
  type Asking,
  forwardedSoql,
  grant,
  passed,
  policy,
  queryTarget,
  reasonOf,
  testPlanner,
} from './planner.fixture.ts';
import { isRefusal } from './refuse.ts';

const { ask } = testPlanner();
const askQuery = (soql: string, asking: Asking = {}) => ask(queryTarget(soql), asking);
const forwarded = (soql: string, asking: Asking = {}): string => forwardedSoql(passed(askQuery(soql, asking)));

function expected(soql: string, asking: Asking = {}): Extract<Expectation, { kind: 'records' }> {
  const { expectation } = passed(askQuery(soql, asking));
  assert.ok(expectation.kind === 'records');
  return expectation;
}

const fieldsByObject = (soql: string): unknown =>
  Object.fromEntries(expected(soql).records.map(({ object, fields }) => [object, fields]));

test('Id and the customer field are added where they are absent, and only there', () => {
  const rewritten: readonly (readonly [string, string])[] = [
    ['SELECT Name FROM Contact', 'SELECT Id, Name FROM Contact'],
    ['SELECT Name, ID FROM Contact', 'SELECT Name, ID FROM Contact'],
    ['SELECT Subject FROM Case', 'SELECT Id, Subject, ContactId FROM Case'],
    ['SELECT contactid, Id FROM Case', 'SELECT contactid, Id FROM Case'],
    ['SELECT Contact.Name FROM Case', 'SELECT Id, Contact.Name, ContactId FROM Case'],
    [
      'SELECT (SELECT Subject FROM Cases), Name FROM Contact',
      'SELECT Id, Name, (SELECT Id, Subject, ContactId FROM Cases) FROM Contact',
    ],
    ['SELECT Parent.Subject FROM Case', 'SELECT Id, Parent.Subject, ContactId, Parent.ContactId FROM Case'],
    ['SELECT toLabel(Status) FROM Case', 'SELECT Id, TOLABEL(Status), ContactId FROM Case'],
  ];
  for (const [written, expectedText] of rewritten) assert.equal(forwarded(written), expectedText);
});

test('every object in the answer is expected with its own fields', () => {
  assert.deepEqual(fieldsByObject('SELECT Name, Account.Name, Account.Owner.Name FROM Contact'), {
    Contact: ['Id', 'Name', 'Account.Name', 'Account.Owner.Name'],
    Account: ['Name', 'Owner.Name'],
    User: ['Name'],
  });
  assert.deepEqual(fieldsByObject('SELECT Name, (SELECT LastName, Account.Name FROM Contacts) FROM Account'), {
    Account: ['Id', 'Name', 'Contacts.Id', 'Contacts.LastName', 'Contacts.Account.Name'],
    Contact: ['Id', 'LastName', 'Account.Name'],
  });
  const [contact] = expected('SELECT Name FROM contact').records;
  assert.deepEqual([contact?.object, contact?.fields, contact?.customerField], ['Contact', ['Id', 'Name'], 'Id']);
  assert.deepEqual(new Set(contact?.deniedFields), policy.objects.get('contact')!.denied);
});

test('what was judged once is known again, by the same policy alone', () => {
  const soql = 'SELECT Phone FROM Contact';
  assert.equal(expected(soql).records, expected(soql).records);
  assert.equal(forwarded(soql, { remaining: 10 }), 'SELECT Id, Phone FROM Contact LIMIT 11');
  assert.equal(forwarded(soql), 'SELECT Id, Phone FROM Contact');
  const narrowed = { objects: new Map([grant('Contact', { denied: ['Phone'] })]) };
  assert.equal(reasonOf(askQuery(soql, { policy: narrowed })), 'denied-field');
  passed(askQuery(soql));
});

test('a denied field is refused wherever it stands', () => {
  const attempts = [
    'SELECT Email FROM Contact',
    'SELECT eMaIl FROM contact',
    'SELECT Id FROM Contact WHERE Email = null',
    "SELECT Id FROM Contact WHERE NOT (Name = 'a' OR (LastName = 'b' AND Email LIKE 'a%'))",
    "SELECT Id FROM Contact WHERE Email IN ('a')",
    'SELECT Id FROM Contact ORDER BY TotalSpend__c DESC NULLS LAST',
    'SELECT Id FROM Contact WHERE CALENDAR_YEAR(Email) = 1',
    'SELECT c.Email FROM Contact c',
    'SELECT Contact.Email FROM Contact',
    'SELECT Id FROM Contact c WHERE c.Email != null',
    'SELECT Id FROM Contact AS Account WHERE Email != null',
    'SELECT toLabel(Email) FROM Contact',
    'SELECT Contact.Email FROM Case',
    'SELECT Id FROM Case ORDER BY Contact.TotalSpend__c',
    'SELECT Id FROM Case WHERE Contact.ReportsTo.Email != null',
    'SELECT (SELECT Email FROM Contacts) FROM Account',
    'SELECT (SELECT Id FROM Contacts ORDER BY TotalSpend__c) FROM Account',
    'SELECT (SELECT Contacts.Email FROM a.Contacts) FROM Account a',
    'SELECT Id FROM Case WHERE ContactId IN (SELECT Id FROM Contact WHERE TotalSpend__c > 10000)',
    'SELECT Id FROM Case WHERE SuppliedEmail NOT IN (SELECT Email FROM Contact)',
    "SELECT COUNT() FROM Contact WHERE Email LIKE 'a%'",
    'SELECT COUNT(Email) FROM Contact',
    'SELECT COUNT_DISTINCT(Email) FROM Contact',
    'SELECT COUNT(Id) FROM Contact GROUP BY Email',
    'SELECT MIN(TotalSpend__c) FROM Contact',
    'SELECT Name FROM Contact GROUP BY Name HAVING MAX(TotalSpend__c) > 5',
    // Compound fields show what their parts hold.
    'SELECT MailingAddress FROM Contact',
    "SELECT Id FROM Contact WHERE DISTANCE(MailingAddress, GEOLOCATION(48.8, 2.3), 'km') < 20",
    // Not in the list of fields.
    'SELECT Phone FROM Account',
    'SELECT Account.Phone FROM Contact',
    'SELECT Owner.Email FROM Contact',
  ];
  for (const soql of attempts) assert.equal(reasonOf(askQuery(soql)), 'denied-field', soql);
  const refusal = askQuery('SELECT Id FROM Case ORDER BY Contact.TotalSpend__c');
  assert.ok(isRefusal(refusal));
  assert.equal(refusal.status, 403);
  assert.match(refusal.message, /Contact\.TotalSpend__c .* ORDER BY/);
});

test('walking a relationship shows its key: one that is denied may not be walked', () => {
  const objects = new Map([...policy.objects, grant('Contact', { denied: ['accountid'] })]);
  const asking = { policy: { objects } };
  for (const soql of ['SELECT Account.Name FROM Contact', 'SELECT (SELECT Id FROM Contacts) FROM Account'])
    assert.equal(reasonOf(askQuery(soql, asking)), 'denied-field', soql);
  passed(askQuery('SELECT Owner.Name FROM Contact', asking));
});

test('compound fields deny each other both ways', () => {
  const denying = (field: string): Asking => ({
    policy: { objects: new Map([grant('Contact', { denied: [field] })]) },
  });
  const pairs: readonly (readonly [string, string])[] = [
    ['name', 'LastName'],
    ['firstname', 'Name'],
    ['mailingaddress', 'MailingCity'],
    ['othercity', 'OtherAddress'],
    ['place__c', 'Place__Latitude__s'],
    ['place__street__s', 'Place__c'],
  ];
  for (const [denied, asked] of pairs)
    assert.equal(reasonOf(askQuery(`SELECT ${asked} FROM Contact`, denying(denied))), 'denied-field', asked);
  passed(askQuery('SELECT OtherCity, MailingCity FROM Contact', denying('mailingstreet')));
});

test('objects and operations that are not granted are refused', () => {
  const denied: readonly (readonly [string, string])[] = [
    ['SELECT Id FROM Opportunity', 'denied-object'],
    ['SELECT COUNT() FROM Opportunity', 'denied-object'],
    ['SELECT Id FROM Contact WHERE AccountId IN (SELECT AccountId FROM Opportunity)', 'denied-object'],
    ['SELECT (SELECT Id FROM Orders) FROM Account', 'denied-object'],
    ['SELECT Shop__r.Name FROM Contact', 'denied-object'],
  ];
  for (const [soql, reason] of denied) assert.equal(reasonOf(askQuery(soql)), reason, soql);
  const only = (...operations: ('query' | 'count')[]): Asking => ({ policy: { operations: new Set(operations) } });
  assert.equal(reasonOf(askQuery('SELECT Id FROM Contact', only('count'))), 'denied-operation');
  assert.equal(reasonOf(askQuery('SELECT COUNT() FROM Contact', only('query'))), 'denied-operation');
  assert.equal(reasonOf(askQuery("SELECT COUNT() FROM Contact WHERE Name = 'a'", only('count'))), 'denied-operation');
  const all = '/services/data/v64.0/queryAll?q=SELECT+Id+FROM+Contact';
  const live = only('query');
  passed(askQuery('SELECT Id FROM Contact', live));
  assert.equal(reasonOf(ask(all, live)), 'denied-operation');
  assert.match(passed(ask(all)).forward.target, /\/queryAll\?q=/);
  assert.equal(reasonOf(ask(all, { as: { integration: 'nobody' } })), 'no-policy');
});

test('what cannot be counted or named exactly is refused, each by its reason', () => {
  const refused: readonly (readonly [string, string])[] = [
    ['SELECT FIELDS(ALL) FROM Contact LIMIT 200', 'unnamed-fields'],
    ['SELECT FIELDS(STANDARD) FROM Contact', 'unnamed-fields'],
    ['SELECT TYPEOF What WHEN Account THEN Name END FROM Event', 'typeof'],
    ['SELECT Owner.Name FROM Case', 'polymorphic-relationship'],
    ['SELECT Id FROM Task WHERE Who.Name = null', 'polymorphic-relationship'],
    ['SELECT Id FROM Contact WHERE Friend__r.Email = null', 'unknown-relationship'],
    ['SELECT (SELECT Id FROM Friends__r) FROM Contact', 'unknown-relationship'],
    ['SELECT a.Name FROM Contact c, c.Account a', 'join-notation'],
    ['SELECT Id FROM Contact.Account', 'join-notation'],
    ['SELECT Account.Name FROM Contact Account', 'ambiguous-name'],
    ['SELECT Name n FROM Contact', 'field-alias'],
    ['SELECT Name, name FROM Contact', 'repeated-column'],
    ['SELECT Id, Status, toLabel(Status) FROM Case', 'repeated-column'],
    ['SELECT (SELECT Id FROM Cases), (SELECT Subject FROM Cases) FROM Contact', 'repeated-column'],
    ['SELECT Id FROM Contact USING SCOPE Mine', 'using-scope'],
    ['SELECT Id FROM Contact WITH SECURITY_ENFORCED', 'with-clause'],
    ['SELECT Id FROM Contact WITH SYSTEM_MODE', 'with-clause'],
    ['SELECT Id FROM Contact ALL ROWS', 'all-rows'],
    ['SELECT Id FROM Contact FOR VIEW', 'for-clause'],
    ['SELECT Id FROM Contact FOR UPDATE', 'for-clause'],
    ['SELECT Id FROM Contact UPDATE TRACKING', 'update-clause'],
    ['SELECT (SELECT Id FROM Cases FOR VIEW) FROM Contact', 'for-clause'],
    ['SELECT Id FROM Contact WHERE Name = :name', 'bind-variable'],
    ['SELECT Id FROM Contact LIMIT :most', 'bind-variable'],
    ['SELECT Id FROM Contact WHERE Id IN :ids', 'bind-variable'],
    ['SELECT FORMAT(CreatedDate) FROM Contact', 'function'],
    ["SELECT DISTANCE(OtherAddress, GEOLOCATION(1, 2), 'km') FROM Contact", 'function'],
    ['SELECT Id FROM Contact WHERE SECRET(Name) = 1', 'function'],
    ['SELECT toLabel(Status, Origin) FROM Case', 'function'],
    ['SELECT toLabel(Id) FROM Contact', 'function'],
    ['SELECT (SELECT toLabel(ContactId) FROM Cases) FROM Contact', 'function'],
    ['SELECT Name, COUNT(Id) FROM Contact', 'mixed-columns'],
    ['SELECT COUNT(Id), (SELECT Id FROM Cases) FROM Contact', 'mixed-columns'],
    ['SELECT (SELECT COUNT() FROM Cases) FROM Contact', 'mixed-columns'],
    ['SELECT Id FROM Contact HAVING Name = null', 'having-clause'],
    ['SELECT COUNT(Id) records FROM Contact', 'reserved-alias'],
    ['SELECT Id FROM Contact WHERE AccountId IN (SELECT Id, Name FROM Account)', 'semi-join'],
    ['SELECT Id FROM Contact WHERE AccountId IN (SELECT COUNT(Id) FROM Account)', 'semi-join'],
    ['SELECT Account.Parent.Parent.Parent.Parent.Parent.Name FROM Contact', 'long-path'],
    ['SELECT Id FROM Contact -- WHERE', 'malformed-query'],
    ['SELECT Id /* x */ FROM Contact', 'malformed-query'],
    ['FIND {x}', 'malformed-query'],
    ["SELECT Id FROM Contact WHERE Name = 'a\\u0027 OR Email != null OR Name = \\u0027b'", 'ambiguous-literal'],
    ["SELECT Id FROM Contact WHERE Name = 'a\\U005C'", 'ambiguous-literal'],
    ['SELECT Id FROM Contact WHERE COUNT(Id) > 1', 'function'],
    ['SELECT Id FROM Contact ORDER BY MIN(Name)', 'function'],
    ['', 'malformed-query'],
  ];
  for (const [soql, reason] of refused) {
    assert.equal(reasonOf(askQuery(soql)), reason, soql);
    assert.equal(reasonOf(askQuery(soql, { policy: { isDryRun: true } })), reason, `dry run: ${soql}`);
  }
});

test('aliases of objects are gone before the CRM reads the query', () => {
  const same: readonly (readonly [string, string])[] = [
    [
      'SELECT c.Id, c.Account.Name FROM Contact c ORDER BY c.Name',
      'SELECT Id, Account.Name FROM Contact ORDER BY Name',
    ],
    ['SELECT Contact.Id FROM Contact', 'SELECT Id FROM Contact'],
    [
      'SELECT a.Id, (SELECT Contacts.Id FROM a.Contacts) FROM Account a',
      'SELECT Id, (SELECT Id FROM Contacts) FROM Account',
    ],
    [
      'SELECT Id FROM Contact WHERE AccountId IN (SELECT x.Id FROM Account x WHERE x.Name = null)',
      'SELECT Id FROM Contact WHERE AccountId IN (SELECT Id FROM Account WHERE Name = null)',
    ],
  ];
  for (const [written, canonical] of same) assert.equal(forwarded(written), canonical);
});

test('literals go on as they were written', () => {
  for (const literal of ["it\\'s", 'C:\\\\u0041', '\\u00e9t\\u00E9', 'été 🛍', '50\\% \\_ %', 'a\nb'])
    assert.equal(
      forwarded(`SELECT Id FROM Contact WHERE Name LIKE '${literal}'`),
      `SELECT Id FROM Contact WHERE Name LIKE '${literal}'`,
    );
});

test('counting: the whole object by its own operation, a part against the budget, groups not at all', () => {
  assert.equal(passed(askQuery('SELECT COUNT() FROM Contact')).expectation.kind, 'no-records');
  for (const soql of [
    "SELECT COUNT() FROM Contact WHERE Name = 'a'",
    'SELECT COUNT(Id) total FROM Contact',
    'SELECT COUNT(Phone), COUNT_DISTINCT(LastName) FROM Contact',
  ]) {
    const { aggregates, records } = expected(soql);
    assert.equal(aggregates, 1, soql);
    assert.deepEqual([records[0]?.object, records[0]?.fields], ['Contact', []], soql);
    assert.equal(forwarded(soql), soql);
  }
  for (const soql of [
    'SELECT LastName, COUNT(Id) FROM Contact GROUP BY LastName',
    'SELECT LastName FROM Contact GROUP BY LastName',
    'SELECT COUNT(Id) FROM Contact GROUP BY ROLLUP(LastName)',
    'SELECT MAX(LastName) FROM Contact',
    'SELECT FORMAT(MIN(CreatedDate)) FROM Contact',
  ])
    assert.equal(reasonOf(askQuery(soql)), 'grouped-read', soql);
});

test('beyond a page the bound goes in steps: always above what is left, never by more than an eighth, none beyond a cursor', () => {
  const limitOf = (remaining: number): number =>
    Number(/LIMIT (\d+)$/.exec(forwarded('SELECT Id FROM Contact', { remaining }))?.[1] ?? Number.POSITIVE_INFINITY);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 49_999_999 }), (remaining) => {
      const limit = limitOf(remaining);
      assert.ok(limit > remaining && limit <= remaining * 1.126 + 1, `${remaining} left, LIMIT ${limit}`);
    }),
  );
  assert.equal(limitOf(1999), 2000);
  assert.equal(limitOf(100_000), limitOf(99_000), 'while the budget shrinks, the query mostly stays the same');
  assert.equal(limitOf(50_000_000), Number.POSITIVE_INFINITY);
});

test('what is left of the budget bounds the query, and one beyond tells the client that it is a part', () => {
  const within = (soql: string, remaining: number): string => forwarded(soql, { remaining });
  assert.equal(within('SELECT Id FROM Contact', 1000), 'SELECT Id FROM Contact LIMIT 1001');
  assert.equal(within('SELECT Id FROM Contact LIMIT 5000', 1000), 'SELECT Id FROM Contact LIMIT 1001');
  assert.equal(within('SELECT Id FROM Contact LIMIT 10', 1000), 'SELECT Id FROM Contact LIMIT 10');
  assert.equal(
    within('SELECT Account.Name, ReportsTo.Name FROM Contact', 1000),
    'SELECT Id, Account.Name, ReportsTo.Name FROM Contact LIMIT 501',
  );
  assert.match(within('SELECT Account.Name, ReportsTo.Name FROM cONTACT', 1000), /LIMIT 501$/);
  assert.equal(reasonOf(askQuery('SELECT Id FROM Contact', { remaining: 0 })), 'budget');
  const header = (remaining: number, batchSize?: string): string | undefined =>
    passed(
      askQuery('SELECT Id FROM Contact', {
        remaining,
        headers: batchSize === undefined ? {} : { 'sforce-query-options': `batchSize=${batchSize}` },
      }),
    ).forward.headers.get('sforce-query-options');
  assert.equal(header(Number.POSITIVE_INFINITY), undefined);
  assert.equal(header(Number.POSITIVE_INFINITY, '500'), 'batchSize=500');
  assert.equal(header(1000), 'batchSize=1000');
  assert.equal(header(1000, '500'), 'batchSize=500');
  assert.equal(header(50), 'batchSize=200');
});

test('columns=true is judged as the query, and answers no records', () => {
  const target = (soql: string): string => `${queryTarget(soql)}&columns=true`;
  const plan = passed(ask(target('SELECT Name FROM Contact'), { remaining: 0 }));
  assert.equal(plan.expectation.kind, 'no-records');
  assert.equal(plan.opens, undefined);
  assert.equal(
    plan.forward.target,
    '/services/data/v64.0/query?q=SELECT%20Name%20FROM%20Contact%20LIMIT%201&columns=true',
  );
  const filtered =
    "SELECT Name, (SELECT Id FROM Cases WHERE Status = 'x') FROM Contact WHERE Name LIKE 'a%' ORDER BY Name";
  const { target: asked } = passed(ask(target(filtered), { remaining: 0 })).forward;
  assert.doesNotMatch(
    decodeURIComponent(asked),
    /WHERE|LIKE|ORDER/,
    'a filter would tell of records that are not counted',
  );
  assert.equal(reasonOf(ask(target('SELECT Email FROM Contact'))), 'denied-field');
});

test('a dry run lets go what the policy denies, and tells it', () => {
  const dry: Asking = { policy: { isDryRun: true }, remaining: 0 };
  const plan = passed(askQuery('SELECT Email FROM Contact ORDER BY TotalSpend__c', dry));
  assert.deepEqual(
    plan.wouldRefuse.map(({ reason }) => reason),
    ['denied-field', 'denied-field'],
  );
  assert.equal(forwardedSoql(plan), 'SELECT Id, Email FROM Contact ORDER BY TotalSpend__c');
  assert.deepEqual(expected('SELECT Email FROM Contact', dry).records[0]?.deniedFields, []);
  assert.deepEqual(passed(askQuery('SELECT Name FROM Contact', dry)).wouldRefuse, []);
  assert.equal(expected('SELECT LastName FROM Contact GROUP BY LastName', dry).aggregates, 2000);
});

test('hours and networks bar every call, and are only told in a dry run', () => {
  const refuses = (at: number, address: string) => ({
    ...{ status: 403 as const, errorCode: 'INSUFFICIENT_ACCESS', reason: 'outside-network' },
    message: `${at} ${address}`,
  });
  const refusal = ask('/services/data/v64.0/limits', { policy: { refuses } });
  assert.ok(isRefusal(refusal));
  assert.equal(refusal.message, `${Date.UTC(2026, 10, 23)} 192.0.2.10`);
  assert.deepEqual(
    passed(ask('/services/data', { policy: { refuses, isDryRun: true } })).wouldRefuse.map(({ reason }) => reason),
    ['outside-network'],
  );
});
