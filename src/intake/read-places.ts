import type { Intake } from './intake.ts';
import type { LinesRead } from './line-file.ts';

/** How a file stood when it was looked at; the same facts are the same content, as `make` has it. */
export interface Facts {
  readonly bytes: number;
  readonly changedAt: number;
}

/** What of a file was read. Bytes: all that it had, less a last line that was not ended. */
export interface Read extends Facts {
  /** Present where reading goes on behind the lines that were read. */
  readonly lines?: LinesRead;
}

/** How far each watched file was read: at once for this life, and for the next once all up to there is durable. */
export interface Places {
  of(file: string): Read | undefined;
  all(): Iterable<Read>;
  /** These files were read up to there; kept when `lots`, and all before them, are durable. */
  moveTo(files: readonly (readonly [string, Read])[], lots: readonly Promise<unknown>[]): void;
  /** Resolves when nothing is under way any more. Rejects when a place could not be kept. */
  settled(): Promise<void>;
}

const setting = 'read-files';

export async function openPlaces(settings: Intake['settings']): Promise<Places> {
  const saved = await settings.get(setting);
  const kept = typeof saved === 'object' && saved !== null ? Object.entries(saved as Record<string, Read>) : [];
  const durable = new Map(kept);
  const reached = new Map(kept);
  let turn: Promise<unknown> = Promise.resolve();
  let fault: unknown;
  const keep = async (files: readonly (readonly [string, Read])[]): Promise<void> => {
    for (const [file, read] of files) durable.set(file, read);
    try {
      await settings.set(setting, Object.fromEntries(durable));
    } catch (error) {
      fault ??= error;
    }
  };
  return {
    of: (file) => reached.get(file),
    all: () => reached.values(),
    moveTo(files, lots) {
      if (fault !== undefined) throw fault;
      for (const [file, read] of files) reached.set(file, read);
      const landed = Promise.all([turn, ...lots]);
      // What was not made durable is read again in the next life, and with it all that was read behind it.
      turn = landed.then(() => keep(files));
      turn.catch(() => undefined);
    },
    async settled() {
      await turn.catch(() => undefined);
      if (fault !== undefined) throw fault;
    },
  };
}
