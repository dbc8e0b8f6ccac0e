/**
 * The only way from a person to incidents. Lists, single incidents, search, live messages, exports, counts and the
 * audit log all ask here, so that what somebody may not know is absent everywhere in the same way.
 */
import type { Incident, IncidentState } from '#model/incident.ts';
import type { IncidentRecords, StoredIncident } from '#model/records.ts';
import { failure, type Result, success } from '#model/result.ts';
import { type Asker, mayKnow } from '#model/staff.ts';

/** Sign-in names of the people an incident is about, lower case. */
export const accusedOf = (incident: Incident): readonly string[] => [
  ...new Set(
    [...incident.grants, ...incident.findings.flatMap((finding) => [finding.grant, ...finding.otherGrants])].flatMap(
      (grant) => (grant.userName === undefined ? [] : [grant.userName.toLowerCase()]),
    ),
  ),
];

/** Whether the asker is one of those whom the incident is about. */
export const isAbout = (asker: Asker, { incident }: StoredIncident): boolean =>
  asker.email !== undefined && accusedOf(incident).includes(asker.email);

export const isKnownTo = (asker: Asker, stored: StoredIncident): boolean =>
  mayKnow(asker, { accused: accusedOf(stored.incident), restriction: stored.restriction });

/** The truth about the state is the list of changes. */
export const stateOf = (stored: StoredIncident): IncidentState => stored.changes.at(-1)?.to ?? stored.incident.state;

export interface KnownIncidents {
  readonly known: readonly StoredIncident[];
  /** For subtracting from counts and striking out of logs, never for showing. */
  readonly hidden: readonly StoredIncident[];
}

/** All incidents, parted into those `asker` may know of and those they may not. */
export async function partIncidents(records: IncidentRecords, asker: Asker): Promise<KnownIncidents> {
  const all = await records.list();
  return {
    known: all.filter((stored) => isKnownTo(asker, stored)),
    hidden: all.filter((stored) => !isKnownTo(asker, stored)),
  };
}

/** One incident; `gone` when it is not there or not for `asker` to know, without a difference between the two. */
export async function findIncident(
  records: IncidentRecords,
  asker: Asker,
  id: string,
): Promise<Result<StoredIncident>> {
  const stored = await records.get(id);
  return stored !== undefined && isKnownTo(asker, stored)
    ? success(stored)
    : failure({ kind: 'gone', what: `The incident ${id}` });
}
