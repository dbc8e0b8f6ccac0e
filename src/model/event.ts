import { detach } from '#lib/detach.ts';
import type { Activity } from './activity.ts';

/** Where the bytes of an event stand: file (an archive's member as `archive.zip!member.csv`), byte offset, length. */
export interface Origin {
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
}

/**
 * The normalised words of one event, flat, named after OCSF 1.8 paths. What OCSF has no attribute for stands under
 * `unmapped.` (that is OCSF's own name for it) and what only Cordon knows under `history.`.
 *
 * It is a class so that every event has one hidden shape whatever its source; `undefined` means "this source does not
 * say". Strings are as the vendor wrote them (attackers choose some of them: escape on output); ids of Salesforce are
 * the 18-character form; times are ms since 1970 UTC.
 */
export class Slots {
  activity_name: Activity = 'other';
  /** 1 success, 2 failure, undefined not stated. */
  status_id: 1 | 2 | undefined = undefined;
  /** The vendor's word for why, e.g. `LOGIN_ERROR_INVALID_PASSWORD`. */
  status_detail: string | undefined = undefined;
  /** The vendor's event type: `RestApi`, `ApiEvent`, `user.session.start`, a SetupAuditTrail Action. */
  'metadata.event_code': string | undefined = undefined;
  /** `Salesforce`, `Okta`, `Microsoft Entra ID`, `Google Workspace`, … */
  'metadata.product.name': string | undefined = undefined;
  /** The organisation the log is about: org id, Okta domain. */
  'metadata.tenant_uid': string | undefined = undefined;
  /** Ties the rows of one request or transaction. */
  'metadata.correlation_uid': string | undefined = undefined;

  'actor.user.uid': string | undefined = undefined;
  /** The sign-in name, usually an e-mail address, lower case. */
  'actor.user.name': string | undefined = undefined;
  'actor.user.type': string | undefined = undefined;
  'actor.session.uid': string | undefined = undefined;
  /** Salesforce LOGIN_KEY: ties all sessions of one sign-in. */
  'actor.session.uid_alt': string | undefined = undefined;
  /** Connected app id, OAuth client id. */
  'actor.app_uid': string | undefined = undefined;
  /** The app's name, as the log gives it or as attribution found it. */
  'actor.app_name': string | undefined = undefined;

  'src_endpoint.ip': string | undefined = undefined;
  'src_endpoint.location.country': string | undefined = undefined;
  'src_endpoint.location.city': string | undefined = undefined;
  'src_endpoint.autonomous_system.number': number | undefined = undefined;
  'src_endpoint.autonomous_system.name': string | undefined = undefined;
  /** The vendor says the address is a proxy or anonymiser. */
  'unmapped.src_endpoint.is_proxy': boolean | undefined = undefined;

  'http_request.user_agent': string | undefined = undefined;
  'http_request.http_method': string | undefined = undefined;
  'http_request.url.path': string | undefined = undefined;
  'http_response.code': number | undefined = undefined;

  /** The vendor's own word for the operation: `query`, `describeSObject`, `created`. */
  'api.operation': string | undefined = undefined;
  /** `REST`, `SOAP`, `Bulk`, `Bulk2`, `UI`, `Report`, ... */
  'api.service.name': string | undefined = undefined;
  'api.version': string | undefined = undefined;

  /** Objects (tables) touched, e.g. `['Contact']`; empty when not stated. */
  'resources.type': readonly string[] = none;
  /** Record, report, list view or document id. */
  'resources.uid': string | undefined = undefined;
  'resources.name': string | undefined = undefined;

  /** The query as logged (may be cut by the vendor). */
  'query_info.query_string': string | undefined = undefined;
  /** Bytes of the answer. */
  'query_info.bytes': number | undefined = undefined;
  /** Rows the vendor says were returned or processed. */
  'unmapped.rows': number | undefined = undefined;
  /** Columns selected or shown, as `Field` or `Relation.Field`; empty when not stated. */
  'unmapped.query.fields': readonly string[] = none;
  /** How many columns, also where only the number is stated. */
  'unmapped.query.field_count': number | undefined = undefined;
  /** SELECT COUNT() and nothing else. */
  'unmapped.query.is_count': boolean | undefined = undefined;
  /** Whether the query has a WHERE that narrows it. */
  'unmapped.query.is_filtered': boolean | undefined = undefined;
  'unmapped.query.limit': number | undefined = undefined;
  /** Literals compared by LIKE, lower case, without wildcards. */
  'unmapped.query.like': readonly string[] = none;
  /** Bulk job, report execution or list view execution: rows of one read share it. */
  'unmapped.job.uid': string | undefined = undefined;

