/** One line of the gateway's own log, for whoever runs it: no data of customers, no tokens, no query strings. */
export interface LogEntry {
  readonly level: 'info' | 'warning' | 'error';
  /** A word that stays the same: `refused`, `upstream-fault`, `cut`. */
  readonly event: string;
  readonly [detail: string]: string | number | boolean | undefined;
}

export type Log = (entry: LogEntry) => void;

/** Writes entries as NDJSON with their time (ISO 8601, UTC). */
export function openLog(write: (line: string) => void, clock: () => number): Log {
  return (entry) => write(`${JSON.stringify({ at: new Date(clock()).toISOString(), ...entry })}\n`);
}
