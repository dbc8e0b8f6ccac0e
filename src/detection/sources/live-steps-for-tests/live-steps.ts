import { setTimeout as delay } from 'node:timers/promises';
import type { Cursor, Gap, LivePiece, LiveStream, Step, Surroundings } from '#model/live-source.ts';
import type { Source } from '#model/source.ts';
import { readRecords } from '../read-records.ts';

/** Real time; every wait is cut to 5 ms and noted. */
export function quickSurroundings(clock: () => number = Date.now): Surroundings & { readonly waits: number[] } {
  const waits: number[] = [];
  const { signal } = new AbortController();
  const sleep = async (ms: number): Promise<void> => {
    waits.push(ms);
    await delay(Math.min(5, ms));
  };
  return { clock, sleep, random: () => 0, signal, waits };
}

/**
 * Steps of a stream until `isEnough`, or until 400 were taken. A stream that failed is begun again from its last cursor,
 * as the runner does.
 */
export async function takeSteps(
  stream: LiveStream,
  cursor: Cursor | undefined,
  since: number,
  isEnough: (steps: readonly Step[]) => boolean,
): Promise<readonly Step[]> {
  const steps: Step[] = [];
  while (steps.length < 400) {
    for await (const step of stream.read(cursorAfter(steps) ?? cursor, since)) {
      steps.push(step);
      if (isEnough(steps)) return steps;
      if (steps.length >= 400) break;
    }
  }
  throw new Error(`not enough after ${steps.length} steps: ${JSON.stringify(steps.slice(-3)).slice(0, 600)}`);
}

export function cursorAfter(steps: readonly Step[]): Cursor | undefined {
  const last = steps.findLast((step) => step.kind === 'read' || step.kind === 'gap');
  return last?.cursor;
}

export const piecesIn = (steps: readonly Step[]): readonly LivePiece[] =>
  steps.flatMap((step) => (step.kind === 'read' ? step.pieces : []));

export const gapsIn = (steps: readonly Step[]): readonly Gap[] =>
  steps.flatMap((step) => (step.kind === 'gap' ? [step.gap] : []));

/** The key of every event in the pieces, as often as it stands there; throws for what the source cannot read. */
export async function keysIn(pieces: readonly LivePiece[], source: Source): Promise<readonly string[]> {
  const keys: string[] = [];
  for (const { name, content, arrivedAt } of pieces) {
    const chunks = content instanceof Uint8Array ? [Buffer.from(content)] : content;
    const options = { file: name, sources: [source], arrivalOf: () => arrivedAt, offset: 0 };
    for await (const spans of readRecords(chunks as AsyncIterable<Buffer>, options)) {
      for (const span of spans) {
        if (span.fate === 'quarantined') throw new Error(`${name}: ${span.reason}`);
        if (span.fate === 'accepted') keys.push(String(span.event.key));
      }
    }
  }
  return keys;
}
