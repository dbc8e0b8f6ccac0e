import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import 'reflect-metadata';
import { X509CertificateGenerator } from '@peculiar/x509';
import { type Entra, startEntra } from '#emulators/entra/entra.ts';
import type { LiveStream, Step } from '#model/live-source.ts';
import { live as audits } from '../entra-directory-audit/live.ts';
import { source as auditSource } from '../entra-directory-audit/source.ts';
import { openLife } from '../live-conformance-for-tests/live-life.ts';
import { cursorAfter, keysIn, piecesIn, quickSurroundings, takeSteps } from '../live-steps-for-tests/live-steps.ts';
import { live } from './live.ts';
import { source } from './source.ts';

const minuteMs = 60_000;
let entra: Entra;
before(async () => {
  entra = await startEntra();
});
after(() => entra.close());
beforeEach(() => {
  entra.control.mend();
  entra.control.forget();
});

const settingsOf = (of: Entra, more: object = {}) => ({
  tenantId: of.tenantId,
  clientId: of.clientId,
  signIn: { grant: 'client_secret', clientSecret: of.clientSecret },
  loginUrl: of.url,
  graphUrl: of.url,
  pollSeconds: 0.1,
  lookBackSeconds: 3600,
  lookBackEverySeconds: 0.1,
  answerSeconds: 2,
  ...more,
});
const streamOf = (kind: string, settings: object): LiveStream =>
  live.streams(live.settings.parse(settings), quickSurroundings()).find(({ name }) => name === kind)!;
const since = () => Date.now() - 90 * minuteMs;
const keysOf = (put: readonly { readonly value: Readonly<Record<string, unknown>> }[]) =>
  put.map(({ value }) => `entra-sign-in:${value['id']}`).sort();
const sorted = (keys: Iterable<string>) => [...new Set(keys)].sort();
/** Several looks were taken to their end. */
const hasSettled = (steps: readonly Step[]): boolean =>
  steps.filter((step) => step.kind === 'read' && step.pieces.length === 0).length >= 8;
const hasFailed = (steps: readonly Step[]): boolean => steps.at(-1)?.kind === 'failed';

test('each kind of sign-in is a stream of its own, read page by page', async () => {
  const times = Array.from({ length: 2100 }, (_, at) => Date.now() - minuteMs - at);
  const people = entra.control.put(times, 'interactiveUser');
  const apps = entra.control.put(times.slice(0, 5), 'servicePrincipal');
  for (const [kind, expected] of [
    ['interactiveUser', people],
    ['servicePrincipal', apps],
  ] as const) {
    const steps = await takeSteps(streamOf(kind, settingsOf(entra)), undefined, since(), hasSettled);
    assert.deepEqual(sorted(await keysIn(piecesIn(steps), source)), keysOf(expected));
  }
  const calls = entra.control.calls().filter(({ path }) => path.endsWith('signIns'));
  assert.ok(calls.some(({ path, query }) => path.startsWith('/v1.0/') && query.includes('skiptoken')));
  assert.ok(calls.some(({ path, query }) => path.startsWith('/beta/') && query.includes('servicePrincipal')));
});

test('a crash in the middle of pages that come newest first loses nothing', async () => {
  const put = entra.control.put(
    Array.from({ length: 2500 }, (_, at) => Date.now() - minuteMs - at),
    'interactiveUser',
  );
  const first = await takeSteps(
    streamOf('interactiveUser', settingsOf(entra)),
    undefined,
    since(),
    (steps) => piecesIn(steps).length === 1,
  );
  entra.control.expireCursors();
  const second = await takeSteps(
    streamOf('interactiveUser', settingsOf(entra)),
    cursorAfter(first),
    since(),
    hasSettled,
  );
  assert.deepEqual(sorted(await keysIn(piecesIn(second), source)), keysOf(put));
});

test('without a licence sign-ins are refused in a sentence, and audits are read', async () => {
  const free = await startEntra({ licence: 'none' });
  try {
    const [put] = free.control.put([Date.now() - minuteMs], 'directoryAudit');
    const [failed] = await takeSteps(streamOf('interactiveUser', settingsOf(free)), undefined, since(), hasFailed);
    assert.ok(failed?.kind === 'failed' && failed.failure.kind === 'refused');
    assert.match(failed.failure.why, /no Entra ID P1 or P2 licence/);
    const [stream] = audits.streams(audits.settings.parse(settingsOf(free)), quickSurroundings());
    const steps = await takeSteps(stream!, undefined, since(), hasSettled);
    const keys = sorted(await keysIn(piecesIn(steps), auditSource));
    assert.deepEqual(keys, [`entra-directory-audit:${put!.value['id']}`]);
  } finally {
    await free.close();
  }
});

