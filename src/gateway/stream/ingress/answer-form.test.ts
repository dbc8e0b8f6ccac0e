import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerWith, call, openGateway, startCrm } from '../stream.fixture.ts';

const revoke = '/services/oauth2/revoke';

test('a token is revoked by GET too, and by no other endpoint', async (t) => {
  const crm = await startCrm(t, (socket) => socket.write(answerWith('{}')));
  const { gateway, broker, logs, notices, calls } = await openGateway(t, crm.port);
  const asked: [string, string | null][] = [];
  broker.answerForm = async (path, form) => {
    asked.push([path, form.get('token')]);
    return { status: 200, body: { path, grant: null } };
  };
  const anonymous = { headers: { authorization: '' } };
  for (const target of [`${revoke}?token=00Dx!a%2Bb%3F`, `/${revoke}?token=00Dx!a%2Bb%3F&callback=c`, revoke]) {
    const got = await call(gateway.port, target, anonymous);
    assert.equal(got.status, 200, target);
    assert.equal(got.headers['cache-control'], 'no-store');
  }
  assert.deepEqual(asked, [
    ['revoke', '00Dx!a+b?'],
    ['revoke', '00Dx!a+b?'],
    ['revoke', null],
  ]);
  for (const target of ['/services/oauth2/token?token=x', '/services/oauth2/introspect?token=x', `${revoke}x?token=x`])
    assert.equal((await call(gateway.port, target, { headers: { authorization: 'Bearer no' } })).status, 401, target);
  const filled = { method: 'GET', body: 'token=x', headers: { 'content-length': '7' } };
  assert.equal((await call(gateway.port, `${revoke}?token=x`, filled)).status, 413, 'a GET with a body');
  const posted = { method: 'POST', body: 'grant_type=x' };
  assert.equal((await call(gateway.port, `${revoke}?token=x`, posted)).status >= 400, true, 'a POST with a query');
  assert.equal(asked.length, 3);
  assert.doesNotMatch(JSON.stringify([logs, notices, calls]), /00Dx/);
  assert.deepEqual(crm.requests, []);
});
