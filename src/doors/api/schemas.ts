/** The shapes of model/wire.ts as zod schemas: what the API takes, what it sends, and its OpenAPI document. */
import { z } from 'zod';
import type { Slots } from '#model/event.ts';
import { levels } from '#model/finding.ts';
import { type IncidentState, incidentStates } from '#model/incident.ts';
import { permissions, type Role, roles } from '#model/staff.ts';

const time = z.number().describe('ms since 1970 UTC');
const text = z.string();
const texts = z.array(z.string());

const level = z.enum(levels);
export const state = z.enum(incidentStates as readonly [IncidentState, ...IncidentState[]]);
export const permission = z.enum(permissions);
export const role = z.enum(Object.keys(roles) as [Role, ...Role[]]);
const bounds = z.object({ atLeast: z.number(), atMost: z.number().optional() });

export const apiError = z.object({
  error: z.object({ kind: text, message: text, where: text.optional() }),
});

export const person = z.object({
  id: text,
  name: text,
  email: text,
  role,
  createdAt: time,
  disabledAt: time.optional(),
});

export const sessionView = z.object({
  person: person.extend({ permissions: z.array(permission) }).exactOptional(),
  csrf: text.exactOptional(),
  ways: z.object({
    passkey: z.boolean(),
    password: z.boolean(),
    oidc: z.object({ name: text }).exactOptional(),
  }),
  needsOwner: z.boolean(),
  demo: z.boolean(),
  version: text,
});

const liveGap = z.object({
  source: text,
  reading: text,
  stream: text,
  from: time,
  to: time,
  why: text,
  toldAt: time,
  hidesRows: z.boolean(),
});

const streamHealth = z.object({
  reading: text,
  stream: text,
  state: z.enum(['on time', 'catching up', 'behind', 'resting', 'failing', 'silent', 'starting']),
  why: text.exactOptional(),
  until: time.exactOptional(),
  reachedUntil: time.exactOptional(),
  lagMs: z.number().exactOptional(),
  lastEventAt: time.exactOptional(),
  lastContactAt: time.exactOptional(),
  cursorKeptAt: time.exactOptional(),
  events: z.number(),
  duplicates: z.number(),
  quarantined: z.number(),
  gaps: z.number(),
  lastGap: liveGap.exactOptional(),
});

const sourceHealth = z.object({
  name: text,
  title: text,
  state: z.enum(['on time', 'lagging', 'silent', 'failing', 'loading', 'unheard']),
  usualLag: text,
  lagMs: z.number().exactOptional(),
  lastEventAt: time.exactOptional(),
  lastArrivalAt: time.exactOptional(),
  events: z.number(),
  duplicates: z.number(),
  quarantined: z.number(),
  lastError: text.exactOptional(),
  streams: z.array(streamHealth).exactOptional(),
});

export const sourcesView = z.object({
  at: time,
  sources: z.array(sourceHealth),
  gaps: z.array(liveGap),
  cautions: z.array(text),
});

export const demoView = z.object({
  playing: z.boolean(),
  speed: z.number(),
  houseTime: time,
  historyLoaded: z.number(),
  chapter: text,
  finished: z.boolean(),
  nextAt: time.exactOptional(),
  endsAt: time,
});

const grant = z.object({
  key: text,
  appUid: text.optional(),
  appName: text.optional(),
  userUid: text.optional(),
  userName: text.optional(),
  address: text.exactOptional(),
});

export const incidentRow = z.object({
  id: text,
  title: text,
  state,
  level,
  firstAt: time,
  lastAt: time,
  openedAt: time,
  grants: z.array(grant),
  rows: bounds,
  findingCount: z.number(),
  restricted: z.boolean(),
});

export const nowView = z.object({
  at: time,
  needsPerson: z.array(incidentRow),
  sources: z.array(sourceHealth),
  cautions: z.array(text),
  flow: z.object({
    bucketMs: z.number(),
    times: z.array(time),
    counts: z.record(text, z.array(z.number())),
  }),
  totals: z.object({
    events: z.number(),
    grants: z.number(),
    findings: z.number(),
    openIncidents: z.number(),
  }),
  demo: demoView.exactOptional(),
});

export const note = z.object({ id: text, at: time, by: text, text });

const origin = z.object({ file: text, offset: z.number(), bytes: z.number() });
/** Slots as `model/event.ts` names them: sent as they are, so that a new one needs no change here. */
const slots = z.looseObject({}) as unknown as z.ZodType<Partial<Slots>>;

const evidence = z.object({ key: text, time, arrivedAt: time, source: text, origin, raw: text, slots });

