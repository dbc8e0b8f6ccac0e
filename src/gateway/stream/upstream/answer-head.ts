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
export const passedNames = [
  'sforce-locator',
  'sforce-numberofrecords',
  'sforce-limit-info',
  'sforce-query-more',
  'content-language',
  'content-disposition',
  'cache-control',
] as const;
const keptNames: ReadonlySet<string> = new Set([...framingNames, ...passedNames]);

const statusLine = /^HTTP\/1\.1 ([1-5]\d\d) [\t\x20-\x7e\x80-\xff]*$/;
const nameForm = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const valueForm = /^[\t\x20-\x7e\x80-\xff]*$/;
const mostHeaders = 128;

/**
 * Reads the head of an answer, given as Latin-1 text without its last two line ends; a string says what is wrong with
 * it. Strict: RFC 9112 as written, no folded lines, none of the headers that are used twice, a length that is known
 * beforehand or chunks, no interim answers and no redirects.
 */
export function parseAnswerHead(text: string): AnswerHead | string {
  const lines = text.split('\r\n');
  const status = Number(statusLine.exec(lines[0]!)?.[1]);
  if (Number.isNaN(status)) return 'the status line is not one of HTTP/1.1';
  if (status < 200 || (status >= 300 && status < 400)) return `status ${status} is not taken from the CRM`;
  if (lines.length > mostHeaders) return 'too many headers';
  const headers = new Map<string, string>();
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index]!;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0));
    if (!nameForm.test(name) || !valueForm.test(line)) return 'a header line is malformed';
    const lower = name.toLowerCase();
    if (!keptNames.has(lower)) continue;
    if (headers.has(lower) && lower !== 'cache-control') return `the header ${lower} stands twice`;
    headers.set(lower, line.slice(colon + 1).trim());
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
