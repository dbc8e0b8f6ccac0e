import { type Act, type Caller, createSerials, type RestCall } from '../acts.ts';
import { bulkQuery } from '../bulk-query.ts';
import { dayMs } from '../calendar.ts';
import { integrationCaller } from '../callers.ts';
import { populations } from '../customers.ts';
import { type House, integrationOf } from '../house.ts';
import type { Story } from '../story.ts';

/**
 * A chat vendor's stolen OAuth token, after the timeline that Cloudflare published of its own case (“The impact of
 * the Salesloft Drift breach on Cloudflare and our customers”, 2 September 2025) and Google’s and Cloudflare’s
 * indicators. Times of day are theirs, but for the first sign-in; which user agent made which call was not published.
 */

/** Where the thief came from: a cloud network during the reconnaissance, another hoster for the theft. */
const reconnaissance = { addresses: ['44.215.108.109'], iso: 'US' } as const;
const theft = { addresses: ['208.68.36.90'], iso: 'US' } as const;

const userAgents = {
  fetcher: 'Salesforce-Multi-Org-Fetcher/1.0',
  cli: 'Salesforce-CLI/1.0',
  requests: 'python-requests/2.32.4',
  aiohttp: 'Python/3.11 aiohttp/3.12.15',
} as const;

const latestUsers =
  'SELECT Id, Username, Email, FirstName, LastName, Name, Title, CompanyName, Department, Division, Phone, ' +
  'MobilePhone, IsActive, LastLoginDate, CreatedDate FROM User WHERE IsActive = true ' +
  'ORDER BY LastLoginDate DESC NULLS LAST LIMIT 20';
const broadCases =
  'SELECT Id, CaseNumber, Subject, Description, Status, Priority, Origin, ContactId, AccountId, OwnerId, CreatedDate ' +
  'FROM Case ORDER BY CreatedDate DESC LIMIT 10000';
const caseTeams = 'SELECT Id, Name, Case__c, Member__c, CreatedDate FROM CaseTeamMemberHistory__c LIMIT 5000';
const organization = 'SELECT Id, Name, OrganizationType, InstanceName, IsSandbox FROM Organization LIMIT 1';
/** The whole table with its text fields: in the real case support conversations, and the secrets pasted into them. */
const stolenCases =
  'SELECT Id, CaseNumber, AccountId, ContactId, OwnerId, Status, Priority, Origin, Type, Reason, Subject, ' +
  'Description, Comments, SuppliedName, SuppliedEmail, SuppliedPhone, SuppliedCompany, ContactEmail, ContactPhone, ' +
  'CreatedDate, ClosedDate, LastModifiedDate FROM Case';

/** The stretch of serials that is this story's (acts.ts); ordinary life stays below 2³⁰. */
const stretch = 2 ** 30;

/** `dayOne` is midnight UTC of the story's first day; it ends at 11:15:42 of the sixth. */
export function stolenToken(house: House, dayOne: number): Story {
  const vendor = integrationOf(house, 'chat');
  const serial = createSerials(stretch + Math.floor(dayOne / dayMs));
  const at = (day: number, clock: string): number => dayOne + (day - 1) * dayMs + Date.parse(`1970-01-01T${clock}Z`);
  const thief = (where: typeof reconnaissance | typeof theft, signedInAt: number): Caller => ({
    ...integrationCaller(house, vendor, signedInAt, where),
    apiVersion: '58.0',
    country: 'United States',
    city: '',
  });
  const acts = [
    ...reconnaissanceActs(thief.bind(null, reconnaissance), at, serial),
    ...theftActs(thief(theft, at(6, '11:11:23')), at, serial),
  ];
  return { name: 'stolen-token', acts, chapters: chapters(vendor.app.name, at), retell: (act) => act };
}

type Clock = (day: number, clock: string) => number;

