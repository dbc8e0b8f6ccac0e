import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'vite';
import { incidentSteps } from '#model/incident.ts';
import { roles } from '#model/staff.ts';
import type { IncidentView, LiveMessage } from '#model/wire.ts';
import { inventory, rules } from './fake-catalogue.ts';
import { fakeGateway } from './fake-gateway.ts';
import { event, houseNow, incidents, now } from './fake-house.ts';

type Answer = (words: URLSearchParams, body: Record<string, unknown>, name: string) => unknown;

const person = {
  id: 'person-1',
  name: 'Ines Albrecht',
  email: 'ines@maison-orfevre.example',
  role: 'owner' as const,
  createdAt: Date.UTC(2026, 0, 4),
  disabledAt: undefined,
};
const session = {
  person: { ...person, permissions: roles.owner },
  csrf: 'fake',
  ways: { passkey: true, password: true, oidc: { name: 'Okta' } },
  needsOwner: false,
  demo: true,
  version: '0.1.0',
};

/** Answers /api for `vite dev` when no real server is named. Changes live as long as the process. */
export function fakeServer(): Plugin {
  const gateway = fakeGateway(person.id);
  const byId = new Map(incidents.map((incident) => [incident.id, incident]));
  const change = (id: string, more: Partial<IncidentView>) => {
    const incident = byId.get(id);
    if (incident === undefined) return undefined;
    const changed = { ...incident, ...more };
    byId.set(id, changed);
    return changed;
  };
  const rows = () =>
    [...byId.values()].map((each) => ({
      ...each,
      findingCount: each.findings.length,
      restricted: each.restriction !== undefined,
    }));
  const answers: Readonly<Record<string, Answer>> = {
    'GET session': () => session,
    'GET now': () => ({ ...now, needsPerson: rows().filter(({ state }) => state === 'open') }),
    'PUT demo': (_, body) => ({ ...now.demo, ...body }),
    'GET incidents': rows,
    'GET incidents/*': (_, __, id) => byId.get(id),
    'POST incidents/*/changes': (_, body, id) => {
      const { from, to, reason } = body as Pick<IncidentView['changes'][number], 'from' | 'to' | 'reason'>;
      const changes = [...(byId.get(id)?.changes ?? []), { at: houseNow, by: person.id, from, to, reason }];
      return change(id, { state: to, nextStates: incidentSteps[to], changes });
    },
    'POST incidents/*/notes': (_, { text }, id) => {
      const note = { id: crypto.randomUUID(), at: houseNow, by: person.id, text: String(text) };
      change(id, { notes: [...(byId.get(id)?.notes ?? []), note] });
      return note;
    },
    'GET events': (words) => {
      const from = Number(words.get('cursor') ?? 0);
      const page = Array.from({ length: 200 }, (_, index) => event(from + index));
      return { rows: page, ...(from < 4000 ? { next: String(from + 200) } : {}) };
    },
    'GET events/*': (_, __, key) => event(Number(key.split('-')[1])),
    'GET rules': () => rules,
    'GET inventory': () => inventory,
    'GET gateway': gateway.view,
    'GET gateway/river': gateway.river,
    'GET gateway/reach/*': (_, __, name) => gateway.reach(name),
    'GET gateway/policies/*': (_, __, name) => gateway.page(name),
    'GET gateway/learn/*': (_, __, name) => gateway.learned(name),
    'POST gateway/policies/*': (_, body, name) => gateway.propose(name, body),
    'POST gateway/proposals/*/approve': (_, __, id) => gateway.decided(id),
    'POST gateway/proposals/*/reject': (_, __, id) => gateway.decided(id),
    'POST gateway/integrations/*/suspend': (_, { why }, name) => gateway.suspend(name, String(why)),
    'POST gateway/integrations/*/resume': (_, __, name) => gateway.resume(name),
    'POST exposure': (_, body) =>
      body['kind'] === 'token' || body['kind'] === 'incident'
        ? gateway.exposure(body['kind'], String(body[body['kind']]))
        : gateway.exposure('integration', String(body['integration'])),
    'POST exposure/customer': (_, { customer }) => gateway.exposure('customer', String(customer)),
    'POST exposure/customers': () => ['0038d00000AbCdEAAV', '0038d00000AbCdFAAV'],
    'GET tokens': () => [],
    'GET staff': () => ({ people: [person], invitations: [] }),
    'GET audit-log': () => [
      {
        sequence: 1,
        at: Date.UTC(2026, 7, 1),
        by: person.id,
        act: 'sign-in',
        subject: person.id,
        details: { way: 'passkey' },
        hash: 'a'.repeat(64),
      },
    ],
    'GET audit-log/verification': () => ({ ok: true, entries: 1, anchors: 1 }),
    'GET search': (words) => [
      { kind: 'incident', title: incidents[0]?.title, detail: words.get('q'), to: `/incidents/${incidents[0]?.id}` },
    ],
    'GET welcome/*': () => ({ role: 'owner', expiresAt: Date.now() + 3_600_000, password: true }),
  };
  return {
    name: 'fake-server',
    configureServer({ middlewares }) {
      middlewares.use('/api', (incoming, outgoing) => void respond(answers, incoming, outgoing));
    },
  };
}

async function respond(answers: Readonly<Record<string, Answer>>, incoming: IncomingMessage, outgoing: ServerResponse) {
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://fake');
  if (pathname === '/live') return live(outgoing);
  const { answer, name } = find(answers, incoming.method ?? '', pathname.slice(1).split('/').map(decodeURIComponent));
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Record<string, unknown>;
  const value = answer?.(searchParams, body, name);
  outgoing.writeHead(value === undefined ? 404 : 200, { 'content-type': 'application/json' });
  outgoing.end(JSON.stringify(value ?? { error: { kind: 'gone', message: 'The fake house has no such thing.' } }));
}

/** The answer whose path fits exactly, else but for one name. */
function find(answers: Readonly<Record<string, Answer>>, method: string, parts: readonly string[]) {
  const exact = answers[`${method} ${parts.join('/')}`];
  if (exact !== undefined) return { answer: exact, name: '' };
  const place = parts.findIndex((_, index) => answers[`${method} ${parts.with(index, '*').join('/')}`] !== undefined);
  if (place < 0) return { answer: undefined, name: '' };
  return { answer: answers[`${method} ${parts.with(place, '*').join('/')}`], name: parts[place]! };
}

function live(outgoing: ServerResponse) {
  outgoing.writeHead(200, { 'content-type': 'text/event-stream' });
  let at = houseNow;
  const timer = setInterval(() => {
    at += 60_000;
    const demo = now.demo === undefined ? {} : { demo: { ...now.demo, houseTime: at } };
    const message: LiveMessage = {
      kind: 'now',
      now: { at, sources: now.sources, totals: now.totals, ...demo },
      flow: { time: at, counts: { 'salesforce-real-time-event': 240 } },
    };
    outgoing.write(`event: now\ndata: ${JSON.stringify(message)}\n\n`);
  }, 1000);
  outgoing.on('close', () => clearInterval(timer));
}
