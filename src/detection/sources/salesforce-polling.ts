import { z } from 'zod';
import type { Surroundings } from '#model/live-source.ts';
import { openSalesforce, type SalesforceApi } from './ask-salesforce.ts';
import { salesforceInstanceUrl, salesforceSignIn, signInToSalesforce } from './salesforce-sign-in.ts';

/** What every log that is read over the org's REST API is told in cordon.yaml. */
export const salesforcePolling = z.strictObject({
  instanceUrl: salesforceInstanceUrl,
  signIn: salesforceSignIn,
  pollSeconds: z
    .number()
    .positive()
    .default(300)
    .describe('How often to ask; every question is one of the org’s daily API calls'),
  silenceSeconds: z.number().positive().default(60).describe('An answer that stands still for so long has broken off'),
  overlapSeconds: z
    .number()
    .nonnegative()
    .default(900)
    .describe('How late a record may become visible and still be read; so much is asked for again each time'),
});

export type SalesforcePolling = z.infer<typeof salesforcePolling>;

/** The API that all streams of one source ask. */
export function openPolledSalesforce(settings: SalesforcePolling, surroundings: Surroundings): SalesforceApi {
  const { instanceUrl, silenceSeconds } = settings;
  const signIn = signInToSalesforce(settings, surroundings);
  return openSalesforce({ instanceUrl, signIn, silenceMs: silenceSeconds * 1000 }, surroundings);
}
