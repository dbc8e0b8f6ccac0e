import { liveSourceConforms } from '../live-conformance-for-tests/live-source-conforms.ts';
import type { TrialFile } from '../live-conformance-for-tests/live-trial.ts';
import { crmTrial, putRecords } from '../salesforce-trial-for-tests/crm-trial.ts';
import { live } from './live.ts';
import { source } from './source.ts';

const hourMs = 3_600_000;
const header = '"EVENT_TYPE","TIMESTAMP","REQUEST_ID","USER_ID","URI","ROWS_PROCESSED"\n';
const compact = (time: number): string => new Date(time).toISOString().replace(/[-:TZ]/g, '');
const rowAt = (time: number, serial: number): string =>
  `"RestApi","${compact(time)}","r${serial}","0055j00000HouSE","/services/data/v64.0/query ""${serial}""\n","${serial}"\n`;

/** Every third event stands in an Event Log Object, the others in files, one for each hour and put. */
const trial = crmTrial({
  settings: (polling) => ({ ...polling, objects: ['LoginEventLog'] }),
  objects: ['EventLogFile', 'LoginEventLog'],
  put: (logs, times, serial) => {
    const numbered = times.map((time, index) => ({ time, serial: serial + index }));
    const hours = Map.groupBy(
      numbered.filter((each) => each.serial % 3 !== 0),
      ({ time }) => Math.floor(time / hourMs) * hourMs,
    );
    const files = [...hours].map(([logDate, rows]): TrialFile => {
      const csv = header + rows.map((row) => rowAt(row.time, row.serial)).join('');
      const createdAt = Date.now();
      logs.putFile({ eventType: 'RestApi', interval: 'Hourly', logDate, createdAt, sequence: serial + 1, csv });
      return { name: `RestApi-${serial}.csv`, content: csv };
    });
    const logins = numbered.filter((each) => each.serial % 3 === 0);
    const records = logins.map((each) => ({
      Timestamp: new Date(each.time).toISOString(),
      RequestIdentifier: `l${each.serial}`,
      UserIdentifier: '0055j00000HouSE',
      LoginStatus: 'LOGIN_NO_ERROR',
      LoginType: 'i',
    }));
    return [...files, putRecords(logs, 'LoginEventLog', records)];
  },
});

liveSourceConforms({ live, source, trial });