  is_mfa: boolean | undefined = undefined;
  /** How the person or app signed in: `OAuth`, `SAML`, `password`, ... (OCSF `auth_protocol`). */
  auth_protocol: string | undefined = undefined;
  /** The service signed in to, e.g. the Okta app instance. */
  'service.name': string | undefined = undefined;
  /** The account acted upon, when it is not the actor. */
  'user.uid': string | undefined = undefined;
  'user.name': string | undefined = undefined;
  /** The app, policy or setting acted upon. */
  'entity.name': string | undefined = undefined;
  'entity.uid': string | undefined = undefined;
  'entity.type': string | undefined = undefined;
  /** What the vendor prints for people, e.g. SetupAuditTrail Display. */
  message: string | undefined = undefined;

  /** The grant's key (model/finding.ts Grant), set by detection/history: what rules group by. */
  'unmapped.grant_uid': string | undefined = undefined;
  /** How `actor.app_*` is known: said by the log line itself, or found through session, sign-in or alias. */
  'unmapped.app_attribution': 'stated' | 'session' | 'sign-in' | 'alias' | undefined = undefined;
  /**
   * One key for a person across CRM and sign-in provider, set by detection/history: of the account acted upon where
   * there is one (a factor reset is about its owner, not about the help desk), of the actor otherwise.
   */
  'unmapped.person_uid': string | undefined = undefined;

  // Filled by detection/history: what the event alone cannot know. `no history` under seven days of it.
  /** Days between this grant's first event and this one. */
  'history.grant.days': number | undefined = undefined;
  /** Is this grant's network one it used before? (network: see lib/network.ts) */
  'history.network': Familiarity | undefined = undefined;
  'history.user_agent': Familiarity | undefined = undefined;
  /** Has this grant done this activity before? */
  'history.activity': Familiarity | undefined = undefined;
  /** Has this grant read (all of) these objects before? */
  'history.object': Familiarity | undefined = undefined;
  /** Is this one of the hours of the week in which this grant works? */
  'history.hour': Familiarity | undefined = undefined;
  /** Has this API family been used by this grant before? */
  'history.api': Familiarity | undefined = undefined;
  /** Has this app been seen before in this organisation? */
  'history.app': Familiarity | undefined = undefined;
  /** rows ÷ the largest rows of one event of this grant before; undefined without history. */
  'history.rows_ratio': number | undefined = undefined;
  /** Other grants' names that this address has used within 24 h, this one included. */
  'history.address_grants': number | undefined = undefined;
  /** Days since this grant was last used; large when a dormant token wakes. */
  'history.idle_days': number | undefined = undefined;
  /** Rows of this grant in this clock hour, this event included, ÷ its busiest hour before; undefined without history. */
  'history.hour_rows_ratio': number | undefined = undefined;
  /** Rows of this grant in this clock hour, this event included. */
  'history.hour_rows': number | undefined = undefined;
  /** Rows this grant has ever read from this network, this event included. */
  'history.network_rows': number | undefined = undefined;
  /** UTC days on which this grant looked around (lists, descriptions, counts, limits) from this network, today included. */
  'history.reconnaissance_days': number | undefined = undefined;
  /** How often this grant has looked around from this network, this event included. */
  'history.reconnaissance_calls': number | undefined = undefined;
  /** Objects this grant has touched today (UTC): a backup tool touches hundreds, a thief a few. */
  'history.objects_today': number | undefined = undefined;
  /** What the user's life shows: works in the user interface, changes the setup, or only ever calls by API. */
  'history.user_kind': 'person' | 'administrator' | 'integration' | undefined = undefined;

