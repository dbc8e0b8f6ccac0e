import type { LiveSource } from '#model/live-source.ts';
import { followRows } from '../follow-rows.ts';
import { openPolledSalesforce, type SalesforcePolling, salesforcePolling } from '../salesforce-polling.ts';

const dayMs = 86_400_000;

/** The changes in Setup of the last 180 days, by CreatedDate. */
export const live: LiveSource<SalesforcePolling> = {
  name: 'salesforce-setup-audit-trail',
  settings: salesforcePolling,
  streams: (settings, surroundings) => [
    followRows(
      {
        object: 'SetupAuditTrail',
        timeField: 'CreatedDate',
        needs: '"API Enabled" and "View Setup and Configuration"',
        order: 'ASC',
        stepMs: dayMs,
        overlapMs: settings.overlapSeconds * 1000,
        keptMs: 180 * dayMs,
        pollMs: settings.pollSeconds * 1000,
        pageRecords: 2000,
        tellsNoRows: true,
      },
      openPolledSalesforce(settings, surroundings),
      `salesforce-setup-audit-trail: ${settings.instanceUrl}`,
      surroundings,
    ),
  ],
};
