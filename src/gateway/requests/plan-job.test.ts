import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Asking, identity, passed, reasonOf, type TestedPlanner, testPlanner } from './planner.fixture.ts';

const target = '/services/data/v64.0/jobs/query';
const job = '750R0000000zlh9IAA';

const create = ({ ask }: TestedPlanner, query: string, more: object = {}, asking: Asking = {}) =>
  ask(target, { ...asking, body: { operation: 'query', query, ...more } });

test('a query job is created with its columns known', () => {
  const plan = passed(
    create(testPlanner(), 'SELECT Subject, RecordType.Name FROM Case', { columnDelimiter: 'TAB', lineEnding: 'CRLF' }),
  );
  assert.deepEqual(JSON.parse(new TextDecoder().decode(plan.forward.body)), {
    operation: 'query',
    query: 'SELECT Id, Subject, RecordType.Name, ContactId FROM Case',
    contentType: 'CSV',
    columnDelimiter: 'TAB',
    lineEnding: 'CRLF',
  });
  assert.equal(plan.expectation.kind, 'job');
  const columns = ['Id', 'Subject', 'RecordType.Name', 'ContactId'];
  assert.deepEqual(plan.opens, {
    kind: 'job',
    query: 'SELECT Id, Subject, RecordType.Name, ContactId FROM Case',
    expectation: {
      kind: 'bulk-csv',
      query: 'SELECT Id, Subject, RecordType.Name, ContactId FROM Case',
      records: { object: 'Case', fields: columns, deniedFields: ['description'], customerField: 'ContactId' },
      columns,
      form: { delimiter: '\t', lineEnding: 'CRLF' },
    },
  });
});

test('a row of CSV may hold nothing that its one id does not count', () => {
  const refused: readonly (readonly [string, string])[] = [
    ['SELECT Account.Name FROM Contact', 'bulk-relationship'],
    ['SELECT Owner.Name FROM Contact', 'bulk-relationship'],
    ['SELECT Id, (SELECT Id FROM Cases) FROM Contact', 'bulk-children'],
    ['SELECT COUNT() FROM Contact', 'bulk-computed'],
    ['SELECT COUNT(Id) FROM Contact', 'bulk-computed'],
    ['SELECT LastName FROM Contact GROUP BY LastName', 'bulk-computed'],
    ['SELECT toLabel(Status) FROM Case', 'bulk-function'],
    ['SELECT Id FROM Contact OFFSET 5', 'bulk-offset'],
    ['SELECT FIELDS(ALL) FROM Contact', 'unnamed-fields'],
    ['SELECT Email FROM Contact', 'denied-field'],
    ['SELECT Id FROM Contact ORDER BY TotalSpend__c', 'denied-field'],
    ['SELECT Id FROM Opportunity', 'denied-object'],
  ];
  for (const [query, reason] of refused) assert.equal(reasonOf(create(testPlanner(), query)), reason, query);
  passed(create(testPlanner(), "SELECT Id FROM Contact WHERE Account.Name = 'a'"));
});

test('bulk, and deleted records in bulk, are operations of their own', () => {
  const only = (...operations: ('query' | 'bulk')[]): Asking => ({ policy: { operations: new Set(operations) } });
  const query = 'SELECT Id FROM Contact';
  assert.equal(reasonOf(create(testPlanner(), query, {}, only('query'))), 'denied-operation');
  assert.equal(reasonOf(create(testPlanner(), query, { operation: 'queryAll' }, only('bulk'))), 'denied-operation');
  passed(create(testPlanner(), query, {}, only('bulk')));
  assert.equal(reasonOf(create(testPlanner(), query, {}, { remaining: 0 })), 'budget');
});

test('a page of results is asked for with no more records than may leave', async () => {
  const tested = testPlanner();
  const created = passed(create(tested, 'SELECT Id, Name FROM Contact'));
  await tested.planner.remember({
    ...created.opens!,
    id: job,
    integration: identity.integration,
    family: identity.family,
  });
  const results = (query: string, remaining: number): string => {
    const { forward } = passed(tested.ask(`${target}/${job}/results${query}`, { remaining }));
    assert.equal(forward.headers.get('accept'), 'text/csv');
    return forward.target.slice(`${target}/${job}/results`.length);
  };
  assert.equal(results('', Number.POSITIVE_INFINITY), '');
  assert.equal(results('', 1500), '?maxRecords=1500');
  assert.equal(results('?maxRecords=50000', 1500), '?maxRecords=1500');
  assert.equal(results('?maxRecords=500', 1500), '?maxRecords=500');
  assert.equal(results('?locator=MTAwMDA%3D', 1500), '?locator=MTAwMDA%3D&maxRecords=1500');
  assert.equal(results('?maxRecords=500&locator=abc', Number.POSITIVE_INFINITY), '?locator=abc&maxRecords=500');
  assert.equal(reasonOf(tested.ask(`${target}/${job}/results`, { remaining: 0 })), 'budget');
  assert.equal(
    passed(tested.ask(`${target}/${job}/results`, { remaining: 0, policy: { isDryRun: true } })).wouldRefuse.length,
    0,
  );
});

test('the list of jobs is a job answer, of which only own ones may leave', () => {
  const { ask } = testPlanner();
  const plan = passed(ask(target));
  assert.deepEqual([plan.expectation.kind, plan.forward.method, plan.forward.target], ['job', 'GET', target]);
  assert.equal(reasonOf(ask(target, { policy: { operations: new Set(['query']) } })), 'denied-operation');
  const filtered = `${target}?jobType=V2Query&queryLocator=01gR0000000opRTIAY-2000`;
  assert.equal(passed(ask(filtered)).forward.target, filtered);
  assert.equal(reasonOf(ask(`${target}?jobType=V2Query%26a=b`)), 'malformed-parameter');
  assert.equal(reasonOf(ask(`${target}?jobState=Done`)), 'unknown-parameter');
});
