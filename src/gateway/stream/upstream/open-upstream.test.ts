import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeldAnswer } from '../answers/held-answer.ts';
import { answerWith, startCrm, until } from '../stream.fixture.ts';
import type { Flow } from './connection.ts';
import { openUpstream } from './open-upstream.ts';

const forward = { method: 'GET', target: '/x', headers: new Map<string, string>(), body: undefined };
const usual = { idleMs: 5000, probeEveryMs: 1000, probeMs: 1000, told: () => undefined };
const timeouts = { connectMs: 1000, headMs: 1000, bodyMs: 1000 };

test('who has had an answer cannot end or wake the next one on the same connection', async (t) => {
  let release: (() => void) | undefined;
  const crm = await startCrm(t, (socket, _request, count) => {
    const answer = answerWith(`answer ${count}`);
    if (count === 1) socket.write(answer);
    else {
      socket.write(answer.subarray(0, answer.length - 4));
      release = () => socket.write(answer.subarray(answer.length - 4));
    }
  });
  const address = { host: '127.0.0.1', port: crm.port, tls: undefined };
  const upstream = openUpstream({ address, timeouts, mostConnections: 4, ...usual });
  t.after(() => upstream.close());
  const flows: Flow[] = [];
  const send = async () => {
    let held: HeldAnswer | undefined;
    const fault = await upstream.send(forward, 'token', (_head, flow) => {
      flows.push(flow);
      held = new HeldAnswer(undefined, 1000, flow);
      return held;
    });
    return fault ?? held?.bytes().toString();
  };
  assert.equal(await send(), 'answer 1');
  const second = send();
  await until(() => flows.length === 2);
  flows[0]!.drop();
  flows[0]!.resume();
  release?.();
  assert.equal(await second, 'answer 2');
  assert.equal(upstream.connections, 1);
});

test('no more connections than allowed; the others wait their turn', async (t) => {
  const crm = await startCrm(t, (socket) => setTimeout(() => socket.write(answerWith('x')), 5));
  const address = { host: '127.0.0.1', port: crm.port, tls: undefined };
  const upstream = openUpstream({ address, timeouts, mostConnections: 2, ...usual });
  t.after(() => upstream.close());
  const faults = await Promise.all(
    Array.from({ length: 9 }, () =>
      upstream.send(forward, 'token', (_head, flow) => new HeldAnswer(undefined, 10, flow)),
    ),
  );
  assert.deepEqual(new Set(faults), new Set([undefined]));
  assert.equal(crm.requests.length, 9);
  assert.ok(crm.sockets.size <= 2);
});
