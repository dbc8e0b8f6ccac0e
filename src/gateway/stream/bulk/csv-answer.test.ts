import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  answerWith,
  call,
  chunkedAnswer,
  contactId,
  errorOf,
  openGateway,
  openScanners,
  startCrm,
  type TestedGateway,
  until,
} from '../stream.fixture.ts';

const job = '750000000000001AAA';
const results = `/services/data/v64.0/jobs/query/${job}/results`;

/** `"Id","LastName"` and so many rows, with quotes, line ends and separators in their cells. */
function csv(rows: number, columns = '"Id","LastName"'): Buffer {
  const lines = Array.from({ length: rows }, (_, index) => {
    const name = index % 7 === 0 ? `O""Neil,\n${index}` : `Name ${'x'.repeat(index % 90)}`;
    return `"${contactId(index)}","${name}"\n`;
  });
  return Buffer.from(`${columns}\n${lines.join('')}`);
}

const csvHeaders = (rows: number): Record<string, string> => ({
  'Content-Type': 'text/csv; charset=UTF-8',
  'Sforce-Locator': 'null',
  'Sforce-NumberOfRecords': String(rows),
});

type Change = Parameters<typeof openGateway>[2];

/** A gateway with a bulk job that is complete; `answer` says what its results are. */
async function openJob(
  t: TestContext,
  answer: (socket: Socket, request: string) => void,
  change: Change = {},
): Promise<TestedGateway & { readonly crm: Awaited<ReturnType<typeof startCrm>> }> {
  const crm = await startCrm(t, (socket, request) => {
    if (request.startsWith('POST')) socket.write(answerWith(JSON.stringify({ id: job, state: 'UploadComplete' })));
    else answer(socket, request);
  });
  const gateway = await openGateway(t, crm.port, change);
  const body = JSON.stringify({ operation: 'query', query: 'SELECT Id, LastName FROM Contact' });
  const made = await call(gateway.gateway.port, '/services/data/v64.0/jobs/query', { method: 'POST', body });
  assert.equal(made.status, 200, made.body.toString());
  return { ...gateway, crm };
}

/** The ids of rows that are wholly or partly in the bytes. */
const idsIn = (bytes: Buffer): string[] => [...bytes.toString().matchAll(/"(003\w{15})"/g)].map(([, id]) => id!);

const small = { scanners: openScanners({ bufferBytes: 4096 }) };

test('results leave byte for byte in every form, all of them in the ledger', async (t) => {
  const body = csv(3000);
  const gzip = gzipSync(body);
  const headers = csvHeaders(3000);
  const forms: [string, Buffer, Buffer][] = [
    ['a length', answerWith(body, headers), body],
    ['chunks', chunkedAnswer(body, [1, 17, 5000, 2, 65_000], headers), body],
    ['gzip', answerWith(gzip, { ...headers, 'Content-Encoding': 'gzip' }), gzip],
    ['gzip in chunks', chunkedAnswer(gzip, [3, 700, 11], { ...headers, 'Content-Encoding': 'gzip' }), gzip],
  ];
  for (const [name, answer, expected] of forms) {
    for (const change of [{}, small]) {
      const { gateway, ledger } = await openJob(t, (socket) => socket.write(answer), change);
      const got = await call(gateway.port, results, { headers: { 'accept-encoding': 'gzip' } });
      assert.equal(got.status, 200, name);
      assert.equal(got.error, undefined, name);
      assert.ok(got.body.equals(expected), name);
      assert.deepEqual([got.headers['sforce-locator'], got.headers['sforce-numberofrecords']], ['null', '3000']);
      assert.deepEqual(ledger.ids, idsIn(body), name);
      await until(() => ledger.noted[0]?.end === 'complete');
    }
  }
});

test('a slow reader gets the same bytes, and the gateway waits instead of keeping them', async (t) => {
  const body = csv(60_000);
  let sent = 0;
  const answer = (socket: Socket) => {
    socket.write(answerWith(body.subarray(0, 0), { ...csvHeaders(60_000), 'Content-Length': String(body.length) }));
    const send = () => {
      for (; sent < body.length; ) {
        const part = body.subarray(sent, sent + 30_011);
        sent += part.length;
        if (!socket.write(part)) return void socket.once('drain', send);
      }
    };
    send();
  };
  const { gateway, ledger } = await openJob(t, answer, { scanners: openScanners({ bufferBytes: 65_536 }) });
  ledger.delayMs = 2;
  const got = await call(gateway.port, results, { slowlyMs: 3 });
  assert.equal(got.error, undefined);
  assert.ok(got.body.equals(body));
});

