import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Incident } from '#model/incident.ts';
import { createDetection } from './detect.ts';
import { loadRules } from './rules/load-rules.ts';
import { findSources } from './sources/find-sources.ts';
import { readLogs } from './sources/read-logs.ts';

// One theft or one honest week, told once and written down in each of the formats in which an organisation may have it.

const hourMs = 3_600_000;
const begin = Date.UTC(2026, 3, 6);
const at = (day: number, hour: number, minute = 0, second = 0): number =>
  begin + (day * 24 + hour) * hourMs + minute * 60_000 + second * 1000;

interface Caller {
  readonly user: string;
  readonly app: string;
  readonly address: string;
  readonly agent: string;
}

interface Act {
  readonly time: number;
  readonly who: Caller;
  readonly path: string;
  readonly method?: 'POST' | 'DELETE';
  readonly object?: string | undefined;
  readonly query?: string;
  readonly rows?: number;
  readonly job?: { readonly state: string; readonly rows: number };
}

const data = '/services/data/v60.0';
const call = (time: number, who: Caller, path: string, object?: string): Act => ({ time, who, path, object });
const login = (time: number, who: Caller): Act => call(time, who, 'login');
const list = (time: number, who: Caller): Act => call(time, who, `${data}/sobjects/`);
const limits = (time: number, who: Caller): Act => call(time, who, `${data}/limits/`);
const describe = (time: number, who: Caller, object: string): Act =>
  call(time, who, `${data}/sobjects/${object}/describe/`, object);
const read = (time: number, who: Caller, object: string, rows: number, query: string): Act => ({
  ...call(time, who, `${data}/query`, object),
  rows,
  query,
});
const count = (time: number, who: Caller, object: string): Act =>
  read(time, who, object, 1, `SELECT COUNT() FROM ${object}`);
const bulkJob = (time: number, who: Caller, object: string, rows: number): readonly Act[] => {
  const job = `${data}/jobs/query/7507Q00000Kz11aQAB`;
  const query = `SELECT Id, Email, Phone FROM ${object}`;
  const act = { who, object, query };
  return [
    { ...act, time, path: `${data}/jobs/query`, method: 'POST', job: { state: 'created', rows: 0 } },
    { ...act, time: time + 180_000, path: job, job: { state: 'complete', rows } },
    { ...act, time: time + 190_000, path: `${job}/results` },
    { ...act, time: time + 240_000, path: job, method: 'DELETE', job: { state: 'deleted', rows } },
  ];
};

const idOf = (prefix: string, name: string): string =>
  `${prefix}7Q${createHash('sha256').update(name).digest('hex').slice(0, 10)}`;
const stamp = (time: number): string => new Date(time).toISOString().replace(/[-:TZ]/g, '');
const csv = (rows: readonly Readonly<Record<string, string>>[]): string =>
  [Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row))]
    .map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))
    .join('\n');
const ndjson = (rows: readonly object[]): string => rows.map((row) => JSON.stringify(row)).join('\n');

const logRow = (type: string, { time, who }: Act, place: number) => ({
  EVENT_TYPE: type,
  TIMESTAMP: stamp(time),
  REQUEST_ID: `4x${place}`,
  ORGANIZATION_ID: '00D7Q00000KmZpA',
  USER_ID: idOf('005', who.user),
  CLIENT_IP: who.address,
});
const restRow = (act: Act, place: number) => ({
  ...logRow('RestApi', act, place),
  URI: act.path,
  METHOD: act.method ?? 'GET',
  USER_AGENT: act.who.agent,
  ROWS_PROCESSED: `${act.rows ?? 0}`,
  ENTITY_NAME: act.object ?? '',
});
const isBulk = ({ path }: Act): boolean => path.includes('/jobs/');
const isQuery = ({ path }: Act): boolean => path === `${data}/query`;

type Files = Readonly<Record<string, string>>;

const loginHistory = (acts: readonly Act[]): string =>
  csv(
    acts
      .filter(({ path }) => path === 'login')
      .map(({ time, who }, place) => ({
        Id: `0Ya7Q00000${place.toString().padStart(5, '0')}`,
        UserId: idOf('005', who.user),
        LoginTime: new Date(time).toISOString(),
        LoginType: 'Remote Access 2.0',
        SourceIp: who.address,
        Status: 'Success',
        Application: who.app,
      })),
  );
