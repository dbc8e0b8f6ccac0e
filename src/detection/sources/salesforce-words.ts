import type { Activity } from '#model/activity.ts';
import type { Slots } from '#model/event.ts';

/** Words that several of Salesforce's logs share. */

const calls: ReadonlyMap<string, Activity> = new Map<string, Activity>(
  Object.entries({
    query: 'query',
    queryall: 'query',
    querymore: 'query',
    retrieve: 'query',
    getupdated: 'query',
    getdeleted: 'query',
    count: 'count',
    search: 'search',
    describeglobal: 'list-objects',
    describeglobaltheme: 'list-objects',
    create: 'write',
    insert: 'write',
    update: 'write',
    upsert: 'write',
    delete: 'write',
    undelete: 'write',
    merge: 'write',
    emptyrecyclebin: 'write',
    convertlead: 'write',
    login: 'login',
    logout: 'logout',
    setpassword: 'password-reset',
    resetpassword: 'password-reset',
  }),
);

/**
 * What a call of the SOAP API does, by its name without regard to case.
 * https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_list.htm
 */
export function activityOfCall(name: string): Activity {
  const lower = name.toLowerCase();
  return calls.get(lower) ?? (lower.startsWith('describe') ? 'describe-object' : 'api-call');
}

/**
 * Whether running a report took its rows away, by the origin (`ReportExportedAsynchronously`) and, where none is
 * stated, by Classic's rendering type: C is CSV, X Excel, P the printable view.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_eventlogfile_report.htm
 */
export function activityOfReport(origin: string | undefined, rendering: string | undefined): Activity {
  if (origin?.startsWith('ReportExported')) return 'report-export';
  const isFile = rendering === 'C' || rendering === 'X' || rendering === 'P';
  return isFile && (origin === undefined || origin === 'Unknown') ? 'report-export' : 'report-run';
}

/**
 * How somebody signed in, from a LoginType (`Remote Access 2.0`, its code `i`, `SAML Idp Initiated SSO`) and a
 * LoginSubType (`OAuth Username-Password`, `oauthpassword`, `uiup`).
 */
export function protocolOfLogin(type: string | undefined, subType: string | undefined): string | undefined {
  const text = `${type ?? ''} ${subType ?? ''}`.toLowerCase();
  if (type === 'i' || text.includes('oauth') || text.includes('remote access')) return 'OAuth';
  if (text.includes('saml')) return 'SAML';
  if (text.includes('openid') || text.includes('third party sso')) return 'OpenID';
  if (text.includes('certificate')) return 'certificate';
  if (type === 'A' || text.includes('application') || text.includes('uiup') || text.includes('partner product'))
    return 'password';
  return undefined;
}

/** The app, where it is one: Salesforce writes `Browser` for people and `N/A` for nothing. */
export function setApp(slots: Slots, uid: string | undefined, name: string | undefined): void {
  const isApp = name !== undefined && name !== 'Browser' && name !== 'N/A' && name !== 'Unknown' && name !== '';
  slots['actor.app_uid'] = uid;
  slots['actor.app_name'] = isApp ? name : undefined;
  if (uid !== undefined || isApp) slots['unmapped.app_attribution'] = 'stated';
}

/** `Standard(db=S,api=Standard)` is `Standard`. */
export function userTypeOf(text: string | undefined): string | undefined {
  const end = text?.indexOf('(') ?? -1;
  return end < 0 ? text : text?.slice(0, end);
}

/** Whether references of authentication methods (RFC 8176, e.g. `["pwd","mfa"]`) speak of several factors. */
export const isMultiFactor = (references: string | undefined): boolean | undefined =>
  references === undefined ? undefined : /\b(?:mfa|otp|hwk|swk|sms|tel)\b/i.test(references) || undefined;
