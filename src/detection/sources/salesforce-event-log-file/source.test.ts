import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import Papa from 'papaparse';
import type { JsonObject, Reading } from '#model/source.ts';
import { CellList } from '../csv-row.ts';
import { source } from './source.ts';

const common = { TIMESTAMP: '20260812221409.017', ORGANIZATION_ID: '00D5j00000HouSE', USER_ID: '0055j00000AT6I1' };

function readRow(row: Readonly<Record<string, string>>): Reading {
  const cells = { ...common, ...row };
  const reading = source.readCsv!(Object.keys(cells))!(new CellList(Object.values(cells)));
  assert.ok(!('invalid' in reading), JSON.stringify(reading));
  return reading;
}

function readJson(record: JsonObject): Reading {
  assert.ok(source.acceptsObject!(record));
  const reading = source.readObject!(record);
  assert.ok(!('invalid' in reading), JSON.stringify(reading));
  return reading;
}

const sample = (name: string): string => readFileSync(new URL(`samples/${name}`, import.meta.url), 'utf8');

test('the sample files are read by name', () => {
  const [header = [], ...rows] = Papa.parse<string[]>(sample('rest-api.csv').trim()).data;
  const read = source.readCsv!(header)!;
  const readings = rows.map((row) => read(new CellList(row)) as Reading);
  assert.deepEqual(
    readings.map(({ slots }) => slots.activity_name),
    ['list-objects', 'count'],
  );
  const bulk = sample('bulk-api-2.ndjson')
    .trim()
    .split('\n')
    .map((line) => readJson(JSON.parse(line) as JsonObject));
  assert.deepEqual(
    bulk.map(({ slots }) => slots.activity_name),
    ['bulk-create', 'bulk-complete', 'bulk-delete'],
  );
  assert.equal(new Set(bulk.map(({ key }) => String(key))).size, 3);
  assert.equal(new Set(bulk.map(({ slots }) => slots['unmapped.job.uid'])).size, 1);
});

const row = {
  ...common,
  EVENT_TYPE: 'API',
  REQUEST_ID: 'TID:589308000043d93339',
  METHOD_NAME: 'query',
  API_VERSION: '58.0',
  ENTITY_NAME: '"Contact"',
  ROWS_PROCESSED: '200',
  CLIENT_IP: '',
  TIMESTAMP_DERIVED: '2026-08-12T22:14:09.017Z',
  USER_ID_DERIVED: '0055j00000AT6I1AAL',
};

test('a row keeps its key whoever hands it over', () => {
  const key = String(readRow(row).key);
  const rename = (form: (name: string) => string): JsonObject =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [form(name), value]));
  const pascal = (name: string): string =>
    name.toLowerCase().replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
  const lower = rename((name) => name.toLowerCase());
  assert.equal(String(readJson(rename((name) => name)).key), key);
  assert.equal(
    String(readJson({ ...lower, _raw: 'API,…', _time: 1, user_email: 'anna@house.example', host: 'h' }).key),
    key,
  );
  assert.equal(
    String(readJson({ ...rename((name) => `${name.toLowerCase()}_s`), TenantId: 't', Type: 'x_CL' }).key),
    key,
  );
  assert.equal(String(readJson(rename(pascal)).key), key);
  assert.equal(
    String(readJson({ ...lower, rows_processed: 200, api_version: 58, client_ip: null, entity_name: 'Contact' }).key),
    key,
  );
  assert.equal(String(readJson({ ...lower, timestamp: Number('20260812221409.017') }).key), key);
  const { USER_ID_DERIVED: _longId, ...withoutDerived } = row;
  assert.equal(String(readJson(withoutDerived).key), key);
  const { TIMESTAMP: _time, ...derivedOnly } = row;
  assert.equal(String(readJson(derivedOnly).key), key);
  const numberOnly = readJson({ event_type: 'API', timestamp: 20260812221409 });
  assert.equal(numberOnly.time, Date.UTC(2026, 7, 12, 22, 14, 9));
});

test('rows of one request that differ in anything are different events', () => {
  const keys = [
    row,
    { ...row, ROWS_PROCESSED: '201' },
    { ...row, ENTITY_NAME: 'Account' },
    { ...row, UNKNOWN_COLUMN: '1' },
    { ...row, TIMESTAMP: '20260812221409.018' },
  ];
  assert.equal(new Set(keys.map((each) => String(readRow(each).key))).size, keys.length);
});

test('what cannot be read says what was found', () => {
  const header = Object.keys(row);
  const read = source.readCsv!(header)!;
  const invalid = (change: Readonly<Record<string, string>>): unknown =>
    read(new CellList(Object.values({ ...row, ...change })));
  assert.deepEqual(read(new CellList(header)), { invalid: 'stray header row' });
  assert.deepEqual(read(new CellList(['API'])), { invalid: `1 cells, expected ${header.length}` });
  assert.deepEqual(invalid({ EVENT_TYPE: '' }), { invalid: 'EVENT_TYPE is empty' });
  assert.deepEqual(invalid({ TIMESTAMP: 'yesterday', TIMESTAMP_DERIVED: '' }), {
    invalid: 'TIMESTAMP is "yesterday", expected YYYYMMDDhhmmss.SSS',
  });
  assert.ok('time' in read(new CellList(Object.values(row))), 'and the next row is read');
});

test('headers of other files are not taken', () => {
  assert.equal(source.readCsv!(['Id', 'Name']), undefined);
  assert.equal(source.readCsv!(['EVENT_TYPE', 'URI']), undefined);
  assert.ok(source.readCsv!(['\ufeff"EVENT_TYPE"', ' timestamp ']));
  assert.equal(
    source.acceptsObject!({ EventType: 'Login', LogDate: '2026-08-12T00:00:00.000+0000', LogFile: '/x' }),
    false,
  );
});
