import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { reasonOf, testPlanner } from './planner.fixture.ts';
import { isRefusal } from './refuse.ts';

const { understand } = testPlanner();

const asked = (target: string, asking = {}): unknown => {
  const call = understand(target, asking);
  return isRefusal(call) ? call.reason : call.asked;
};

const contact = '003000000000001AAA';
const job = '750R0000000zlh9IAA';

test('every path of the integrations is understood', () => {
  const kinds: readonly (readonly [string, string, object?])[] = [
    ['/services/data', 'about'],
    ['//services/data/', 'about'],
    ['/services/data/v64.0', 'about'],
    ['/services/data/v64.0/limits/', 'about'],
    ['/services/oauth2/userinfo', 'about'],
    ['/id/00D000000000001AAA/005000000000001AAA?format=json&oauth_token=00D!secret', 'identity'],
    ['/services/data/v64.0/sobjects', 'describe'],
    ['/services/data/v64.0/sobjects/Contact/describe', 'describe'],
    ['//services/data/v64.0/query?q=SELECT+Id+FROM+Contact', 'query'],
    ['/services/data/v64.0/query/?q=SELECT%20Id%20FROM%20Contact&columns=true', 'query'],
    ['/services/data/v64.0/queryAll?q=SELECT+Id+FROM+Contact', 'query'],
    ['/services/data/v64.0/query/01gD0000002HU6KIAW-2000', 'query-more'],
    [`/services/data/v64.0/sobjects/Contact/${contact}?fields=Id,Name`, 'retrieve'],
    [`/services/data/v64.0/composite/sobjects/Contact?ids=${contact}&fields=Id`, 'retrieve'],
    ['/services/data/v64.0/composite/sobjects/Contact', 'retrieve', { body: { ids: [contact], fields: ['Id'] } }],
    [
      '/services/data/v64.0/jobs/query',
      'bulk-create',
      { body: { operation: 'query', query: 'SELECT Id FROM Contact' } },
    ],
    ['/services/data/v64.0/jobs/query', 'bulk-list'],
    [`/services/data/v64.0/jobs/query/${job}`, 'bulk-see'],
    [`//services/data/v64.0/jobs/query/${job}/results?locator=MTAwMDA%3D&maxRecords=50000`, 'bulk-results'],
    [`/services/data/v64.0/jobs/query/${job}/resultPages`, 'bulk-pages'],
    [`/services/data/v64.0/jobs/query/${job}`, 'bulk-abort', { method: 'PATCH', body: { state: 'Aborted' } }],
    [`/services/data/v64.0/jobs/query/${job}`, 'bulk-delete', { method: 'DELETE' }],
    [
      '/services/data/v64.0/composite/batch',
      'composite',
      { body: { batchRequests: [{ method: 'GET', url: 'v64.0/limits' }] } },
    ],
  ];
  for (const [target, kind, asking] of kinds) {
    const call = understand(target, asking);
    assert.ok(!isRefusal(call), `${target}: ${JSON.stringify(call)}`);
    assert.equal(call.asked.kind, kind, target);
  }
});

