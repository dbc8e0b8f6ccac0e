/** Test-only: the live source that reads the scripted vendor, written as one in the house would be. */
import { z } from 'zod';
import type { Cursor, LiveSource, LiveStream, Step, Surroundings } from '#model/live-source.ts';
import { askVendor } from '../ask-vendor.ts';
import type { Expired, Page } from './scripted-vendor.ts';

const settings = z.strictObject({
  url: z.url(),
  token: z.string().min(1).meta({ secret: true }),
  everySeconds: z.number().positive().default(5),
  timeoutSeconds: z.number().positive().default(30),
});
type Settings = z.infer<typeof settings>;

interface Place {
  readonly next: string;
  /** Event time of the last line read, ms. */
  readonly time: number;
}

export const scriptedLive: LiveSource<Settings> = {
  name: 'okta-system-log',
  settings,
  streams: (given, surroundings) => [new LogStream(given, surroundings)],
  hook(given, request, { clock }) {
    if (request.headers['authorization'] !== `Bearer ${given.token}`)
      return { kind: 'reply', status: 401, body: 'who are you?', contentType: 'text/plain' };
    if (request.method === 'GET')
      return {
        kind: 'reply',
        status: 200,
        body: JSON.stringify({ verification: 'yes' }),
        contentType: 'application/json',
      };
    return { kind: 'take', pieces: [{ name: 'scripted hook', content: request.body, arrivedAt: clock() }] };
  },
};

class LogStream implements LiveStream {
  readonly name = 'log';
  readonly #settings: Settings;
  readonly #surroundings: Surroundings;

  constructor(given: Settings, surroundings: Surroundings) {
    this.#settings = given;
    this.#surroundings = surroundings;
  }

  async *read(cursor: Cursor | undefined, since: number): AsyncGenerator<Step, void, void> {
    const { clock, sleep, signal } = this.#surroundings;
    let place = (cursor as unknown as Place | undefined) ?? { next: '', time: since };
    for (;;) {
      const { url, token, timeoutSeconds, everySeconds } = this.#settings;
      const headers = { authorization: `Bearer ${token}` };
      const question = { vendor: 'the scripted vendor', headers, signal, clock, timeoutMs: timeoutSeconds * 1000 };
      const answer = await askVendor({ ...question, url: `${url}/log?after=${place.next}` });
      if (!answer.ok && answer.failure.kind === 'gone') {
        const { start, hasLost } = JSON.parse(/\(410 (.*)\)$/.exec(answer.failure.what)?.[1] ?? '') as Expired;
        const gap = { from: place.time, to: clock(), why: 'The cursor had expired and lines were gone.' };
        place = { ...place, next: start };
        if (hasLost) yield { kind: 'gap', gap, cursor: { ...place } };
        continue;
      }
      if (!answer.ok) {
        yield { kind: 'failed', failure: answer.failure };
        return;
      }
      let page: Page;
      try {
        page = (await answer.value.json()) as Page;
      } catch {
        yield { kind: 'failed', failure: { kind: 'broken', by: 'the scripted vendor', why: 'its answer broke off' } };
        return;
      }
      const content = Buffer.from(page.lines.map((line) => `${line}\n`).join(''));
      const times = page.lines.map((line) => Date.parse((JSON.parse(line) as { published?: string }).published ?? ''));
      place = { next: page.next, time: Math.max(place.time, ...times.filter((time) => !Number.isNaN(time))) };
      const pieces = content.length === 0 ? [] : [{ name: `scripted ${url}`, content, arrivedAt: clock() }];
      yield { kind: 'read', pieces, cursor: { ...place }, ...(page.isLast && { reachedUntil: clock() }) };
      if (!page.isLast) continue;
      const until = clock() + everySeconds * 1000;
      yield { kind: 'rest', until, why: `It is asked every ${everySeconds} s.` };
      await sleep(everySeconds * 1000);
    }
  }
}
