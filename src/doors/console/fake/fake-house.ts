import { Slots } from '#model/event.ts';
import type { Evidence, Finding, Grant } from '#model/finding.ts';
import { incidentSteps } from '#model/incident.ts';
import type { EventView, IncidentView, LiveGap, NowView } from '#model/wire.ts';

/** A house for `vite dev` alone: every shape of the wire once, and names as an attacker would choose them. */

const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;
export const houseNow = Date.UTC(2026, 7, 12, 11, 20);

export const hostile = '<img src=x onerror=alert(1)> Tic\u202Eket\u200B Tool';
export const long = `Salesforce Data Loader for Marketing and Loyalty Operations ${'of the Group '.repeat(12)}`;

export const drift: Grant = {
  key: 'drift@drift.integration@maison-orfevre.example',
  appUid: '3MVG9drift',
  appName: 'Drift Chat',
  userUid: '0058d00000AbCdEAAV',
  userName: 'drift.integration@maison-orfevre.example',
};
const ticket: Grant = { ...drift, key: 'ticket@-', appName: hostile, userName: 'l.moreau@maison-orfevre.example' };

export function event(index: number): EventView & Evidence {
  const kinds = ['query', 'count', 'list-objects', 'describe-object', 'bulk-create', 'login', 'report-export'] as const;
  const activity = kinds[index % kinds.length] ?? 'query';
  const slots = new Slots();
  slots.activity_name = activity;
  slots['actor.app_name'] = index % 9 === 0 ? hostile : 'Drift Chat';
  slots['src_endpoint.ip'] = '208.68.36.90';
  slots['resources.type'] = ['Case'];
  const row = {
    key: `event-${index}`,
    time: houseNow - index * 47_000,
    arrivedAt: houseNow - index * 47_000 + 800,
    source: index % 4 === 0 ? 'okta-system-log' : 'salesforce-real-time-event',
    activity,
    user: index % 13 === 0 ? long : 'drift.integration@maison-orfevre.example',
    app: slots['actor.app_name'],
    address: '208.68.36.90',
    objects: ['Case'],
    ...(activity === 'query' ? { query: 'SELECT Id, Subject, Description FROM Case', rows: 2000 } : {}),
  };
  const raw = JSON.stringify({
    EventType: 'ApiEvent',
    Query: row.query,
    UserAgent: 'python-requests/2.32.4',
    App: row.app,
  });
  return { ...row, raw, origin: { file: 'events/2026-08-12.ndjson', offset: index * 900, bytes: raw.length }, slots };
}

function finding(index: number, title: string, level: Finding['level'], at: number): Finding {
  return {
    key: `finding-${index}`,
    rule: { name: `rule-${index}`, id: `0000-${index}`, title, techniques: ['T1528', 'T1213.004'] },
    level,
    grant: drift,
    otherGrants: [],
    firstAt: at,
    lastAt: at + minute,
    raisedAt: at + 2 * minute,
    evidence: [event(index), event(index + 9)],
    evidenceCount: 2 + index * 30,
    explanation: `${title}. Its usual hour is 300 Contacts from one network; this came from a network it never used.`,
    advice: 'Revoke the refresh token of this app for this user.',
    history: 'known',
  };
}

const start = houseNow - 5 * day;
export const findings = [
  finding(1, 'New network for a grant with a year of history', 'medium', start),
  finding(2, 'Reconnaissance by one grant', 'high', start + 20 * minute),
  finding(3, 'First bulk query of a grant that never used bulk', 'high', houseNow - 9 * minute),
  finding(4, 'Bulk job created and deleted within minutes', 'critical', houseNow - 5 * minute),
];

const gap: LiveGap = {
  source: 'salesforce-real-time-event',
  reading: 'salesforce-real-time-event',
  stream: 'ApiEventStream',
  from: start + 2 * hour,
  to: start + 6 * hour,
  why: 'The replay id had expired.',
  toldAt: start + 6 * hour,
  hidesRows: true,
};

