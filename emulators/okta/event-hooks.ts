import { randomUUID } from 'node:crypto';
import { jsonAnswer, type VendorAnswer, type VendorCall } from '../vendor-server/vendor-server.ts';
import { type Org, oktaError } from './org.ts';

interface Hook {
  readonly id: string;
  readonly name: string;
  readonly eventTypes: ReadonlySet<string>;
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly createdAt: number;
  status: 'ACTIVE' | 'INACTIVE';
  verification: 'UNVERIFIED' | 'VERIFIED';
}

/** Okta waits so long for an answer, ms. */
const longestWaitMs = 3000;

/** Event hooks: https://developer.okta.com/docs/concepts/event-hooks/ */
export class EventHooks {
  readonly #org: Org;
  readonly #hooks = new Map<string, Hook>();

  constructor(org: Org) {
    this.#org = org;
  }

  /** `/api/v1/eventHooks`, `/api/v1/eventHooks/{id}`, `/api/v1/eventHooks/{id}/lifecycle/{act}` */
  async answer(call: VendorCall): Promise<VendorAnswer> {
    const [id, lifecycle, act] = call.path.split('/').slice(4);
    if (id === undefined) {
      if (call.method === 'GET') return jsonAnswer([...this.#hooks.values()].map((hook) => this.#print(hook)));
      return call.method === 'POST' ? this.#create(call.body) : oktaError('E0000022', 405);
    }
    const hook = this.#hooks.get(id);
    if (hook === undefined) return oktaError('E0000007', 404);
    if (lifecycle === undefined)
      return call.method === 'GET' ? jsonAnswer(this.#print(hook)) : this.#delete(hook, call);
    if (call.method !== 'POST') return oktaError('E0000022', 405);
    if (act === 'verify') return this.#verify(hook);
    if (act === 'activate' || act === 'deactivate') {
      hook.status = act === 'activate' ? 'ACTIVE' : 'INACTIVE';
      return jsonAnswer(this.#print(hook));
    }
    return oktaError('E0000007', 404);
  }

  /**
   * Sends events to every active, verified hook that wants them: at least once, one retry at most, none after a 4xx; while
   * the org duplicates or reorders, twice or backwards. Resolves when all was tried.
   */
  async deliver(events: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
    const { delivery } = this.#org;
    for (const hook of this.#hooks.values()) {
      if (hook.status !== 'ACTIVE' || hook.verification !== 'VERIFIED') continue;
      const wanted = events.filter(({ eventType }) => hook.eventTypes.has(String(eventType)));
      if (wanted.length === 0) continue;
      const body = this.#body(hook, delivery === 'reordering' ? wanted.toReversed() : wanted);
      for (let time = 0; time < (delivery === 'duplicates' ? 2 : 1); time++) await this.#post(hook, body);
    }
  }

  #body(hook: Hook, events: readonly unknown[]): string {
    return JSON.stringify({
      eventType: 'com.okta.event_hook',
      eventTypeVersion: '1.0',
      cloudEventsVersion: '0.1',
      contentType: 'application/json',
      eventId: randomUUID(),
      eventTime: new Date(this.#org.clock()).toISOString(),
      source: `${this.#org.url}/api/v1/eventHooks/${hook.id}`,
      data: { events },
    });
  }

  async #post(hook: Hook, body: string): Promise<void> {
    const headers = { accept: 'application/json', 'content-type': 'application/json', ...hook.headers };
    for (let attempt = 0; attempt < 2; attempt++) {
      const status = await ask(hook.uri, { method: 'POST', headers, body }).then((response) => response?.status ?? 0);
      if (status >= 200 && status < 500) return;
    }
  }

  #create(body: string): VendorAnswer {
    const said = readJson(body) as {
      name?: unknown;
      events?: { items?: unknown };
      channel?: { config?: { uri?: unknown; authScheme?: { key?: unknown; value?: unknown } } };
    };
    const { uri, authScheme } = said.channel?.config ?? {};
    const items = said.events?.items;
    if (typeof said.name !== 'string' || typeof uri !== 'string' || !URL.canParse(uri) || !Array.isArray(items))
      return oktaError('E0000001', 400, {}, 'eventHook: name, events.items and channel.config.uri are needed');
    const hook: Hook = {
      id: `who${randomUUID().replaceAll('-', '').slice(0, 17)}`,
      name: said.name,
      eventTypes: new Set(items.map(String)),
      uri,
      headers: typeof authScheme?.key === 'string' ? { [authScheme.key.toLowerCase()]: String(authScheme.value) } : {},
      createdAt: this.#org.clock(),
      status: 'ACTIVE',
      verification: 'UNVERIFIED',
    };
    this.#hooks.set(hook.id, hook);
    return jsonAnswer(this.#print(hook));
  }

  #delete(hook: Hook, call: VendorCall): VendorAnswer {
    if (call.method !== 'DELETE' || hook.status === 'ACTIVE') return oktaError('E0000022', 405);
    this.#hooks.delete(hook.id);
    return { status: 204, body: '' };
  }

  /** One GET that carries a value, which must come back: it shows that whoever registered the address holds it. */
  async #verify(hook: Hook): Promise<VendorAnswer> {
    const challenge = randomUUID();
    const response = await ask(hook.uri, { headers: { ...hook.headers, 'x-okta-verification-challenge': challenge } });
    const said = response?.ok ? readJson(await response.text()) : {};
    if (said['verification'] !== challenge)
      return oktaError('E0000001', 400, {}, 'eventHook: the endpoint did not return the verification value');
    hook.verification = 'VERIFIED';
    return jsonAnswer(this.#print(hook));
  }

  #print({ id, name, eventTypes, uri, headers, createdAt, status, verification }: Hook): object {
    const created = new Date(createdAt).toISOString();
    const [key] = Object.keys(headers);
    return {
      id,
      name,
      status,
      verificationStatus: verification,
      created,
      lastUpdated: created,
      createdBy: '00u1orfevreadmin05d7',
      events: { type: 'EVENT_TYPE', items: [...eventTypes] },
      channel: {
        type: 'HTTP',
        version: '1.0.0',
        config: { uri, headers: [], method: 'POST', ...(key && { authScheme: { type: 'HEADER', key } }) },
      },
    };
  }
}

/** Undefined where there was no answer in time. */
const ask = (url: string, init: RequestInit): Promise<Response | undefined> =>
  fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(longestWaitMs) }).catch(() => undefined);

function readJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
