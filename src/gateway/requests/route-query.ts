import { describeFailure } from '#model/result.ts';
import { parseSoql } from '#soql/parse-soql.ts';
import type { Soql } from '#soql/query.ts';
import type { Refusal } from '../call.ts';
import { isRefusal, refuseLocator, refuseQuery, refuseRequest } from './refuse.ts';
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
      const query = readSoql(text);
      if (isRefusal(query)) return query;
      return { kind: 'query', query, text, all: resource === 'queryAll', columnsOnly: columns === 'true' };
    },
  };
}

/** `01gD0000002HU6KIAW-2000` */
const isLocator = (text: string): boolean => /^[0-9A-Za-z]{3,40}(?:-\d{1,12})?$/.test(text);

/**
 * Characters of a literal that some readers undo before they look for its end: `\u0027` is a quote to them. Control
 * characters, and halves of surrogate pairs, which are rewritten on the way.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ambiguous = /(?<!\\)(?:\\\\)*\\u00[0-7][0-9a-f]|[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/i;

export function readSoql(text: string): Soql | Refusal {
  if (ambiguous.test(text) || !text.isWellFormed())
    return refuseQuery('ambiguous-literal', "write letters, digits and signs as themselves, and quotes as \\'");
  const parsed = parseSoql(text);
  return parsed.ok ? parsed.value : refuseQuery('malformed-query', describeFailure(parsed.failure));
}
