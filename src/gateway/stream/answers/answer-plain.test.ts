import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerWith, call, contact, openGateway, startCrm } from '../stream.fixture.ts';

const jobs = '/services/data/v64.0/jobs/query';
const own = { id: '750000000000001AAA', operation: 'query', state: 'JobComplete' };
const foreign = { ...own, id: '750000000000002AAA' };

test('of the list of jobs only the own ones leave, and no other job can be looked at', async (t) => {
  const crm = await startCrm(t, (socket, request) => {
    const list = { done: true, nextRecordsUrl: null, records: [foreign, own] };
    socket.write(answerWith(JSON.stringify(request.startsWith(`GET ${jobs} `) ? list : own)));
  });
  const { gateway } = await openGateway(t, crm.port);
  const body = JSON.stringify({ operation: 'query', query: 'SELECT Id FROM Contact' });
  assert.equal((await call(gateway.port, jobs, { method: 'POST', body })).status, 200);
  const listed = await call(gateway.port, jobs);
  assert.deepEqual(JSON.parse(listed.body.toString()).records, [own]);
  const others = await call(gateway.port, jobs, { headers: { authorization: 'Bearer t2' } });
  assert.deepEqual(JSON.parse(others.body.toString()).records, []);
  assert.notEqual((await call(gateway.port, `${jobs}/${foreign.id}`)).status, 200);
});

test('records do not leave where none were asked for', async (t) => {
  const answer = JSON.stringify({ ...own, hidden: [contact(1)] });
  const crm = await startCrm(t, (socket) => socket.write(answerWith(answer)));
  const { gateway } = await openGateway(t, crm.port);
  const body = JSON.stringify({ operation: 'query', query: 'SELECT Id FROM Contact' });
  assert.equal((await call(gateway.port, jobs, { method: 'POST', body })).status, 403);
  assert.equal((await call(gateway.port, '/services/data/v64.0/limits')).status, 403);
});
