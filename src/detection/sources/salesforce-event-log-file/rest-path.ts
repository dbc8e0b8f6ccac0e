import { detach } from '#lib/detach.ts';
import { isSalesforceId, toLongId } from '#lib/salesforce-id.ts';
import type { Activity } from '#model/activity.ts';

/** What the address of an API request says about it; `query` still encoded as in the URL. */
export interface ApiRequest {
  readonly activity: Activity;
  readonly operation: string;
  /** `REST`, `Bulk`, `Bulk2`, `Tooling`, `Apex`. */
  readonly service: string;
  readonly path: string;
  readonly version?: string | undefined;
  readonly objects?: readonly string[];
  readonly recordId?: string | undefined;
  readonly jobId?: string | undefined;
  readonly query?: string | undefined;
}

type Told = Omit<ApiRequest, 'path' | 'version' | 'service'> & { readonly service?: string };

interface Address {
  /** Below the version: `['sobjects', 'Case', 'describe']`. */
  readonly steps: readonly string[];
  readonly parameters: string;
  /** Upper case; undefined where the log does not say. */
  readonly method: string | undefined;
}

/**
 * Reads the address of a request as logs have it: `/services/data/v58.0/sobjects/Case/describe/`, as ApiTotalUsage
 * writes it `/v58.0/sobjects/Case/describe`, with a host or doubled slashes before it, with a query behind it.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_list.htm
 */
export function readApiPath(uri: string, method: string | undefined): ApiRequest {
  const { path, parameters } = splitUri(uri);
  const steps = stepsOf(path.startsWith('/services/data/') ? path.slice(15) : path);
  const address = { steps, parameters, method: method?.toUpperCase() };
  if (steps[0] === 'services' && steps[1] === 'async')
    return { service: 'Bulk', ...readBulk1({ ...address, steps: steps.slice(3) }), path, version: steps[2] };
  const version = versionOf(steps[0]);
  if (version !== undefined)
    return { service: 'REST', ...readResource({ ...address, steps: steps.slice(1) }), path, version };
  const service = steps.includes('apexrest') ? 'Apex' : 'REST';
  return { activity: 'api-call', operation: steps.at(-1) ?? '', service, path };
}

/** Reads each address that names no record once, as most requests go to a few; forgets all when it holds `capacity`. */
export class AddressMemory {
  readonly #requests = new Map<string | undefined, Map<string, ApiRequest>>();
  readonly #capacity: number;
  #size = 0;

  constructor(capacity = 500) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#size;
  }

  read(uri: string, method: string | undefined): ApiRequest {
    const known = this.#requests.get(method)?.get(uri);
    if (known !== undefined) return known;
    const request = readApiPath(uri, method);
    const isGeneral = request.recordId === undefined && request.jobId === undefined && request.query === undefined;
    return isGeneral && uri.length <= longestKept ? this.#keep(detach(uri), method && detach(method)) : request;
  }

  #keep(uri: string, method: string | undefined): ApiRequest {
    if (this.#size >= this.#capacity) {
      this.#requests.clear();
      this.#size = 0;
    }
    const request = readApiPath(uri, method);
    const ofMethod = this.#requests.get(method) ?? new Map<string, ApiRequest>();
    this.#requests.set(method, ofMethod.set(uri, request));
    this.#size += 1;
    return request;
  }
}

const longestKept = 256;

function stepsOf(path: string): string[] {
  const steps: string[] = [];
  for (const step of path.split('/')) if (step !== '') steps.push(step);
  return steps;
}

/** `v58.0`; tested without a regular expression, as this runs for every request. */
function versionOf(step: string | undefined): string | undefined {
  if (step === undefined || step.charCodeAt(0) !== 118) return undefined;
  const digit = step.charCodeAt(1);
  return digit >= 48 && digit <= 57 ? step.slice(1) : undefined;
}

function splitUri(uri: string): { readonly path: string; readonly parameters: string } {
  const question = uri.indexOf('?');
  const whole = question < 0 ? uri : uri.slice(0, question);
  return { path: pathOf(whole), parameters: question < 0 ? '' : uri.slice(question + 1) };
}