  // Filled by detection/enrichment from registers and lists that people keep, where these say something.
  /** The operator's lists name the address as an exit of this kind of service: `tor`, `vpn`. */
  declare 'unmapped.src_endpoint.anonymiser'?: string | undefined;
  /** The third party whose app it is, and who answers for it in the house. */
  declare 'unmapped.vendor.name'?: string | undefined;
  declare 'unmapped.vendor.owner'?: string | undefined;
  /** Does the third party call from where it said it would? Undefined where it said nothing. */
  declare 'unmapped.vendor.network'?: 'declared' | 'undeclared' | undefined;
  /** Indicators that hold of the event at its time; the names say what each is and who says so. */
  declare 'unmapped.indicator.uid'?: readonly string[];
  declare 'unmapped.indicator.name'?: readonly string[];
  /** The highest of theirs, 0 to 100. */
  declare 'unmapped.indicator.confidence'?: number | undefined;

  // Words of the network. Only its events have them (`NetworkSlots`), so that they cost the others nothing.
  declare 'src_endpoint.port'?: number | undefined;
  declare 'dst_endpoint.ip'?: string | undefined;
  declare 'dst_endpoint.port'?: number | undefined;
  /** The name the client asked for: TLS server name, HTTP Host, lower case; else as history knows it from the network. */
  declare 'dst_endpoint.hostname'?: string | undefined;
  /** `tcp`, `udp`, `icmp`. */
  declare 'connection_info.protocol_name'?: string | undefined;
  /** Bytes from the destination to the source. */
  declare 'traffic.bytes_in'?: number | undefined;
  /** Bytes from the source to the destination. */
  declare 'traffic.bytes_out'?: number | undefined;
  /** How long the connection lasted, ms. */
  declare 'unmapped.connection.duration_ms'?: number | undefined;
  declare 'tls.sni'?: string | undefined;
  declare 'tls.ja3_hash.value'?: string | undefined;
  /** The name asked for in the DNS, lower case. */
  declare 'query.hostname'?: string | undefined;
  /** Addresses and names in the answer, at most 16. */
  declare 'answers.rdata'?: readonly string[];
  /** The whole address, with scheme and host where they are known. */
  declare 'http_request.url.url_string'?: string | undefined;
  declare 'http_request.url.query_string'?: string | undefined;
  /** Of the path's last part, without the dot, lower case. */
  declare 'unmapped.http_request.url.extension'?: string | undefined;
  /** Where the network's far end stands: the CRM's own hosts, another machine inside, or the world. */
  declare 'unmapped.connection.far_end'?: 'crm' | 'inside' | 'outside' | undefined;
  /** How the far end's name is known: by this line, by another of the same connection, or by the DNS answers of a day. */
  declare 'unmapped.connection.named_by'?: 'stated' | 'session' | 'dns' | undefined;
  /** Our end of the connection, whichever side began it. */
  declare 'unmapped.connection.inside_ip'?: string | undefined;
  /** Bytes from our end to the far end, whichever side began it. */
  declare 'unmapped.connection.bytes_sent'?: number | undefined;
  declare 'unmapped.connection.bytes_received'?: number | undefined;
  /** How the person behind an inside address is known; `ambiguous` where several share it. */
  declare 'unmapped.person_attribution'?: 'stated' | 'address' | 'ambiguous' | undefined;
  /** Has anybody inside talked to this far end before? */
  declare 'history.destination'?: Familiarity | undefined;
  /** Bytes that this inside address has received from the CRM within 24 h, this event included. */
  declare 'history.crm_bytes_in'?: number | undefined;
  /** Bytes that it has received from the CRM this UTC day ÷ its largest day before; undefined under seven days of them. */
  declare 'history.crm_bytes_ratio'?: number | undefined;
  /** Bytes that this inside address has sent to far ends that are new, within 24 h, this event included. */
  declare 'history.new_destination_bytes_out'?: number | undefined;
  /** The same ÷ the bytes it received from the CRM within 24 h; undefined where it received none. */
  declare 'history.upload_ratio'?: number | undefined;
}

