import type { Activity } from '#model/activity.ts';
import type { JsonObject } from '#model/source.ts';

/**
 * What Zeek's logs are called and by which fields each is known where nothing says it: plain JSON names no log, Corelight
 * and json-streaming-logs add `_path`, the tab-separated form has `#path`. https://docs.zeek.org/en/master/logs/
 * All fields of a row must be there; the first row that fits counts.
 */
const marks: readonly (readonly [kind: string, ...fields: readonly string[]])[] = [
  ['conn', 'conn_state'],
  ['kerberos', 'uid', 'request_type'],
  ['dns', 'uid', 'trans_id'],
  ['smtp', 'trans_depth', 'rcptto'],
  ['smtp', 'trans_depth', 'helo'],
  ['sip', 'trans_depth', 'request_from'],
  ['http', 'uid', 'trans_depth'],
  ['ssh', 'auth_attempts'],
  ['ssh', 'uid', 'direction', 'client'],
  ['quic', 'uid', 'client_initial_dcid'],
  ['ssl', 'uid', 'ssl_history'],
  ['ssl', 'uid', 'established'],
  ['ssl', 'uid', 'cipher', 'version'],
  ['x509', 'certificate.serial'],
  ['x509', 'certificate.subject'],
  ['rdp', 'uid', 'security_protocol'],
  ['rdp', 'uid', 'cookie', 'result'],
  ['dce_rpc', 'uid', 'endpoint', 'operation'],
  ['smb_mapping', 'uid', 'share_type'],
  ['smb_files', 'uid', 'action', 'path'],
  ['smb_files', 'uid', 'action', 'name'],
  ['ntlm', 'uid', 'server_nb_computer_name'],
  ['ntlm', 'uid', 'hostname', 'domainname'],
  ['ftp', 'uid', 'command', 'user'],
  ['dhcp', 'msg_types'],
  ['tunnel', 'uid', 'tunnel_type'],
  ['files', 'fuid', 'source'],
  ['notice', 'note', 'actions'],
  ['notice', 'note', 'msg'],
  ['weird', 'name', 'notice'],
  ['connection', 'uid', 'id.orig_h'],
];

const activityOf: ReadonlyMap<string, Activity> = new Map<string, Activity>([
  ['conn', 'network-connection'],
  ['http', 'http-request'],
  ['dns', 'dns-query'],
  ['ssl', 'tls-handshake'],
  ['quic', 'tls-handshake'],
  ['files', 'network-file'],
  ['smb_files', 'network-file'],
  ['notice', 'vendor-finding'],
]);

/** The log's name, e.g. `conn`; undefined when the record is none of Zeek's. */
export function kindOf(record: JsonObject): string | undefined {
  if (!('ts' in record)) return undefined;
  const path = record['_path'];
  if (typeof path === 'string') return /^[a-z][a-z0-9_]{0,40}$/i.test(path) ? path.toLowerCase() : undefined;
  return marks.find(([, ...fields]) => fields.every((field) => field in record))?.[0];
}

/** What the record says was done; a log about a connection that is none of these is some protocol's session. */
export function activityOfKind(kind: string, isAboutConnection: boolean): Activity {
  return activityOf.get(baseOf(kind)) ?? (isAboutConnection ? 'network-session' : 'other');
}

/** Corelight writes reduced logs beside the whole ones: `conn_red`, `http_red`. */
export const baseOf = (kind: string): string => kind.replace(/_(?:red|long)$/, '');
