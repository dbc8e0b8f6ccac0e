/** Test-only: the conformance suite that every engine of the store passes. */
import { auditLogConforms } from './audit-log.ts';
import { eventsConform } from './events.ts';
import type { Harness } from './harness.ts';
import { incidentsConform } from './incidents.ts';
import { lifeConforms } from './life.ts';
import { liveRecordsConform } from './live.ts';
import { staffConforms } from './staff.ts';

export function storeConforms(harness: Harness): void {
  eventsConform(harness);
  incidentsConform(harness);
  staffConforms(harness);
  auditLogConforms(harness);
  lifeConforms(harness);
  liveRecordsConform(harness);
}