test('the record behind the budget never leaves, and the end is an error, in every form', async (t) => {
  const rows = 4000;
  const body = csv(rows);
  const gzip = gzipSync(body, { level: 1 });
  for (const budgeted of [1, 999, 3999]) {
    for (const isGzip of [false, true]) {
      for (const isChunked of [false, true]) {
        const headers = { ...csvHeaders(rows), ...(isGzip && { 'Content-Encoding': 'gzip' }) };
        const bytes = isGzip ? gzip : body;
        const answer = isChunked ? chunkedAnswer(bytes, [4096], headers) : answerWith(bytes, headers);
        const { gateway, ledger, budget, broker, notices } = await openJob(t, (socket) => socket.write(answer), small);
        budget.left = budgeted;
        budget.shown = isGzip ? budgeted : Number.POSITIVE_INFINITY;
        const got = await call(gateway.port, results, { headers: { 'accept-encoding': 'gzip' } });
        const name = `${budgeted} ${isGzip} ${isChunked}`;
        assert.ok(got.error !== undefined || got.status === 403, name);
        if (got.status === 200) assert.ok(got.body.equals(bytes.subarray(0, got.body.length)), name);
        if (!isGzip) assert.deepEqual(idsIn(got.body), idsIn(body).slice(0, budgeted), name);
        assert.deepEqual(ledger.ids, idsIn(body).slice(0, budgeted), name);
        assert.deepEqual(broker.suspended, ['t1'], name);
        assert.deepEqual(
          notices.map(({ reason }) => reason),
          ['budget'],
          name,
        );
        await until(() => ledger.noted[0]?.end === 'cut');
      }
    }
  }
});

test('a budget of nothing is a refusal before the first byte', async (t) => {
  const { gateway, ledger, budget } = await openJob(t, (socket) => socket.write(answerWith(csv(10), csvHeaders(10))));
  budget.left = 0;
  const got = await call(gateway.port, results);
  // The header alone is no record; where it left before the first row was known the answer breaks instead.
  assert.ok(got.status === 403 ? errorOf(got) === 'REQUEST_LIMIT_EXCEEDED' : got.error !== undefined);
  assert.deepEqual([ledger.ids.length, idsIn(got.body).length], [0, 0]);
});

test('two streams share one budget', async (t) => {
  const body = csv(2000);
  const { gateway, ledger, budget } = await openJob(
    t,
    (socket) => socket.write(answerWith(body, csvHeaders(2000))),
    small,
  );
  budget.left = 2500;
  const both = await Promise.all([call(gateway.port, results), call(gateway.port, results)]);
  const records = both.reduce((sum, { body: bytes }) => sum + idsIn(bytes).length, 0);
  assert.ok(records <= 2500, `${records} left`);
  assert.equal(ledger.ids.length, 2500);
});

test('nothing leaves before the ledger has it', async (t) => {
  const { gateway, ledger } = await openJob(
    t,
    (socket) => socket.write(answerWith(csv(2000), csvHeaders(2000))),
    small,
  );
  ledger.delayMs = 20;
  const seen: boolean[] = [];
  const got = await new Promise<number>((resolve) => {
    let bytes = 0;
    void import('node:http').then(({ get }) =>
      get(
        { host: '127.0.0.1', port: gateway.port, path: results, headers: { authorization: 'Bearer t1' } },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => {
            parts.push(part);
            bytes += part.length;
            const known = new Set(ledger.ids);
            seen.push(idsIn(Buffer.concat(parts)).every((id) => known.has(id)));
          });
          response.on('end', () => resolve(bytes));
        },
      ),
    );
  });
  assert.equal(got, csv(2000).length);
  assert.ok(seen.length > 1 && seen.every(Boolean));
});

test('a ledger that fails ends the answer without its records', async (t) => {
  const { gateway, ledger } = await openJob(
    t,
    (socket) => socket.write(answerWith(csv(2000), csvHeaders(2000))),
    small,
  );
  ledger.isBroken = true;
  const got = await call(gateway.port, results);
  assert.ok(got.error !== undefined || got.status === 403);
  assert.equal(idsIn(got.body).length, 0);
});

test('a ledger that fails behind the end of the budget ends the answer too', async (t) => {
  const { gateway, ledger, budget } = await openJob(
    t,
    (socket) => socket.write(answerWith(csv(2000), csvHeaders(2000))),
    small,
  );
  budget.left = 10;
  ledger.isBroken = true;
  const got = await call(gateway.port, results);
  assert.ok(got.error !== undefined || got.status === 403);
  assert.equal(idsIn(got.body).length, 0);
  await until(() => gateway.runningCalls === 0);
});

