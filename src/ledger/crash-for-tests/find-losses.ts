/** Test-only: whether a ledger still covers all that clients were given. */
import { openLedger } from '../open-ledger.ts';

/**
 * What is missing, one sentence each; empty when every id that was told stands in the ledger, or is one of the at most so
 * many that it says are unknown. Opening it writes down what the crash left unknown.
 */
export async function findLosses(
  directory: string,
  told: readonly string[],
  now = Date.now(),
): Promise<readonly string[]> {
  const opened = await openLedger({ directory, clock: () => now, segmentBytes: 20_000 });
  if (!opened.ok) return [`does not open: ${JSON.stringify(opened.failure)}`];
  const ledger = opened.value;
  const losses: string[] = [];
  try {
    const byToken = Map.groupBy(told, (line) => line.split(' ')[1]!);
    for (const [token, lines] of byToken) {
      const exposure = await ledger.expose({ tokens: [token] });
      const known = new Set(exposure.customerIds());
      const missing = lines.filter((line) => !known.has(line.split(' ')[2]!));
      const bulk = missing.find((line) => line.startsWith('bulk'));
      if (bulk !== undefined) losses.push(`not in the ledger: ${bulk}`);
      const unknown = exposure.records.atMost! - exposure.records.atLeast;
      if (missing.length > unknown) losses.push(`${token}: ${missing.length} are missing, at most ${unknown} unknown`);
    }
    const verdict = await ledger.verify([]);
    if (!verdict.ok) losses.push(`does not verify: ${JSON.stringify(verdict)}`);
  } catch (reason) {
    losses.push(`cannot be read: ${reason}`);
  } finally {
    await ledger.close();
  }
  return losses;
}
