import { createHash, timingSafeEqual } from 'node:crypto';
import type { HookAnswer, HookRequest, Surroundings } from '#model/live-source.ts';

/** Okta's own values are far shorter; more is not said back. */
const longestChallenge = 256;

/**
 * Answers what an event hook sends: one GET that carries a value to be said back, then POSTs with `data.events`, each
 * with the secret in `Authorization`. https://developer.okta.com/docs/concepts/event-hooks/
 */
export function answerHook(
  secret: string | undefined,
  { method, headers, body }: HookRequest,
  { clock }: Surroundings,
): HookAnswer {
  if (secret === undefined) return reply(404, { error: 'no hookSecret is set for this source' });
  if (method === 'GET') {
    const verification = headers['x-okta-verification-challenge'];
    return verification === undefined || verification.length > longestChallenge
      ? reply(400, { error: 'expected x-okta-verification-challenge' })
      : reply(200, { verification });
  }
  if (method !== 'POST') return reply(405, { error: 'expected GET or POST' });
  if (!isSame(headers['authorization'] ?? '', secret)) return reply(401, { error: 'wrong Authorization' });
  const events = eventsIn(body);
  if (events === undefined) return reply(400, { error: 'expected data.events' });
  if (events.length === 0) return reply(200, {});
  return { kind: 'take', pieces: [{ name: 'okta-system-log: event hook', content: body, arrivedAt: clock() }] };
}

const reply = (status: number, body: object): HookAnswer => ({
  kind: 'reply',
  status,
  body: JSON.stringify(body),
  contentType: 'application/json',
});

/** In the same time however much of it is right, and whatever its length. */
function isSame(given: string, secret: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(secret));
}

function eventsIn(body: Uint8Array): readonly unknown[] | undefined {
  try {
    const said = JSON.parse(new TextDecoder().decode(body)) as { data?: { events?: unknown } } | null;
    const events = said?.data?.events;
    return Array.isArray(events) ? events : undefined;
  } catch {
    return undefined;
  }
}
