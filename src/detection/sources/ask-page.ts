import { failure, type Result, success } from '#model/result.ts';
import { askVendor, type Question } from './ask-vendor.ts';

/** A whole answer of JSON, in the vendor's own bytes and read. */
export interface JsonPage {
  readonly bytes: Uint8Array;
  readonly value: unknown;
  readonly headers: Headers;
}

/** A page of 1,000 events is a few MB; what is larger is no page. */
const mostBytes = 64_000_000;

/**
 * Asks for one page of JSON: head and body within `timeoutMs`, at most 64 MB. A body that ends early, stands still or is
 * no JSON is `broken`; other failures as `askVendor` has them.
 */
export async function askPage(question: Question & { readonly timeoutMs: number }): Promise<Result<JsonPage>> {
  const { vendor, timeoutMs } = question;
  const signal = AbortSignal.any([question.signal, AbortSignal.timeout(timeoutMs)]);
  const answer = await askVendor({ ...question, signal });
  if (!answer.ok) return answer;
  const broken = (why: string) => failure({ kind: 'broken', by: vendor, why } as const);
  const bytes = await readWhole(answer.value);
  if (typeof bytes === 'string') return broken(bytes);
  try {
    return success({ bytes, value: JSON.parse(new TextDecoder().decode(bytes)), headers: answer.value.headers });
  } catch {
    return broken(`its answer of ${bytes.length} bytes is no JSON`);
  }
}

/** The body, or why there is none. */
async function readWhole({ body }: Response): Promise<Uint8Array | string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of body ?? []) {
      length += chunk.length;
      if (length > mostBytes) return `its answer is longer than ${mostBytes} bytes`;
      chunks.push(chunk);
    }
  } catch (error) {
    return `its answer broke off after ${length} bytes: ${error instanceof Error ? error.message : error}`;
  }
  return Buffer.concat(chunks, length);
}
