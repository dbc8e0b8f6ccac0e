import type { Session } from '../oauth/sessions.ts';
import { identityUrl } from '../oauth/token-endpoint.ts';
import type { User } from '../objects/staff.ts';
import { type Answer, type Call, json } from '../server/answer.ts';
import type { Organization } from '../server/organization.ts';

const [oldest, newest] = [31, 67] as const;

/** `64.0` when the path's `v64.0` is a version that is served. */
export function versionOf(segment: string): string | undefined {
  const number = /^v(\d{2})\.0$/.exec(segment)?.[1];
  return number !== undefined && Number(number) >= oldest && Number(number) <= newest ? `${number}.0` : undefined;
}

const seasons = ['Spring', 'Summer', 'Winter'] as const;

/** `GET /services/data`; version 64 is Summer '25, and three come each year. */
export const answerVersions = (): Answer =>
  json(
    Array.from({ length: newest - oldest + 1 }, (_, step) => {
      const version = oldest + step;
      const turn = version - 63;
      const year = 25 + Math.floor(turn / 3) + (((turn % 3) + 3) % 3 === 2 ? 1 : 0);
      const season = seasons[((turn % 3) + 3) % 3];
      return {
        label: `${season} '${String(year).padStart(2, '0')}`,
        url: `/services/data/v${version}.0`,
        version: `${version}.0`,
      };
    }),
  );

const resources = ['composite', 'jobs', 'limits', 'query', 'queryAll', 'search', 'sobjects'] as const;

/** `GET /services/data/vXX.X`: where things are, with the caller's own identity as an absolute URL. */
export const answerResources = (organization: Organization, version: string, userId: string): Answer =>
  json({
    ...Object.fromEntries(resources.map((name) => [name, `/services/data/v${version}/${name}`])),
    identity: identityUrl(organization, userId),
  });

/** `GET /services/data/vXX.X/limits` */
export function answerLimits(organization: Organization): Answer {
  const { behaviour, apiCalls, jobs } = organization;
  const limit = (most: number, used: number) => ({ Max: most, Remaining: Math.max(0, most - used) });
  return json({
    DailyApiRequests: limit(behaviour.dailyApiRequests, apiCalls),
    DailyAsyncApexExecutions: limit(250_000, 0),
    DailyBulkApiBatches: limit(15_000, 0),
    DailyBulkV2QueryFileStorageMB: limit(976_562, 0),
    DailyBulkV2QueryJobs: limit(10_000, jobs.created),
    DataStorageMB: limit(200_000, 112_000),
    HourlyODataCallout: limit(20_000, 0),
    SingleEmail: limit(5_000, 0),
  });
}

/** `/services/oauth2/userinfo`, OpenID Connect. */
export function answerUserInfo(organization: Organization, session: Session): Answer {
  const user = organization.userById(session.userId);
  if (user === undefined) return badToken();
  return json({
    sub: identityUrl(organization, user.id),
    ...identityOf(organization, user),
    name: `${user.firstName} ${user.lastName}`,
    preferred_username: user.username,
    given_name: user.firstName,
    family_name: user.lastName,
    zoneinfo: 'Europe/Paris',
    email_verified: true,
    updated_at: new Date(user.joinedAt).toISOString(),
  });
}

/** `/id/ORG/USER`: the one that tokens and resources point to. */
export function answerIdentity(
  organization: Organization,
  call: Call,
  session: Session,
  path: readonly string[],
): Answer {
  const user = organization.userById(session.userId);
  if (path[0] !== organization.house.organizationId || user === undefined || path[1] !== user.id) return badToken();
  return json({
    id: `${organization.instanceUrl}${call.path}`,
    asserted_user: true,
    ...identityOf(organization, user),
    username: user.username,
    display_name: `${user.firstName} ${user.lastName}`,
    nick_name: user.username.split('@')[0],
    first_name: user.firstName,
    last_name: user.lastName,
    timezone: 'Europe/Paris',
    active: user.leftAt > organization.clock(),
    addr_city: user.city,
    addr_country: user.country,
    last_modified_date: new Date(user.joinedAt).toISOString(),
    is_app_installed: true,
  });
}

function identityOf(organization: Organization, user: User): Readonly<Record<string, unknown>> {
  const services = { rest: 'data/v{version}/', sobjects: 'data/v{version}/sobjects/', query: 'data/v{version}/query/' };
  return {
    user_id: user.id,
    organization_id: organization.house.organizationId,
    email: user.username,
    user_type: 'STANDARD',
    language: 'en_US',
    locale: 'fr_FR',
    utcOffset: 3_600_000,
    urls: Object.fromEntries(
      Object.entries(services).map(([name, path]) => [name, `${organization.instanceUrl}/services/${path}`]),
    ),
  };
}

/** Identity services refuse in plain words. "Identity URLs", Salesforce Help. */
export const badToken = (): Answer => ({
  status: 403,
  headers: { 'content-type': 'text/html' },
  body: 'Bad_OAuth_Token',
});