const base: IncidentView = {
  id: 'inc-3f9a1c2b',
  title: 'Drift Chat looked around the whole CRM, then read all Cases in 3 min 22 s',
  state: 'open',
  nextStates: incidentSteps.open,
  level: 'critical',
  firstAt: start,
  lastAt: houseNow - 4 * minute,
  openedAt: start + 22 * minute,
  openedByEventAt: start + 20 * minute,
  grants: [drift],
  techniques: ['T1528', 'T1213.004'],
  rows: { atLeast: 2_212_480, atMost: 2_240_000 },
  findings,
  summary:
    'A token of Drift Chat was used from two hosting networks that it never used in 361 days. It listed objects, counted Account, Contact, User and Case, and five days later read the whole Case table by one bulk job, which it deleted.',
  advice: [
    'Revoke the refresh tokens of Drift Chat in Setup, Connected Apps OAuth Usage.',
    'Ask the vendor whether its token store was touched.',
    'Search Case text for secrets that customers and staff wrote there.',
  ],
  changes: [],
  notes: [{ id: 'n1', at: houseNow - 3 * minute, by: 'person-1', text: 'Called the vendor.\nThey look.' }],
  thread: [
    {
      lane: 'sign-in',
      from: start,
      to: start,
      label: 'Sign-in from 208.68.36.0/16',
      findingKey: 'finding-1',
      level: 'medium',
    },
    { lane: 'reconnaissance', from: start + minute, to: start + 9 * minute, label: 'Lists objects, describes Case' },
    {
      lane: 'reconnaissance',
      from: start + 20 * minute,
      to: start + 21 * minute,
      label: 'Counts four objects',
      findingKey: 'finding-2',
      level: 'high',
    },
    {
      lane: 'reconnaissance',
      from: start + 2 * day,
      to: start + 2 * day + 3 * minute,
      label: 'Twenty Users by last login',
    },
    {
      lane: 'sign-in',
      from: houseNow - 10 * minute,
      to: houseNow - 10 * minute,
      label: 'Sign-in from another network',
    },
    {
      lane: 'reading',
      from: houseNow - 9 * minute,
      to: houseNow - 6 * minute,
      label: 'Bulk query over all Cases',
      findingKey: 'finding-3',
      level: 'high',
      rows: 2_212_480,
    },
    {
      lane: 'reading',
      from: houseNow - 5 * minute,
      to: houseNow - 5 * minute,
      label: 'Deletes the bulk job',
      findingKey: 'finding-4',
      level: 'critical',
    },
  ],
  grantHistory: {
    grant: drift,
    firstAt: start - 361 * day,
    lastAt: start - 2 * hour,
    days: 361,
    events: 412_000,
    rows: 1_900_000,
    busiestHourRows: 3_100,
    networks: ['34.120.0.0/16'],
    userAgents: ['Drift/2.1 (+https://drift.example)', `Mozilla/5.0 ${'x'.repeat(140)}`],
    objects: ['Lead', 'Contact', 'Case'],
    activities: ['query', 'write', 'describe-object'],
    hours: Array.from({ length: 48 }, (_, index) =>
      index < 24 && index > 6 && index < 21 ? (index - 6) * 40 : index > 40 ? 3 : 0,
    ),
  },
};

export const incidents: readonly IncidentView[] = [
  base,
  {
    ...base,
    id: 'inc-77aa01fe',
    title: `${hostile} was approved after a factor reset and reads Contacts`,
    level: 'high',
    grants: [ticket],
    rows: { atLeast: 19_204, atMost: undefined },
    gaps: [gap],
  },
  {
    ...base,
    id: 'inc-10ce55aa',
    title: long,
    level: 'medium',
    state: 'contained',
    nextStates: incidentSteps.contained,
    rows: { atLeast: 4, atMost: 4 },
  },
];

const sourceBase = {
  duplicates: 0,
  quarantined: 0,
  events: 812_204,
  lastEventAt: houseNow - 9000,
  lastArrivalAt: houseNow - 8000,
};

const streamBase = {
  reading: 'salesforce-real-time-event',
  lastContactAt: houseNow - 3_000,
  cursorKeptAt: houseNow - 3_000,
  events: 40_211,
  duplicates: 0,
  quarantined: 0,
  gaps: 0,
};

export const now: NowView = {
  at: houseNow,
  needsPerson: incidents
    .slice(0, 2)
    .map((each) => ({ ...each, findingCount: each.findings.length, restricted: false })),
  cautions: [],
  sources: [
    {
      ...sourceBase,
      name: 'salesforce-real-time-event',
      title: 'Salesforce real-time events',
      state: 'on time',
      usualLag: 'seconds',
      lagMs: 900,
      streams: [
        {
          ...streamBase,
          stream: 'ApiEventStream',
          state: 'on time',
          lagMs: 900,
          gaps: 1,
          lastGap: gap,
        },
        { ...streamBase, stream: 'LoginEventStream', state: 'catching up', reachedUntil: houseNow - 5 * hour },
        {
          ...streamBase,
          stream: 'ReportEventStream',
          state: 'resting',
          why: 'Salesforce asks to wait: the daily allowance of events is spent.',
          until: houseNow + 4 * hour,
        },
      ],
    },
    {
      ...sourceBase,
      name: 'salesforce-event-log-file',
      title: 'Salesforce event log files',
      state: 'lagging',
      usualLag: '3 to 6 hours after the hour',
      lagMs: 8 * hour,
      duplicates: 412,
    },
    {
      ...sourceBase,
      name: 'okta-system-log',
      title: 'Okta System Log',
      state: 'on time',
      usualLag: 'under a minute',
      lagMs: 21_000,
      quarantined: 3,
    },
    {
      ...sourceBase,
      name: 'salesforce-login-history',
      title: 'Salesforce login history',
      state: 'failing',
      usualLag: 'when exported',
      lastError: 'login.csv: permission denied',
    },
  ],
  flow: {
    bucketMs: minute,
    times: Array.from({ length: 1440 }, (_, index) => houseNow - day + index * minute),
    counts: Object.fromEntries(
      ['salesforce-real-time-event', 'salesforce-event-log-file', 'okta-system-log', 'salesforce-login-history'].map(
        (name, source) => [
          name,
          Array.from({ length: 1440 }, (_, index) =>
            source === 3
              ? 0
              : Math.max(
                  0,
                  Math.round(
                    180 * Math.sin((index / 1440) * Math.PI) ** 2 + 60 * Math.abs(Math.sin(index * (source + 1))),
                  ),
                ),
          ),
        ],
      ),
    ),
  },
  totals: { events: 2_412_882, grants: 2_731, findings: 9, openIncidents: 2 },
  demo: {
    playing: true,
    speed: 60,
    houseTime: houseNow,
    historyLoaded: 0.64,
    chapter: 'A bulk job over the whole Case table has just been deleted.',
    finished: false,
    endsAt: houseNow + 400_000_000,
  },
};
