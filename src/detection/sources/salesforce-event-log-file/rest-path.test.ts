import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AddressMemory, type ApiRequest, readApiPath } from './rest-path.ts';

const data = '/services/data/v58.0';
const cases: readonly (readonly [string, string | undefined, Partial<ApiRequest>])[] = [
  [`${data}/sobjects/`, 'GET', { activity: 'list-objects', version: '58.0' }],
  [`//services/data/v58.0/sobjects`, undefined, { activity: 'list-objects', path: `${data}/sobjects` }],
  ['https://house.my.salesforce.com/services/data/v58.0/sobjects/', 'GET', { activity: 'list-objects' }],
  ['/v58.0/sobjects/Case/describe', 'GET', { activity: 'describe-object', objects: ['Case'] }],
  [`${data}/sobjects/Case/describe/layouts`, 'GET', { activity: 'describe-object' }],
  [`${data}/sobjects/Case`, 'GET', { activity: 'describe-object' }],
  [`${data}/sobjects/Case`, 'POST', { activity: 'write' }],
  [`${data}/sobjects/Contact/0033X00000BoLQR`, 'GET', { activity: 'query', recordId: '0033X00000BoLQRQA3' }],
  [`${data}/sobjects/Contact/Loyalty__c/A-77`, 'GET', { activity: 'query', recordId: undefined }],
  [`${data}/sobjects/Contact/0033X00000BoLQR`, 'PATCH', { activity: 'write' }],
  [`${data}/sobjects/Contact/updated/?start=2026`, 'GET', { activity: 'query' }],
  [`${data}/sobjects/ContentVersion/0683X00000HpIG7/VersionData`, 'GET', { activity: 'file-read' }],
  [`${data}/sobjects/Contact/listviews/00B0O000008kzau/results`, 'GET', { activity: 'list-view' }],
  [
    `${data}/limits/recordCount?sObjects=Account,Contact`,
    'GET',
    { activity: 'count', objects: ['Account', 'Contact'] },
  ],
  [
    `${data}/queryAll/?q=SELECT+Id+FROM+Lead`,
    'GET',
    { activity: 'query', operation: 'queryAll', query: 'SELECT+Id+FROM+Lead' },
  ],
  [`${data}/query?explain=SELECT+Id+FROM+Lead`, 'GET', { activity: 'api-call' }],
  [`${data}/search/?q=FIND+%7Bvip%7D`, 'GET', { activity: 'search', query: 'FIND+%7Bvip%7D' }],
  [`${data}/parameterizedSearch?q=vip&sobject=Contact`, 'GET', { activity: 'search', objects: ['Contact'] }],
  [`${data}/jobs/query`, 'POST', { activity: 'bulk-create', service: 'Bulk2' }],
  [`${data}/jobs/query`, 'GET', { activity: 'bulk-progress' }],
  [`${data}/jobs/query/7503X00000as1sz`, 'GET', { activity: 'bulk-progress', jobId: '7503X00000as1szQAA' }],
  [`${data}/jobs/query/7503X00000as1sz`, 'PATCH', { activity: 'bulk-abort' }],
  [`${data}/jobs/query/7503X00000as1sz`, 'DELETE', { activity: 'bulk-delete' }],
  [`${data}/jobs/query/7503X00000as1sz/results?locator=MTAwMDA`, 'GET', { activity: 'bulk-result' }],
  [`${data}/jobs/ingest`, 'POST', { activity: 'bulk-write' }],
  [`${data}/composite`, 'POST', { activity: 'api-call' }],
  [`${data}/composite/sobjects/Contact`, 'POST', { activity: 'query', objects: ['Contact'] }],
  [`${data}/composite/sobjects`, 'POST', { activity: 'write' }],
  [`${data}/composite/tree/Account`, 'POST', { activity: 'write' }],
  [`${data}/tooling/query?q=SELECT+Id+FROM+ApexClass`, 'GET', { activity: 'describe-object', service: 'Tooling' }],
  [`${data}/analytics/reports/00O3X00000C8gq9`, 'GET', { activity: 'report-run', recordId: '00O3X00000C8gq9UAB' }],
  [`${data}/analytics/reports/00O3X00000C8gq9/describe`, 'GET', { activity: 'describe-object' }],
  [`${data}/ui-api/records/0033X00000BoLQR`, 'GET', { activity: 'record-view' }],
  [`${data}/ui-api/object-info/Contact`, 'GET', { activity: 'describe-object', objects: ['Contact'] }],
  [`${data}/graphql`, 'POST', { activity: 'query' }],
  [`${data}/connect/files/0693X00000HKWgj/content`, 'GET', { activity: 'file-read' }],
  [`${data}/`, 'GET', { activity: 'api-call' }],
  [
    '/services/async/58.0/job/7503X00000as1sz/batch',
    'POST',
    { activity: 'api-call', service: 'Bulk', version: '58.0' },
  ],
  ['/services/apexrest/loyalty/v1/points', 'GET', { activity: 'api-call', service: 'Apex' }],
  ['/services/oauth2/token', 'POST', { activity: 'api-call' }],
  ['', undefined, { activity: 'api-call', path: '' }],
];

test('an address tells what was asked', () => {
  for (const [uri, method, expected] of cases) {
    const request: Partial<ApiRequest> = readApiPath(uri, method);
    for (const [name, value] of Object.entries(expected))
      assert.deepEqual(request[name as keyof ApiRequest], value, `${name} of ${method} ${uri}`);
  }
});

test('the memory of addresses gives what reading gives, and keeps few', () => {
  const memory = new AddressMemory(5);
  for (let round = 0; round < 2; round++)
    for (const [uri, method] of cases) {
      assert.deepEqual(memory.read(uri, method), readApiPath(uri, method));
      assert.ok(memory.size <= 5);
    }
  const few = new AddressMemory();
  for (const id of ['003Jx0000000001AAA', '003Jx0000000002AAA']) few.read(`${data}/sobjects/Contact/${id}`, 'GET');
  assert.equal(few.size, 0, 'an address with the id of a record hardly comes again');
  few.read(`${data}/query`, 'GET');
  assert.equal(few.read(`${data}/query`, 'GET'), few.read(`${data}/query`, 'GET'));
  assert.notEqual(
    few.read(`${data}/sobjects/Case`, 'POST').activity,
    few.read(`${data}/sobjects/Case`, 'GET').activity,
  );
});
