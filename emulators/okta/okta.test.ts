import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Okta, startOkta } from './okta.ts';

const start = Date.UTC(2026, 10, 23, 10);
let now = start;
let okta: Okta;
before(async () => {
  okta = await startOkta({ clock: () => now, requestsPerMinute: 40 });
  await okta.control.put([5, 4, 3, 2, 1].map((minutes) => start - minutes * 60_000));
  await okta.control.put([start - 10 * 60_000], 8 * 60_000);
});
after(() => okta.close());

async function ask(query: Readonly<Record<string, string>>, authorization = `SSWS ${okta.apiToken}`) {
  const url = `${okta.url}/api/v1/logs?${new URLSearchParams(query)}`;
  const response = await fetch(url, { headers: { authorization } });
  const value: unknown = await response.json();
  const next = /<([^>]*)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
  const minutes = Array.isArray(value) ? value.map(({ published }) => (start - Date.parse(published)) / 60_000) : [];
  return { status: response.status, headers: response.headers, code: Object(value).errorCode, minutes, next };
}
const iso = (minutesAgo: number): string => new Date(start - minutesAgo * 60_000).toISOString();

test('a bounded query goes by published and ends', async () => {
  const first = await ask({ since: iso(60), until: iso(0), limit: '4' });
  assert.deepEqual(first.minutes, [10, 5, 4, 3]);
  const second = await ask(Object.fromEntries(new URL(first.next!).searchParams));
  assert.deepEqual([second.minutes, second.next], [[2, 1], undefined]);
  assert.deepEqual((await ask({ since: iso(60), sortOrder: 'DESCENDING', limit: '2' })).minutes, [1, 2]);
});

test('a polling query has a next link for ever, also where nothing came, and it leads to what comes later', async () => {
  const first = await ask({ since: iso(0) });
  assert.equal(first.minutes.length, 6);
  const none = await ask(Object.fromEntries(new URL(first.next!).searchParams));
  assert.deepEqual(none.minutes, []);
  now += 1000;
  await okta.control.put([start - 30 * 60_000]);
  assert.deepEqual((await ask(Object.fromEntries(new URL(none.next!).searchParams))).minutes, [30]);
});

test('filters and keywords, and what it does not read', async () => {
  const all = { since: iso(60), until: iso(0) };
  const some = await ask({ ...all, filter: 'eventType eq "user.session.start" or eventType ne "user.session.start"' });
  assert.equal(some.minutes.length, 7);
  assert.equal((await ask({ ...all, filter: 'published gt "2030" and severity eq "INFO"' })).minutes.length, 0);
  assert.equal((await ask({ ...all, q: 'nowhere-to-be-found' })).minutes.length, 0);
  assert.deepEqual(
    [(await ask({ ...all, filter: 'eventType like "x"' })).code, (await ask({ limit: '1001' })).code],
    ['E0000001', 'E0000001'],
  );
  assert.deepEqual([(await ask({}, 'SSWS wrong')).status, (await ask({}, 'SSWS wrong')).code], [401, 'E0000011']);
});

test('the rate limit is counted by the minute', async () => {
  now += 60_000;
  const statuses: number[] = [];
  for (let call = 0; call < 42; call++) statuses.push((await ask({ limit: '0' })).status);
  assert.deepEqual([statuses.filter((status) => status === 200).length, statuses.at(-1)], [40, 429]);
  const { headers, code } = await ask({});
  assert.equal(code, 'E0000047');
  assert.equal(Number(headers.get('x-rate-limit-reset')) * 1000, Math.ceil(now / 60_000) * 60_000);
});
