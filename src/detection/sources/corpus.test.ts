import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Papa from 'papaparse';
import type { Invalid, JsonObject, Reading, Source } from '#model/source.ts';
import { CellList } from './csv-row.ts';
import { source as signIn } from './entra-sign-in/source.ts';
import { findSources } from './find-sources.ts';
import { source as okta } from './okta-system-log/source.ts';
import { readLogs } from './read-logs.ts';
import { source as eventLogFile } from './salesforce-event-log-file/source.ts';
import { source as loginHistory } from './salesforce-login-history/source.ts';
import { source as realTime } from './salesforce-real-time-event/source.ts';
import { source as setupAuditTrail } from './salesforce-setup-audit-trail/source.ts';
import { source as suricata } from './suricata-eve/source.ts';
import { source as zeek } from './zeek/source.ts';

const corpus = fileURLToPath(new URL('../../../../shared/data/crm/', import.meta.url));
const skip = existsSync(corpus) ? false : 'no corpus';
const sources: readonly Source[] = [okta, eventLogFile, loginHistory, realTime, setupAuditTrail, suricata, zeek];

interface Told {
  readonly source: string;
  readonly reading: Reading | Invalid;
}

function readAll(file: string): readonly Told[] {
  const text = readFileSync(join(corpus, file), 'utf8');
  return extname(file) === '.csv' ? readRows(text) : parseRecords(text).flatMap(readRecord);
}

function readRows(text: string): readonly Told[] {
  const [header = [], ...rows] = Papa.parse<string[]>(text, { skipEmptyLines: true }).data;
  const takers = sources.filter((source) => source.readCsv?.(header) !== undefined);
  assert.equal(takers.length, 1, 'exactly one source takes a header');
  const read = takers[0]!.readCsv!(header)!;
  return rows.map((row) => ({ source: takers[0]!.name, reading: read(new CellList(row)) }));
}

function parseRecords(text: string): readonly JsonObject[] {
  try {
    const whole: unknown = JSON.parse(text);
    return (Array.isArray(whole) ? whole : [whole]) as JsonObject[];
  } catch {
    // Objects on a line each, or printed over many lines one after the other.
    const ends = /^\{.*\}$/m.test(text) ? /\n/ : /(?<=^\})\n/m;
    return text
      .trim()
      .split(ends)
      .map((each) => JSON.parse(each) as JsonObject);
  }
}

