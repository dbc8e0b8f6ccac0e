import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { activities } from '#model/activity.ts';
import type { JsonObject, Source } from '#model/source.ts';
import { source as gateway } from './cordon-gateway/source.ts';
import { CellList } from './csv-row.ts';
import { source as okta } from './okta-system-log/source.ts';
import { columnNames } from './salesforce-event-log-file/columns.ts';
import { source as eventLogFile } from './salesforce-event-log-file/source.ts';
import { source as loginHistory } from './salesforce-login-history/source.ts';
import { source as realTime } from './salesforce-real-time-event/source.ts';
import { source as setupAuditTrail } from './salesforce-setup-audit-trail/source.ts';
import { source as suricata } from './suricata-eve/source.ts';
import { source as zeek } from './zeek/source.ts';

/** What every source owes: whatever a record holds, it is a reading with a time and a key, or invalid with a reason. */

interface Sample {
  readonly source: Source;
  /** A record that the source accepts, with every field that it looks at. */
  readonly record: JsonObject;
}

const withFields = (names: readonly string[], rest: JsonObject): JsonObject => ({
  ...Object.fromEntries(names.map((name) => [name, null])),
  ...rest,
});

const samples: readonly Sample[] = [
  {
    source: eventLogFile,
    record: withFields(columnNames, { EVENT_TYPE: 'RestApi', TIMESTAMP: '20260812221409.017' }),
  },
  {
    source: realTime,
    record: withFields(
      [
        'Query',
        'QueriedEntities',
        'ColumnHeaders',
        'RowsReturned',
        'ReportId',
        'Sequence',
        'PolicyOutcome',
        'Status',
        'LoginType',
        'attributes',
        'payload',
        'data',
        'channel',
        'DelegatedUsername',
        'Score',
        'Report',
        'ParentIdList',
      ],
      { EventDate: '2026-08-12T22:14:09Z', EventIdentifier: 'e-1' },
    ),
  },
  {
    source: loginHistory,
    record: withFields(['Id', 'UserId', 'Status', 'Application', 'Browser', 'attributes'], {
      LoginTime: '2026-08-12T22:14:09.000+0000',
      LoginType: 'Application',
      SourceIp: '192.0.2.1',
    }),
  },
  {
    source: setupAuditTrail,
    record: withFields(['Id', 'Display', 'Section', 'CreatedById', 'CreatedBy', 'attributes'], {
      CreatedDate: '2026-08-12T22:14:09.000+0000',
      Action: 'createduser',
    }),
  },
  {
    source: gateway,
    record: withFields(
      ['integration', 'token', 'operation', 'object', 'fields', 'records', 'bytes', 'status', 'reason'],
      {
        cordonGateway: 1,
        id: 'r-1',
        kind: 'call',
        at: '2026-08-12T22:14:09.017Z',
      },
    ),
  },
  {
    source: okta,
    record: withFields(
      [
        'actor',
        'client',
        'outcome',
        'target',
        'securityContext',
        'authenticationContext',
        'debugContext',
        'transaction',
        'displayMessage',
      ],
      {
        eventType: 'user.session.start',
        published: '2026-08-12T22:14:09.017Z',
        uuid: 'u-1',
        outcome: { result: 'constructor' },
      },
    ),
  },
  {
    source: zeek,
    record: withFields(
      ['uid', 'id', 'orig_bytes', 'duration', 'proto', 'host', 'uri', 'server_name', 'query', 'answers', 'status_code'],
      { ts: 1795946400.5, _path: 'conn', conn_state: 'SF', 'id.orig_h': '10.0.0.1' },
    ),
  },
  {
    source: suricata,
    record: withFields(['src_ip', 'dest_ip', 'dest_port', 'proto', 'flow_id', 'flow', 'http', 'tls', 'dns', 'alert'], {
      timestamp: '2026-11-23T10:00:00.000000+0000',
      event_type: 'flow',
    }),
  },
];

