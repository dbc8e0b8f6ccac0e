/**
 * What an event says was done, in one vocabulary for all vendors (slot `activity_name`), with its place in OCSF 1.8:
 * the class and the activity id of that class. https://schema.ocsf.io/1.8.0/classes
 */
export const activities = {
  login: { classUid: 3002, activityId: 1 },
  logout: { classUid: 3002, activityId: 2 },
  /** An administrator or the vendor's support enters as somebody else. */
  'login-as': { classUid: 3002, activityId: 99 },
  /** Single sign-on into a named service (slot `service.name`). */
  'sign-on': { classUid: 3002, activityId: 1 },
  'factor-challenge': { classUid: 3002, activityId: 99 },
  'factor-reset': { classUid: 3001, activityId: 11 },
  'factor-enrol': { classUid: 3001, activityId: 10 },
  'password-reset': { classUid: 3001, activityId: 4 },
  'account-change': { classUid: 3001, activityId: 99 },
  /** An app is created, installed, approved or changed in the CRM or the sign-in provider (slots `entity.*`). */
  'app-change': { classUid: 3004, activityId: 3 },
  'app-create': { classUid: 3004, activityId: 1 },
  'permission-change': { classUid: 3001, activityId: 7 },
  'setting-change': { classUid: 3004, activityId: 3 },
  /** GET /sobjects/ or SOAP describeGlobal: which objects exist. */
  'list-objects': { classUid: 6003, activityId: 2 },
  /** GET /sobjects/X/describe or SOAP describeSObject(s). */
  'describe-object': { classUid: 6003, activityId: 2 },
  /** GET /limits/. */
  'read-limits': { classUid: 6003, activityId: 2 },
  /** A query whose only answer is a number: SELECT COUNT() FROM X. */
  count: { classUid: 6005, activityId: 4 },
  /** Rows read by query, queryAll, queryMore, retrieve, composite or a row's own address. */
  query: { classUid: 6005, activityId: 4 },
  search: { classUid: 6005, activityId: 5 },
  'bulk-create': { classUid: 6005, activityId: 4 },
  'bulk-progress': { classUid: 6005, activityId: 4 },
  'bulk-complete': { classUid: 6005, activityId: 4 },
  'bulk-result': { classUid: 6005, activityId: 1 },
  'bulk-abort': { classUid: 6005, activityId: 99 },
  'bulk-delete': { classUid: 6005, activityId: 99 },
  /** A bulk job that writes. */
  'bulk-write': { classUid: 6005, activityId: 2 },
  write: { classUid: 6005, activityId: 2 },
  'report-run': { classUid: 6001, activityId: 2 },
  'report-export': { classUid: 6001, activityId: 7 },
  'list-view': { classUid: 6001, activityId: 2 },
  /** One record or page opened in the user interface. */
  'record-view': { classUid: 6001, activityId: 2 },
  'file-read': { classUid: 6001, activityId: 2 },
  'file-share': { classUid: 6001, activityId: 8 },
  /** A call that is known to have happened but not what it was (call counts, opaque endpoints). */
  'api-call': { classUid: 6003, activityId: 99 },
  /** A connection through the network has ended, with its bytes (slots `traffic.*`). */
  'network-connection': { classUid: 4001, activityId: 6 },
  'http-request': { classUid: 4002, activityId: 99 },
  'dns-query': { classUid: 4003, activityId: 6 },
  'tls-handshake': { classUid: 4001, activityId: 99 },
  /** A protocol spoken over a connection: SSH, RDP, Kerberos, SMB, DCE/RPC, ... */
  'network-session': { classUid: 4001, activityId: 99 },
  'network-file': { classUid: 4010, activityId: 99 },
  /** The vendor's own anomaly model speaks. */
  'vendor-finding': { classUid: 2004, activityId: 1 },
  other: { classUid: 6003, activityId: 99 },
} as const satisfies Record<string, { readonly classUid: number; readonly activityId: number }>;

export type Activity = keyof typeof activities;

/** What the network tells of itself: who acts is known by an address, not by a grant. */
export const tellsNetwork: ReadonlySet<Activity> = new Set<Activity>([
  'network-connection',
  'http-request',
  'dns-query',
  'tls-handshake',
  'network-session',
  'network-file',
]);

/** Activities by which customer records leave the CRM. */
export const readsRecords: ReadonlySet<Activity> = new Set<Activity>([
  'query',
  'search',
  'bulk-create',
  'bulk-progress',
  'bulk-complete',
  'bulk-result',
  'report-run',
  'report-export',
  'list-view',
  'record-view',
  'file-read',
]);
