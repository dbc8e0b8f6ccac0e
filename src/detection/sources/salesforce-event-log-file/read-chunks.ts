import type { Failure } from '#model/result.ts';

/**
 * The body of an answer as it comes; returns why it broke off, or undefined where it came to its end. Half-open
 * connections send nothing more and never close: a body that is silent for `silenceMs` has broken off too.
 */
export async function* readChunks(
  { body }: Response,
  silenceMs: number,
): AsyncGenerator<Uint8Array, Failure | undefined> {
  const reader = body?.getReader();
  if (reader === undefined) return undefined;
  try {
    for (;;) {
      const chunk = await withinSilence(reader.read(), silenceMs);
      if (chunk === undefined) return brokenOff(`nothing came for ${silenceMs / 1000} s`);
      if (chunk.done) return undefined;
      yield chunk.value;
    }
  } catch (error) {
    return brokenOff(error instanceof Error ? error.message : String(error));
  } finally {
    // Whoever stops reading lets go of the connection; a failure of the cancelling itself tells nobody anything.
    reader.cancel().catch(() => undefined);
  }
}

const brokenOff = (why: string): Failure => ({ kind: 'broken', by: 'Salesforce', why: `a download broke off: ${why}` });

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
