import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { createClient, type TestClient } from '../client-for-tests.ts';
import { type Salesforce, startSalesforce } from '../salesforce.ts';
import { LogBook } from './log-book.ts';
import { logObjectOf } from './log-objects.ts';

const v66 = '/services/data/v66.0';
const hour = Date.UTC(2026, 10, 23, 10);
const csv = '"EVENT_TYPE","TIMESTAMP","URI"\n"RestApi","20261123100102.003","/a ""b"""\n';
const file = {
  eventType: 'RestApi',
  interval: 'Hourly',
  logDate: hour,
  createdAt: hour + 4 * 3_600_000,
  sequence: 1,
  csv,
} as const;

let crm: Salesforce;
let client: TestClient;
const ask = (soql: string) => client.get(`${v66}/query?q=${encodeURIComponent(soql)}`);
const errorOf = async (soql: string): Promise<string> => {
  const got = await ask(soql);
  assert.equal(got.status, 400, got.text);
  return String((got.json() as unknown as { errorCode: string }[])[0]?.errorCode);
};
const recordsOf = async (soql: string): Promise<Record<string, unknown>[]> => {
  const got = await ask(soql);
  assert.equal(got.status, 200, got.text);
  return got.json()['records'] as Record<string, unknown>[];
};

describeOrganization('with hourly files', {}, () => {
  test('a file is listed by what it is and downloaded as it is', async () => {
    const id = crm.logs.putFile(file);
    const [record] = await recordsOf(
      "SELECT Id, EventType, Interval, Sequence, LogDate, CreatedDate, LogFile, LogFileLength, LogFileFieldNames FROM EventLogFile WHERE Interval = 'Hourly' AND CreatedDate > 2026-11-23T10:00:00Z ORDER BY CreatedDate ASC, Id ASC",
    );
    assert.deepEqual(record, {
      attributes: { type: 'EventLogFile', url: `${v66}/sobjects/EventLogFile/${id}` },
      Id: id,
      EventType: 'RestApi',
      Interval: 'Hourly',
      Sequence: 1,
      LogDate: '2026-11-23T10:00:00.000+0000',
      CreatedDate: '2026-11-23T14:00:00.000+0000',
      LogFile: `${v66}/sobjects/EventLogFile/${id}/LogFile`,
      LogFileLength: csv.length,
      LogFileFieldNames: 'EVENT_TYPE,TIMESTAMP,URI',
    });
    const got = await client.get(String(record?.['LogFile']));
    assert.equal(got.text, csv);
    assert.match(got.headers.get('content-type') ?? '', /^text\/csv/);
    assert.match(got.headers.get('sforce-limit-info') ?? '', /^api-usage=\d+\/\d+$/);
    assert.equal((await client.get(`${v66}/sobjects/EventLogFile/0AT000000000000AAA/LogFile`)).status, 404);
  });

  test('without Interval only daily files show; an id shows both', async () => {
    crm.logs.putFile(file);
    crm.logs.putFile({ ...file, interval: 'Daily', sequence: 0 });
    const intervals = async (where: string): Promise<unknown[]> =>
      (await recordsOf(`SELECT Interval FROM EventLogFile ${where}`)).map((record) => record['Interval']);
    assert.deepEqual(await intervals(''), ['Daily']);
    assert.deepEqual(await intervals("WHERE EventType = 'RestApi'"), ['Daily']);
    assert.deepEqual(await intervals("WHERE Id > '0AT000000000000'"), ['Hourly', 'Daily']);
    assert.deepEqual(await intervals("WHERE Interval = 'Hourly'"), ['Hourly']);
    assert.equal(await errorOf("SELECT Id FROM EventLogFile WHERE LogFileFieldNames = 'X'"), 'INVALID_FIELD');
  });

  test('big objects are filtered by EventDate and EventIdentifier alone, newest first', async () => {
    const object = logObjectOf('ApiEvent')!;
    const at = (minute: number): string => `2026-11-23T10:0${minute}:00.000+0000`;
    crm.logs.putRecords(
      object,
      [1, 3, 2].map((minute) => ({ EventDate: at(minute), EventIdentifier: `e${minute}`, RowsProcessed: minute })),
    );
    const found = await recordsOf(
      'SELECT EventIdentifier, EventDate, RowsProcessed FROM ApiEvent WHERE EventDate >= 2026-11-23T10:02:00Z ORDER BY EventDate DESC',
    );
    assert.deepEqual(
      found.map((record) => [record['EventIdentifier'], record['EventDate'], record['RowsProcessed']]),
      [
        ['e3', at(3), 3],
        ['e2', at(2), 2],
      ],
    );
    assert.equal(await errorOf("SELECT EventDate FROM ApiEvent WHERE UserId = '005000000000001'"), 'INVALID_FIELD');
    assert.equal(await errorOf('SELECT EventDate FROM ApiEvent ORDER BY EventDate ASC'), 'INVALID_FIELD');
  });

  test('a locator that has run out is refused, and pages follow one another until then', async () => {
    const object = logObjectOf('LoginHistory')!;
    crm.logs.putRecords(
      object,
      Array.from({ length: 450 }, (_, at) => ({
        LoginTime: new Date(hour + at * 1000).toISOString(),
        Status: 'Success',
      })),
    );
    const page = async (path: string) => (await client.get(path, { 'sforce-query-options': 'batchSize=200' })).json();
    const first = await page(`${v66}/query?q=${encodeURIComponent('SELECT Id FROM LoginHistory')}`);
    const second = await page(String(first['nextRecordsUrl']));
    assert.deepEqual([first['totalSize'], (second['records'] as unknown[]).length, second['done']], [450, 200, false]);
    crm.control.expireLocators();
    const refused = await client.get(String(second['nextRecordsUrl']));
    assert.match(refused.text, /INVALID_QUERY_LOCATOR/);
  });

  test('Event Log Objects begin with version 61', async () => {
    assert.equal((await client.get(`${v66}/sobjects/RestApiEventLog/describe`)).status, 200);
    assert.equal((await client.get('/services/data/v60.0/sobjects/RestApiEventLog/describe')).status, 404);
  });

  test('what is repeated comes twice, a file under a second id', async () => {
    crm.logs.putFile(file);
    crm.logs.repeats = true;
    const found = await recordsOf("SELECT Id FROM EventLogFile WHERE Interval = 'Hourly'");
    const texts = await Promise.all(
      found.map(async ({ Id }) => (await client.get(`${v66}/sobjects/EventLogFile/${Id}/LogFile`)).text),
    );
    assert.deepEqual(texts, [csv, csv]);
    assert.equal(new Set(found.map(({ Id }) => Id)).size, 2);
  });

  test('faults may strike each second call', async () => {
    crm.control.inject({
      fault: { kind: 'refuse', status: 503, errorCode: 'SERVER_UNAVAILABLE', message: 'busy' },
      times: 10,
      every: 2,
    });
    const statuses = [];
    for (let call = 0; call < 4; call++) statuses.push((await ask('SELECT Id FROM LoginHistory')).status);
    assert.deepEqual(statuses, [200, 503, 200, 503]);
  });
});

