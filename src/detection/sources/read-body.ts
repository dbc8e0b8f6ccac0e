import type { Failure } from '#model/result.ts';
import { failure, type Result, success } from '#model/result.ts';

/** How long an answer may stand still, and who sends it. */
export interface BodyReading {
  readonly vendor: string;
  readonly silenceMs: number;
}

/**
 * The body of an answer as it comes; returns why it broke off, or undefined where it came to its end. Half-open
 * connections send nothing more and never close: a body that is silent for too long has broken off too.
 */
export async function* readChunks(
  response: Response,
  { vendor, silenceMs }: BodyReading,
): AsyncGenerator<Uint8Array, Failure | undefined> {
  const reader = response.body?.getReader();
  if (reader === undefined) return undefined;
  try {
    for (;;) {
      const chunk = await withinSilence(reader.read(), silenceMs);
      if (chunk === undefined) return { kind: 'broken', by: vendor, why: `nothing came for ${silenceMs / 1000} s` };
      if (chunk.done) return undefined;
      yield chunk.value;
    }
  } catch (error) {
    return { kind: 'broken', by: vendor, why: error instanceof Error ? error.message : String(error) };
  } finally {
    // Whoever stops reading lets go of the connection; a failure of the cancelling itself tells nobody anything.
    reader.cancel().catch(() => undefined);
  }
}

async function withinSilence<Chunk>(chunk: Promise<Chunk>, silenceMs: number): Promise<Chunk | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), silenceMs);
  });
  try {
    return await Promise.race([chunk, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A whole body as text, at most so many bytes. */
export async function readText(response: Response, reading: BodyReading, mostBytes: number): Promise<Result<string>> {
  const decoder = new TextDecoder();
  const chunks = readChunks(response, reading);
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = await chunks.next();
    if (done) return value === undefined ? success(text + decoder.decode()) : failure(value);
    bytes += value.length;
    if (bytes > mostBytes) {
      await chunks.return(undefined);
      return failure({ kind: 'broken', by: reading.vendor, why: `its answer is larger than ${mostBytes} bytes` });
    }
    text += decoder.decode(value, { stream: true });
  }
}
