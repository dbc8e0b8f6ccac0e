import { revealed } from '#lib/reveal.ts';
import { describeFailure, type Failure } from '#model/result.ts';
import { type Progress, progressOn } from './screen/progress.ts';
import { type Style, styleFor } from './screen/style.ts';

/** Where a command reads and writes; tests hand in their own. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  readonly style: Style;
  readonly progress: Progress;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: () => number;
  /** Sets the process's exit code; the first one set stays. */
  readonly fail: (code: number) => void;
  /** Resolves when the person asks to stop (SIGINT, SIGTERM). */
  readonly asked: () => Promise<void>;
}

export function terminal(process: NodeJS.Process): Terminal {
  // A reader that stops reading, as `cordon scan … | head` does, is no fault.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    out: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text),
    style: styleFor(process.stdout, process.env),
    progress: progressOn(process.stderr, () => performance.now()),
    environment: process.env,
    clock: () => Date.now(),
    fail: (code) => {
      process.exitCode ??= code;
    },
    asked: () =>
      new Promise((resolve) => {
        process.once('SIGINT', () => resolve());
        process.once('SIGTERM', () => resolve());
        // A server of the demonstration ends with whoever started it, however that one ended.
        const parent = Number(process.env['CORDON_STARTED_BY']);
        if (parent > 0) setInterval(() => process.ppid !== parent && resolve(), 1_000).unref();
      }),
  };
}

/** Prints why a command could not do its work, and sets exit code 1. */
export function refuse(terminal: Terminal, failures: Failure | readonly Failure[]): void {
  for (const failure of 'kind' in failures ? [failures] : failures) {
    terminal.error(`cordon: ${describeFailure(failure).split('\n').map(revealed).join('\n')}\n`);
  }
  terminal.fail(1);
}
