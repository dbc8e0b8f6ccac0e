import type { Incident, IncidentState, StateChange } from '#model/incident.ts';
import { mayStep } from '#model/incident.ts';
import type { IncidentRecords, StoredIncident } from '#model/records.ts';
import type { Restriction } from '#model/staff.ts';
import type { Database } from './schema.ts';
import { reviveSlots } from './slots-json.ts';
import type { Writer } from './write-together.ts';

export function createIncidentRecords(reading: Database, writer: Writer): IncidentRecords {
  return {
    save: (incident) =>
      writer.write(async (transaction) => {
        const row = { opened_at: incident.openedAt, document: JSON.stringify(incident) };
        await transaction
          .insertInto('incidents')
          .values({ id: incident.id, state: 'open', restriction: null, ...row })
          .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
          .execute();
      }),
    get: async (id) => (await load(reading, id))[0],
    list: () => load(reading, undefined),
    change: (id, change) => writer.write((transaction) => changeState(transaction, id, change)),
    note: (id, note) =>
      writer.write(async (transaction) => {
        await transaction
          .insertInto('incident_notes')
          .values({ incident_id: id, id: note.id, at: note.at, by_whom: note.by, text: note.text })
          .execute();
      }),
    restrict: (id, restriction) =>
      writer.write(async (transaction) => {
        await transaction
          .updateTable('incidents')
          .set({ restriction: restriction === undefined ? null : JSON.stringify(restriction) })
          .where('id', '=', id)
          .execute();
      }),
  };
}

async function changeState(transaction: Database, id: string, change: StateChange): Promise<boolean> {
  if (!mayStep(change.from, change.to)) throw new Error(`incident ${id}: no step from ${change.from} to ${change.to}`);
  const { numUpdatedRows } = await transaction
    .updateTable('incidents')
    .set({ state: change.to })
    .where('id', '=', id)
    .where('state', '=', change.from)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) return false;
  const { count } = await transaction
    .selectFrom('incident_changes')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('incident_id', '=', id)
    .executeTakeFirstOrThrow();
  await transaction
    .insertInto('incident_changes')
    .values({
      incident_id: id,
      number: count + 1,
      at: change.at,
      from_state: change.from,
      to_state: change.to,
      by_whom: change.by,
      reason: change.reason,
    })
    .execute();
  return true;
}

/** One incident, or all, newest first. */
async function load(database: Database, id: string | undefined): Promise<readonly StoredIncident[]> {
  const rows = await database
    .selectFrom('incidents')
    .selectAll()
    .$if(id !== undefined, (query) => query.where('id', '=', id!))
    .orderBy('opened_at', 'desc')
    .orderBy('id')
    .execute();
  const changes = await database
    .selectFrom('incident_changes')
    .selectAll()
    .$if(id !== undefined, (query) => query.where('incident_id', '=', id!))
    .orderBy('number')
    .execute();
  const notes = await database
    .selectFrom('incident_notes')
    .selectAll()
    .$if(id !== undefined, (query) => query.where('incident_id', '=', id!))
    .orderBy('at')
    .orderBy('id')
    .execute();
  const changesOf = Map.groupBy(changes, (change) => change.incident_id);
  const notesOf = Map.groupBy(notes, (note) => note.incident_id);
  return rows.map((row) => ({
    incident: toIncident(row.document),
    changes: (changesOf.get(row.id) ?? []).map((change) => ({
      at: change.at,
      from: change.from_state as IncidentState,
      to: change.to_state as IncidentState,
      by: change.by_whom,
      reason: change.reason,
    })),
    notes: (notesOf.get(row.id) ?? []).map((note) => ({ id: note.id, at: note.at, by: note.by_whom, text: note.text })),
    restriction: row.restriction === null ? undefined : (JSON.parse(row.restriction) as Restriction),
  }));
}

/** JSON leaves out what is `undefined`, so slots get their full shape again. */
function toIncident(document: string): Incident {
  const incident = JSON.parse(document) as Incident;
  return {
    ...incident,
    findings: incident.findings.map((finding) => ({
      ...finding,
      evidence: finding.evidence.map((each) => ({ ...each, slots: reviveSlots(each.slots) })),
    })),
  };
}
