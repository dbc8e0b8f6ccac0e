/** Test-only: a live stream led through hours of virtual time, against a server that answers in real time. */
import type { Cursor, Gap, LiveStream, Step, Surroundings } from '#model/live-source.ts';
import type { Failure } from '#model/result.ts';

export interface Reading {
  readonly name: string;
  readonly text: string;
  readonly arrivedAt: number;
}

export interface Told {
  readonly readings: readonly Reading[];
  readonly gaps: readonly Gap[];
  readonly failures: readonly Failure[];
  readonly rests: readonly string[];
  /** The cursor of the last step. */
  readonly cursor: Cursor | undefined;
  /** Virtual time at the end. */
  readonly now: number;
}

export interface Journey {
  readonly begin: number;
  readonly end: number;
  /** Since when to read where there is no cursor; `begin` when absent. */
  readonly since?: number;
  readonly cursor?: Cursor;
  /** Called whenever time has moved on, and at the begin. */
  readonly pass?: (now: number) => void;
  /** Whether the stream is closed behind this step and opened again at its cursor. */
  readonly closes?: (step: number) => boolean;
}

class Over extends Error {}

/** Reads from `begin` to `end`; after a failure the stream is opened again, from the last cursor, a virtual second later. */
export async function travel(
  open: (surroundings: Surroundings) => LiveStream,
  { begin, end, since = begin, cursor: kept, pass = () => undefined, closes = () => false }: Journey,
): Promise<Told> {
  let now = begin;
  let cursor = kept;
  let steps = 0;
  const told = { readings: [] as Reading[], gaps: [] as Gap[], failures: [] as Failure[], rests: [] as string[] };
  const moveBy = (ms: number): void => {
    now += ms;
    if (now > end) throw new Over();
    pass(now);
  };
  const surroundings: Surroundings = {
    clock: () => now,
    sleep: async (ms) => moveBy(Math.max(1, ms)),
    random: () => 0.5,
    signal: new AbortController().signal,
  };
  pass(now);
  try {
    for (;;) {
      for await (const step of open(surroundings).read(cursor, since)) {
        if (step.kind === 'rest') told.rests.push(step.why);
        else if (step.kind === 'failed') told.failures.push(step.failure);
        else cursor = await take(step, told);
        if (closes(steps++)) break;
      }
      moveBy(1000);
    }
  } catch (error) {
    if (!(error instanceof Over)) throw error;
  }
  return { ...told, cursor, now };
}

async function take(
  step: Extract<Step, { kind: 'read' | 'gap' }>,
  told: { readonly readings: Reading[]; readonly gaps: Gap[] },
): Promise<Cursor> {
  if (step.kind === 'gap') told.gaps.push(step.gap);
  else
    for (const { name, content, arrivedAt } of step.pieces) {
      const chunks = content instanceof Uint8Array ? [content] : await Array.fromAsync(content);
      told.readings.push({ name, text: Buffer.concat(chunks).toString(), arrivedAt });
    }
  return step.cursor;
}
