import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import type { Failure } from '#model/result.ts';
import { askVendor } from './ask-vendor.ts';

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Record<string, string>;
}

let answer: Answer = { status: 200, body: '' };
const server = createServer((_, response) => {
  response.writeHead(answer.status, answer.headers);
  response.end(answer.body);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
after(() => server.close());
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/logs`;
const now = Date.UTC(2026, 10, 24, 3);

async function failureOf(next: Answer): Promise<Failure> {
  answer = next;
  const asked = await askVendor({ vendor: 'Vendor', url, signal: AbortSignal.timeout(5000), clock: () => now });
  assert.ok(!asked.ok);
  return asked.failure;
}

const laterOf = async (headers: Record<string, string>, status = 429) =>
  failureOf({ status, body: '', headers }).then((failure) => failure.kind === 'later' && failure.afterMs);

test('a vendor that asks to wait is waited for as long as it says, at most an hour', async () => {
  assert.equal(await laterOf({ 'retry-after': '7' }), 7000);
  assert.equal(await laterOf({ 'retry-after': new Date(now + 90_000).toUTCString() }, 503), 90_000);
  assert.equal(await laterOf({ 'x-rate-limit-reset': String(now / 1000 + 30) }), 30_000);
  assert.equal(await laterOf({ 'retry-after': '86400' }), 3_600_000);
  assert.equal(await laterOf({}), 60_000);
});

test('of an error that is written for machines people read the vendor’s sentence and its code', async () => {
  const graph = { error: { code: 'TooManyRequests', message: 'Too many requests.', innerError: { date: '2026' } } };
  const google = { error: { code: 403, message: 'Quota exceeded.', errors: [{ reason: 'rateLimitExceeded' }] } };
  const okta = { errorCode: 'E0000047', errorSummary: 'API call exceeded rate limit', errorCauses: [] };
  const salesforce = [{ message: 'No such column', errorCode: 'INVALID_FIELD' }];
  const oauth = { error: 'invalid_client', error_description: 'unknown client' };
  const said = async (body: string) => {
    const failure = await failureOf({ status: 403, body });
    return failure.kind === 'refused' && failure.why;
  };
  assert.equal(await said(JSON.stringify(graph)), '403 TooManyRequests: Too many requests.');
  assert.equal(await said(JSON.stringify(google)), '403 Quota exceeded.');
  assert.equal(await said(JSON.stringify(okta)), '403 E0000047: API call exceeded rate limit');
  assert.equal(await said(JSON.stringify(salesforce)), '403 INVALID_FIELD: No such column');
  assert.equal(await said(JSON.stringify(oauth)), '403 invalid_client: unknown client');
  assert.equal(await said('<h1>Forbidden</h1>\n by a proxy'), '403 <h1>Forbidden</h1> by a proxy');
  assert.equal(await said('{"half'), '403 {"half');
});

test('a redirect is not followed, a broken connection says why', async () => {
  const redirected = await failureOf({ status: 302, body: '', headers: { location: 'http://127.0.0.1:1/' } });
  assert.equal(redirected.kind, 'invalid');
  const asked = await askVendor({
    vendor: 'Vendor',
    url: 'http://127.0.0.1:1/',
    signal: AbortSignal.timeout(5000),
    clock: () => now,
  });
  assert.ok(!asked.ok && asked.failure.kind === 'broken' && asked.failure.by === 'Vendor');
});