test('what other servers may read in another way is refused', () => {
  const plain = '/services/data/v64.0/query?q=SELECT+Id+FROM+Contact';
  const tricks: readonly (readonly [string, string])[] = [
    ['/services/data/v64.0/%71uery?q=SELECT+Id+FROM+Contact', 'path-trick'],
    ['/services/data/v64.0/limits/%2e%2e/query', 'path-trick'],
    ['/services/data/v64.0/limits/..%2Fquery', 'path-trick'],
    ['/services/data/v64.0/limits/../query', 'path-trick'],
    ['/services/data/v64.0/./query', 'path-trick'],
    ['/services/data/v64.0/limits/..', 'path-trick'],
    ['/services//data/v64.0/query', 'path-trick'],
    ['/services/data/v64.0/query//', 'path-trick'],
    ['/services/data/v64.0/query;a=b?q=SELECT+Id+FROM+Contact', 'path-trick'],
    ['/services/data/v64.0/query\0', 'path-trick'],
    ['/services/data/v64.0/query%00', 'path-trick'],
    ['/services/data/v64.0/quer\u{ff59}', 'path-trick'],
    ['/services\\data', 'path-trick'],
    ['http://crm.example/services/data', 'path-trick'],
    ['services/data', 'path-trick'],
    ['*', 'path-trick'],
    ['', 'path-trick'],
    [`/services/data/v64.0/query?q=${'a'.repeat(16_384)}`, 'oversize-target'],
    [`${plain}&q=SELECT+Id+FROM+Case`, 'duplicate-parameter'],
    [`${plain}&explain=SELECT+Id+FROM+Case`, 'unknown-parameter'],
    [`${plain}&Q=SELECT+Id+FROM+Case`, 'unknown-parameter'],
    [`${plain}&_HttpMethod=PATCH`, 'method-override'],
    [`${plain}&%71=SELECT+Id+FROM+Case`, 'malformed-parameter'],
    [`${plain}&`, 'malformed-parameter'],
    [`${plain}&q`, 'malformed-parameter'],
    [`${plain}%`, 'malformed-parameter'],
    [`${plain}%c0%af`, 'malformed-parameter'],
    [`${plain}%00`, 'malformed-parameter'],
    [`${plain}#a`, 'malformed-parameter'],
    [`${plain}&columns=false`, 'format'],
    ['/services/data/v64.0/limits?a=b', 'unknown-parameter'],
    [`/services/data/v64.0/jobs/query/${job}/results?maxRecords=0`, 'malformed-parameter'],
    [`/services/data/v64.0/jobs/query/${job}/results?maxRecords=1e9`, 'malformed-parameter'],
    [`/services/data/v64.0/jobs/query/${job}/results?locator=a%0d%0ab`, 'malformed-locator'],
    [`/services/data/v64.0/sobjects/Contact/${contact}?fields=Name,Account.Name`, 'malformed-fields'],
    [`/services/data/v64.0/composite/sobjects/Contact?ids=${contact},x&fields=Id`, 'malformed-id'],
    ['/services/data/v64.0/query/..-2000', 'malformed-locator'],
    ['/services/data/v64.0/query/01g_2000', 'malformed-locator'],
  ];
  for (const [target, reason] of tricks) assert.equal(asked(target), reason, target);
});

test('names in another case, and paths that nobody has heard of, are closed', () => {
  const unknown: readonly (readonly [string, string])[] = [
    ['/Services/data/v64.0/query?q=SELECT+Id+FROM+Contact', 'unknown-path'],
    ['/services/data/V64.0/query?q=SELECT+Id+FROM+Contact', 'unknown-path'],
    ['/services/data/v64.0/Query?q=SELECT+Id+FROM+Contact', 'unknown-path'],
    ['/services/data/v64/query?q=SELECT+Id+FROM+Contact', 'unknown-path'],
    ['/services/data/v064.0/query?q=SELECT+Id+FROM+Contact', 'unknown-path'],
    ['/services/data/v64.0/query.json?q=SELECT+Id+FROM+Contact', 'unknown-path'],
    ['/', 'unknown-path'],
    ['/secur/frontdoor.jsp', 'unknown-path'],
    [`/services/data/v64.0/sobjects/Contact/${contact}/Account`, 'unknown-path'],
    ['/services/data/v64.0/sobjects/Contact/Email/a.b', 'unknown-path'],
    ['/services/data/v64.0/sobjects/Contact/updated', 'unknown-path'],
    ['/services/data/v64.0/sobjects/Attachment/00P000000000001/Body', 'unknown-path'],
    ['/services/Soap/u/64.0', 'soap'],
    ['/services/async/64.0/job', 'bulk-v1'],
    ['/services/apexrest/stores/v1', 'apexrest'],
    ['/cometd/64.0', 'streaming'],
    ['/services/data/v64.0/tooling/query?q=SELECT+Id+FROM+ApexClass', 'tooling'],
    ['/services/data/v64.0/search?q=FIND+%7Bx%7D', 'search'],
    ['/services/data/v64.0/parameterizedSearch?q=x', 'search'],
    ['/services/data/v64.0/graphql', 'graphql'],
    ['/services/data/v64.0/ui-api/records/003000000000001', 'ui-api'],
    ['/services/data/v64.0/analytics/reports/00O000000000001', 'analytics'],
    ['/services/data/v64.0/chatter/feeds', 'chatter'],
    ['/services/data/v64.0/connect/cms', 'connect'],
    ['/services/data/v64.0/jobs/ingest/750000000000001', 'ingest'],
  ];
  for (const [target, reason] of unknown) {
    const unread = understand(target);
    assert.ok(!isRefusal(unread) && unread.asked.kind === 'unread', target);
    assert.equal(unread.asked.refusal.reason, reason, target);
    const written = target.includes('/sobjects/') ? 'write' : reason;
    assert.equal(asked(target, { method: 'POST', body: {} }), written, target);
  }
});