function assertRead(source: Source, record: JsonObject): void {
  const reading = source.readObject!(record);
  if ('invalid' in reading) {
    assert.ok(reading.invalid.length > 0 && reading.invalid.length < 200, reading.invalid);
    return;
  }
  assert.ok(Number.isFinite(reading.time));
  assert.ok(Object.hasOwn(activities, reading.slots.activity_name), String(reading.slots.activity_name));
  assert.ok(reading.slots.status_id === undefined || reading.slots.status_id === 1 || reading.slots.status_id === 2);
  assert.ok(String(reading.key).length > 0);
  const again = source.readObject!(structuredClone(record));
  assert.ok(!('invalid' in again) && String(again.key) === String(reading.key), 'the same record has the same key');
}

const anyValue = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '-1',
    'N/A',
    '%',
    '%zz',
    '9999',
    'SELECT',
    'FIND {a} RETURNING',
    '/services/data/v58.0/query?q=SELECT+Id+FROM',
    '//',
    '"',
    '[',
    '{"string":"x"}',
    '0055j00000AT6I1',
    'constructor',
  ),
);

for (const { source, record } of samples) {
  test(`${source.name}: accepts its own record, and no other source does`, () => {
    const takers = samples.filter((each) => each.source.acceptsObject?.(record));
    assert.deepEqual(
      takers.map((each) => each.source.name),
      [source.name],
    );
    assertRead(source, record);
  });

  test(`${source.name}: whatever its fields hold, nothing is thrown`, () => {
    const changes = fc.dictionary(fc.constantFrom(...Object.keys(record)), anyValue, { maxKeys: 12 });
    fc.assert(
      fc.property(changes, (change) => {
        const changed = { ...record, ...change };
        source.acceptsObject!(changed);
        assertRead(source, changed);
      }),
      { numRuns: 400 },
    );
  });

  test(`${source.name}: whatever an object is, asking whether it is accepted throws nothing`, () => {
    fc.assert(fc.property(fc.dictionary(fc.string(), anyValue), (value) => void source.acceptsObject!(value)));
  });

  if (source.readCsv === undefined) continue;
  test(`${source.name}: whatever cells hold, and however many there are, nothing is thrown`, () => {
    const header = Object.keys(record);
    const read = source.readCsv!(header);
    assert.ok(read !== undefined);
    const cells = fc.array(fc.oneof(fc.string(), fc.constantFrom('', '20260812221409.017', '-1', 'RestApi')), {
      minLength: header.length - 1,
      maxLength: header.length + 1,
    });
    fc.assert(
      fc.property(cells, (row) => {
        const reading = read(new CellList(row));
        if (row.length !== header.length) assert.ok('invalid' in reading);
      }),
    );
  });
}

test('words that every JavaScript object has are no words of a vendor', () => {
  const rows: readonly Readonly<Record<string, string>>[] = [
    { EVENT_TYPE: 'API', METHOD_NAME: 'constructor' },
    { EVENT_TYPE: 'BulkApi2', JOB_STATUS: 'constructor' },
    { EVENT_TYPE: 'RestApi', URI: '/services/data/v58.0/ui-api/constructor' },
    { EVENT_TYPE: 'RestApi', URI: '/services/data/v58.0/constructor' },
    { EVENT_TYPE: 'constructor', REQUEST_STATUS: 'constructor' },
  ];
  for (const row of rows) assertRead(eventLogFile, { ...row, TIMESTAMP: '20260812221409.017' });
  const login = {
    LoginTime: '2026-08-12T22:14:09Z',
    LoginType: 'x',
    EventDate: '2026-08-12T22:14:09Z',
    EventIdentifier: 'e',
  };
  for (const source of [loginHistory, realTime])
    assertRead(source, { ...login, constructor: 'x', Operation: 'constructor' });
  for (const source of [loginHistory, setupAuditTrail, eventLogFile])
    assert.equal(source.readCsv!(['constructor', '__proto__', 'toString']), undefined);
});
