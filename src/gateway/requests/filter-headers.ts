import type { Refusal } from '../call.ts';
import { refuseMediaType, refuseRequest } from './refuse.ts';

const overrides = ['x-http-method-override', 'x-http-method', 'x-method-override'] as const;

const looked = [...overrides, 'accept-encoding', 'user-agent', 'sforce-call-options', 'sforce-query-options'] as const;

/** All that `filterHeaders` looks at, in one text: what it answers for one call it answers for every other of the same text. */
export function filteredBy(headers: ReadonlyMap<string, string>): string {
  let text = '';
  for (const name of looked) text += `${headers.get(name) ?? '\n'}\n`;
  return text;
}

/** Records of one page. REST API Developer Guide, "Query Options Header". */
export const pageSizes = { least: 200, most: 2000 } as const;

/**
 * The headers of a call that may go to the CRM, as they may. Everything else stays here: cookies and session headers
 * (another way to sign in), `X-PrettyPrint`, ranges and conditions (another answer than the one that is counted).
 */
export function filterHeaders(headers: ReadonlyMap<string, string>): ReadonlyMap<string, string> | Refusal {
  for (const name of overrides)
    if (headers.has(name)) return refuseRequest('method-override', 'a call says its method in the request line alone');
  const kept = new Map([['accept-encoding', acceptsGzip(headers.get('accept-encoding')) ? 'gzip' : 'identity']]);
  const agent = headers.get('user-agent');
  if (agent !== undefined && /^[ -~]{1,512}$/.test(agent)) kept.set('user-agent', agent);
  const options = headers.get('sforce-call-options');
  if (options !== undefined) {
    // A default namespace lets `Secret__c` mean `vendor__Secret__c`, which no policy would recognise.
    if (/namespace/i.test(options))
      return refuseRequest(
        'default-namespace',
        'Sforce-Call-Options may not set a default namespace; write full names',
      );
    const client = /(?:^|,)\s*(client=[\w .:/@-]{1,100}?)\s*(?:,|$)/.exec(options);
    if (client !== null) kept.set('sforce-call-options', client[1]!);
  }
  const query = headers.get('sforce-query-options');
  if (query !== undefined) {
    const size = /^\s*batchSize\s*=\s*(\d{1,6})\s*$/i.exec(query);
    if (size === null) return refuseRequest('query-options', 'Sforce-Query-Options says batchSize=NUMBER');
    kept.set('sforce-query-options', `batchSize=${clampPage(Number(size[1]))}`);
  }
  return kept;
}

export const clampPage = (records: number): number => Math.min(pageSizes.most, Math.max(pageSizes.least, records));

/** The page size that the kept headers ask for. */
export function pageSizeOf(headers: ReadonlyMap<string, string>): number | undefined {
  const size = headers.get('sforce-query-options')?.slice('batchSize='.length);
  return size === undefined ? undefined : Number(size);
}

function acceptsGzip(header: string | undefined): boolean {
  return (header ?? '').split(',').some((item) => {
    const [coding, weight] = item.split(';');
    return coding!.trim().toLowerCase() === 'gzip' && !/^\s*q\s*=\s*0(?:\.0*)?\s*$/i.test(weight ?? '');
  });
}

/** For calls whose body is read: JSON in UTF-8, and nothing else. */
export function refusesContentType(headers: ReadonlyMap<string, string>): Refusal | undefined {
  const type = headers.get('content-type') ?? '';
  if (!/^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i.test(type))
    return refuseMediaType('content-type', 'the body of this call is read as application/json in UTF-8 alone');
  if (headers.has('content-encoding') && headers.get('content-encoding') !== 'identity')
    return refuseMediaType('content-encoding', 'the body of this call may not be compressed');
  return undefined;
}