/** The slots of events that the network tells: Zeek, Suricata, proxies, firewalls. A hidden shape of their own. */
export class NetworkSlots extends Slots {
  override 'unmapped.src_endpoint.anonymiser': string | undefined = undefined;
  override 'unmapped.vendor.name': string | undefined = undefined;
  override 'unmapped.vendor.owner': string | undefined = undefined;
  override 'unmapped.vendor.network': 'declared' | 'undeclared' | undefined = undefined;
  override 'unmapped.indicator.uid': readonly string[] = none;
  override 'unmapped.indicator.name': readonly string[] = none;
  override 'unmapped.indicator.confidence': number | undefined = undefined;
  override 'src_endpoint.port': number | undefined = undefined;
  override 'dst_endpoint.ip': string | undefined = undefined;
  override 'dst_endpoint.port': number | undefined = undefined;
  override 'dst_endpoint.hostname': string | undefined = undefined;
  override 'connection_info.protocol_name': string | undefined = undefined;
  override 'traffic.bytes_in': number | undefined = undefined;
  override 'traffic.bytes_out': number | undefined = undefined;
  override 'unmapped.connection.duration_ms': number | undefined = undefined;
  override 'tls.sni': string | undefined = undefined;
  override 'tls.ja3_hash.value': string | undefined = undefined;
  override 'query.hostname': string | undefined = undefined;
  override 'answers.rdata': readonly string[] = none;
  override 'http_request.url.url_string': string | undefined = undefined;
  override 'http_request.url.query_string': string | undefined = undefined;
  override 'unmapped.http_request.url.extension': string | undefined = undefined;
  override 'unmapped.connection.far_end': 'crm' | 'inside' | 'outside' | undefined = undefined;
  override 'unmapped.connection.named_by': 'stated' | 'session' | 'dns' | undefined = undefined;
  override 'unmapped.connection.inside_ip': string | undefined = undefined;
  override 'unmapped.connection.bytes_sent': number | undefined = undefined;
  override 'unmapped.connection.bytes_received': number | undefined = undefined;
  override 'unmapped.person_attribution': 'stated' | 'address' | 'ambiguous' | undefined = undefined;
  override 'history.destination': Familiarity | undefined = undefined;
  override 'history.crm_bytes_in': number | undefined = undefined;
  override 'history.crm_bytes_ratio': number | undefined = undefined;
  override 'history.new_destination_bytes_out': number | undefined = undefined;
  override 'history.upload_ratio': number | undefined = undefined;
}

export type SlotName = keyof Slots;

export type Familiarity = 'usual' | 'new' | 'no history';

const none: readonly string[] = Object.freeze([]);

/** One observed act. */
export interface Event {
  /** Stable over re-reading and over the same line arriving by two ways. */
  readonly key: string;
  /** Event time, ms since 1970 UTC. */
  readonly time: number;
  /** When Cordon could know of it: file creation or reception, ms since 1970 UTC. */
  readonly arrivedAt: number;
  /** The source's name, e.g. `salesforce-event-log-file`. */
  readonly source: string;
  readonly origin: Origin;
  /** The original line or record, byte for byte (decoded as UTF-8). */
  readonly raw: string;
  /** What stands above it in its log and says what its parts are: a header's cells, `#` directives. None where it says so itself. */
  readonly heading?: readonly string[] | undefined;
  readonly slots: Slots;
  /** A field of the vendor's record by the vendor's own name (nested as `a.b`), for rules written against it. */
  readonly native: (name: string) => unknown;
}

/**
 * A copy that keeps no part of the file it was read from alive: substrings of a large chunk hold the whole chunk in
 * memory, so whoever keeps an event beyond its turn keeps a detached one.
 */
export function detachEvent(event: Event): Event {
  const slots = event.slots instanceof NetworkSlots ? new NetworkSlots() : new Slots();
  for (const name of Object.keys(event.slots) as SlotName[]) {
    const value: unknown = event.slots[name];
    if (value === undefined) continue;
    (slots as unknown as Record<string, unknown>)[name] = Array.isArray(value)
      ? value.map((each) => detach(String(each)))
      : typeof value === 'string'
        ? detach(value)
        : value;
  }
  return { ...event, key: detach(event.key), raw: detach(event.raw), slots };
}
