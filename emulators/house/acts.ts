/**
 * What people and programs do in the house, as small records. One act is one real deed; the writers in lines/ say in
 * which logs the vendors would have recorded it, and how.
 */
export interface Caller {
  readonly userId: string;
  /** Sign-in name, an e-mail address. */
  readonly email: string;
  readonly app: { readonly id: string; readonly name: string } | undefined;
  readonly address: string;
  readonly iso: string;
  readonly country: string;
  readonly city: string;
  readonly userAgent: string;
  /** As LoginHistory prints them; `Unknown` for programs. */
  readonly browser: string;
  readonly platform: string;
  readonly apiVersion: string;
  readonly clientName: string;
  readonly sessionKey: string;
  readonly loginKey: string;
  readonly loginHistoryId: string;
  readonly signedInAt: number;
}

interface Deed {
  /** ms since 1970 UTC. */
  readonly time: number;
  /** Unique in the house's life: request id and event identifiers follow from it. */
  readonly serial: number;
  readonly caller: Caller;
}

export interface SignIn extends Deed {
  readonly kind: 'sign-in';
  readonly way: 'oauth' | 'saml' | 'password';
  readonly succeeded: boolean;
}
export interface SignOut extends Deed {
  readonly kind: 'sign-out';
}
export interface RestCall extends Deed {
  readonly kind: 'rest-call';
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path after the version: `/query`, `/sobjects/Contact/003…`. */
  readonly path: string;
  readonly object: string;
  readonly rows: number;
  readonly fields: number;
  readonly bytes: number;
  /** The query, where the call was one. */
  readonly soql: string;
}
export interface SoapCall extends Deed {
  readonly kind: 'soap-call';
  readonly operation: 'query' | 'queryMore' | 'create' | 'update' | 'retrieve';
  readonly object: string;
  readonly rows: number;
  readonly bytes: number;
  readonly soql: string;
}
/** A request of Bulk API 2.0: `/jobs/query`, `/jobs/query/750…/results`. */
export interface BulkCall extends Deed {
  readonly kind: 'bulk-call';
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
}
export interface BulkState extends Deed {
  readonly kind: 'bulk-state';
  readonly operation: 'query' | 'update';
  readonly jobId: string;
  readonly object: string;
  readonly state: 'created' | 'uploadComplete' | 'inProgress' | 'complete' | 'aborted' | 'deleted';
  readonly rows: number;
  readonly megabytes: number;
}
/** Results of a bulk query are fetched. */
export interface BulkResult extends Deed {
  readonly kind: 'bulk-result';
  readonly jobId: string;
  readonly soql: string;
}
/** A report looked at, or taken away as a file. */
export interface ReportRead extends Deed {
  readonly kind: 'report-run' | 'report-export';
  readonly reportId: string;
  readonly name: string;
  readonly object: string;
  readonly columns: readonly string[];
  readonly rows: number;
}
export interface ListView extends Deed {
  readonly kind: 'list-view';
  readonly listViewId: string;
  readonly name: string;
  readonly object: string;
  readonly columns: readonly string[];
  readonly rows: number;
}
export interface PageView extends Deed {
  readonly kind: 'page-view';
  readonly object: string;
  readonly recordId: string;
}
export interface SetupChange extends Deed {
  readonly kind: 'setup-change';
  readonly action: string;
  readonly section: string;
  readonly display: string;
}
export interface OktaTarget {
  readonly id: string;
  readonly type: 'User' | 'AppInstance' | 'AppUser';
  readonly alternateId: string;
  readonly displayName: string;
}
export interface OktaAct extends Deed {
  readonly kind: 'okta';
  readonly eventType: string;
  readonly message: string;
  readonly oktaId: string;
  readonly name: string;
  readonly succeeded: boolean;
  readonly reason: string | undefined;
  readonly targets: readonly OktaTarget[];
}

export type Act =
  | SignIn
  | SignOut
  | RestCall
  | SoapCall
  | BulkCall
  | BulkState
  | BulkResult
  | ReportRead
  | ListView
  | PageView
  | SetupChange
  | OktaAct;

/**
 * Deals out serials for one stretch of life (an hour of the staff, a run of a job, a story), each stretch below 2³²,
 * at most 2²⁰ to one. No two stretches share one.
 */
export function createSerials(stretch: number, first = 0): () => number {
  let next = first;
  return () => stretch * 0x10_0000 + next++;
}
