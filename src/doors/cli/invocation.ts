import type { Terminal } from './terminal.ts';

/** What every command is given. */
export interface Invocation {
  readonly terminal: Terminal;
  /** The file given with --config. */
  readonly configuration: string | undefined;
  readonly version: string;
}