test('writes are refused as what they are', () => {
  const writes: readonly (readonly [string, string, string])[] = [
    ['POST', '/services/data/v64.0/sobjects/Contact', 'write'],
    ['PATCH', `/services/data/v64.0/sobjects/Contact/${contact}`, 'write'],
    ['DELETE', `/services/data/v64.0/sobjects/Contact/${contact}`, 'write'],
    ['PATCH', '/services/data/v64.0/composite/sobjects', 'write'],
    ['POST', '/services/data/v64.0/composite/sobjects', 'write'],
    ['DELETE', '/services/data/v64.0/composite/sobjects', 'write'],
    ['PUT', `/services/data/v64.0/jobs/query/${job}`, 'write'],
    ['POST', '/services/data/v64.0/composite/tree/Contact', 'composite-tree'],
    ['POST', '/services/data/v64.0/composite/graph', 'composite-graph'],
    ['POST', '/services/data/v64.0/query?q=SELECT+Id+FROM+Contact', 'method'],
    ['HEAD', '/services/data/v64.0/query?q=SELECT+Id+FROM+Contact', 'method'],
    ['get', '/services/data/v64.0/query?q=SELECT+Id+FROM+Contact', 'method'],
    ['GET', '/services/data/v64.0/sobjects/Contact', 'recent-items'],
  ];
  for (const [method, target, reason] of writes) assert.equal(asked(target, { method }), reason, `${method} ${target}`);
});

test('a body is JSON of one meaning, or nothing', () => {
  const target = '/services/data/v64.0/jobs/query';
  const good = { operation: 'query', query: 'SELECT Id FROM Contact' };
  const bodies: readonly (readonly [unknown, string])[] = [
    ['', 'empty-body'],
    ['{"operation":"query","query":"SELECT Id FROM Contact","query":"SELECT Id FROM Case"}', 'ambiguous-json'],
    ['{"operation":"query","query":"SELECT Id FROM Contact","qu\\u0065ry":"SELECT Id FROM Case"}', 'ambiguous-json'],
    ['{"operation":"query","query":"SELECT Id FROM Contact","__proto__":{}}', 'ambiguous-json'],
    [`${'['.repeat(40)}${']'.repeat(40)}`, 'ambiguous-json'],
    ['\ufeff{"operation":"query","query":"SELECT Id FROM Contact"}', 'malformed-json'],
    ["{'operation':'query'}", 'malformed-json'],
    [{ ...good, externalIdFieldName: 'x' }, 'unknown-body'],
    [{ ...good, contentType: 'JSON' }, 'unknown-body'],
    [{ ...good, columnDelimiter: ',' }, 'unknown-body'],
    [{ ...good, operation: 'insert' }, 'unknown-body'],
    [{ ...good, query: 'SELECT Id FROM Contact -- all' }, 'malformed-query'],
    [{ ...good, query: 'SELECT Id /* all */ FROM Contact' }, 'malformed-query'],
    [{ ...good, query: 'SELECT Id FROM Contact; SELECT Id FROM Case' }, 'malformed-query'],
    [{ ...good, query: "SELECT Id FROM Contact WHERE Name = '\0'" }, 'ambiguous-literal'],
    [{ ...good, query: "SELECT Id FROM Contact WHERE Name = '\ud800'" }, 'ambiguous-literal'],
    [{ ...good, query: ['SELECT Id FROM Contact'] }, 'unknown-body'],
    [`{"operation":"query","query":"${'x'.repeat(700_000)}"}`, 'oversize-body'],
  ];
  for (const [body, reason] of bodies) assert.equal(asked(target, { body }), reason, JSON.stringify(body).slice(0, 90));
  for (const type of ['text/plain', 'application/xml', 'application/json; charset=utf-16', 'multipart/form-data', ''])
    assert.equal(asked(target, { body: good, headers: { 'content-type': type } }), 'content-type', type);
  assert.equal(asked(target, { body: good, headers: { 'content-encoding': 'gzip' } }), 'content-encoding');
  assert.equal(asked('/services/data/v49.0/jobs/query', { body: good }), 'version');
});

