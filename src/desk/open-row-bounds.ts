import { withoutUpperBound } from '#detection/incidents/describe-incident.ts';
import type { GapRecords, IncidentRecords, KeptGap, StoredIncident } from '#model/records.ts';

const [firstInstant, lastInstant] = [-8.64e15, 8.64e15];

/**
 * The same records, but an incident during which reads may be in no log has no upper bound of rows, wherever it is
 * shown or told. Gaps of streams that tell of no reads leave it as it is. Holds as long as all gaps are kept through it.
 */
export async function openRowBounds(
  incidents: IncidentRecords,
  gaps: GapRecords,
): Promise<{ readonly incidents: IncidentRecords; readonly gaps: GapRecords }> {
  const hiding: Pick<KeptGap, 'from' | 'to'>[] = [];
  const note = ({ from, to, hidesRows }: KeptGap): void => void (hidesRows && hiding.push({ from, to }));
  for (const gap of await gaps.touching(firstInstant, lastInstant)) note(gap);
  const shown = (stored: StoredIncident): StoredIncident => {
    const { firstAt, lastAt } = stored.incident;
    const isHidden = hiding.some(({ from, to }) => from <= lastAt && to >= firstAt);
    return isHidden ? { ...stored, incident: withoutUpperBound(stored.incident) } : stored;
  };
  return {
    incidents: {
      ...incidents,
      list: async () => (await incidents.list()).map(shown),
      async get(id) {
        const stored = await incidents.get(id);
        return stored && shown(stored);
      },
    },
    gaps: {
      ...gaps,
      async keep(gap) {
        const isNew = await gaps.keep(gap);
        if (isNew) note(gap);
        return isNew;
      },
    },
  };
}
