import type { IncidentRecords, StoredIncident } from '#model/records.ts';

/**
 * The same records with the list kept in memory until something is written: every count and every live message asks for
 * it. Holds as long as all writing goes through it, which the store's lock on its directory makes sure of.
 */
export function rememberIncidents(records: IncidentRecords): IncidentRecords {
  let list: Promise<readonly StoredIncident[]> | undefined;
  const writing = async <Value>(write: Promise<Value>): Promise<Value> => {
    try {
      return await write;
    } finally {
      list = undefined;
    }
  };
  const all = (): Promise<readonly StoredIncident[]> => {
    if (list) return list;
    const reading = records.list();
    list = reading;
    // What failed is not remembered; what was overtaken by a write has been forgotten already.
    reading.catch(() => {
      if (list === reading) list = undefined;
    });
    return reading;
  };
  return {
    list: all,
    get: async (id) => (await all()).find((stored) => stored.incident.id === id),
    save: (incident) => writing(records.save(incident)),
    change: (id, change) => writing(records.change(id, change)),
    note: (id, note) => writing(records.note(id, note)),
    restrict: (id, restriction) => writing(records.restrict(id, restriction)),
  };
}
