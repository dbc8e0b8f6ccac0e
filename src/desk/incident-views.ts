import { levels } from '#model/finding.ts';
import { incidentSteps } from '#model/incident.ts';
import type { EventRecords, Store, StoredIncident } from '#model/records.ts';
import type { EventRow, GrantHistory, IncidentRow, IncidentView } from '#model/wire.ts';
import { stateOf } from './known-incidents.ts';
import { drawThread } from './thread.ts';

const dayMs = 24 * 3_600_000;
const mostEventsPerGrant = 2_000;

export function rowOf(stored: StoredIncident): IncidentRow {
  const { id, title, level, firstAt, lastAt, openedAt, grants, rows, findings } = stored.incident;
  return {
    id,
    title,
    state: stateOf(stored),
    level,
    firstAt,
    lastAt,
    openedAt,
    grants,
    rows,
    findingCount: findings.length,
    restricted: stored.restriction !== undefined,
  };
}

const weight = (row: IncidentRow): number => levels.indexOf(row.level);

export const worstFirst = (one: IncidentRow, other: IncidentRow): number =>
  weight(other) - weight(one) || other.lastAt - one.lastAt;

/** The incident as a page: truth about its state, notes, and its thread drawn from a day before to an hour after it. */
export async function viewOf(
  stored: StoredIncident,
  { events, gaps }: Pick<Store, 'events' | 'gaps'>,
  historyBefore: (incident: string) => Promise<GrantHistory | undefined>,
): Promise<IncidentView> {
  const { incident, changes, notes, restriction } = stored;
  const rows = await eventsAround(stored, events);
  const grantHistory = await historyBefore(incident.id);
  const state = stateOf(stored);
  const missed = await gaps.touching(incident.firstAt, incident.lastAt);
  return {
    ...incident,
    ...(missed.length > 0 && { gaps: missed }),
    state,
    changes,
    notes,
    nextStates: incidentSteps[state],
    thread: drawThread(incident, rows),
    ...(restriction && { restriction }),
    ...(grantHistory && { grantHistory }),
  };
}

async function eventsAround({ incident }: StoredIncident, events: EventRecords): Promise<readonly EventRow[]> {
  const pages = await Promise.all(
    incident.grants.map((grant) =>
      events.search(
        { grant: grant.key, from: incident.firstAt - dayMs, to: incident.lastAt + 3_600_000 },
        mostEventsPerGrant,
        undefined,
      ),
    ),
  );
  return pages.flatMap((page) => page.rows);
}
