import type { LiveSource } from '#model/live-source.ts';
import { followRows } from '../follow-rows.ts';
import { openPolledSalesforce, type SalesforcePolling, salesforcePolling } from '../salesforce-polling.ts';

const dayMs = 86_400_000;

/** The sign-ins of the last six months, by LoginTime; integrations' own users are in here, and in no real-time event. */
export const live: LiveSource<SalesforcePolling> = {
  name: 'salesforce-login-history',
  settings: salesforcePolling,
  streams: (settings, surroundings) => [
    followRows(
      {
        object: 'LoginHistory',
        timeField: 'LoginTime',
        needs: '"API Enabled" and "Manage Users": without the latter it sees nothing but its own sign-ins',
        order: 'ASC',
        stepMs: dayMs,
        overlapMs: settings.overlapSeconds * 1000,
        keptMs: 180 * dayMs,
        pollMs: settings.pollSeconds * 1000,
        pageRecords: 2000,
        tellsNoRows: true,
      },
      openPolledSalesforce(settings, surroundings),
      `salesforce-login-history: ${settings.instanceUrl}`,
      surroundings,
    ),
  ],
};
