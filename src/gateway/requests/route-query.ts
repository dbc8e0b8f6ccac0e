import type { Refusal } from '../call.ts';
import { isRefusal, refuseLocator, refuseRequest } from './refuse.ts';
import { type DataCall, onlyGet, type Route, refusesParameters } from './route.ts';

/** `/query?q=…`, `/queryAll?q=…`, and the next page at `/query/LOCATOR`. */
export function queryRoute(call: DataCall): Route | Refusal | undefined {
  const { method, parameters, segments } = call;
  const [resource, locator] = segments;
  if (segments.length > 2) return undefined;
  if (locator !== undefined)
    return isLocator(locator)
      ? onlyGet(call, { kind: 'query-more', locator })
      : refuseLocator('malformed-locator', 'this is no locator that a query has given');
  if (method !== 'GET') return refuseRequest('method', `${method.slice(0, 20)} is not spoken on this path`);
  const refusal = refusesParameters(parameters, ['q', 'columns']);
  if (refusal !== undefined) return refusal;
  const columns = parameters.get('columns');
  if (columns !== undefined && columns !== 'true') return refuseRequest('format', 'columns may say "true" alone');
  const text = parameters.get('q') ?? '';
  return {
    bodyBytes: 0,
    read: () => {
      const query = call.readSoql(text);
      if (isRefusal(query)) return query;
      return { kind: 'query', query, text, all: resource === 'queryAll', columnsOnly: columns === 'true' };
    },
  };
}

/** `01gD0000002HU6KIAW-2000` */
const isLocator = (text: string): boolean => /^[0-9A-Za-z]{3,40}(?:-\d{1,12})?$/.test(text);