/** Without scheme and host, without doubled slashes before it. */
function pathOf(address: string): string {
  if (address.charCodeAt(0) === 47) return address.charCodeAt(1) === 47 ? address.replace(/^\/+/, '/') : address;
  const schemeEnd = address.indexOf('://');
  if (schemeEnd < 0) return address;
  const hostEnd = address.indexOf('/', schemeEnd + 3);
  return hostEnd < 0 ? '' : address.slice(hostEnd);
}

/** A value of a URL's query, still encoded. */
export function parameterOf(parameters: string, name: string): string | undefined {
  for (const pair of parameters.split('&')) if (pair.startsWith(`${name}=`)) return pair.slice(name.length + 1);
  return undefined;
}

const isWrite = (method: string | undefined): boolean =>
  method === 'POST' || method === 'PUT' || method === 'PATCH' || method === 'DELETE';

/** Resources by their first step; what is not here is an opaque call. */
const resources: Readonly<Record<string, (address: Address) => Told>> = {
  sobjects: readObjects,
  limits: ({ steps, parameters }) =>
    steps[1] === 'recordCount'
      ? { activity: 'count', operation: 'recordCount', objects: namesIn(parameterOf(parameters, 'sObjects')) }
      : { activity: 'read-limits', operation: 'limits' },
  query: readQueryCall,
  queryAll: readQueryCall,
  search: ({ parameters }) => ({ activity: 'search', operation: 'search', query: parameterOf(parameters, 'q') }),
  parameterizedSearch: ({ parameters }) => ({
    activity: 'search',
    operation: 'parameterizedSearch',
    objects: namesIn(parameterOf(parameters, 'sobject')),
    query: parameterOf(parameters, 'q'),
  }),
  jobs: readJob,
  composite: readComposite,
  tooling: (address) => ({ ...readTooling(address), service: 'Tooling' }),
  analytics: readAnalytics,
  'ui-api': readUserInterface,
  graphql: () => ({ activity: 'query', operation: 'graphql' }),
  recent: () => ({ activity: 'query', operation: 'recent' }),
  connect: readFiles,
  chatter: readFiles,
};

function readResource(address: Address): Told {
  const [name = ''] = address.steps;
  const read = Object.hasOwn(resources, name) ? resources[name] : undefined;
  return read?.(address) ?? { activity: 'api-call', operation: name };
}

const namesIn = (encoded: string | undefined): readonly string[] =>
  encoded === undefined ? [] : encoded.split(/,|%2C/i).filter((name) => name !== '');

const binaries: ReadonlySet<string> = new Set(['VersionData', 'Body', 'LogFile', 'RichTextImageFields']);

function readObjects({ steps, method }: Address): Told {
  const [, object, third, fourth] = steps;
  if (object === undefined) return { activity: 'list-objects', operation: 'sobjects' };
  const objects = [object];
  if (third === undefined)
    return isWrite(method)
      ? { activity: 'write', operation: 'create', objects }
      : { activity: 'describe-object', operation: 'sobject', objects };
  if (third === 'describe' || third === 'quickActions' || third === 'defaultValues')
    return { activity: 'describe-object', operation: third, objects };
  if (third === 'updated' || third === 'deleted') return { activity: 'query', operation: third, objects };
  if (third === 'listviews') return { activity: 'list-view', operation: third, objects };
  const recordId = isSalesforceId(third) ? toLongId(third) : undefined;
  if (fourth !== undefined && binaries.has(fourth))
    return { activity: 'file-read', operation: fourth, objects, recordId };
  return isWrite(method)
    ? { activity: 'write', operation: (method ?? '').toLowerCase(), objects, recordId }
    : { activity: 'query', operation: 'retrieve', objects, recordId };
}

function readQueryCall({ steps, parameters }: Address): Told {
  const [name = 'query', locator] = steps;
  if (locator !== undefined) return { activity: 'query', operation: 'queryMore' };
  if (parameterOf(parameters, 'explain') !== undefined) return { activity: 'api-call', operation: 'explain' };
  return { activity: 'query', operation: name, query: parameterOf(parameters, 'q') };
}

