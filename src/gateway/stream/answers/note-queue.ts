import type { LedgerWriter, SmallAnswer } from '#ledger/ledger.ts';
import type { Wanted } from '../../parts.ts';
import { batchesOf } from './group-records.ts';

/** Small answers on their way into the ledger. */
export interface NoteQueue {
  /** Takes what a reservation covers already: until it is written down, the whole reservation counts as read. */
  add(release: SmallAnswer['release'], wanted: Wanted): void;
  /** Resolves when all that was added so far is durable, which is soon; rejects when it cannot be. */
  durable(): Promise<void>;
  /** Hands over all that waits. */
  flush(): void;
}

const gatherMs = 20;
/** Ids, and answers, that wait at most. */
const mostIds = 16_384;
const mostAnswers = 1024;

/** Gathers the small answers of a few milliseconds, so that the ledger writes and makes durable many at once. */
export function openNoteQueue(
  ledger: Pick<LedgerWriter, 'note' | 'onQuestion'>,
  onFault: (reason: unknown) => void,
): NoteQueue {
  let waiting: SmallAnswer[] = [];
  let ids = 0;
  let timer: NodeJS.Timeout | undefined;
  let written = Promise.resolve();
  let whenWritten: PromiseWithResolvers<void> | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0) return;
    const [answers, settled] = [waiting, whenWritten];
    [waiting, ids, whenWritten] = [[], 0, undefined];
    written = ledger.note(answers);
    written.then(settled?.resolve, (reason: unknown) => {
      onFault(reason);
      settled?.reject(reason);
    });
  };
  ledger.onQuestion?.(flush);
  return {
    add: (release, wanted) => {
      const records = batchesOf({ runs: wanted.prefix, numbers: wanted.numbers });
      const customers = wanted.customers === undefined ? [] : batchesOf(wanted.customers);
      waiting.push({ release, records, customers });
      ids += wanted.numbers.length;
      if (ids >= mostIds || waiting.length >= mostAnswers) flush();
      else timer ??= setTimeout(flush, gatherMs);
    },
    durable: () => {
      if (waiting.length === 0) return written;
      whenWritten ??= Promise.withResolvers();
      return whenWritten.promise;
    },
    flush,
  };
}