function readRecord(record: JsonObject): readonly Told[] {
  const takers = sources.filter((source) => source.acceptsObject?.(record));
  assert.equal(takers.length, 1, `exactly one source takes ${JSON.stringify(record).slice(0, 200)}`);
  return takers.map((source) => ({ source: source.name, reading: source.readObject!(record) }));
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(join(corpus, folder)).map((file) => join(folder, file));

test('every sample of Salesforce and Okta is read by one source, all but the stray header row', { skip }, () => {
  const files = [
    'azure-sentinel-salesforce',
    'cribl-salesforce',
    'elastic-integrations-salesforce',
    'ocsf-examples/okta',
  ]
    .flatMap(filesIn)
    .concat('newrelic-salesforce-exporter/ApexCallout.csv', 'tenzir-library/okta-system-log.ndjson');
  const told = files.flatMap(readAll);
  const invalid = told.flatMap(({ reading }) => ('invalid' in reading ? [reading.invalid] : []));
  const counts = Object.groupBy(told, ({ source }) => source);
  assert.deepEqual(invalid, ['stray header row']);
  assert.deepEqual(Object.fromEntries(Object.entries(counts).map(([source, each]) => [source, each?.length])), {
    'salesforce-event-log-file': 22 + 100 + 2 + 2 + 2,
    'salesforce-login-history': 100,
    'salesforce-setup-audit-trail': 100 + 1,
    'salesforce-real-time-event': 3,
    'okta-system-log': 14 + 6,
  });
});

test('every sample of Zeek and Suricata is read by one source, as the log that it is', { skip }, () => {
  const files = [
    ...filesIn('ocsf-examples/zeek'),
    ...filesIn('tenzir-library').filter((file) => !file.includes('okta')),
  ];
  const told = files.flatMap((file) => readAll(file).map((each) => ({ ...each, file })));
  assert.deepEqual(
    told.flatMap(({ reading, file }) => ('invalid' in reading ? [`${file}: ${reading.invalid}`] : [])),
    [],
  );
  const counts: Record<string, number> = {};
  for (const { source, reading } of told) {
    const name = `${source} ${'invalid' in reading ? '' : reading.slots['metadata.event_code']}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  assert.deepEqual(counts, {
    'zeek conn': 1250 + 1,
    'zeek dns': 167,
    'zeek files': 334,
    'zeek http': 222 + 1,
    'zeek ssh': 40,
    'zeek ssl': 69 + 1,
    'zeek x509': 81,
    'suricata-eve alert': 5,
    'suricata-eve anomaly': 10,
    'suricata-eve dns': 3,
    'suricata-eve fileinfo': 3,
    'suricata-eve flow': 10,
    'suricata-eve http': 3,
    'suricata-eve tls': 10,
  });
  const bytes = told.filter(
    ({ reading }) => !('invalid' in reading) && reading.slots['traffic.bytes_in'] !== undefined,
  );
  assert.ok(bytes.length > 1_000, `${bytes.length} connections tell their bytes`);
});

test('every sample file is read through all sources, or told for what it is', { skip }, async () => {
  const folders = [
    'azure-sentinel-salesforce',
    'cribl-salesforce',
    'cribl-ms-graph',
    'elastic-integrations-salesforce',
    'newrelic-salesforce-exporter',
    'ocsf-examples/okta',
  ].map((folder) => join(corpus, folder));
  const paths = [...folders, join(corpus, 'tenzir-library/okta-system-log.ndjson')];
  const reading = await readLogs(paths, { sources: await findSources() });
  assert.ok(reading.ok);
  for await (const batch of reading.value.events)
    for (const event of batch) assert.equal(event.native('absent'), undefined);
  const { events, duplicates, quarantine, unknown, sources: counted } = reading.value.summary;
  assert.deepEqual(
    quarantine.map(({ reason }) => reason),
    ['stray header row'],
  );
  assert.deepEqual(
    unknown.map(({ looksLike }) => looksLike),
    ['a Salesforce record export (Account), which is no log'],
  );
  assert.equal(counted.get(signIn.name)?.events, 2);
  assert.equal(events + duplicates, 21 + 300 + 3 + 8 + 2 + 6 + 14);
});

test('a sign-in of Entra that a connector wrapped has the slots of a sign-in', { skip }, async () => {
  const reading = await readLogs([join(corpus, 'cribl-ms-graph/7cieEB.json')], { sources: [signIn] });
  assert.ok(reading.ok);
  const events = (await Array.fromAsync(reading.value.events)).flat();
  assert.equal(events.length, 2);
  const [event, later] = events;
  assert.equal(event!.time, Date.UTC(2025, 7, 15, 15, 20, 26));
  assert.equal(event!.slots['actor.user.name'], 'mscore@afos.io');
  assert.equal(event!.slots['service.name'], 'Graph Explorer');
  assert.equal(event!.slots['src_endpoint.location.country'], 'US');
  assert.equal(event!.slots.is_mfa, true, 'its second factor was satisfied by a claim');
  assert.equal(later!.slots.is_mfa, undefined, 'nothing is said of it');
  assert.equal(event!.native('deviceDetail.isCompliant'), false);
  assert.match(event!.raw, /"_raw"/);
});

test('no two samples share a key', { skip }, () => {
  const files = ['azure-sentinel-salesforce', 'cribl-salesforce', 'ocsf-examples/okta'].flatMap(filesIn);
  const keys = files
    .flatMap(readAll)
    .flatMap(({ source, reading }) => ('invalid' in reading ? [] : [`${source}:${reading.key}`]));
  assert.equal(new Set(keys).size, keys.length);
});

test('a sample’s slots are what the sample says', { skip }, () => {
  const told = readAll('azure-sentinel-salesforce/SalesforceServiceCloud_CL.subset.ndjson').concat(
    readAll('tenzir-library/okta-system-log.ndjson'),
  );
  const activities = Object.fromEntries(
    told.flatMap(({ reading }) =>
      'invalid' in reading ? [] : [[reading.slots['metadata.event_code'], reading.slots.activity_name]],
    ),
  );
  assert.deepEqual(activities, {
    API: 'describe-object',
    ApexCallout: 'other',
    ApexRestApi: 'api-call',
    ApexSoap: 'api-call',
    AsyncReportRun: 'report-run',
    BulkApi: 'api-call',
    ContentDistribution: 'file-read',
    ContentTransfer: 'write',
    DocumentAttachmentDownloads: 'file-read',
    LightningPageView: 'list-view',
    Login: 'login',
    LoginAs: 'login-as',
    Logout: 'logout',
    MetadataApiOperation: 'describe-object',
    QueuedExecution: 'other',
    Report: 'report-run',
    ReportExport: 'report-export',
    RestApi: 'api-call',
    Search: 'search',
    Sites: 'file-read',
    URI: 'api-call',
    'user.session.start': 'login',
    'user.authentication.sso': 'sign-on',
    'policy.evaluate_sign_on': 'other',
    'user.lifecycle.create': 'account-change',
    'user.account.lock': 'account-change',
    'user.account.update_password': 'password-reset',
    'group.user_membership.add': 'permission-change',
    'group.lifecycle.delete': 'permission-change',
    'policy.lifecycle.create': 'setting-change',
    'application.user_membership.add': 'permission-change',
    'device.enrollment.create': 'factor-enrol',
    'security.threat.detected': 'vendor-finding',
    'app.oauth2.token.grant.access_token': 'sign-on',
    'system.email.delivery': 'other',
  });
});

test('every event type of the reference has its columns read, in any order and any case', { skip }, () => {
  const reference = JSON.parse(readFileSync(join(corpus, 'reference/elf-columns.json'), 'utf8')) as Record<
    string,
    { columns: string[]; later_columns?: string[] }
  >;
  assert.equal(Object.keys(reference).length, 29);
  for (const [eventType, { columns, later_columns: later = [] }] of Object.entries(reference)) {
    const cells: Record<string, string> = Object.fromEntries(columns.concat(later).map((name) => [name, 'x1']));
    Object.assign(cells, { EVENT_TYPE: eventType, TIMESTAMP: '20260812221409.017', USER_ID: '0055j00000AT6I1' });
    cells['TIMESTAMP_DERIVED'] = '2026-08-12T22:14:09.017Z';
    const names = Object.keys(cells);
    const straight = eventLogFile.readCsv!(names)!(new CellList(names.map((name) => cells[name]!)));
    const shuffled = eventLogFile.readCsv!(names.toReversed())!(
      new CellList(names.toReversed().map((name) => cells[name]!)),
    );
    const lower = Object.fromEntries(names.map((name) => [name.toLowerCase(), cells[name]]));
    const connector = eventLogFile.readObject!({ ...lower, _raw: 'x', user_email: 'anna@house.example' });
    for (const reading of [straight, shuffled, connector]) {
      assert.ok(!('invalid' in reading), `${eventType}: ${JSON.stringify(reading)}`);
      assert.equal(reading.time, Date.UTC(2026, 7, 12, 22, 14, 9, 17));
      assert.equal(reading.slots['metadata.event_code'], eventType);
      assert.equal(String(reading.key), String((straight as Reading).key), eventType);
    }
  }
});

test('every kind of real-time event of the reference is recognised by its fields alone', { skip }, () => {
  const reference = JSON.parse(readFileSync(join(corpus, 'reference/rtem-fields.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  const lists = Object.entries(reference).filter((entry): entry is [string, string[]] => !entry[0].startsWith('_'));
  assert.equal(lists.length, 20);
  for (const [name, fields] of lists) {
    const record = Object.fromEntries(fields.map((field) => [field, null]));
    const dated = { ...record, EventDate: '2026-11-23T10:00:00Z', EventIdentifier: '06af6d92-1167' };
    assert.deepEqual(
      sources.filter((source) => source.acceptsObject?.(dated)).map((source) => source.name),
      ['salesforce-real-time-event'],
    );
    const reading = realTime.readObject!(dated);
    assert.ok(!('invalid' in reading));
    assert.equal(reading.slots['metadata.event_code'], name.replace(/EventStore$/, 'Event'), name);
  }
});
