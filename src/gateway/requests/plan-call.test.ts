import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plan } from '../call.ts';
import { grant, passed, reasonOf, testPlanner } from './planner.fixture.ts';
import { isRefusal } from './refuse.ts';

const { ask } = testPlanner();
const root = '/services/data/v64.0';
const contact = '003000000000001AAA';
const account = '001000000000001AAA';

const bodyOf = ({ forward }: Plan): unknown => JSON.parse(new TextDecoder().decode(forward.body));
const recordsOf = ({ expectation }: Plan): unknown =>
  expectation.kind === 'records' ? expectation.records.map(({ object, fields }) => [object, fields]) : expectation.kind;

test('calls about the org itself go on, rebuilt, without anything that came in the address', () => {
  const targets: readonly (readonly [string, string])[] = [
    ['//services/data/', '/services/data'],
    [`${root}/`, root],
    [`/${root}/limits`, `${root}/limits`],
    ['/services/oauth2/userinfo', '/services/oauth2/userinfo'],
    [
      '/id/00D000000000001EAA/005000000000001AAA?format=json&oauth_token=00D!secret',
      '/id/00D000000000001EAA/005000000000001AAA',
    ],
  ];
  for (const [target, forwarded] of targets) {
    const plan = passed(ask(target));
    assert.equal(plan.forward.target, forwarded);
    assert.equal(plan.expectation.kind, 'no-records');
    assert.equal(plan.forward.headers.get('accept'), 'application/json');
  }
});

test('the identity is the own one, in short ids too, and nobody else’s in a dry run either', () => {
  assert.equal(
    passed(ask('/id/00D000000000001/005000000000001')).forward.target,
    '/id/00D000000000001/005000000000001',
  );
  const foreign = [
    '/id/00D000000000001EAA/005000000000002AAA',
    '/id/00D000000000002EAA/005000000000001AAA',
    '/id/00D000000000001/00500000000000A',
    '/id/00D000000000001EAB/005000000000001AAA',
  ];
  for (const target of foreign) {
    for (const asking of [{}, { policy: { isDryRun: true } }]) {
      const refused = ask(target, asking);
      assert.equal(reasonOf(refused), 'other-identity', target);
      assert.ok(isRefusal(refused) && refused.status === 403 && refused.errorCode === 'INSUFFICIENT_ACCESS');
    }
  }
  const unregistered = ask('/id/00D000000000001EAA/005000000000001AAA', { as: { integration: 'unregistered' } });
  assert.equal(reasonOf(unregistered), 'other-identity');
});

test('a description needs its operation and its object', () => {
  assert.equal(passed(ask(`${root}/sobjects`)).forward.target, `${root}/sobjects`);
  assert.equal(passed(ask(`${root}/sobjects/Contact/describe/`)).forward.target, `${root}/sobjects/Contact/describe`);
  assert.equal(reasonOf(ask(`${root}/sobjects/Order/describe`)), 'denied-object');
  assert.equal(reasonOf(ask(`${root}/sobjects`, { policy: { operations: new Set(['query']) } })), 'denied-operation');
});

test('a row is asked for by name: with the fields it names, or with those the policy lists', () => {
  const named = passed(ask(`${root}/sobjects/contact/${contact}?fields=Name,%20phone`));
  assert.equal(named.forward.target, `${root}/sobjects/Contact/${contact}?fields=Id%2CName%2Cphone`);
  assert.deepEqual(recordsOf(named), [['Contact', ['Id', 'Name', 'phone']]]);
  const unnamed = passed(ask(`${root}/sobjects/Account/${account}`));
  assert.equal(
    unnamed.forward.target,
    `${root}/sobjects/Account/${account}?fields=Id%2CName%2CBillingCountry%2COwnerId`,
  );
  const withCustomer = passed(ask(`${root}/sobjects/Case/500000000000001AAA?fields=Subject`));
  assert.deepEqual(recordsOf(withCustomer), [['Case', ['Id', 'Subject', 'ContactId']]]);
  assert.equal(reasonOf(ask(`${root}/sobjects/Contact/${contact}`)), 'unnamed-fields');
  assert.equal(reasonOf(ask(`${root}/sobjects/Contact/${contact}?fields=Name,EMAIL`)), 'denied-field');
  assert.equal(reasonOf(ask(`${root}/sobjects/Account/${account}?fields=Phone`)), 'denied-field');
  assert.equal(reasonOf(ask(`${root}/sobjects/Order/801000000000001?fields=Id`)), 'denied-object');
  const open = passed(ask(`${root}/sobjects/Contact/${contact}`, { policy: { objects: new Map([grant('Contact')]) } }));
  assert.equal(open.forward.target, `${root}/sobjects/Contact/${contact}`);
  assert.deepEqual(recordsOf(open), [['Contact', undefined]]);
});

