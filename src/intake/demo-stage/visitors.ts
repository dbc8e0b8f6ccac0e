import { setTimeout } from 'node:timers/promises';
import { hashOf } from '#lib/random.ts';
import { joinId } from '#lib/salesforce-id-number.ts';
import type { RegisteredView } from '#model/gateway-wire.ts';
import { type StageIntegration, stolen } from './integrations.ts';

export interface Signed {
  readonly integration: StageIntegration;
  readonly registered: RegisteredView;
  /** The gateway. */
  readonly url: string;
}

const customers = 7_400_000;
const version = '/services/data/v64.0';

async function signIn({ registered: { tokenUrl, clientId, clientSecret } }: Signed): Promise<string | undefined> {
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  const answer = await fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(form) });
  const { access_token: token } = (await answer.json()) as { readonly access_token?: string };
  return token;
}

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

/** One integration's day: small queries from somewhere in the house, a new token when the old one has ended. */
export async function workAllDay(signed: Signed, signal: AbortSignal): Promise<void> {
  const { integration, url } = signed;
  const [least, most] = integration.rows;
  let token: string | undefined;
  for (let turn = 0; !signal.aborted; turn++) {
    try {
      token ??= await signIn(signed);
      const draw = hashOf(7, integration.name, turn);
      const from = joinId('003Jx0', BigInt(draw % customers));
      const rows = least + (draw % (most - least + 1));
      const soql = `${integration.query} WHERE Id > '${from}' ORDER BY Id LIMIT ${rows}`;
      const answer = await fetch(`${url}${version}/query?q=${encodeURIComponent(soql)}`, {
        headers: bearer(token ?? ''),
        signal,
      });
      await answer.arrayBuffer();
      if (answer.status === 401) token = undefined;
    } catch {
      token = undefined;
    }
    await setTimeout(integration.everyMs, undefined, { signal }).catch(() => {});
  }
}

/** The thief holds the chat vendor's token: a look around, then one bulk job over every customer. */
export async function stealThrough(all: readonly Signed[], signal: AbortSignal): Promise<void> {
  const signed = all.find(({ integration }) => integration.name === stolen);
  const token = signed && (await signIn(signed));
  if (signed === undefined || token === undefined) return;
  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${signed.url}${version}${path}`, { ...init, signal, headers: { ...bearer(token), ...init.headers } });
  await (await ask('/sobjects/Contact/describe')).arrayBuffer();
  const created = await ask('/jobs/query', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      operation: 'query',
      query: 'SELECT Id, FirstName, LastName, Email, Phone, TotalSpend__c FROM Contact',
    }),
  });
  const { id } = (await created.json()) as { readonly id: string };
  for (let look = 0; look < 60; look++) {
    await setTimeout(1_000, undefined, { signal });
    const { state } = (await (await ask(`/jobs/query/${id}`)).json()) as { readonly state?: string };
    if (state === 'JobComplete') break;
  }
  for (let page = '', pages = 0; pages < 10; pages++) {
    const answer = await ask(`/jobs/query/${id}/results${page}`);
    await answer.arrayBuffer();
    const locator = answer.headers.get('sforce-locator');
    if (answer.status !== 200 || locator === null || locator === 'null') return;
    page = `?locator=${locator}`;
  }
}
