import type { Salesforce } from './salesforce.ts';

export interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: () => Record<string, unknown>;
}

export interface TestClient {
  readonly token: string;
  readonly refreshToken: string;
  readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<Got>;
  readonly query: (soql: string, headers?: Readonly<Record<string, string>>) => Promise<Got>;
  readonly send: (method: string, path: string, body: unknown) => Promise<Got>;
}

export const base = '/services/data/v64.0';

/** Calls the CRM with a fresh grant of its first app. */
export function createClient(crm: Salesforce): TestClient {
  const { accessToken: token, refreshToken } = crm.control.grant(crm.apps[0]!.clientId);
  const authorization = `Bearer ${token}`;
  const ask = async (path: string, init: RequestInit): Promise<Got> => {
    const answer = await fetch(crm.url + path, init);
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, json: () => JSON.parse(text) };
  };
  const get: TestClient['get'] = (path, headers = {}) => ask(path, { headers: { authorization, ...headers } });
  return {
    token,
    refreshToken,
    get,
    query: (soql, headers) => get(`${base}/query?q=${encodeURIComponent(soql)}`, headers),
    send: (method, path, body) =>
      ask(path, {
        method,
        headers: { authorization, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  };
}

/** The answer of the token endpoint, or of one beside it, to a form. */
export async function postForm(crm: Salesforce, name: string, form: Readonly<Record<string, string>>): Promise<Got> {
  const answer = await fetch(`${crm.url}/services/oauth2/${name}`, { method: 'POST', body: new URLSearchParams(form) });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, json: () => JSON.parse(text) };
}