test('records of reference data are said to be nobody’s', () => {
  const target = `${root}/query?q=${encodeURIComponent('SELECT Id, RecordType.Name FROM Case')}`;
  const { expectation } = passed(ask(target));
  assert.deepEqual(
    expectation.kind === 'records' && expectation.records.map(({ object, customerField }) => [object, customerField]),
    [
      ['Case', 'ContactId'],
      ['RecordType', ''],
    ],
  );
  const owned = {
    policy: { objects: new Map([grant('RecordType', { isReference: true, customerField: 'Owner__c' })]) },
  };
  const rows = passed(ask(`${root}/sobjects/RecordType/012000000000001AAA?fields=Name`, owned)).expectation;
  assert.equal(rows.kind === 'records' && rows.records[0]?.customerField, 'Owner__c');
});

test('rows go as POST, and never more than may leave', () => {
  const body = { ids: [contact, contact], fields: ['LastName'] };
  const posted = passed(ask(`${root}/composite/sobjects/Contact`, { body }));
  const got = passed(ask(`${root}/composite/sobjects/Contact?ids=${contact},${contact}&fields=LastName`));
  for (const plan of [posted, got]) {
    assert.deepEqual([plan.forward.method, plan.forward.target], ['POST', `${root}/composite/sobjects/Contact`]);
    assert.deepEqual(bodyOf(plan), { ids: [contact, contact], fields: ['Id', 'LastName'] });
    assert.equal(plan.forward.headers.get('content-type'), 'application/json; charset=UTF-8');
  }
  const over = ask(`${root}/composite/sobjects/Contact`, { body, remaining: 1 });
  assert.ok(isRefusal(over) && over.status === 403 && over.errorCode === 'REQUEST_LIMIT_EXCEEDED');
  const refused: readonly (readonly [object, string])[] = [
    [{ ids: [contact], fields: ['Email'] }, 'denied-field'],
    [{ ids: [contact], fields: [] }, 'malformed-fields'],
    [{ ids: [], fields: ['Id'] }, 'malformed-id'],
    [{ ids: Array(2001).fill(contact), fields: ['Id'] }, 'malformed-id'],
    [{ ids: [contact] }, 'unknown-body'],
  ];
  for (const [each, reason] of refused)
    assert.equal(reasonOf(ask(`${root}/composite/sobjects/Contact`, { body: each })), reason);
});

const part = (url: string, more: object = {}) => ({ method: 'GET', url, referenceId: `r${url.length}`, ...more });

test('each part of a composite is judged as a call, and the whole expects what any part may answer', () => {
  const plan = passed(
    ask(`/${root}/composite`, {
      body: {
        allOrNone: true,
        compositeRequest: [
          part(`${root}/query?q=SELECT+Name+FROM+Contact`),
          part(`${root}/sobjects/Contact/${contact}?fields=Phone`),
          part(`${root}/composite/sobjects/Account`, { method: 'POST', body: { ids: [account], fields: ['Name'] } }),
          part(`${root}/limits`),
        ],
      },
    }),
  );
  assert.deepEqual(recordsOf(plan), [
    ['Contact', ['Id', 'Name', 'Phone']],
    ['Account', ['Id', 'Name']],
  ]);
  assert.equal(plan.expectation.kind === 'records' && plan.expectation.aggregates, 0);
  assert.equal(plan.opens?.query, 'SELECT Id, Name FROM Contact');
  const { allOrNone, compositeRequest } = bodyOf(plan) as {
    allOrNone: boolean;
    compositeRequest: { url: string; body?: unknown }[];
  };
  assert.equal(allOrNone, true);
  assert.deepEqual(
    compositeRequest.map(({ url, body }) => [url, body]),
    [
      [`${root}/query?q=SELECT%20Id%2C%20Name%20FROM%20Contact`, undefined],
      [`${root}/sobjects/Contact/${contact}?fields=Id%2CPhone`, undefined],
      [`${root}/composite/sobjects/Account`, { ids: [account], fields: ['Id', 'Name'] }],
      [`${root}/limits`, undefined],
    ],
  );
});

test('a batch keeps its own form', () => {
  const body = { batchRequests: [{ method: 'GET', url: `v64.0/query?q=SELECT+Name+FROM+Contact` }] };
  const plan = passed(ask(`${root}/composite/batch`, { body }));
  assert.deepEqual(bodyOf(plan), {
    haltOnError: false,
    batchRequests: [{ method: 'GET', url: 'v64.0/query?q=SELECT%20Id%2C%20Name%20FROM%20Contact' }],
  });
});

