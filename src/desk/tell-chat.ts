import { setTimeout as wait } from 'node:timers/promises';
import { revealed } from '#lib/reveal.ts';
import { boundsInWords } from '#lib/words.ts';
import { isAtLeast, type Level } from '#model/finding.ts';
import type { StoredIncident } from '#model/records.ts';
import { stateOf } from './known-incidents.ts';

export interface ChatTarget {
  /** An incoming webhook that takes `{ "text": … }`: Slack, Mattermost, Rocket.Chat, Google Chat. */
  readonly webhook: string;
  readonly from: Level;
}

export interface ChatParts {
  readonly targets: readonly ChatTarget[];
  /** Where the console is reached, for the link. */
  readonly consoleUrl: string | undefined;
  /** Ids told before, newest last: nothing is told twice, across restarts. */
  readonly told: readonly string[];
  readonly remember: (told: readonly string[]) => Promise<void>;
  readonly onFailure: (reason: Error) => void;
  readonly post?: (url: string, body: string) => Promise<number>;
}

export interface Chat {
  /** Tells of incidents that are open and were not told before; restricted ones never. Resolves when done or given up. */
  readonly tell: (incidents: readonly StoredIncident[]) => Promise<void>;
}

const tries = 4;
const firstWaitMs = 2_000;
const remembered = 1_000;

export function createChat(parts: ChatParts): Chat {
  const { targets, post = postJson } = parts;
  const told = new Set(parts.told);
  return {
    async tell(incidents) {
      const news = incidents.filter(
        (stored) => !told.has(stored.incident.id) && stored.restriction === undefined && stateOf(stored) === 'open',
      );
      for (const { incident } of news) {
        const wanted = targets.filter(({ from }) => isAtLeast(incident.level, from));
        if (wanted.length === 0) continue;
        told.add(incident.id);
        await parts.remember([...told].slice(-remembered));
        const body = JSON.stringify({ text: chatMessage(incident, parts.consoleUrl) });
        await Promise.all(wanted.map(({ webhook }) => deliver(webhook, body, post, parts.onFailure)));
      }
    },
  };
}

/** The message: names that attackers chose stand in code, where no chat reads mentions, links or markup. */
export function chatMessage(incident: StoredIncident['incident'], consoleUrl: string | undefined): string {
  return [
    `${incident.level.toUpperCase()} ${inCode(incident.title)}`,
    `Rows read, as the logs count: ${boundsInWords(incident.rows)}`,
    ...incident.advice.slice(0, 1).map((advice) => `First: ${inCode(advice)}`),
    ...(consoleUrl === undefined ? [] : [`${consoleUrl}/incidents/${incident.id}`]),
  ].join('\n');
}

/**
 * Text that a chat shows as it is. Slack asks for `&`, `<` and `>` as entities everywhere
 * (https://docs.slack.dev/messaging/formatting-message-text); in a code span nothing else means anything.
 */
export const inCode = (text: string): string =>
  `\`${revealed(text).replaceAll('`', "'").replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}\``;

async function deliver(
  webhook: string,
  body: string,
  post: NonNullable<ChatParts['post']>,
  onFailure: ChatParts['onFailure'],
): Promise<void> {
  let why = '';
  for (let turn = 0; turn < tries; turn++) {
    if (turn > 0) await wait(firstWaitMs * 2 ** (turn - 1), undefined, { ref: false });
    try {
      const status = await post(webhook, body);
      if (status < 300) return;
      why = `it answered ${status}`;
      if (status < 500 && status !== 429) break;
    } catch (reason) {
      why = reason instanceof Error ? reason.message : String(reason);
    }
  }
  onFailure(new Error(`the chat at ${new URL(webhook).origin} was not told: ${why}`));
}

async function postJson(url: string, body: string): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, {
    method: 'POST',
    headers,
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(10_000),
  });
  await response.body?.cancel();
  return response.status;
}
