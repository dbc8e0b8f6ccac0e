/** Test-only: many streams at once, each telling what it let go only when the ledger allows it. */
import { setImmediate } from 'node:timers/promises';
import { joinId } from '#lib/salesforce-id-number.ts';
import { releaseOf } from '../fixtures-for-tests/written.ts';
import type { Ledger } from '../open-ledger.ts';

const prefix = '003Jx0';
const reserve = 40;

/**
 * Writes for so many rounds (0: for ever). `tell` gets a line for whatever a client has received: `bulk tok_1 ID` after
 * its frame was durable, `small tok_9 ID` at once, covered by the reservation alone.
 */
export async function writeLoad(
  ledger: Pick<Ledger, 'open' | 'note' | 'reservation'>,
  seed: number,
  rounds: number,
  tell: (line: string) => void,
): Promise<void> {
  const streams = [0, 1, 2].map((stream) => bulk(ledger, seed * 1000 + stream, rounds, tell));
  await Promise.all([...streams, small(ledger, seed * 1000, rounds, tell)]);
}

async function bulk(ledger: Pick<Ledger, 'open'>, seed: number, rounds: number, tell: (line: string) => void) {
  const token = `tok_${seed}`;
  for (let round = 0; rounds === 0 || round < rounds; round += 3) {
    const release = ledger.open(releaseOf({ token }));
    for (let page = 0; page < 3; page++) {
      const first = BigInt(seed) * 1_000_000n + BigInt(round + page) * 10n;
      const numbers = BigUint64Array.from({ length: 4 + (page % 3) }, (_, index) => first + BigInt(index));
      await release.append({ prefix, numbers });
      for (const number of numbers) tell(`bulk ${token} ${joinId(prefix, number)}`);
    }
    await release.end('complete');
  }
}

async function small(
  ledger: Pick<Ledger, 'note' | 'reservation'>,
  seed: number,
  rounds: number,
  tell: (line: string) => void,
) {
  const token = `tok_small_${seed}`;
  const reservation = ledger.reservation(token, 'Contact', 'agenda-sync');
  const noted: Promise<void>[] = [];
  for (let round = 0; rounds === 0 || round < rounds; round++) {
    if (!reservation.take(2)) {
      await reservation.renew(reserve);
      if (!reservation.take(2)) throw new Error('a renewed reservation holds nothing');
    }
    const first = BigInt(seed) * 1_000_000n + 500_000n + BigInt(round) * 2n;
    const numbers = BigUint64Array.of(first, first + 1n);
    noted.push(
      ledger.note([
        { release: releaseOf({ token, operation: 'retrieve' }), records: [{ prefix, numbers }], customers: [] },
      ]),
    );
    for (const number of numbers) tell(`small ${token} ${joinId(prefix, number)}`);
    if (round % 5 === 4) await setImmediate();
    if (round % 50 === 49) await Promise.all(noted.splice(0));
  }
  await Promise.all(noted);
}
