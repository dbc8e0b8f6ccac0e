import { activities } from '#model/activity.ts';
import type { Slots } from '#model/event.ts';
import type { Evidence, Finding, Grant, Level } from '#model/finding.ts';
import type { Incident, IncidentState } from '#model/incident.ts';

/** An OCSF object, ready for JSON.stringify: absent values are absent keys. */
export type OcsfObject = { readonly [attribute: string]: unknown };

const ocsfVersion = '1.8.0';
const classUid = 2004;

/** https://schema.ocsf.io/1.8.0/classes/detection_finding severity_id */
const severities = {
  informational: { id: 1, name: 'Informational' },
  low: { id: 2, name: 'Low' },
  medium: { id: 3, name: 'Medium' },
  high: { id: 4, name: 'High' },
  critical: { id: 5, name: 'Critical' },
} as const satisfies Record<Level, { readonly id: number; readonly name: string }>;

const statuses = {
  open: { id: 1, name: 'New' },
  contained: { id: 2, name: 'In Progress' },
  scoped: { id: 2, name: 'In Progress' },
  notified: { id: 2, name: 'In Progress' },
  closed: { id: 4, name: 'Resolved' },
} as const satisfies Record<IncidentState, { readonly id: number; readonly name: string }>;

const analyticRule = 1;

/** A finding as OCSF 1.8 Detection Finding. `version`: Cordon's own. */
export function findingToOcsf(finding: Finding, version: string): OcsfObject {
  const { rule } = finding;
  return compact({
    ...frame(finding.level, finding.raisedAt, 'Create', 1),
    metadata: metadata(finding.key, version, finding.evidence[0]?.slots['metadata.tenant_uid'], []),
    message: finding.explanation,
    start_time: finding.firstAt,
    end_time: finding.lastAt,
    count: finding.evidenceCount,
    finding_info: compact({
      uid: finding.key,
      title: rule.title,
      desc: finding.explanation,
      analytic: { uid: rule.id, name: rule.name, type_id: analyticRule, type: 'Rule' },
      attacks: attacksOf(rule.techniques),
      first_seen_time: finding.firstAt,
      last_seen_time: finding.lastAt,
      created_time: finding.raisedAt,
      data_sources: dataSourcesOf([finding]),
    }),
    remediation: { desc: finding.advice },
    resources: resourcesOf([finding]),
    evidences: finding.evidence.map(evidenceToOcsf),
    unmapped: {
      grant: grantToOcsf(finding.grant),
      other_grants: finding.otherGrants.map(grantToOcsf),
      history: finding.history,
    },
  });
}

/** An incident as OCSF 1.8 Detection Finding under the profile `incident`; its findings stand in `related_events`. */
export function incidentToOcsf(incident: Incident, version: string): OcsfObject {
  const status = statuses[incident.state];
  const tenant = incident.findings[0]?.evidence[0]?.slots['metadata.tenant_uid'];
  return compact({
    ...frame(incident.level, incident.openedAt, 'Create', 1),
    metadata: metadata(incident.id, version, tenant, ['incident']),
    message: incident.title,
    status_id: status.id,
    status: status.name,
    is_suspected_breach: true,
    start_time: incident.firstAt,
    end_time: incident.lastAt,
    finding_info: compact({
      uid: incident.id,
      title: incident.title,
      desc: incident.summary,
      types: ['incident'],
      attacks: attacksOf(incident.techniques),
      first_seen_time: incident.firstAt,
      last_seen_time: incident.lastAt,
      created_time: incident.openedAt,
      data_sources: dataSourcesOf(incident.findings),
      related_events: incident.findings.map((finding) =>
        compact({
          uid: finding.key,
          type_uid: classUid * 100 + 1,
          severity_id: severities[finding.level].id,
          title: finding.rule.title,
        }),
      ),
      related_events_count: incident.findings.length,
    }),
    remediation: { desc: incident.advice.join('\n') },
    resources: resourcesOf(incident.findings),
    unmapped: {
      grants: incident.grants.map(grantToOcsf),
      rows_at_least: incident.rows.atLeast,
      ...(incident.rows.atMost === undefined ? {} : { rows_at_most: incident.rows.atMost }),
      opened_by_event_at: incident.openedByEventAt,
      state: incident.state,
    },
  });
}

function frame(level: Level, time: number, activity: string, activityId: number): OcsfObject {
  return {
    class_uid: classUid,
    class_name: 'Detection Finding',
    category_uid: 2,
    category_name: 'Findings',
    activity_id: activityId,
    activity_name: activity,
    type_uid: classUid * 100 + activityId,
    severity_id: severities[level].id,
    severity: severities[level].name,
    time,
  };
}