/** Bulk API 2.0. https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/queries.htm */
function readJob({ steps, method }: Address): Told {
  const [, kind, id, part] = steps;
  const jobId = id === undefined ? undefined : toLongId(id);
  if (kind === 'ingest')
    return {
      activity: method === 'GET' ? 'api-call' : 'bulk-write',
      operation: 'jobs/ingest',
      service: 'Bulk2',
      jobId,
    };
  const told = (activity: Activity, operation: string): Told => ({ activity, operation, service: 'Bulk2', jobId });
  if (kind !== 'query') return told('api-call', 'jobs');
  if (part === 'results' || part === 'resultPages') return told('bulk-result', part);
  if (method === 'DELETE') return told('bulk-delete', 'deleted');
  if (method === 'PATCH') return told('bulk-abort', 'aborted');
  return method === 'POST' ? told('bulk-create', 'created') : told('bulk-progress', 'jobs/query');
}

/** Bulk API 1.0, whose addresses do not say whether a job reads or writes. */
function readBulk1({ steps, method }: Address): Told {
  const [, id] = steps;
  const jobId = id === undefined ? undefined : toLongId(id);
  const operation = steps.filter((step) => !isSalesforceId(step)).join('/') || 'job';
  if (steps.includes('result')) return { activity: method === 'POST' ? 'bulk-write' : 'bulk-result', operation, jobId };
  return { activity: 'api-call', operation, jobId };
}

function readComposite({ steps, method }: Address): Told {
  const [, kind, object] = steps;
  if (kind === 'sobjects') {
    const objects = object === undefined ? [] : [object];
    // POST with an object retrieves up to 2,000 records by id; without one it creates.
    const isRead = object !== undefined && (method === 'GET' || method === 'POST' || method === undefined);
    return { activity: isRead ? 'query' : 'write', operation: 'composite/sobjects', objects };
  }
  if (kind === 'tree')
    return { activity: 'write', operation: 'composite/tree', objects: object === undefined ? [] : [object] };
  return { activity: 'api-call', operation: kind === undefined ? 'composite' : `composite/${kind}` };
}

/** The Tooling API reads the organisation's make, not its customers: whatever it answers is reconnaissance. */
function readTooling({ steps, ...rest }: Address): Told {
  const told = readResource({ ...rest, steps: steps.slice(1) });
  return told.activity === 'query' || told.activity === 'search' ? { ...told, activity: 'describe-object' } : told;
}

function readAnalytics({ steps, method }: Address): Told {
  const [, kind, id, part] = steps;
  const recordId = id !== undefined && isSalesforceId(id) ? toLongId(id) : undefined;
  if ((kind !== 'reports' && kind !== 'dashboards') || (recordId === undefined && id !== 'query'))
    return { activity: 'api-call', operation: `analytics/${kind ?? ''}` };
  if (part === 'describe') return { activity: 'describe-object', operation: `${kind}/describe`, recordId };
  if (method === 'DELETE' || method === 'PATCH') return { activity: 'write', operation: kind, recordId };
  return { activity: 'report-run', operation: kind, service: 'Report', recordId };
}

const userInterface: ReadonlyMap<string, Activity> = new Map<string, Activity>(
  Object.entries({
    records: 'record-view',
    'record-ui': 'record-view',
    'related-list-records': 'list-view',
    'list-ui': 'list-view',
    'list-records': 'list-view',
    'list-info': 'list-view',
    'mru-list-ui': 'list-view',
    'object-info': 'describe-object',
    lookups: 'search',
  }),
);

function readUserInterface({ steps, method }: Address): Told {
  const [, name = '', id] = steps;
  const activity = name.startsWith('records') && isWrite(method) ? 'write' : (userInterface.get(name) ?? 'api-call');
  const isId = id !== undefined && isSalesforceId(id);
  const isObject =
    id !== undefined && !isId && (name === 'object-info' || name === 'list-ui' || name === 'mru-list-ui');
  const operation = `ui-api/${name}`;
  return { activity, operation, objects: isObject ? [id] : [], recordId: isId ? toLongId(id) : undefined };
}

function readFiles({ steps, method }: Address): Told {
  const files = steps.indexOf('files');
  const id = files < 0 ? undefined : steps[files + 1];
  if (id === undefined || !isSalesforceId(id)) return { activity: 'api-call', operation: steps.slice(0, 2).join('/') };
  const isShare = steps[files + 2] === 'file-shares' && isWrite(method);
  const activity = isShare ? 'file-share' : isWrite(method) ? 'write' : 'file-read';
  return { activity, operation: steps[files + 2] ?? 'files', recordId: toLongId(id), objects: ['ContentDocument'] };
}
