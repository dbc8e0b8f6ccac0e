import type { Store } from '#model/records.ts';
import { createAuditLog } from './audit-log.ts';
import type { Engine } from './engine.ts';
import { createEventRecords } from './event-records.ts';
import { createIncidentRecords } from './incident-records.ts';
import { createGapRecords, createHookRecords } from './live-records.ts';
import { createRuleRecords } from './rule-records.ts';
import { createSettingRecords } from './setting-records.ts';
import { createStaffRecords } from './staff-records.ts';
import { createWriter } from './write-together.ts';

/** The store on a migrated engine, which it owns: `close` finishes the writes under way, then closes the engine. */
export function createStore(engine: Engine): Store {
  const { reading } = engine;
  const writer = createWriter(engine.writing);
  return {
    events: createEventRecords(engine, writer),
    incidents: createIncidentRecords(reading, writer),
    rules: createRuleRecords(reading, writer),
    staff: createStaffRecords(reading, writer),
    auditLog: createAuditLog(engine, writer),
    gaps: createGapRecords(reading, writer),
    hooks: createHookRecords(reading, writer),
    settings: createSettingRecords(reading, writer),
    close: async () => {
      await writer.settle();
      await engine.close();
    },
  };
}
