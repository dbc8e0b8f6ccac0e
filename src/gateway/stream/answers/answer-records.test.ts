import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  answerWith,
  call,
  chunkedAnswer,
  contact,
  contactId,
  errorOf,
  openGateway,
  page,
  queryTarget,
  startCrm,
} from '../stream.fixture.ts';

const query = queryTarget('SELECT Id, LastName FROM Contact');
const contacts = Array.from({ length: 500 }, (_, index) => contact(index));
const body = page(contacts);

test('a page leaves byte for byte, however it comes, and is in the ledger', async (t) => {
  const gzip = gzipSync(body);
  const forms: [string, Buffer, Buffer][] = [
    ['a length', answerWith(body), Buffer.from(body)],
    ['chunks', chunkedAnswer(body, [1, 7, 1000, 3, 40_000]), Buffer.from(body)],
    ['gzip', answerWith(gzip, { 'Content-Encoding': 'gzip' }), gzip],
    ['gzip in chunks', chunkedAnswer(gzip, [5, 900], { 'Content-Encoding': 'gzip' }), gzip],
  ];
  for (const [name, answer, expected] of forms) {
    const crm = await startCrm(t, (socket) => socket.write(answer));
    const { gateway, ledger, budget } = await openGateway(t, crm.port);
    const got = await call(gateway.port, query, { headers: { 'accept-encoding': 'gzip' } });
    assert.equal(got.status, 200, name);
    assert.deepEqual(got.body, expected, name);
    assert.deepEqual(
      ledger.ids,
      contacts.map((_, index) => contactId(index)),
      name,
    );
    assert.equal(budget.taken, 500);
  }
});

test('a page is cut into any pieces on its way and stays the same', async (t) => {
  const answer = chunkedAnswer(body, [4096]);
  for (const step of [1000, 4099, 17_000]) {
    const crm = await startCrm(t, (socket) => {
      let at = 0;
      const send = () => {
        if (at >= answer.length) return;
        socket.write(answer.subarray(at, at + step));
        at += step;
        setImmediate(send);
      };
      send();
    });
    const { gateway } = await openGateway(t, crm.port);
    assert.equal((await call(gateway.port, query)).body.toString(), body);
  }
});

test('a page beyond the budget does not leave at all, and nothing of it is written down', async (t) => {
  const crm = await startCrm(t, (socket) => socket.write(answerWith(body)));
  const { gateway, ledger, budget, notices } = await openGateway(t, crm.port);
  budget.left = 499;
  const got = await call(gateway.port, query);
  assert.deepEqual([got.status, errorOf(got)], [403, 'REQUEST_LIMIT_EXCEEDED']);
  assert.deepEqual([ledger.ids.length, budget.left], [0, 499]);
  assert.deepEqual(
    notices.map(({ reason }) => reason),
    ['budget'],
  );
});

test('the locator of the next page is remembered before it leaves, and belongs to its family', async (t) => {
  const locator = '01gRM0000000001AAA-2000';
  const next = `/services/data/v64.0/query/${locator}`;
  const crm = await startCrm(t, (socket, request) =>
    socket.write(
      answerWith(
        request.startsWith(`GET ${next}`)
          ? page([contact(2)])
          : page([contact(1)], { done: false, nextRecordsUrl: next }),
      ),
    ),
  );
  const { gateway, ledger } = await openGateway(t, crm.port);
  assert.equal((await call(gateway.port, query)).status, 200);
  assert.equal((await call(gateway.port, next)).status, 200);
  assert.notEqual((await call(gateway.port, next, { headers: { authorization: 'Bearer t2' } })).status, 200);
  assert.deepEqual(ledger.ids, [contactId(1), contactId(2)]);
});