describeOrganization(
  'without licences',
  { hourlyLogFiles: false, eventLogObjects: false, realTimeEvents: false },
  () => {
    test('Interval is no column, hourly files do not show, and other objects are not there', async () => {
      crm.logs.putFile(file);
      crm.logs.putFile({ ...file, interval: 'Daily', sequence: 0 });
      assert.equal(await errorOf("SELECT Id FROM EventLogFile WHERE Interval = 'Hourly'"), 'INVALID_FIELD');
      assert.equal((await recordsOf('SELECT Id FROM EventLogFile')).length, 1);
      assert.equal(await errorOf('SELECT Timestamp FROM RestApiEventLog'), 'INVALID_TYPE');
      assert.equal(await errorOf('SELECT EventDate FROM ApiEvent'), 'INVALID_TYPE');
    });
  },
);

function describeOrganization(name: string, behaviour: Record<string, boolean>, tests: () => void): void {
  test.suite(name, () => {
    before(async () => {
      crm = await startSalesforce({ behaviour });
      client = createClient(crm);
    });
    beforeEach(() => {
      crm.control.clearFaults();
    });
    afterEach(() => {
      crm.logs.repeats = false;
      for (const name of ['EventLogFile', 'LoginHistory', 'ApiEvent']) crm.logs.prune(logObjectOf(name)!, () => true);
    });
    after(() => crm.close());
    tests();
  });
}

test('a log book outlives its server', async () => {
  const logs = new LogBook();
  const first = await startSalesforce({ logs });
  const id = first.logs.putFile(file);
  await first.close();
  const second = await startSalesforce({ logs });
  const got = await createClient(second).get(`${v66}/sobjects/EventLogFile/${id}/LogFile`);
  await second.close();
  assert.equal(got.text, csv);
});
