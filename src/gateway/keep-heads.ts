import { appendFile } from 'node:fs/promises';
import type { Ledger } from '#ledger/open-ledger.ts';

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
