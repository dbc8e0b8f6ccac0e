import { z } from 'zod';
import { parseInstant } from '#lib/instant.ts';
import type { Cursor, LiveSource, LiveStream, Step, Surroundings } from '#model/live-source.ts';
import { failure, type Result, success } from '#model/result.ts';
import { askPage } from '../ask-page.ts';
import { askPatiently } from '../ask-patiently.ts';
import type { Mark } from '../poll-window.ts';
import { vendorAddress } from '../vendor-address.ts';
import { askWithCredential, type Credential } from '../vendor-token.ts';
import { answerHook } from './hook.ts';
import { oktaSignIn, signInToOkta } from './sign-in.ts';

const settings = z.strictObject({
  url: vendorAddress.describe('The address of the org: https://brand.okta.com'),
  signIn: oktaSignIn,
  hookSecret: z
    .string()
    .min(16)
    .meta({ secret: true })
    .optional()
    .describe('What an event hook sends as Authorization; without it no hook is answered'),
  pollSeconds: z.number().min(0.1).max(3600).default(15).describe('Pause after everything there was has been read'),
  answerSeconds: z.number().min(1).max(600).default(60).describe('An answer that takes longer is given up'),
});
type Settings = z.infer<typeof settings>;

/** Okta keeps events for 90 days. */
const retentionMs = 90 * 86_400_000;
/** Resumed by time, this much before the last event known is asked for once more, ms. */
const overlapMs = 10 * 60_000;
/** "Near real-time": events older than this have appeared, ms. */
const usualLagMs = 60_000;
const mostEvents = 1000;
/** Of each minute's requests so many are left to others. */
const shareLeft = 0.1;

/** The query of the next link, and the newest event known. */
const placeSchema = z.object({ query: z.string(), last: z.object({ id: z.string(), time: z.number() }).optional() });
type Place = z.infer<typeof placeSchema>;

interface Page {
  readonly bytes: Uint8Array;
  readonly events: number;
  readonly marks: readonly Mark[];
  /** Query of the next link. */
  readonly next: string;
  /** Until when (ms) the org's rate limit asks for a rest. */
  readonly restsUntil: number | undefined;
}

/**
 * Okta's System Log, polled for ever by the next link, and its event hooks. Polling goes by the time at which events were
 * persisted, so late ones are not passed over. https://developer.okta.com/docs/reference/system-log-query/
 */
export const live: LiveSource<Settings> = {
  name: 'okta-system-log',
  settings,
  streams: (chosen, surroundings) => {
    const credential = signInToOkta(chosen.url, chosen.signIn, surroundings, chosen.answerSeconds * 1000);
    const log: LiveStream = {
      name: 'systemLog',
      tellsNoRows: true,
      read: (cursor, since) => readLog(chosen, credential, surroundings, cursor, since),
    };
    return [log];
  },
  hook: ({ hookSecret }, request, surroundings) => answerHook(hookSecret, request, surroundings),
};

async function* readLog(
  chosen: Settings,
  credential: Credential,
  surroundings: Surroundings,
  cursor: Cursor | undefined,
  since: number,
): AsyncGenerator<Step> {
  const { clock, sleep } = surroundings;
  const kept = placeSchema.safeParse(cursor);
  let place: Place = kept.success ? kept.data : { query: queryFrom(since, clock()) };
  let isResumed = false;
  for (;;) {
    const askedAt = clock();
    const page = yield* askPatiently(() => askLog(chosen, credential, surroundings, place.query), surroundings);
    if (!page.ok) {
      const isRefused = page.failure.kind === 'invalid' || page.failure.kind === 'gone';
      if (!isRefused || isResumed || !new URLSearchParams(place.query).has('after')) {
        yield { kind: 'failed', failure: page.failure };
        return;
      }
      // The cursor has expired: time and the last event known lead on.
      place = { ...place, query: queryFrom((place.last?.time ?? since + overlapMs) - overlapMs, askedAt) };
      isResumed = true;
      continue;
    }
    const { events, marks, next, restsUntil } = page.value;
    if (isResumed) yield* tellGap(place, marks, askedAt);
    isResumed = false;
    place = { query: next, ...(newestOf(place.last, marks) && { last: newestOf(place.last, marks)! }) };
    yield readStep(chosen, place, page.value, askedAt, clock());
    if (restsUntil !== undefined) {
      yield { kind: 'rest', until: restsUntil, why: 'Most of what the org allows in a minute is used' };
      await sleep(Math.max(0, restsUntil - clock()));
    } else if (events < mostEvents) await sleep(chosen.pollSeconds * 1000);
  }
}