function* reconnaissanceActs(signedIn: (at: number) => Caller, at: Clock, serial: () => number): Generator<Act> {
  const { fetcher, cli, requests } = userAgents;
  const first = { ...signedIn(at(1, '12:17:08')), userAgent: fetcher };
  yield signIn(first, serial());
  yield get(first, at(1, '12:17:09'), serial(), '/sobjects/');

  const second = { ...signedIn(at(2, '19:33:02')), userAgent: fetcher };
  yield signIn(second, serial());
  yield get(second, at(2, '19:33:03'), serial(), '/sobjects/');
  yield get(second, at(2, '19:33:07'), serial(), '/sobjects/Case/describe/', 'Case');
  yield get(second, at(2, '19:33:09'), serial(), '/sobjects/Case/describe/', 'Case');
  // One page of a query is 2,000 rows at most, whatever its LIMIT.
  yield query({ ...second, userAgent: requests }, at(2, '19:33:11'), serial(), 'Case', broadCases, 2000, 11);

  const night = { ...second, userAgent: requests };
  yield get(night, at(3, '00:17:40'), serial(), '/sobjects/');
  yield count(night, at(3, '00:17:47'), serial(), 'Account');
  yield count(night, at(3, '00:17:51'), serial(), 'Contact');
  yield count(night, at(3, '00:18:00'), serial(), 'User');
  yield query(night, at(3, '04:34:39'), serial(), 'CaseTeamMemberHistory__c', caseTeams, 2000, 5);
  const day = { ...second, userAgent: cli };
  yield query(day, at(3, '11:09:14'), serial(), 'Organization', organization, 1, 5);
  yield query(day, at(3, '11:09:21'), serial(), 'User', latestUsers, 20, 15);
  yield get(day, at(3, '11:09:22'), serial(), '/limits/');

  const fifth = { ...signedIn(at(5, '19:26:37')), userAgent: cli };
  yield signIn(fifth, serial());
  yield count(fifth, at(5, '19:28:08'), serial(), 'Case');
}

function* theftActs(thief: Caller, at: Clock, serial: () => number): Generator<Act> {
  const caller = { ...thief, userAgent: userAgents.aiohttp };
  yield signIn(caller, serial());
  yield count(caller, at(6, '11:11:55'), serial(), 'Case');
  const times = {
    createdAt: at(6, '11:11:56'),
    completedAt: at(6, '11:15:18'),
    fetchedAt: at(6, '11:15:40'),
    deletedAt: at(6, '11:15:42'),
  };
  const job = { caller, object: 'Case', soql: stolenCases, rows: populations.Case, pageRows: 200_000, ...times };
  yield* bulkQuery(job, serial);
}

const signIn = (caller: Caller, serial: number): Act => ({
  kind: 'sign-in',
  time: caller.signedInAt,
  serial,
  caller,
  way: 'oauth',
  succeeded: true,
});

const get = (caller: Caller, time: number, serial: number, path: string, object = ''): RestCall => ({
  kind: 'rest-call',
  time,
  serial,
  caller,
  method: 'GET',
  path,
  object,
  rows: 0,
  fields: 0,
  bytes: 41_000,
  soql: '',
});

const query = (
  caller: Caller,
  time: number,
  serial: number,
  object: string,
  soql: string,
  rows: number,
  fields: number,
): Act => ({ ...get(caller, time, serial, '/query', object), rows, fields, bytes: 160 + rows * fields * 30, soql });

const count = (caller: Caller, time: number, serial: number, object: string): Act =>
  query(caller, time, serial, object, `SELECT COUNT() FROM ${object}`, 1, 0);

function chapters(app: string, at: Clock): Story['chapters'] {
  return [
    { at: at(1, '00:00:00'), text: 'An ordinary day: shops open, integrations sync.' },
    { at: at(1, '12:17:08'), text: `${app}’s token is used from a cloud network the vendor never used.` },
    { at: at(2, '19:33:02'), text: 'The stranger lists the objects again and studies how cases are built.' },
    { at: at(3, '00:17:40'), text: 'In the night the stranger counts accounts, contacts and users.' },
    { at: at(3, '11:09:14'), text: 'The stranger looks at the organisation, its last signed-in users and its limits.' },
    { at: at(5, '19:26:37'), text: 'The stranger is back and counts the cases.' },
    { at: at(6, '11:11:23'), text: 'The token signs in from a second, unknown hosting network.' },
    { at: at(6, '11:11:56'), text: 'A bulk job takes the whole case table, 2.2 million rows.' },
    { at: at(6, '11:15:18'), text: 'The job is complete; its results are being fetched.' },
    { at: at(6, '11:15:42'), text: 'The job has been deleted. The theft took less than four minutes.' },
  ];
}
