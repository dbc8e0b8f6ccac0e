import { isSalesforceId, toLongId } from '#lib/salesforce-id.ts';
import type { Slots } from '#model/event.ts';
import { userAgentOf } from './read-calls.ts';
import { idIn } from './read-reports.ts';
import type { Row } from './row.ts';

/** Aura endpoints carry every action of Lightning pages and sites; their address does not say which. */
const isOpaque = (path: string): boolean => /\/aura\/?$/.test(path);

const pathOf = (uri: string): string => uri.split('?', 1)[0]!;

/** A page of the user interface. */
export function readUri(slots: Slots, row: Row): void {
  const { at } = row;
  const uri = row.unquoted(at.URI) ?? '';
  const path = pathOf(uri);
  const id = row.id(-1, at.URI_ID_DERIVED);
  slots['api.service.name'] = 'UI';
  slots['http_request.url.path'] = path === '' ? undefined : path;
  slots['http_request.http_method'] = row.text(at.METHOD);
  slots['http_request.user_agent'] = userAgentOf(row.unquoted(at.BROWSER_TYPE));
  slots['resources.uid'] = id !== undefined && isSalesforceId(id) ? id : idIn(path);
  const isExport = slots['resources.uid']?.startsWith('00O') === true && /[?&]export=/.test(uri);
  slots.activity_name = isExport ? 'report-export' : isOpaque(path) ? 'api-call' : 'record-view';
}

export function readLightningPageView(slots: Slots, row: Row): void {
  const { at } = row;
  const url = row.unquoted(at.PAGE_URL) ?? '';
  const entity = row.text(at.PAGE_ENTITY_TYPE);
  const isList = /^\/lightning\/o\/[^/]+\/list/.test(url) || row.text(at.PAGE_CONTEXT) === 'force:objectHomeDesktop';
  slots.activity_name = isList ? 'list-view' : 'record-view';
  slots['api.service.name'] = 'UI';
  slots['http_request.url.path'] = url === '' ? undefined : url;
  slots['http_request.user_agent'] = userAgentOf(row.unquoted(at.USER_AGENT));
  slots['resources.uid'] = row.id(at.PAGE_ENTITY_ID) ?? idIn(url);
  if (entity !== undefined) slots['resources.type'] = [entity];
}

/** A page of a public site, often of a guest who never signed in. */
export function readSites(slots: Slots, row: Row): void {
  const { at } = row;
  const uri = row.unquoted(at.URI) ?? '';
  const path = pathOf(uri);
  const isFile = /\/servlet\.(?:FileDownload|ImageServer)$/.test(path);
  slots.activity_name = isFile ? 'file-read' : isOpaque(path) ? 'api-call' : 'record-view';
  slots['api.service.name'] = 'Sites';
  slots['http_request.url.path'] = uri === '' ? undefined : uri;
  slots['http_request.http_method'] = row.text(at.HTTP_METHOD);
  slots['http_request.user_agent'] = /User-Agent=(.*?)(?:,[A-Z][\w-]*=|,?$)/.exec(
    row.unquoted(at.HTTP_HEADERS) ?? '',
  )?.[1];
  slots['resources.uid'] = fileIn(row.unquoted(at.QUERY));
  slots['resources.name'] = row.text(at.PAGE_NAME);
  slots['query_info.bytes'] = row.count(at.RESPONSE_SIZE);
  if (row.text(at.IS_GUEST) === '1') slots['actor.user.type'] = 'Guest';
}

/** `?file=0150O000005CQN9` */
function fileIn(query: string | undefined): string | undefined {
  const id = /[?&]file=(\w{15,18})/.exec(query ?? '')?.[1];
  return id === undefined ? undefined : toLongId(id);
}

/** Objects by the first three characters of their ids. https://help.salesforce.com/s/articleView?id=000385203 */
const objectsByPrefix: ReadonlyMap<string, string> = new Map<string, string>(
  Object.entries({
    '001': 'Account',
    '003': 'Contact',
    '005': 'User',
    '006': 'Opportunity',
    '00Q': 'Lead',
    '00T': 'Task',
    '00U': 'Event',
    '500': 'Case',
    '701': 'Campaign',
    '801': 'Order',
    '069': 'ContentDocument',
  }),
);

/** A search in the user interface; SEARCH_QUERY is what was typed. */
export function readSearch(slots: Slots, row: Row): void {
  const { at } = row;
  const prefixes = row.unquoted(at.PREFIXES_SEARCHED)?.match(/\w{3}/g) ?? [];
  slots.activity_name = 'search';
  slots['api.service.name'] = 'UI';
  slots['query_info.query_string'] = row.unquoted(at.SEARCH_QUERY);
  slots['unmapped.rows'] = row.count(at.NUM_RESULTS);
  slots['resources.type'] = prefixes.flatMap((prefix) => objectsByPrefix.get(prefix) ?? []);
}