test('nothing slips through a composite that would be refused alone', () => {
  const refused: readonly (readonly [object, string])[] = [
    [part(`${root}/query?q=SELECT+Email+FROM+Contact`), 'denied-field'],
    [part(`${root}/query?q=SELECT+Id+FROM+Contact+ORDER+BY+TotalSpend__c`), 'denied-field'],
    [part(`${root}/sobjects/Contact/${contact}?fields=Email`), 'denied-field'],
    [part(`${root}/query?q=SELECT+COUNT(Id)+FROM+Case`), 'composite-count'],
    [part(`${root}/query?q=SELECT+COUNT()+FROM+Contact+WHERE+Name+LIKE+'a%25'`), 'composite-count'],
    [part(`${root}/sobjects/Contact/@{r1.id}`), 'composite-reference'],
    [part(`${root}/query?q=SELECT+Id+FROM+Contact+WHERE+Id='@{r1.records[0].Id}'`), 'composite-reference'],
    [
      part(`${root}/composite/sobjects/Contact`, { method: 'POST', body: { ids: ['@{r1.id}'], fields: ['Id'] } }),
      'composite-reference',
    ],
    [
      part(`${root}/composite`, { method: 'POST', body: { compositeRequest: [part(`${root}/limits`)] } }),
      'composite-part',
    ],
    [part(`${root}/composite/batch`, { method: 'POST', body: { batchRequests: [] } }), 'unknown-body'],
    [
      part(`${root}/jobs/query`, { method: 'POST', body: { operation: 'query', query: 'SELECT Id FROM Contact' } }),
      'composite-part',
    ],
    [part(`${root}/jobs/query/750R0000000zlh9IAA/results`), 'composite-part'],
    [part(`${root}/query?q=SELECT+Id+FROM+Contact&columns=true`), 'composite-part'],
    [part(`${root}/sobjects/Contact`, { method: 'POST', body: { LastName: 'x' } }), 'write'],
    [part(`${root}/search?q=FIND+x`), 'search'],
    [part('/services/data/v63.0/limits'), 'composite-version'],
    [part('/services/oauth2/userinfo'), 'composite-version'],
    [part(`${root}/%71uery?q=SELECT+Id+FROM+Contact`), 'path-trick'],
    [part(`${root}/limits`, { body: {} }), 'unknown-body'],
    [part(`${root}/limits`, { httpHeaders: { 'X-PrettyPrint': '1' } }), 'unknown-body'],
    [part(`${root}/limits`, { referenceId: 'a.b' }), 'unknown-body'],
    [part(`${root}/query/01gD0000002HU6KIAW-2000`), 'unknown-locator'],
  ];
  for (const [each, reason] of refused) {
    const body = {
      compositeRequest: [part(`${root}/sobjects/describe-not`, { url: `${root}/limits`, referenceId: 'ok' }), each],
    };
    assert.equal(reasonOf(ask(`${root}/composite`, { body })), reason, JSON.stringify(each));
  }
  const many = {
    compositeRequest: Array.from({ length: 26 }, (_, at) => part(`${root}/limits`, { referenceId: `r${at}` })),
  };
  assert.equal(reasonOf(ask(`${root}/composite`, { body: many })), 'unknown-body');
  const twice = { compositeRequest: [part(`${root}/limits`), part(`${root}/limits`)] };
  assert.equal(reasonOf(ask(`${root}/composite`, { body: twice })), 'duplicate-reference');
});

test('a path that nobody speaks passes only where the policy opens it, and then as uncounted', () => {
  const openPaths = [{ path: '/services/apexrest/stores', why: 'the shop finder, no customers' }];
  const opened = { policy: { openPaths } };
  const plan = passed(ask('/services/apexrest/stores/paris?near=48.8%2C2.3', opened));
  assert.deepEqual(plan.expectation, { kind: 'uncounted', why: 'the shop finder, no customers' });
  assert.equal(plan.forward.target, '/services/apexrest/stores/paris?near=48.8%2C2.3');
  assert.equal(reasonOf(ask('/services/apexrest/storesecrets', opened)), 'apexrest');
  assert.equal(reasonOf(ask('/services/apexrest/stores', { ...opened, method: 'POST', body: {} })), 'apexrest');
  assert.equal(reasonOf(ask('/services/apexrest/stores/%2e%2e/customers', opened)), 'path-trick');
  assert.equal(reasonOf(ask('/services/apexrest/stores')), 'apexrest');
  assert.equal(reasonOf(ask('/services/apexrest/stores', { policy: { isDryRun: true } })), 'apexrest');
  // What is spoken is judged, whatever the policy opens.
  const wide = { policy: { openPaths: [{ path: root, why: 'everything' }] } };
  assert.equal(reasonOf(ask(`${root}/query?q=SELECT+Email+FROM+Contact`, wide)), 'denied-field');
  assert.equal(reasonOf(ask(`${root}/query?q=SELECT+Email+FROM+Contact&explain=1`, wide)), 'unknown-parameter');
});