const finding = z.object({
  key: text,
  rule: z.object({ name: text, id: text, title: text, techniques: texts }),
  level,
  grant,
  otherGrants: z.array(grant),
  firstAt: time,
  lastAt: time,
  raisedAt: time,
  evidence: z.array(evidence),
  evidenceCount: z.number(),
  explanation: text,
  advice: text,
  history: z.enum(['known', 'none', 'not needed']),
});

const grantHistory = z.object({
  grant,
  firstAt: time,
  lastAt: time,
  days: z.number(),
  events: z.number(),
  rows: z.number(),
  busiestHourRows: z.number(),
  networks: texts,
  userAgents: texts,
  objects: texts,
  activities: texts,
  hours: z.array(z.number()).describe('48 counts: UTC hours of weekdays, then of weekends'),
});

export const incidentView = z.object({
  ...incidentRow.omit({ findingCount: true, restricted: true }).shape,
  openedByEventAt: time,
  techniques: texts,
  findings: z.array(finding),
  summary: text,
  advice: texts,
  changes: z.array(z.object({ at: time, from: state, to: state, by: text, reason: text })),
  notes: z.array(note),
  nextStates: z.array(state),
  restriction: z.object({ readers: texts, reason: text }).exactOptional(),
  thread: z.array(
    z.object({
      lane: z.enum(['sign-in', 'grant', 'reconnaissance', 'reading', 'containment', 'duties']),
      from: time,
      to: time,
      label: text,
      findingKey: text.exactOptional(),
      level: level.exactOptional(),
      rows: z.number().exactOptional(),
    }),
  ),
  grantHistory: grantHistory.exactOptional(),
  gaps: z.array(liveGap).exactOptional(),
});

const eventRow = z.object({
  key: text,
  time,
  arrivedAt: time,
  source: text,
  activity: text,
  user: text.exactOptional(),
  userUid: text.exactOptional(),
  app: text.exactOptional(),
  address: text.exactOptional(),
  objects: texts,
  rows: z.number().exactOptional(),
  query: text.exactOptional(),
});
export const eventPage = z.object({ rows: z.array(eventRow), next: text.exactOptional() });
export const eventView = eventRow.extend({ origin, raw: text, slots });

export const ruleView = z.object({
  name: text,
  id: text,
  title: text,
  description: text,
  level,
  techniques: texts,
  runbook: text.describe('Markdown'),
  falsePositives: texts,
  enabled: z.boolean(),
  firedCount: z.number(),
  lastFiredAt: time.exactOptional(),
  yaml: text,
  samples: z.object({ fire: z.array(z.unknown()), quiet: z.array(z.unknown()) }),
});

export const inventoryView = z.object({
  at: time,
  from: time.exactOptional(),
  to: time.exactOptional(),
  apps: z.array(
    z.object({
      key: text,
      name: text,
      uid: text.exactOptional(),
      standing: z.enum(['new', 'in use', 'dormant']),
      firstAt: time,
      lastAt: time,
      users: z.array(z.object({ uid: text.exactOptional(), name: text.exactOptional(), firstAt: time, lastAt: time })),
      networks: texts,
      userAgents: texts,
      objects: texts,
      apis: texts,
      calls: z.number(),
      rows: bounds,
      reach: text,
      setupChanges: z.array(z.object({ at: time, by: text.exactOptional(), what: text })),
    }),
  ),
});

export const auditEntry = z.object({
  sequence: z.number(),
  at: time,
  by: text,
  act: text,
  subject: text,
  details: z.record(text, z.unknown()),
  hash: text,
});

export const auditVerification = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), entries: z.number(), anchors: z.number() }),
  z.object({ ok: z.literal(false), sequence: z.number(), found: text, expected: text }),
]);

export const tokenView = z.object({
  id: text,
  name: text,
  scopes: z.array(permission),
  createdAt: time,
  expiresAt: time,
  lastUsedAt: time.exactOptional(),
});

const invitation = z.object({ id: text, email: text, role, expiresAt: time });
export const invitationView = invitation.extend({ link: text });
export const staffView = z.object({ people: z.array(person), invitations: z.array(invitation) });

export const welcomeView = z.object({ role, email: text.exactOptional(), expiresAt: time, password: z.boolean() });
export const passwordSetup = z.object({ otpauthUri: text, secret: text });

export const searchHit = z.object({
  kind: z.enum(['incident', 'grant', 'rule', 'event', 'app', 'page']),
  title: text,
  detail: text,
  to: text,
});