const bulkRows = (acts: readonly Act[]) =>
  acts.flatMap((act, place) =>
    act.job === undefined
      ? []
      : {
          ...logRow('BulkApi2', act, place),
          JOB_ID: '7507Q00000Kz11a',
          OPERATION_TYPE: 'query',
          ENTITY_TYPE: act.object ?? '',
          JOB_STATUS: act.job.state,
          RECORDS_PROCESSED: `${act.job.rows}`,
        },
  );
const restCalls = (acts: readonly Act[]): readonly Act[] => acts.filter((act) => act.path !== 'login' && !isBulk(act));

const formats: Readonly<Record<string, (acts: readonly Act[]) => Files>> = {
  'event log files that name apps and queries': (acts) => ({
    'rest.csv': csv(
      restCalls(acts).map((act, place) => ({
        ...restRow(act, place),
        USER_NAME: act.who.user,
        CONNECTED_APP_ID: idOf('0H4', act.who.app),
        QUERY: act.query ?? '',
      })),
    ),
    'bulk.csv': csv(bulkRows(acts)),
  }),
  'event log files of before, which name neither': (acts) => ({
    'rest.csv': csv(restCalls(acts).map(restRow)),
    'bulk.csv': csv(bulkRows(acts)),
  }),
  'lower-cased rows of a connector': (acts) => ({
    'rows.json': ndjson(
      [
        ...restCalls(acts).map((act, place) => ({ ...restRow(act, place), QUERY: act.query ?? '' })),
        ...bulkRows(acts),
      ].map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value]))),
    ),
  }),
  'call counts and sign-ins': (acts) => ({
    'logins.csv': loginHistory(acts),
    'usage.csv': csv(
      acts
        .filter(({ path }) => path !== 'login')
        .map((act, place) => ({
          ...logRow('ApiTotalUsage', act, place),
          API_FAMILY: isBulk(act) ? 'BULK' : 'REST',
          API_RESOURCE: act.path.replace('/services/data', ''),
          HTTP_METHOD: act.method ?? 'GET',
          CONNECTED_APP_ID: idOf('0H4', act.who.app),
          CONNECTED_APP_NAME: act.who.app,
          ENTITY_NAME: act.object ?? '',
          USER_NAME: act.who.user,
        })),
    ),
  }),
  'real-time events': (acts) => ({
    'logins.csv': loginHistory(acts),
    'events.ndjson': ndjson(
      acts.flatMap((act, place) => {
        const isResult = act.path.endsWith('/results');
        if (!isQuery(act) && !isResult) return [];
        return {
          attributes: { type: isResult ? 'BulkApiResultEventStore' : 'ApiEvent' },
          EventDate: new Date(act.time).toISOString(),
          EventIdentifier: `e-${place}`,
          UserId: idOf('005', act.who.user),
          Username: act.who.user,
          SourceIp: act.who.address,
          Query: act.query,
          ...(isResult
            ? {}
            : { ApiType: 'REST', Operation: 'Query', UserAgent: act.who.agent, RowsReturned: act.rows }),
        };
      }),
    ),
  }),
};

