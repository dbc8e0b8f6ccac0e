import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { type Configuration, parseConfiguration } from '#configuration.ts';
import { type Cordon, openCordon } from '#cordon.ts';
import type { Detection } from '#detection/detect.ts';
import { type Event, Slots } from '#model/event.ts';
import type { Finding, Grant } from '#model/finding.ts';
import type { Incident } from '#model/incident.ts';
import type { LiveSource } from '#model/live-source.ts';
import { type Result, success } from '#model/result.ts';
import type { Source } from '#model/source.ts';
import type { Person, Role } from '#model/staff.ts';
import type { WrittenRule } from '#model/wire.ts';
import { createServer } from '../server.ts';
import { openSignIn, type SignIn } from '../sign-in/sign-in.ts';

/** A clock that stands still until it is moved. */
export interface Clock {
  (): number;
  forward(ms: number): void;
}

export function stoppedClock(at = Date.parse('2026-11-23T10:00:00Z')): Clock {
  let now = at;
  const clock = () => now;
  return Object.assign(clock, {
    forward: (ms: number) => {
      now += ms;
    },
  });
}

export interface TestServer {
  readonly cordon: Cordon;
  readonly app: FastifyInstance;
  readonly operator: FastifyInstance;
  readonly signIn: SignIn;
  readonly clock: Clock;
  readonly bugs: unknown[];
  /** A member of staff with a session: headers for requests that change something. */
  hire(role: Role, email?: string): Promise<Staff>;
  close(): Promise<void>;
}

export interface Staff {
  readonly person: Person;
  readonly secret: string;
  readonly headers: { readonly cookie: string; readonly 'x-csrf': string; readonly host: string };
}

export function unwrap<Value>(result: Result<Value, unknown>): Value {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

export const host = 'localhost:8420';

/** A Cordon on its own directory, with a detection that makes of an event with a `message` the incident of that name. */
export async function openTestServer(
  wish: {
    readonly yaml?: string;
    readonly clock?: Clock;
    readonly liveSources?: readonly LiveSource[];
    readonly sources?: readonly Source[];
  } = {},
): Promise<TestServer> {
  const directory = mkdtempSync(join(tmpdir(), 'cordon-api-'));
  const parsed = parseConfiguration(
    `dataDirectory: ${directory}\n${wish.yaml ?? ''}`,
    join(directory, 'cordon.yaml'),
    {},
    wish.liveSources,
  );
  const configuration: Configuration = unwrap(parsed);
  const clock = wish.clock ?? stoppedClock();
  const bugs: unknown[] = [];
  const cordon = unwrap(
    await openCordon(configuration, {
      clock,
      reportBug: (error) => bugs.push(error),
      sources: wish.sources ?? [sourceForTests],
      detection: namingDetection,
    }),
  );
  await cordon.warmed;
  const signIn = openSignIn(cordon);
  const parts = { cordon, signIn, consoleDirectory: join(directory, 'console') };
  const app = await createServer({ ...parts, caller: 'network' });
  const operator = await createServer({ ...parts, caller: 'operator' });
  return {
    cordon,
    app,
    operator,
    signIn,
    clock,
    bugs,
    async hire(role, email = `${role}-${randomUUID()}@house.example`) {
      const person: Person = { id: randomUUID(), name: role, email, role, createdAt: clock(), disabledAt: undefined };
      await cordon.staff.addPerson(person);
      const { secret, csrf } = await signIn.sessions.start(person.id, 'test');
      return { person, secret, headers: { cookie: `cordon=${secret}`, 'x-csrf': csrf, host } };
    },
    async close() {
      await app.close();
      await operator.close();
      await cordon.close();
      rmSync(directory, { recursive: true });
    },
  };
}

const rule: WrittenRule = {
  name: 'named',
  id: '00000000-0000-4000-8000-000000000001',
  title: 'An event with a name',
  description: 'For tests',
  level: 'high',
  techniques: ['T1528'],
  runbook: '# Look',
  falsePositives: [],
  yaml: 'title: An event with a name',
  samples: { fire: [], quiet: [] },
};

/** What is wished of an event; `incident` names the incident it opens. */
export interface Wish {
  readonly key: string;
  readonly time: number;
  readonly user?: string;
  readonly app?: string;
  readonly incident?: string;
}

export function makeEvent({ key, time, user = 'integration@house.example', app = 'Chat', incident }: Wish): Event {
  const slots = new Slots();
  slots.activity_name = 'query';
  slots['actor.user.name'] = user;
  slots['actor.app_name'] = app;
  slots['src_endpoint.ip'] = '203.0.113.9';
  slots['resources.type'] = ['Case'];
  slots['unmapped.rows'] = 200;
  slots.message = incident;
  const origin = { file: 'test.csv', offset: 0, bytes: 4 };
  const source = 'salesforce-event-log-file';
  return { key, time, arrivedAt: time + 1_000, source, origin, raw: `line ${key}`, slots, native: () => undefined };
}

const grantOf = ({ slots }: Event): Grant => {
  const [userName, appName] = [slots['actor.user.name'], slots['actor.app_name']];
  return { key: `${appName}@${userName}`, appName, userName, appUid: undefined, userUid: undefined };
};

function findingOf(event: Event): Finding {
  const { key, time, arrivedAt, source, origin, raw, slots } = event;
  return {
    key: `finding-${key}`,
    rule: { name: rule.name, id: rule.id, title: rule.title, techniques: rule.techniques },
    level: 'high',
    grant: grantOf(event),
    otherGrants: [],
    firstAt: time,
    lastAt: time,
    raisedAt: arrivedAt,
    evidence: [{ key, time, arrivedAt, source, origin, raw, slots }],
    evidenceCount: 1,
    explanation: 'It carries a name.',
    advice: 'Look at it.',
    history: 'not needed',
  };
}

export const sourceForTests: Source = {
  name: 'salesforce-event-log-file',
  title: 'Event log file',
  lag: '3 to 6 hours after the hour',
  longestLagMs: 0,
};

/** Makes of each event with a `message` the incident of that name, or another finding of it. */
export const namingDetection = async () => success({ detection: createNamingDetection(), rules: [rule], faults: [] });

function createNamingDetection(): Detection {
  const incidents = new Map<string, Incident>();
  return {
    observe(events: readonly Event[]) {
      const findings: Finding[] = [];
      const changed = new Map<string, Incident>();
      for (const event of events) {
        event.slots['unmapped.grant_uid'] = grantOf(event).key;
        const name = event.slots.message;
        if (name === undefined) continue;
        const finding = findingOf(event);
        const before = incidents.get(name);
        const incident: Incident = {
          id: name,
          title: `Incident ${name}`,
          state: 'open',
          level: 'high',
          firstAt: before?.firstAt ?? event.time,
          lastAt: event.time,
          openedAt: before?.openedAt ?? event.arrivedAt,
          openedByEventAt: before?.openedByEventAt ?? event.time,
          grants: [finding.grant],
          techniques: ['T1528'],
          rows: { atLeast: 200, atMost: 250 },
          findings: [...(before?.findings ?? []), finding],
          summary: 'Something with a name happened.',
          advice: ['Look at it.'],
        };
        findings.push(finding);
        incidents.set(name, incident);
        changed.set(name, incident);
      }
      return { findings, incidents: [...changed.values()] };
    },
    grantHistory: () => undefined,
    grants: () => [],
    incidents: () => [...incidents.values()],
    statistics: () => ({
      events: 0,
      findings: 0,
      incidents: incidents.size,
      grants: 1,
      forgottenGrants: 0,
      forgottenNames: 0,
      correlations: [],
    }),
  };
}
