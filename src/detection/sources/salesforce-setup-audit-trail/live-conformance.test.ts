import { liveSourceConforms } from '../live-conformance-for-tests/live-source-conforms.ts';
import { crmTrial, putRecords } from '../salesforce-trial-for-tests/crm-trial.ts';
import { live } from './live.ts';
import { source } from './source.ts';

const trial = crmTrial({
  settings: (polling) => polling,
  objects: ['SetupAuditTrail'],
  put: (logs, times, serial) => [
    putRecords(
      logs,
      'SetupAuditTrail',
      times.map((time, index) => ({
        Id: `0Ym${String(serial + index).padStart(12, '0')}`,
        CreatedDate: new Date(time).toISOString(),
        CreatedById: '0055j00000HouSEAA0',
        Action: 'insertConnectedApplication',
        Display: 'Installed Connected App My Ticket Portal to Salesforce',
        Section: 'Connected Apps',
      })),
    ),
  ],
});

liveSourceConforms({ live, source, trial });
