import type { Store } from '#model/records.ts';
import type { Source } from '#model/source.ts';
import type { Feed } from './feed.ts';
import type { OrderedFeed } from './ordered-feed.ts';
import type { SourceHealthBook } from './source-health.ts';

/** What everything that brings events in needs. */
export interface Intake {
  readonly feed: Feed;
  /** The same way in, in one order with what all live streams bring. */
  readonly ordered: Pick<OrderedFeed, 'add' | 'room'>;
  readonly health: SourceHealthBook;
  readonly sources: readonly Source[];
  readonly settings: Store['settings'];
  /** Real time, ms since 1970 UTC. */
  readonly clock: () => number;
  /** Aborted when Cordon closes: whoever reads ends after the batch under way. */
  readonly signal: AbortSignal;
}
