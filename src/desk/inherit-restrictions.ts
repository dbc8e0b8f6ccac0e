import type { Incident } from '#model/incident.ts';
import type { IncidentRecords, StoredIncident } from '#model/records.ts';
import type { Restriction } from '#model/staff.ts';

/**
 * The same records, but an incident into which a restricted one is joined is restricted too: else the findings about
 * the accused would come to light as part of a larger story. Happens when the findings come over; lifting it later holds.
 */
export function inheritRestrictions(records: IncidentRecords): IncidentRecords {
  return {
    ...records,
    async save(incident) {
      const stored = await records.list();
      const before = stored.find((each) => each.incident.id === incident.id);
      const inherited = before?.restriction ? undefined : inheritedBy(incident, before, stored);
      if (before && inherited) await records.restrict(incident.id, inherited);
      await records.save(incident);
      if (!before && inherited) await records.restrict(incident.id, inherited);
    },
  };
}

/** Those trusted with any of its parts are trusted with the whole. */
function inheritedBy(
  { id, findings }: Incident,
  before: StoredIncident | undefined,
  stored: readonly StoredIncident[],
): Restriction | undefined {
  const had = new Set(before?.incident.findings.map(({ key }) => key));
  const fresh = new Set(findings.map(({ key }) => key).filter((key) => !had.has(key)));
  const restrictions = stored.flatMap(({ incident, restriction }) =>
    restriction && incident.id !== id && incident.findings.some(({ key }) => fresh.has(key)) ? [restriction] : [],
  );
  if (restrictions.length === 0) return undefined;
  return {
    readers: [...new Set(restrictions.flatMap(({ readers }) => readers))],
    reason: [...new Set(restrictions.map(({ reason }) => reason))].join('; '),
  };
}