/** A polling query is ascending and has no `until`: then there is always a next link. */
function queryFrom(since: number, now: number): string {
  const from = new Date(Math.max(since, now - retentionMs)).toISOString();
  return new URLSearchParams({ since: from, sortOrder: 'ASCENDING', limit: String(mostEvents) }).toString();
}

const newestOf = (known: Mark | undefined, marks: readonly Mark[]): Mark | undefined =>
  marks.reduce((newest, mark) => (newest === undefined || mark.time >= newest.time ? mark : newest), known);

function readStep({ url }: Settings, place: Place, { events, bytes }: Page, askedAt: number, arrivedAt: number): Step {
  const isAll = events < mostEvents;
  return {
    kind: 'read',
    pieces: events === 0 ? [] : [{ name: `okta-system-log: ${url}/api/v1/logs`, content: bytes, arrivedAt }],
    cursor: cursorOf(place),
    ...(isAll && { reachedUntil: askedAt - usualLagMs }),
  };
}

/** What is shown begins behind the last event known: that one, and whatever followed it, is not kept any more. */
function* tellGap({ query, last }: Place, marks: readonly Mark[], askedAt: number): Generator<Step> {
  if (last === undefined || marks.some(({ time }) => time <= last.time)) return;
  const to = Math.min(askedAt, ...marks.map(({ time }) => time));
  const why = 'The place in the System Log had expired, and the log now begins behind the last event known.';
  yield { kind: 'gap', gap: { from: last.time, to, why }, cursor: cursorOf({ query, last }) };
}

const cursorOf = ({ query, last }: Place): Cursor => ({ query, ...(last && { last }) });

async function askLog(
  { url, answerSeconds }: Settings,
  credential: Credential,
  { clock, signal }: Surroundings,
  query: string,
): Promise<Result<Page>> {
  const path = `${url}/api/v1/logs`;
  const answer = await askWithCredential(credential, path, (headers) =>
    askPage({
      vendor: 'Okta',
      url: `${path}?${query}`,
      headers: { accept: 'application/json', ...headers },
      signal,
      clock,
      timeoutMs: answerSeconds * 1000,
    }),
  );
  if (!answer.ok) return answer;
  const { bytes, value, headers } = answer.value;
  const next = nextQuery(headers.get('link') ?? '');
  if (!Array.isArray(value) || next === undefined)
    return failure({ kind: 'broken', by: 'Okta', why: 'it answered without a list of events or without a next link' });
  return success({
    bytes,
    events: value.length,
    marks: value.flatMap(markOf),
    next,
    restsUntil: restAfter(headers, clock()),
  });
}

function markOf(event: { readonly uuid?: unknown; readonly published?: unknown } | null): readonly Mark[] {
  const time = typeof event?.published === 'string' ? parseInstant(event.published) : undefined;
  return time === undefined ? [] : [{ id: String(event?.uuid), time }];
}

/** Only the query of the link is followed: the credential goes nowhere but to the org that was configured. */
function nextQuery(link: string): string | undefined {
  const target = /<([^<>]*)>;\s*rel="next"/.exec(link)?.[1];
  return target !== undefined && URL.canParse(target) ? new URL(target).searchParams.toString() : undefined;
}

/** https://developer.okta.com/docs/reference/rl-best-practices/ */
function restAfter(headers: Headers, now: number): number | undefined {
  const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) =>
    Number.parseInt(headers.get(`x-rate-limit-${name}`) ?? '', 10),
  ) as [number, number, number];
  const until = reset * 1000;
  // The org counts by the minute; a clock that differs from its own must not make for a long rest.
  return remaining <= limit * shareLeft && until > now ? Math.min(until, now + 60_000) : undefined;
}
