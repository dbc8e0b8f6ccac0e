import { z } from 'zod';
import type { LiveSource } from '#model/live-source.ts';
import { type GraphLog, graphSettings, graphWindows, signInToEntra } from '../microsoft-graph.ts';
import { readWindows } from '../poll-window.ts';

const settings = z.strictObject(graphSettings);

const log: GraphLog = {
  title: 'Entra ID directory audits',
  path: '/v1.0/auditLogs/directoryAudits',
  timeField: 'activityDateTime',
  source: 'entra-directory-audit',
};

/** Entra ID's directory audits by Microsoft Graph. */
export const live: LiveSource<z.infer<typeof settings>> = {
  name: 'entra-directory-audit',
  settings,
  streams: (chosen, surroundings) => {
    const credential = signInToEntra(chosen, surroundings);
    return [
      {
        name: 'directoryAudits',
        tellsNoRows: true,
        read: (cursor, since) =>
          readWindows(graphWindows(log, chosen, credential, surroundings), cursor, since, surroundings),
      },
    ];
  },
};
