import { z } from 'zod';
import { parseInstant } from '#lib/instant.ts';
import type { LiveSource, Surroundings } from '#model/live-source.ts';
import { type Failure, failure, type Result, success } from '#model/result.ts';
import { askPage } from '../ask-page.ts';
import { type Refusal, waitOf } from '../ask-vendor.ts';
import { type Mark, readWindows, type TimeWindow, type WindowedLog, type WindowPage } from '../poll-window.ts';
import { vendorAddress } from '../vendor-address.ts';
import { askWithCredential, type Credential } from '../vendor-token.ts';
import { serviceAccountKey, signInToGoogle } from './sign-in.ts';

const hourSeconds = 3600;

/**
 * How late activities are, with room above what Google says (a couple of minutes for admin and sign-ins, tens of minutes
 * for changes of accounts, a couple of hours for tokens). https://support.google.com/a/answer/7061566
 */
const lookBackSeconds = {
  login: 6 * hourSeconds,
  token: 12 * hourSeconds,
  saml: 6 * hourSeconds,
  admin: 6 * hourSeconds,
} as const;
type Application = keyof typeof lookBackSeconds;
const applications = Object.keys(lookBackSeconds) as readonly Application[];

const settings = z.strictObject({
  serviceAccountKey: serviceAccountKey.describe('The JSON key file of the service account'),
  administrator: z.email().describe('As whom the service account reads: an administrator who may see reports'),
  applications: z
    .array(z.enum(applications))
    .min(1)
    .default([...applications])
    .describe('Which logs are read'),
  pollSeconds: z.number().min(0.1).max(3600).default(60).describe('Pause between two readings of the latest minutes'),
  lookBackSeconds: z
    .number()
    .min(1)
    .max(14 * 24 * hourSeconds)
    .optional()
    .describe('Activities that appear later than this are never seen; 12 hours for token, 6 for others when absent'),
  lookBackEverySeconds: z
    .number()
    .min(0.1)
    .max(24 * hourSeconds)
    .default(hourSeconds)
    .describe('How often all of that is read again'),
  answerSeconds: z.number().min(1).max(600).default(60).describe('An answer that takes longer is given up'),
  apiUrl: vendorAddress.default('https://admin.googleapis.com'),
});
type Settings = z.infer<typeof settings>;

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Google Workspace's audit logs by the Reports API; each application a stream. */
export const live: LiveSource<Settings> = {
  name: 'google-workspace',
  settings,
  streams: (chosen, surroundings) => {
    const credential = signInToGoogle(chosen, surroundings, chosen.answerSeconds * 1000);
    return [...new Set(chosen.applications)].map((application) => ({
      name: application,
      tellsNoRows: true,
      read: (cursor, since) =>
        readWindows(activities(application, chosen, credential, surroundings), cursor, since, surroundings),
    }));
  },
};

function activities(
  application: Application,
  chosen: Settings,
  credential: Credential,
  surroundings: Surroundings,
): WindowedLog {
  const everyMs = chosen.pollSeconds * 1000;
  const backMs = (chosen.lookBackSeconds ?? lookBackSeconds[application]) * 1000;
  return {
    title: `Google Workspace ${application}`,
    looks: [
      { backMs: Math.min(10 * minuteMs, backMs), everyMs },
      { backMs: Math.min(60 * minuteMs, backMs), everyMs: 10 * everyMs },
      { backMs, everyMs: chosen.lookBackEverySeconds * 1000 },
    ],
    stepMs: 6 * 60 * minuteMs,
    retentionMs: 180 * dayMs,
    ask: (window, next) => askActivities(application, chosen, credential, surroundings, queryOf(window, next)),
  };
}

/** Whether the ends are included is not documented: the beginning is asked for a little earlier. */
function queryOf({ from, to }: TimeWindow, pageToken: string | undefined): string {
  return new URLSearchParams({
    startTime: new Date(from - 1).toISOString(),
    endTime: new Date(to).toISOString(),
    maxResults: '1000',
    ...(pageToken !== undefined && { pageToken }),
  }).toString();
}

const pageSchema = z.object({
  items: z.array(z.record(z.string(), z.unknown())).default([]),
  nextPageToken: z.string().min(1).optional(),
});

/** https://developers.google.com/workspace/admin/reports/reference/rest/v1/activities/list */
async function askActivities(
  application: Application,
  { apiUrl, answerSeconds }: Settings,
  credential: Credential,
  { clock, signal }: Surroundings,
  query: string,
): Promise<Result<WindowPage>> {
  const url = `${apiUrl}/admin/reports/v1/activity/users/all/applications/${application}`;
  const answer = await askWithCredential(credential, url, (headers) =>
    askPage({
      vendor: 'Google',
      url: `${url}?${query}`,
      headers: { accept: 'application/json', ...headers },
      signal,
      clock,
      timeoutMs: answerSeconds * 1000,
      judge: (refusal) => judge(refusal, clock()),
    }),
  );
  if (!answer.ok) return answer;
  const page = pageSchema.safeParse(answer.value.value);
  if (!page.success) return failure({ kind: 'broken', by: 'Google', why: 'it answered without a list of activities' });
  const { items, nextPageToken } = page.data;
  const piece = { name: `google-workspace: ${url}`, content: answer.value.bytes, arrivedAt: clock() };
  return success({ piece: items.length === 0 ? undefined : piece, marks: items.flatMap(markOf), next: nextPageToken });
}

function markOf({ id }: Readonly<Record<string, unknown>>): readonly Mark[] {
  const { time: written, uniqueQualifier } = (id ?? {}) as {
    readonly time?: unknown;
    readonly uniqueQualifier?: unknown;
  };
  const time = parseInstant(String(written));
  return time === undefined ? [] : [{ id: `${written} ${uniqueQualifier}`, time }];
}

/** How long to wait where Google does not say, ms. */
const waits: ReadonlyMap<string, number> = new Map(
  Object.entries({
    rateLimitExceeded: 30_000,
    userRateLimitExceeded: 30_000,
    // Of a day, counted anew at midnight in California.
    quotaExceeded: 60 * minuteMs,
    dailyLimitExceeded: 60 * minuteMs,
  }),
);

const errorSchema = z.object({ error: z.object({ errors: z.array(z.object({ reason: z.string() })).min(1) }) });

/** Google says 403 also to those who ask too often. */
function judge({ status, headers, body }: Refusal, now: number): Failure | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const reason = errorSchema.safeParse(parsed(body)).data?.error.errors[0]?.reason ?? '';
  const waitMs = waits.get(reason);
  if (waitMs === undefined) return undefined;
  const afterMs = headers.has('retry-after') ? waitOf(headers, now) : waitMs;
  return { kind: 'later', afterMs, why: `Google asks to wait: ${reason}` };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