function metadata(uid: string, version: string, tenant: string | undefined, profiles: readonly string[]): OcsfObject {
  return compact({
    uid,
    version: ocsfVersion,
    product: { name: 'Cordon', vendor_name: 'Cordon', version },
    tenant_uid: tenant,
    profiles,
  });
}

/** `T1550.001` is technique T1550 with its sub-technique. */
function attacksOf(techniques: readonly string[]): readonly OcsfObject[] {
  return techniques.map((uid) =>
    compact({
      technique: { uid: uid.split('.', 1)[0] },
      sub_technique: uid.includes('.') ? { uid } : undefined,
    }),
  );
}

const dataSourcesOf = (findings: readonly Finding[]): readonly string[] => [
  ...new Set(findings.flatMap(({ evidence }) => evidence.map(({ source }) => source))),
];

/** The objects (tables) touched. */
function resourcesOf(findings: readonly Finding[]): readonly OcsfObject[] {
  const names = new Set(findings.flatMap(({ evidence }) => evidence.flatMap(({ slots }) => slots['resources.type'])));
  return [...names].map((name) => ({ type: 'sObject', name }));
}

const grantToOcsf = (grant: Grant): OcsfObject =>
  compact({
    key: grant.key,
    app_uid: grant.appUid,
    app_name: grant.appName,
    user_uid: grant.userUid,
    user_name: grant.userName,
    address: grant.address,
  });

/** One event as OCSF evidence: who, by what, from where, and the line itself. */
export function evidenceToOcsf(evidence: Evidence): OcsfObject {
  const { slots } = evidence;
  return compact({
    uid: evidence.key,
    name: slots['metadata.event_code'] ?? evidence.source,
    actor: actorOf(slots),
    api: apiOf(slots),
    src_endpoint: endpointOf(slots),
    http_request: requestOf(slots),
    http_response: slots['http_response.code'] === undefined ? undefined : { code: slots['http_response.code'] },
    resources: slots['resources.type'].map((name) => ({ type: 'sObject', name })),
    data: compact({
      time: evidence.time,
      arrived_at: evidence.arrivedAt,
      source: evidence.source,
      activity: slots.activity_name,
      class_uid: activities[slots.activity_name].classUid,
      file: evidence.origin.file,
      offset: evidence.origin.offset,
      bytes: evidence.origin.bytes,
      rows: slots['unmapped.rows'],
      query: slots['query_info.query_string'],
      raw: evidence.raw,
    }),
  });
}

function actorOf(slots: Slots): OcsfObject | undefined {
  return orAbsent({
    app_uid: slots['actor.app_uid'],
    app_name: slots['actor.app_name'],
    user: orAbsent({ uid: slots['actor.user.uid'], name: slots['actor.user.name'] }),
    session: orAbsent({ uid: slots['actor.session.uid'], uid_alt: slots['actor.session.uid_alt'] }),
  });
}

function apiOf(slots: Slots): OcsfObject | undefined {
  const operation = slots['api.operation'];
  if (operation === undefined) return undefined;
  const service = slots['api.service.name'];
  return compact({
    operation,
    service: service === undefined ? undefined : { name: service },
    version: slots['api.version'],
  });
}

/** Only true addresses stand in `ip`; Salesforce writes `Salesforce.com IP` for its own. */
function endpointOf(slots: Slots): OcsfObject | undefined {
  const address = slots['src_endpoint.ip'];
  if (address === undefined) return undefined;
  return compact({
    ...(/^[\d.]+$|:/.test(address) ? { ip: address } : { name: address }),
    location: orAbsent({
      country: slots['src_endpoint.location.country'],
      city: slots['src_endpoint.location.city'],
    }),
    autonomous_system: orAbsent({
      number: slots['src_endpoint.autonomous_system.number'],
      name: slots['src_endpoint.autonomous_system.name'],
    }),
  });
}

function requestOf(slots: Slots): OcsfObject | undefined {
  const path = slots['http_request.url.path'];
  return orAbsent({
    user_agent: slots['http_request.user_agent'],
    http_method: slots['http_request.http_method'],
    url: path === undefined ? undefined : { path },
  });
}

/** Without the keys that have no value; lists without members count as none. */
function compact(object: OcsfObject): OcsfObject {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)),
  );
}

/** As `compact`, and undefined when nothing is left. */
function orAbsent(object: OcsfObject): OcsfObject | undefined {
  const left = compact(object);
  return Object.keys(left).length === 0 ? undefined : left;
}