async function replay(files: Files): Promise<readonly Incident[]> {
  const folder = await mkdtemp(join(tmpdir(), 'cordon-told-'));
  try {
    for (const [name, text] of Object.entries(files)) if (text !== '') await writeFile(join(folder, name), `${text}\n`);
    const pack = await loadRules();
    const reading = await readLogs([folder], { sources: await findSources() });
    assert.ok(pack.ok && reading.ok);
    const detection = createDetection({ rules: pack.value.ruleSet });
    for await (const batch of reading.value.events) detection.observe(batch);
    assert.equal(reading.value.summary.quarantined, 0);
    return detection.incidents();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const chat: Caller = {
  user: 'chat@lumiere.example',
  app: 'Bavarde Live',
  address: '52.59.201.14',
  agent: 'Bavarde-Connect/7.3',
};
const usual = (who: Caller, days: number): readonly Act[] =>
  Array.from({ length: days * 24 }, (_, hour) =>
    ['Contact', 'Case'].map((object, place) =>
      read(at(0, hour, place * 7), who, object, 1, `SELECT Id FROM ${object} WHERE Name = 'x' LIMIT 1`),
    ),
  )
    .flat()
    .concat(Array.from({ length: days }, (_, day) => login(at(day, 0, 0, 30), who)));

const firstPlace: Caller = { ...chat, address: '13.51.9.200', agent: 'okhttp/4.12.0' };
const secondPlace: Caller = { ...chat, address: '172.105.77.4', agent: 'okhttp/4.12.0' };
const jobAt = (day: number): number => at(day + 4, 4, 31, 30);
const theft = (day: number): readonly Act[] => [
  login(at(day, 20, 5), firstPlace),
  list(at(day, 20, 5, 2), firstPlace),
  describe(at(day + 1, 7, 11), firstPlace, 'Contact'),
  ...['Account', 'Contact', 'Case'].map((object, place) => count(at(day + 1, 12, 40, place * 6), firstPlace, object)),
  limits(at(day + 1, 12, 44), firstPlace),
  read(at(day + 2, 9, 2), firstPlace, 'User', 25, 'SELECT Id, Username FROM User ORDER BY LastLoginDate DESC LIMIT 25'),
  login(at(day + 4, 4, 30), secondPlace),
  count(at(day + 4, 4, 31), secondPlace, 'Contact'),
  ...bulkJob(jobAt(day), secondPlace, 'Contact', 1_312_400),
];
const stolen = 1_312_400 + 25;

for (const [format, write] of Object.entries(formats)) {
  test(`a stolen token is an incident before its bulk job, in ${format}`, async () => {
    const [incident, ...others] = await replay(write([...usual(chat, 14), ...theft(9)]));
    assert.ok(incident !== undefined && others.length === 0, `${others.length} more`);
    assert.ok(incident.openedByEventAt >= at(9, 20) && incident.openedByEventAt < jobAt(9));
    // Where a log shows no query, a COUNT() is one row like any other.
    assert.ok(incident.rows.atLeast <= stolen + 4, `at least ${incident.rows.atLeast}`);
    assert.ok((incident.rows.atMost ?? Number.POSITIVE_INFINITY) >= stolen, `at most ${incident.rows.atMost}`);
    assert.doesNotMatch(incident.summary.split('Usual for')[1] ?? '', /13\.51|172\.105/, 'a thief is not usual');
  });
}

test('without any history, counts and a look at who is active are an incident, whose bounds stay open', async () => {
  const [incident] = await replay(formats['real-time events']!(theft(0)));
  assert.equal(incident?.openedByEventAt, at(2, 9, 2));
  assert.equal(incident.rows.atMost, undefined);
});

test('one thief with four grants is one incident, also where logs count only calls', async () => {
  const brands = [1, 2, 3, 4].map((place) => ({
    ...chat,
    user: `brand${place}@lumiere.example`,
    address: `34.22.8.${place}`,
  }));
  const acts = brands.flatMap((brand, place) => {
    const thief = { ...brand, address: '109.70.11.44', agent: 'curl/8.5.0' };
    const minute = 10 + place * 9;
    return [
      ...usual(brand, 9),
      limits(at(9, 2, minute), thief),
      list(at(9, 2, minute, 4), thief),
      read(at(9, 2, minute, 20), thief, 'Contact', 2000, 'SELECT Id, Name FROM Contact'),
    ];
  });
  for (const format of ['event log files that name apps and queries', 'call counts and sign-ins']) {
    const incidents = await replay(formats[format]!(acts));
    assert.deepEqual(
      incidents.map(({ grants }) => grants.length),
      [4],
      format,
    );
  }
});

const monitor: Caller = { user: 'watch@lumiere.example', app: 'Gauge', address: '34.205.1.9', agent: 'Gauge/1' };
const developer: Caller = {
  user: 'dev@lumiere.example',
  app: 'Postman',
  address: '81.2.69.7',
  agent: 'PostmanRuntime/7',
};
const dayOfMonitor = (day: number): readonly Act[] => [
  describe(at(day, 0, 2), monitor, 'Contact'),
  list(at(day, 0, 3), monitor),
  ...Array.from({ length: 24 }, (_, hour) => [
    limits(at(day, hour), monitor),
    ...['Account', 'Contact', 'Case', 'Order'].map((object, place) => count(at(day, hour, 1, place), monitor, object)),
  ]).flat(),
];
const dayOfDeveloper = (day: number): readonly Act[] => [
  list(at(day, 9), developer),
  limits(at(day, 9, 1), developer),
  ...['Account', 'Contact', 'Case'].flatMap((object, place) => [
    describe(at(day, 9, 2, place), developer, object),
    count(at(day, 9, 3, place), developer, object),
  ]),
];

for (const [name, day] of [
  ['a monitor that counts every hour', dayOfMonitor],
  ['a developer who tries the API', dayOfDeveloper],
] as const)
  for (const before of [0, 9])
    test(`no incident: ${name}, after ${before} days of others`, async () => {
      const acts = [...usual(chat, before), ...[0, 1, 2].flatMap((next) => day(before + next))];
      const files = formats['event log files that name apps and queries']!(acts);
      assert.deepEqual(
        (await replay(files)).map(({ summary }) => summary),
        [],
      );
    });
