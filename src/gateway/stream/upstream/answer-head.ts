/** How long the body of an answer is. RFC 9112 section 6.3, without the form that ends with the connection. */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' };

export interface AnswerHead {
  readonly status: number;
  /** By lower-case name; only those in `keptNames`. */
  readonly headers: ReadonlyMap<string, string>;
  readonly framing: Framing;
  readonly keepsAlive: boolean;
}

const framingNames = ['content-length', 'transfer-encoding', 'connection', 'content-type', 'content-encoding'] as const;
/** What of an answer's head may reach the client, besides what frames it. */
export const passedNames: ReadonlySet<string> = new Set([
  'sforce-locator',
  'sforce-numberofrecords',
  'sforce-limit-info',
  'sforce-query-more',
  'content-language',
  'content-disposition',
  'cache-control',
]);
const keptNames: ReadonlySet<string> = new Set([...framingNames, ...passedNames]);
const keptLengths: ReadonlySet<number> = new Set([...keptNames].map(({ length }) => length));

const statusLine = /^HTTP\/1\.1 ([1-5]\d\d) [\t\x20-\x7e\x80-\xff]*$/;
/** Every header: `Name: value`, each name a token, no line folded. */
const headersForm = /^(?:\r\n[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*){0,127}$/;

/**
 * Reads the head of an answer, given as Latin-1 text without its last two line ends; a string says what is wrong with
 * it. Strict: RFC 9112 as written, no folded lines, none of the headers that are used twice, a length that is known
 * beforehand or chunks, no interim answers and no redirects.
 */
export function parseAnswerHead(text: string): AnswerHead | string {
  const first = text.indexOf('\r\n');
  const statusEnd = first < 0 ? text.length : first;
  const status = Number(statusLine.exec(text.slice(0, statusEnd))?.[1]);
  if (Number.isNaN(status)) return 'the status line is not one of HTTP/1.1';
  if (status < 200 || (status >= 300 && status < 400)) return `status ${status} is not taken from the CRM`;
  if (!headersForm.test(text.slice(statusEnd))) return 'a header line is malformed, or there are too many';
  const headers = new Map<string, string>();
  for (let at = statusEnd; at < text.length; ) {
    const colon = text.indexOf(':', at);
    const next = text.indexOf('\r\n', colon);
    const end = next < 0 ? text.length : next;
    const from = at + 2;
    at = end;
    // Most headers are not kept, and most of those are as long as none that is.
    if (!keptLengths.has(colon - from)) continue;
    const name = text.slice(from, colon).toLowerCase();
    if (!keptNames.has(name)) continue;
    if (headers.has(name) && name !== 'cache-control') return `the header ${name} stands twice`;
    headers.set(name, text.slice(colon + 1, end).trim());
  }
  const framing = framingOf(status, headers);
  if (typeof framing === 'string') return framing;
  return { status, headers, framing, keepsAlive: !/\bclose\b/i.test(headers.get('connection') ?? '') };
}

function framingOf(status: number, headers: ReadonlyMap<string, string>): Framing | string {
  const coding = headers.get('transfer-encoding');
  const length = headers.get('content-length');
  if (coding !== undefined && length !== undefined) return 'both a length and chunks are declared';
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') return 'the transfer coding is not chunked';
  if (length !== undefined && !/^\d{1,15}$/.test(length)) return 'the length is no number';
  if (status === 204) return coding === undefined && Number(length ?? 0) === 0 ? { kind: 'none' } : 'a 204 has a body';
  if (coding !== undefined) return { kind: 'chunked' };
  if (length === undefined) return 'neither a length nor chunks are declared';
  return length === '0' ? { kind: 'none' } : { kind: 'length', bytes: Number(length) };
}
