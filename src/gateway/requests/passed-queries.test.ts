import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseSoql } from '#soql/parse-soql.ts';
import type { Soql } from '#soql/query.ts';
import { forwardedSoql, grant, passed, queryTarget, testPlanner } from './planner.fixture.ts';
import { isRefusal } from './refuse.ts';

/** Queries of a small world in which a name is denied everywhere or nowhere, so that a plain look tells right from wrong. */

const denied = ['email', 'totalspend__c', 'mailingstreet', 'mailingaddress', 'ownerid', 'owner'];
const objects = new Map([
  grant('Contact', { denied, customerField: 'AccountId' }),
  grant('Account', { denied, customerField: 'Id' }),
  grant('Case', { denied }),
]);

const maybe = (text: fc.Arbitrary<string>, chance = 2): fc.Arbitrary<string> =>
  fc.oneof({ weight: chance, arbitrary: fc.constant('') }, { weight: 1, arbitrary: text });
const join = (...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> => fc.tuple(...parts).map((all) => all.join(''));
const listOf = (item: fc.Arbitrary<string>, most = 3): fc.Arbitrary<string> =>
  fc.array(item, { minLength: 1, maxLength: most }).map((items) => items.join(', '));

const name = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('Id', 'Name', 'Phone', 'CreatedDate', 'AccountId', 'nAmE') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('Email', 'eMAIL', 'TotalSpend__c', 'MailingStreet', 'MailingAddress', 'OwnerId'),
  },
);
const relation = fc.constantFrom('Account', 'Contact', 'c', 'ReportsTo', 'Parent', 'Owner', 'Cases', 'x');
const field = join(maybe(join(relation, fc.constant('.'), maybe(join(relation, fc.constant('.')), 4)), 3), name);
const functions = fc.constantFrom('toLabel', 'CALENDAR_YEAR', 'COUNT', 'MIN', 'DISTANCE', 'FORMAT', 'COUNT_DISTINCT');
const call = join(functions, fc.constant('('), field, fc.constant(')'));
const operand = fc.oneof({ weight: 6, arbitrary: field }, { weight: 1, arbitrary: call });
const object = fc.constantFrom(
  'Contact',
  'Contact c',
  'Account',
  'Case',
  'case AS c',
  'Account Contact',
  'Order',
  'Contact Account',
);

const { query } = fc.letrec<{ query: string; condition: string; selection: string }>((tie) => ({
  selection: fc.oneof(
    { maxDepth: 2, depthIdentifier: 'soql' },
    { weight: 12, arbitrary: operand },
    {
      weight: 1,
      arbitrary: fc.constantFrom('COUNT()', 'FIELDS(ALL)', 'TYPEOF Owner WHEN User THEN Email END', 'Name n'),
    },
    {
      weight: 2,
      arbitrary: join(
        fc.constant('(SELECT '),
        listOf(operand, 2),
        fc.constantFrom(' FROM Contacts', ' FROM Cases', ' FROM c.Cases k'),
        maybe(join(fc.constant(' WHERE '), tie('condition'))),
        maybe(join(fc.constant(' ORDER BY '), operand)),
        fc.constant(')'),
      ),
    },
  ),
  condition: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'soql' },
    join(operand, fc.constantFrom(" = 'a'", ' != null', " LIKE '%Email%'", ' > 5', " IN ('a', 'b')")),
    join(fc.constant('('), tie('condition'), fc.constantFrom(' AND ', ' OR '), tie('condition'), fc.constant(')')),
    join(fc.constant('NOT '), tie('condition')),
    join(field, fc.constantFrom(' IN (', ' NOT IN ('), tie('query'), fc.constant(')')),
  ),
  query: join(
    fc.constantFrom('SELECT ', 'select '),
    listOf(tie('selection')),
    fc.constant(' FROM '),
    object,
    maybe(join(fc.constant(' WHERE '), tie('condition')), 1),
    maybe(join(fc.constant(' GROUP BY '), field), 12),
    maybe(join(fc.constant(' HAVING '), tie('condition')), 20),
    maybe(join(fc.constant(' ORDER BY '), operand, fc.constantFrom('', ' DESC')), 3),
    maybe(fc.constantFrom(' LIMIT 5', ' LIMIT 100000'), 3),
    maybe(fc.constantFrom(' FOR VIEW', ' ALL ROWS', ' USING SCOPE Mine'), 20),
  ),
}));

/** Every name of a field or relationship that stands anywhere in the query, whatever its place in it. */
function namesIn(part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap(namesIn);
  if (typeof part !== 'object' || part === null) return [];
  const own = 'kind' in part && part.kind === 'field' && 'path' in part ? (part.path as string[]) : [];
  return [...own, ...Object.values(part).flatMap(namesIn)];
}

function reparse(text: string): Soql {
  const parsed = parseSoql(text);
  assert.ok(parsed.ok, text);
  return parsed.value;
}

const selectsId = ({ select }: Soql): boolean =>
  select.some(
    (each) =>
      each.kind === 'column' && each.operand.kind === 'field' && each.operand.path.join().toLowerCase() === 'id',
  ) && select.every((each) => each.kind !== 'children' || selectsId(each.query));

test('a query that passes names nothing denied, reads its ids, and passes again as it is', () => {
  const { ask } = testPlanner();
  let passes = 0;
  fc.assert(
    fc.property(query, fc.integer({ min: 1, max: 5000 }), (soql, remaining) => {
      const answer = ask(queryTarget(soql), { policy: { objects }, remaining });
      if (isRefusal(answer)) return;
      passes += 1;
      const text = forwardedSoql(answer);
      const forwarded = reparse(text);
      const wrong = namesIn(forwarded).filter((each) => denied.includes(each.toLowerCase()));
      assert.deepEqual(wrong, [], `${soql} became ${text}`);
      if (answer.opens !== undefined) assert.ok(selectsId(forwarded), `${soql} became ${text}`);
      assert.equal(forwarded.from[0].alias, undefined);
      const { expectation } = answer;
      const leaving =
        expectation.kind === 'records' ? expectation.records.flatMap(({ fields }) => fields ?? ['*']) : [];
      for (const path of leaving)
        for (const each of path.split('.')) assert.ok(!denied.includes(each.toLowerCase()), path);
      assert.equal(forwardedSoql(passed(ask(queryTarget(text), { policy: { objects }, remaining }))), text);
    }),
    { numRuns: 4000 },
  );
  assert.ok(passes > 400, `${passes} of 4000 passed: the property would say nothing`);
});

test('what a job asks for is what its columns say, and its CSV names one object', () => {
  const { ask } = testPlanner();
  let passes = 0;
  fc.assert(
    fc.property(query, (soql) => {
      const answer = ask('/services/data/v64.0/jobs/query', {
        policy: { objects },
        body: { operation: 'query', query: soql },
      });
      if (isRefusal(answer)) return;
      passes += 1;
      const opened = answer.opens?.expectation;
      assert.ok(opened?.kind === 'bulk-csv');
      const columns = reparse(forwardedSoql(answer)).select.map((each) =>
        each.kind === 'column' && each.operand.kind === 'field' ? each.operand.path.join('.') : each.kind,
      );
      assert.deepEqual(opened.columns, columns);
      assert.ok(columns.every((column) => !column.includes('.')));
      assert.ok(columns.some((column) => column.toLowerCase() === 'id'));
    }),
    { numRuns: 2000 },
  );
  assert.ok(passes > 100, `${passes} of 2000 passed: the property would say nothing`);
});
