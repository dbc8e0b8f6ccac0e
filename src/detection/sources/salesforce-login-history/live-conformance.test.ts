import { liveSourceConforms } from '../live-conformance-for-tests/live-source-conforms.ts';
import { crmTrial, putRecords } from '../salesforce-trial-for-tests/crm-trial.ts';
import { live } from './live.ts';
import { source } from './source.ts';

const trial = crmTrial({
  settings: (polling) => polling,
  objects: ['LoginHistory'],
  put: (logs, times, serial) => [
    putRecords(
      logs,
      'LoginHistory',
      times.map((time, index) => ({
        Id: `0Ya${String(serial + index).padStart(12, '0')}`,
        UserId: '0055j00000HouSEAA0',
        LoginTime: new Date(time).toISOString(),
        LoginType: 'Remote Access 2.0',
        SourceIp: '203.0.113.9',
        Status: 'Success',
        Application: 'Loyalty Sync',
      })),
    ),
  ],
});

liveSourceConforms({ live, source, trial });
