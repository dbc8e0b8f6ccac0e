import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import Papa from 'papaparse';
import type { Reading } from '#model/source.ts';
import { CellList } from '../csv-row.ts';
import { source } from './source.ts';

const record = {
  attributes: { type: 'LoginHistory', url: '/x' },
  Id: '0Ya5j00000GLxCd',
  UserId: '0055j00000AT6I1',
  LoginTime: '2026-08-12T22:14:09.000+0000',
  LoginType: 'Remote Access 2.0',
  Status: 'Success',
  SourceIp: '192.0.2.1',
  CountryIso: 'AT',
  Browser: 'Unknown',
  Application: 'My Ticket Portal',
  ApiVersion: 'N/A',
};

function readRows(text: string): readonly Reading[] {
  const [header = [], ...rows] = Papa.parse<string[]>(text.trim()).data;
  const read = source.readCsv!(header)!;
  return rows.map((row) => {
    const reading = read(new CellList(row));
    assert.ok(!('invalid' in reading), JSON.stringify(reading));
    return reading;
  });
}

test('a record becomes a sign-in by an app', () => {
  const { time, key, slots } = source.readObject!(record) as Reading;
  assert.equal(time, Date.UTC(2026, 7, 12, 22, 14, 9));
  assert.equal(key, '0Ya5j00000GLxCdCAL');
  assert.equal(slots.activity_name, 'login');
  assert.equal(slots.status_id, 1);
  assert.equal(slots.auth_protocol, 'OAuth');
  assert.equal(slots['actor.app_name'], 'My Ticket Portal');
  assert.equal(slots['unmapped.app_attribution'], 'stated');
  assert.equal(slots['actor.user.uid'], '0055j00000AT6I1AAL');
  assert.equal(slots['src_endpoint.ip'], '192.0.2.1');
  assert.equal(slots['src_endpoint.location.country'], 'AT');
  assert.equal(slots['http_request.user_agent'], undefined);
  assert.equal(slots['api.version'], undefined);
});

test('login types say how somebody signed in', () => {
  const protocol = (LoginType: string): unknown =>
    (source.readObject!({ ...record, LoginType }) as Reading).slots.auth_protocol;
  assert.deepEqual(
    ['Remote Access 2.0', 'OAuth Device Flow', 'SAML Idp Initiated SSO', 'Application', 'Other Apex API'].map(protocol),
    ['OAuth', 'OAuth', 'SAML', 'password', undefined],
  );
});

test('a person at a browser is no app, a wrong password is a failure', () => {
  const { slots } = source.readObject!({ ...record, Application: 'Browser', Status: 'Invalid Password' }) as Reading;
  assert.equal(slots['actor.app_name'], undefined);
  assert.equal(slots['unmapped.app_attribution'], undefined);
  assert.equal(slots.status_id, 2);
  assert.equal(slots.status_detail, 'Invalid Password');
});

test('the CSV of records has the keys of the records', () => {
  const [reading] = readRows(
    'Id,UserId,LoginTime,LoginType,SourceIp,Status,Application\n0Ya5j00000GLxCdCAL,0055j00000AT6I1,2026-08-12T22:14:09.000Z,Remote Access 2.0,192.0.2.1,Success,My Ticket Portal',
  );
  assert.equal(reading!.key, (source.readObject!(record) as Reading).key);
});

test('the download of the Setup page is read, its times in its own zone', () => {
  const readings = readRows(readFileSync(new URL('samples/setup-download.csv', import.meta.url), 'utf8'));
  assert.deepEqual(
    readings.map(({ time }) => new Date(time).toISOString()),
    ['2026-08-12T22:14:08.000Z', '2026-08-12T22:20:41.000Z'],
  );
  assert.deepEqual(
    readings.map(({ slots }) => [slots['actor.user.name'], slots['actor.app_name'], slots.status_id]),
    [
      ['loyalty@house.example', 'Loyalty Sync', 1],
      ['anna.moser@house.example', undefined, 2],
    ],
  );
  assert.equal(new Set(readings.map(({ key }) => String(key))).size, 2);
});

test('what cannot be read says what was found', () => {
  const read = source.readCsv!(['Username', 'Login Time', 'Source IP'])!;
  assert.match(
    JSON.stringify(read(new CellList(['a@b.c', '05/04/2026, 13:02:03', '192.0.2.1']))),
    /LoginTime is \\"05\/04\/2026, 13:02:03\\"/,
  );
  assert.deepEqual(read(new CellList(['Username', 'Login Time', 'Source IP'])), { invalid: 'stray header row' });
  assert.deepEqual(read(new CellList(['a'])), { invalid: '1 cells, expected 3' });
  assert.equal(source.readCsv!(['Id', 'LastLoginDate']), undefined);
});
