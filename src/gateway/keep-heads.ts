import { appendFile, readFile } from 'node:fs/promises';
import type { Ledger } from '#ledger/open-ledger.ts';
import type { LedgerHead } from '#ledger/verify-ledger.ts';
import { failure, type Result, success } from '#model/result.ts';

export interface HeadKeeping {
  readonly ledger: Pick<Ledger, 'head'>;
  /** On other media, where whoever rewrites the ledger cannot reach: one JSON line a head. */
  readonly files: readonly string[];
  readonly everyMs: number;
  readonly clock: () => number;
  readonly onProblem: (error: unknown) => void;
}

/** Writes the ledger's newest hash outside its directory now and then, and once more when it is stopped. */
export function keepHeads({ ledger, files, everyMs, clock, onProblem }: HeadKeeping): () => Promise<void> {
  let last: string | undefined;
  const keep = async (): Promise<void> => {
    try {
      const head = await ledger.head();
      if (head === undefined || head.hash === last) return;
      const line = `${JSON.stringify({ ...head, at: clock() })}\n`;
      for (const file of files) await appendFile(file, line, { flush: true });
      last = head.hash;
    } catch (error) {
      onProblem(error);
    }
  };
  if (files.length === 0) return async () => {};
  const timer = setInterval(() => void keep(), everyMs).unref();
  return async () => {
    clearInterval(timer);
    await keep();
  };
}

/**
 * The heads that were kept in these files. `invalid` where a file is not there, holds none, or holds something else:
 * anchors that were taken away are not "no anchors".
 */
export async function readHeads(files: readonly string[]): Promise<Result<readonly LedgerHead[]>> {
  const heads: LedgerHead[] = [];
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => error);
    if (typeof text !== 'string') return failure(notAnchors(file, text.code ?? 'no file'));
    const lines = text.split('\n').filter((line) => line !== '');
    if (lines.length === 0) return failure(notAnchors(file, 'an empty file'));
    for (const [index, line] of lines.entries()) {
      const head = readHead(line);
      if (head === undefined) return failure(notAnchors(`${file}:${index + 1}`, 'another line'));
      heads.push(head);
    }
  }
  return success(heads);
}

const notAnchors = (where: string, found: string) => ({
  kind: 'invalid' as const,
  where,
  found: found === 'ENOENT' ? 'no such file' : found,
  expected: 'the anchors that were written there; the first comes with the first records',
});

function readHead(line: string): LedgerHead | undefined {
  try {
    const { sequence, hash } = JSON.parse(line) as Record<string, unknown>;
    const isHead = Number.isSafeInteger(sequence) && typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash);
    return isHead ? { sequence: sequence as number, hash: hash as string } : undefined;
  } catch {
    return undefined;
  }
}
