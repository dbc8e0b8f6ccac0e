/** What an integration does, again and again. Numbers are those of the whole house. */
export interface Job {
  /** `bulk` is Bulk API 2.0; `bulk-tidy` deletes each job once its results are fetched, as some loaders do. */
  readonly by: 'rest' | 'soap' | 'bulk' | 'bulk-tidy';
  /** `retrieve` reads one row at its own address, `write` creates or updates one. */
  readonly act: 'query' | 'retrieve' | 'write';
  readonly object: string;
  /** `{since}` becomes the time of the run before, `{key}` some customer's own value. Empty for retrieve and write. */
  readonly soql: string;
  readonly fields: number;
  /** Rows of one call, least and most. */
  readonly rows: readonly [number, number];
  /** Calls of one run, least and most; for a rhythm, calls per day. */
  readonly calls: readonly [number, number];
  readonly rhythm: 'runs' | 'around the clock' | 'shop hours';
  /** Between the starts of runs. */
  readonly everyMinutes: number;
  /** Of the first run of the day, after midnight UTC. */
  readonly offsetMinutes: number;
  /** 0 Sunday to 6 Saturday; every day when absent. */
  readonly weekday?: number;
  /** How long a run of the whole house takes. */
  readonly runMinutes: number;
}

export interface IntegrationKind {
  readonly kind: string;
  readonly name: string;
  readonly per: 'house' | 'brand' | 'region';
  readonly network: { readonly block: string; readonly iso: string };
  readonly userAgent: string;
  readonly apiVersion: string;
  readonly clientName?: string;
  readonly sessionHours: number;
  readonly jobs: readonly Job[];
}