test('what the CRM does wrong ends the answer as an error', async (t) => {
  const body = csv(300);
  const right = csvHeaders(300);
  const { 'Sforce-Locator': _, ...noLocator } = right;
  const gzip = gzipSync(body);
  const odd: [string, (socket: Socket) => void][] = [
    ['fewer records than declared', (socket) => socket.write(answerWith(body, csvHeaders(301)))],
    ['more than declared', (socket) => socket.write(answerWith(body, csvHeaders(299)))],
    ['cut by the CRM', (socket) => socket.end(answerWith(body, right).subarray(0, 5000))],
    ['cut in chunks', (socket) => socket.end(chunkedAnswer(body, [1000], right).subarray(0, 5000))],
    ['no locator', (socket) => socket.write(answerWith(body, noLocator))],
    ['no CSV', (socket) => socket.write(answerWith(body, { ...right, 'Content-Type': 'text/html' }))],
    ['another encoding', (socket) => socket.write(answerWith(body, { ...right, 'Content-Encoding': 'br' }))],
    ['other columns', (socket) => socket.write(answerWith(csv(300, '"Id","Email"'), right))],
    ['no gzip', (socket) => socket.write(answerWith(body, { ...right, 'Content-Encoding': 'gzip' }))],
    [
      'half a gzip',
      (socket) => socket.write(answerWith(gzip.subarray(0, 900), { ...right, 'Content-Encoding': 'gzip' })),
    ],
    [
      'a wrong id',
      (socket) => socket.write(answerWith(body.toString().replace(contactId(200), 'x'.repeat(18)), right)),
    ],
    [
      'a malformed chunk',
      (socket) => socket.write(Buffer.concat([chunkedAnswer(body, [9000], right).subarray(0, 500), Buffer.from('zz')])),
    ],
  ];
  for (const [name, answer] of odd) {
    const { gateway, notices } = await openJob(t, answer, { limits: { upstreamBodyMs: 500 } });
    const got = await call(gateway.port, results, { headers: { 'accept-encoding': 'gzip' } });
    assert.ok(got.error !== undefined || got.status >= 400, `${name}: ${got.status} ${got.error}`);
    assert.ok(got.status >= 400 || got.body.length < body.length + 1, name);
    assert.ok(notices.length + Number(got.status === 503) + Number(got.error !== undefined) > 0, name);
  }
});

test('204 passes as it is', async (t) => {
  const { gateway } = await openJob(t, (socket) => socket.write('HTTP/1.1 204 No Content\r\n\r\n'));
  assert.equal((await call(gateway.port, results)).status, 204);
});

/** An answer of which the CRM sends the first part and then waits. */
const halfAnswer = (rows: number) => (socket: Socket) => {
  const body = csv(rows);
  const whole = answerWith(body, csvHeaders(rows));
  socket.write(whole.subarray(0, whole.length - 40));
};

test('a token that ends is cut within a second, though nothing moves', async (t) => {
  const { gateway, broker, ledger, crm } = await openJob(t, halfAnswer(2000), small);
  const going = call(gateway.port, results);
  await until(() => ledger.ids.length > 1000);
  const at = Date.now();
  broker.ended.add('t1');
  const got = await going;
  assert.ok(got.error !== undefined);
  assert.ok(Date.now() - at < 1000);
  await until(() => ledger.noted[0]?.end === 'cut' && crm.sockets.size === 0);
});

test('a client that goes away ends the call to the CRM', async (t) => {
  const { gateway, crm, ledger } = await openJob(t, halfAnswer(2000), small);
  const { get } = await import('node:http');
  const request = get({
    host: '127.0.0.1',
    port: gateway.port,
    path: results,
    headers: { authorization: 'Bearer t1' },
  });
  request.on('error', () => undefined);
  await until(() => ledger.ids.length > 1000);
  request.destroy();
  await until(() => crm.sockets.size === 0 && gateway.runningCalls === 0 && ledger.noted[0]?.end === 'broken');
});

test('what trickles in is passed on without waiting for more', async (t) => {
  const body = csv(40);
  const { gateway } = await openJob(t, (socket) => {
    const whole = answerWith(body, csvHeaders(40));
    socket.write(whole.subarray(0, 700));
    setTimeout(() => socket.write(whole.subarray(700)), 300);
  });
  const at = performance.now();
  const { get } = await import('node:http');
  const first = await new Promise<number>((resolve) => {
    const request = get(
      { host: '127.0.0.1', port: gateway.port, path: results, headers: { authorization: 'Bearer t1' } },
      (response) => {
        response.once('data', () => resolve(performance.now() - at));
        response.on('error', () => undefined);
      },
    );
    request.on('error', () => undefined);
  });
  assert.ok(first < 250, `${first} ms`);
});
