import { z } from 'zod';
import type { LiveSource } from '#model/live-source.ts';
import { type GraphLog, graphSettings, graphWindows, signInToEntra } from '../microsoft-graph.ts';
import { readWindows } from '../poll-window.ts';

/** `signInEventTypes` of Graph; v1.0 shows the first of them, beta alone the others. */
const kinds = ['interactiveUser', 'nonInteractiveUser', 'servicePrincipal', 'managedIdentity'] as const;

const titles: Readonly<Record<(typeof kinds)[number], string>> = {
  interactiveUser: 'Entra ID sign-ins of people',
  nonInteractiveUser: 'Entra ID sign-ins on behalf of people',
  servicePrincipal: 'Entra ID sign-ins of apps',
  managedIdentity: 'Entra ID sign-ins of managed identities',
};

const settings = z.strictObject({
  ...graphSettings,
  kinds: z
    .array(z.enum(kinds))
    .min(1)
    .default(['interactiveUser', 'nonInteractiveUser', 'servicePrincipal'])
    .describe('Which sign-ins are read; all but those of people by the beta version of Microsoft Graph'),
});

const logOf = (kind: (typeof kinds)[number]): GraphLog => ({
  title: titles[kind],
  path: `/${kind === 'interactiveUser' ? 'v1.0' : 'beta'}/auditLogs/signIns`,
  timeField: 'createdDateTime',
  source: 'entra-sign-in',
  ...(kind !== 'interactiveUser' && { condition: `signInEventTypes/any(t: t eq '${kind}')` }),
});

/** Entra ID's sign-ins by Microsoft Graph; each kind a stream. */
export const live: LiveSource<z.infer<typeof settings>> = {
  name: 'entra-sign-in',
  settings,
  streams: (chosen, surroundings) => {
    const credential = signInToEntra(chosen, surroundings);
    return [...new Set(chosen.kinds)].map((kind) => ({
      name: kind,
      tellsNoRows: true,
      read: (cursor, since) =>
        readWindows(graphWindows(logOf(kind), chosen, credential, surroundings), cursor, since, surroundings),
    }));
  },
};