test('without the permission it says which', async () => {
  const closed = await startEntra({ hasPermission: false });
  const taken = takeSteps(streamOf('interactiveUser', settingsOf(closed)), undefined, since(), hasFailed);
  const [failed] = await taken.finally(closed.close);
  assert.ok(failed?.kind === 'failed' && failed.failure.kind === 'refused');
  assert.match(failed.failure.why, /AuditLog\.Read\.All/);
});

test('wrong credentials are refused in words that do not hold them', async () => {
  const settings = settingsOf(entra, { signIn: { grant: 'client_secret', clientSecret: 'not the secret' } });
  const [failed] = await takeSteps(streamOf('interactiveUser', settings), undefined, since(), hasFailed);
  assert.ok(failed?.kind === 'failed' && failed.failure.kind === 'refused');
  assert.doesNotMatch(JSON.stringify(failed), /not the secret/);
});

test('an app signs in by its certificate; an ended token is replaced', async () => {
  const { certificate, privateKey } = await makeCertificate();
  const other = await startEntra({ publicKey: certificate });
  try {
    const settings = settingsOf(other, { signIn: { grant: 'certificate', certificate, privateKey } });
    const stream = streamOf('interactiveUser', settings);
    await takeSteps(stream, undefined, since(), hasSettled);
    other.control.expireTokens();
    await takeSteps(stream, undefined, since(), hasSettled);
    const signIns = other.control.calls().filter(({ path, status }) => path.endsWith('/token') && status === 200);
    assert.equal(signIns.length, 2);
  } finally {
    await other.close();
  }
});

test('the credential follows no link to another host', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.headers.host} ${request.url}`);
    const isToken = request.url?.endsWith('/token');
    const isSecond = request.url?.includes('skiptoken');
    const link = `http://localhost:${(server.address() as AddressInfo).port}/elsewhere?$skiptoken=2`;
    const page = { value: [], ...(!isSecond && { '@odata.nextLink': link }) };
    response.end(JSON.stringify(isToken ? { access_token: 'a', expires_in: 3600 } : page));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const settings = settingsOf(entra, { loginUrl: url, graphUrl: url });
    await takeSteps(streamOf('interactiveUser', settings), undefined, since(), hasSettled);
    assert.ok(asked.some((line) => line.includes('skiptoken')));
    assert.ok(asked.every((line) => line.startsWith('127.0.0.1') && !line.includes('elsewhere')));
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('whatever the delays, each sign-in is stored and detected exactly once', async () => {
  const arrivals = fc.array(
    fc.record({ minutesAgo: fc.integer({ min: 1, max: 50 }), shownInMs: fc.integer({ min: 0, max: 500 }) }),
    {
      minLength: 1,
      maxLength: 30,
    },
  );
  await fc.assert(
    fc.asyncProperty(arrivals, async (list) => {
      entra.control.forget();
      const now = Date.now();
      const put = list.flatMap(({ minutesAgo, shownInMs }) => {
        const time = now - minutesAgo * minuteMs;
        return entra.control.put([time], 'interactiveUser', now + shownInMs - time);
      });
      const directory = mkdtempSync(join(tmpdir(), 'cordon-entra-'));
      const settings = live.settings.parse(settingsOf(entra, { kinds: ['interactiveUser'] }));
      const life = await openLife({ directory, live, source, settings });
      try {
        for (const end = now + 8000; (await life.store.events.total()) < put.length && Date.now() < end; )
          await delay(20);
        await delay(150);
        assert.deepEqual(life.observed.toSorted(), keysOf(put));
        assert.equal(await life.store.events.total(), put.length);
      } finally {
        await life.close();
        rmSync(directory, { recursive: true, force: true });
      }
    }),
    { numRuns: 4 },
  );
});

async function makeCertificate() {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const issued = { name: 'CN=Cordon', keys, signingAlgorithm: algorithm };
  const certificate = await X509CertificateGenerator.createSelfSigned(issued);
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  return {
    certificate: certificate.toString('pem'),
    privateKey: String(key.export({ format: 'pem', type: 'pkcs8' })),
  };
}