test('a GET may say a content type, as clients do, but bring no body', () => {
  const target = `/services/data/v64.0/jobs/query/${job}/results`;
  const call = understand(target, { headers: { 'content-type': 'text/csv' } });
  assert.ok(!isRefusal(call));
  assert.equal(asked(target, { method: 'GET', body: {} }), 'oversize-body');
});

test('only harmless headers go on', () => {
  const headers = {
    authorization: 'Bearer 00D!secret',
    cookie: 'sid=00D!secret',
    'x-sfdc-session': '00D!secret',
    'x-prettyprint': '1',
    accept: 'application/xml',
    range: 'bytes=0-9',
    'if-modified-since': 'Mon, 23 Nov 2026 00:00:00 GMT',
    'user-agent': 'sfdx toolbelt:',
    'accept-encoding': 'gzip, deflate, br',
    'sforce-call-options': 'client=sfdx toolbelt:',
    'sforce-query-options': 'batchSize=5000',
  };
  const call = understand('/services/data/v64.0/query?q=SELECT+Id+FROM+Contact', { headers });
  assert.ok(!isRefusal(call));
  assert.deepEqual(Object.fromEntries(call.headers), {
    'user-agent': 'sfdx toolbelt:',
    'accept-encoding': 'gzip',
    'sforce-call-options': 'client=sfdx toolbelt:',
    'sforce-query-options': 'batchSize=2000',
  });
  for (const coding of ['br', 'gzip;q=0', 'deflate, identity', '*', 'xgzip']) {
    const other = understand('/services/data', { headers: { 'accept-encoding': coding } });
    assert.ok(!isRefusal(other));
    assert.equal(other.headers.get('accept-encoding'), 'identity', coding);
  }
});

test('headers that change what is asked are refused', () => {
  const tricks: readonly (readonly [string, string, string])[] = [
    ['x-http-method-override', 'DELETE', 'method-override'],
    ['x-http-method', 'PATCH', 'method-override'],
    ['sforce-call-options', 'client=a, defaultNamespace=vendor', 'default-namespace'],
    ['sforce-query-options', 'batchSize=many', 'query-options'],
    ['sforce-query-options', 'batchSize=200, batchSize=2000', 'query-options'],
  ];
  for (const [name, value, reason] of tricks)
    assert.equal(reasonOf(understand('/services/data', { headers: { [name]: value } })), reason, name);
});

test('a path that was tampered with never reaches another kind than the plain one', () => {
  const plain: readonly (readonly [string, string])[] = [
    ['/services/data/v64.0/query?q=SELECT+Id+FROM+Contact', 'query'],
    [`/services/data/v64.0/sobjects/Contact/${contact}`, 'retrieve'],
    ['/services/data/v64.0/sobjects/Contact/describe', 'describe'],
    [`/services/data/v64.0/jobs/query/${job}/results`, 'bulk-results'],
    ['/services/data/v64.0/limits', 'about'],
  ];
  const tricks = [
    '/',
    '//',
    '%2f',
    '%2F',
    '%2e%2e/',
    '../',
    './',
    ';',
    ';a=b',
    '%00',
    '\0',
    '%20',
    '.',
    '\\',
    '%5c',
    'é',
  ];
  const junk = fc.oneof(fc.constantFrom(...tricks), fc.string({ maxLength: 3 }));
  fc.assert(
    fc.property(fc.constantFrom(...plain), fc.nat(70), junk, fc.boolean(), ([target, kind], position, text, cased) => {
      const at = position % target.length;
      const changed = cased
        ? target.slice(0, at) + target.charAt(at).toUpperCase() + target.slice(at + 1)
        : target.slice(0, at) + text + target.slice(at);
      const call = understand(changed);
      if (isRefusal(call)) return;
      // An id that runs on into another is another row; a resource's own name cut in two is an unread path.
      assert.ok([kind, 'unread'].includes(call.asked.kind), `${changed} became ${call.asked.kind}`);
    }),
    { numRuns: 5000 },
  );
});