test('what was not asked for keeps the whole page back', async (t) => {
  const odd: [string, string][] = [
    ['a denied field', page([contact(1, { LastName: 'A', Email: 'a@b.c' })])],
    ['a field nobody asked for', page([contact(1, { LastName: 'A', Phone: '1' })])],
    ['the same in a later record', page([...contacts.slice(0, 3), contact(9, { LastName: 'A', Phone: '1' })])],
    ['another object', page([{ attributes: { type: 'Lead', url: `/x/Lead/${contactId(1)}` }, Id: contactId(1) }])],
    ['a member beside the records', page([contact(1)], { customers: ['Ada'] })],
    ['an absolute next page', page([contact(1)], { done: false, nextRecordsUrl: 'https://elsewhere.example/x' })],
    ['a nested object', page([contact(1, { LastName: { records: [] } })])],
    ['computed rows', page([{ attributes: { type: 'AggregateResult' }, expr0: 4 }])],
    ['a record without its object', page([{ Id: contactId(1), LastName: 'A' }])],
    ['a wrong check character', page([contact(1)]).replaceAll(contactId(1), `${contactId(1).slice(0, 17)}B`)],
    ['no JSON', '{"totalSize":1'],
    ['a bare record', JSON.stringify(contact(1))],
  ];
  for (const [name, answer] of odd) {
    const crm = await startCrm(t, (socket) => socket.write(answerWith(answer)));
    const { gateway, ledger, notices } = await openGateway(t, crm.port);
    const got = await call(gateway.port, query);
    assert.equal(got.status, 403, `${name}: ${got.body}`);
    assert.equal(ledger.ids.length, 0, name);
    assert.equal(notices[0]?.reason, 'unknown-shape', name);
    assert.doesNotMatch(JSON.stringify(notices), /a@b\.c|Ada/);
  }
});

test('an unexpected type, encoding or junk behind the gzip keeps it back', async (t) => {
  const gzip = gzipSync(body);
  const odd: [string, Buffer][] = [
    ['XML', answerWith(body, { 'Content-Type': 'application/xml' })],
    ['another charset', answerWith(body, { 'Content-Type': 'application/json;charset=UTF-16' })],
    ['br', answerWith(body, { 'Content-Encoding': 'br' })],
    ['junk', answerWith(Buffer.concat([gzip, Buffer.from('{"Email":1}')]), { 'Content-Encoding': 'gzip' })],
    ['half a gzip', answerWith(gzip.subarray(0, 900), { 'Content-Encoding': 'gzip' })],
    ['a bomb', answerWith(gzipSync(Buffer.alloc(40_000_000)), { 'Content-Encoding': 'gzip' })],
  ];
  for (const [name, answer] of odd) {
    const crm = await startCrm(t, (socket) => socket.write(answer));
    const { gateway, ledger } = await openGateway(t, crm.port);
    assert.equal((await call(gateway.port, query)).status, 403, name);
    assert.equal(ledger.ids.length, 0, name);
  }
});

test('relations and child queries are records of their own, with their own locators', async (t) => {
  const accountId = `001000000000001AA${'A'}`;
  const crm = await startCrm(t, (socket, request) =>
    socket.write(answerWith(request.includes('AAA-200 ') ? page([contact(6)]) : answer)),
  );
  const child = {
    totalSize: 3,
    done: false,
    nextRecordsUrl: '/services/data/v64.0/query/01gRM0000000001AAA-200',
    records: [contact(5)],
  };
  const account = {
    attributes: { type: 'Account', url: `/services/data/v64.0/sobjects/Account/${accountId}` },
    Id: accountId,
    Name: 'A',
    Contacts: child,
  };
  const answer = page([account]);
  const { gateway, ledger } = await openGateway(t, crm.port);
  const got = await call(
    gateway.port,
    queryTarget('SELECT Id, Name, (SELECT Id, LastName FROM Contacts) FROM Account'),
  );
  assert.equal(got.status, 200, got.body.toString());
  assert.deepEqual(ledger.ids.sort(), [accountId, contactId(5)].sort());
  assert.equal((await call(gateway.port, child.nextRecordsUrl)).status, 200);
  assert.equal(ledger.ids.at(-1), contactId(6));
});

