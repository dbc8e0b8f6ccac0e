import type { StoredIncident } from '#model/records.ts';
import type { AuditEntry } from '#model/wire.ts';

/**
 * Entries about incidents the reader may not know of keep their place and hash in the chain, so that no gap looks like
 * tampering, and say nothing else.
 */
export function strikeOut(entries: readonly AuditEntry[], hidden: readonly StoredIncident[]): readonly AuditEntry[] {
  const ids = new Set(hidden.map((stored) => stored.incident.id));
  return entries.map((entry) =>
    ids.has(entry.subject) ? { ...entry, by: '-', act: 'withheld', subject: '-', details: {} } : entry,
  );
}
