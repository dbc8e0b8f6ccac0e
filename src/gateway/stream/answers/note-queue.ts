import type { LedgerWriter } from '#ledger/ledger.ts';
import type { Wanted } from '../../parts.ts';
import { batchesOf } from './group-records.ts';

type Noted = Parameters<LedgerWriter['note']>[0];

/** Small answers on their way into the ledger. */
export interface NoteQueue {
  /**
   * Takes what a reservation covers already: until it is written down, the whole reservation counts as read. Resolves
   * when durable.
   */
  add(release: Noted, wanted: Wanted): Promise<void>;
  /** Hands over all that waits. */
  flush(): void;
}

const gatherMs = 5;
const mostWaiting = 256;

/** Gathers the small answers of a few milliseconds, so that the ledger makes one commit of many. */
export function openNoteQueue(ledger: Pick<LedgerWriter, 'note' | 'onQuestion'>): NoteQueue {
  let waiting: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const now = waiting;
    waiting = [];
    for (const write of now) write();
  };
  ledger.onQuestion?.(flush);
  return {
    add: (release, wanted) =>
      new Promise((resolve, reject) => {
        waiting.push(() => {
          const records = batchesOf({ runs: wanted.prefix, numbers: wanted.numbers });
          const customers = wanted.customers && batchesOf(wanted.customers);
          ledger.note(release, records, customers).then(resolve, reject);
        });
        if (waiting.length >= mostWaiting) flush();
        else timer ??= setTimeout(flush, gatherMs);
      }),
    flush,
  };
}