test('errors pass in the shape of the CRM, and nothing else does', async (t) => {
  const error = '[{"message":"No such column","errorCode":"INVALID_FIELD","fields":["X"]}]';
  const forms: [string, number][] = [
    [error, 400],
    ['<html>Ada Lovelace</html>', 403],
    ['[{"message":"x","errorCode":"Y","record":{"Email":"a@b.c"}}]', 403],
  ];
  for (const [text, status] of forms) {
    const crm = await startCrm(t, (socket) => socket.write(answerWith(text, {}, '400 Bad Request')));
    const { gateway } = await openGateway(t, crm.port);
    const got = await call(gateway.port, query);
    assert.equal(got.status, status);
    assert.equal(got.body.toString() === text, status === 400);
  }
});

test('a token that the CRM refuses is renewed once, and never turned into a 401', async (t) => {
  const refusedAnswer = answerWith('[{"message":"x","errorCode":"INVALID_SESSION_ID"}]', {}, '401 Unauthorized');
  const crm = await startCrm(t, (socket, request) =>
    socket.write(request.includes('Bearer crm-2') ? answerWith(page([contact(1)])) : refusedAnswer),
  );
  const { gateway, broker } = await openGateway(t, crm.port);
  assert.equal((await call(gateway.port, query)).status, 200);
  assert.equal(broker.staleCalls, 1);
  const never = await startCrm(t, (socket) => socket.write(refusedAnswer));
  const other = await openGateway(t, never.port);
  assert.equal((await call(other.gateway.port, query)).status, 503);
  assert.equal(never.requests.length, 2);
});

test('without a ledger nothing leaves', async (t) => {
  const crm = await startCrm(t, (socket) => socket.write(answerWith(body)));
  const { gateway, ledger } = await openGateway(t, crm.port);
  ledger.isBroken = true;
  assert.equal((await call(gateway.port, query)).status, 503);
});

test('counts that cannot be written down are not answered, nor is a job that would tell one', async (t) => {
  const rows = page([{ attributes: { type: 'AggregateResult' }, expr0: 3 }]);
  const crm = await startCrm(t, (socket) => socket.write(answerWith(rows)));
  const { gateway, budget, notices } = await openGateway(t, crm.port);
  budget.takeAggregates = () => {
    throw new Error('the disk is gone');
  };
  const counted = await call(gateway.port, queryTarget('SELECT COUNT(Id) FROM Contact'));
  assert.deepEqual([counted.status, errorOf(counted)], [503, 'SERVER_UNAVAILABLE']);
  const body = JSON.stringify({ operation: 'query', query: 'SELECT Id FROM Contact' });
  const job = await call(gateway.port, '/services/data/v64.0/jobs/query', { method: 'POST', body });
  assert.deepEqual([job.status, errorOf(job)], [503, 'SERVER_UNAVAILABLE']);
  assert.equal(crm.requests.length, 1, 'no job was made');
  assert.deepEqual(notices, []);
});

test('a row leaves with the fields that were asked for, and with no others', async (t) => {
  const forms: [Readonly<Record<string, unknown>>, number][] = [
    [{ LastName: 'A', Phone: '1' }, 200],
    [{ LastName: 'A', email: 'a@b.c' }, 403],
    [{ LastName: 'A', MailingAddress: { street: 'Rue 1', city: 'Paris' } }, 403],
  ];
  for (const [members, status] of forms) {
    const crm = await startCrm(t, (socket) => socket.write(answerWith(JSON.stringify(contact(1, members)))));
    const { gateway, ledger } = await openGateway(t, crm.port);
    const got = await call(gateway.port, `/services/data/v64.0/sobjects/Contact/${contactId(1)}?fields=LastName,Phone`);
    assert.equal(got.status, status, got.body.toString());
    assert.equal(ledger.ids.length, status === 200 ? 1 : 0);
  }
});
