import type { DataPath } from './data-path.ts';
import { unavailable } from './refuse.ts';

/** Takes computed rows from the budget; undefined when they cannot be written down, so that they must not be answered. */
export function payCounts(
  { budget, log }: DataPath,
  integration: string,
  object: string,
  rows: number,
): boolean | undefined {
  try {
    return budget.takeAggregates(integration, object, rows);
  } catch (error) {
    log({ level: 'error', event: 'counts-fault', why: error instanceof Error ? error.message : 'unknown' });
    return undefined;
  }
}

export const countsUnwritten = unavailable(
  'Cordon gateway: what is counted cannot be written down now, so nothing leaves.',
  'ledger',
);
