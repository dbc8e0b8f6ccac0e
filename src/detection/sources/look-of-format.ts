import type { JsonObject } from '#model/source.ts';
import { readCells } from './csv-cells.ts';

/** What content looks like that no source reads, in words that end the sentence "it looks like ...". */
export function looksOfBytes(head: Buffer): string {
  if (head.length === 0) return 'an empty file';
  const binary = magics.find(({ bytes }) => head.toString('latin1', 0, bytes.length) === bytes);
  if (binary !== undefined) return binary.name;
  if (head.toString('latin1', 257, 262) === 'ustar') return 'a tar archive (expected gzip, zip or plain files)';
  const text = head.toString('utf8', 0, 65_536).replace(/^\ufeff/, '');
  if (text.trim() === '') return 'nothing but blank space';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells binary from text.
  if (/[\u0000-\u0008\u000e-\u001a]/.test(text)) return 'binary content';
  return looksOfJson(text) ?? looksOfText(text);
}

/** Signatures at the beginning of files, as Latin-1. */
const magics: readonly { readonly bytes: string; readonly name: string }[] = [
  { bytes: '%PDF-', name: 'a PDF document' },
  { bytes: '\u007fELF', name: 'an ELF binary (a Linux program, not a Salesforce event log file)' },
  { bytes: '\u0089PNG', name: 'a PNG picture' },
  { bytes: '\u00ff\u00d8\u00ff', name: 'a JPEG picture' },
  { bytes: 'GIF8', name: 'a GIF picture' },
  { bytes: 'PK\u0003\u0004', name: 'a zip archive inside an archive' },
  { bytes: 'SQLite format 3', name: 'an SQLite database' },
  { bytes: 'PAR1', name: 'a Parquet file' },
  { bytes: 'Obj\u0001', name: 'an Avro file' },
  { bytes: '\u0028\u00b5\u002f\u00fd', name: 'a Zstandard archive' },
  { bytes: 'BZh', name: 'a bzip2 archive' },
  { bytes: '\u00fd7zXZ', name: 'an xz archive' },
  { bytes: '7z\u00bc\u00af', name: 'a 7-Zip archive' },
  { bytes: 'MZ', name: 'a Windows program' },
  { bytes: '\u00ff\u00fe', name: 'UTF-16 text (expected UTF-8)' },
  { bytes: '\u00fe\u00ff', name: 'UTF-16 text (expected UTF-8)' },
  { bytes: '\u00d4\u00c3\u00b2\u00a1', name: 'a packet capture (pcap)' },
  { bytes: '\u000a\u000d\u000d\u000a', name: 'a packet capture (pcapng)' },
];

function looksOfJson(text: string): string | undefined {
  const start = text.search(/\S/);
  if (text[start] !== '{' && text[start] !== '[') return undefined;
  const object = firstObject(text.slice(start));
  if (object === undefined)
    return /^\[\s*\]/.test(text.slice(start)) ? 'an empty JSON array' : 'JSON that cannot be parsed';
  return looksOfObject(object);
}

/** The first object that parses, trying the whole text, its first line, and a growing number of lines. */
function firstObject(text: string): JsonObject | undefined {
  for (const candidate of objectCandidates(text)) {
    try {
      const value: unknown = JSON.parse(candidate);
      const first: unknown = Array.isArray(value) ? value[0] : value;
      if (typeof first === 'object' && first !== null) return first as JsonObject;
    } catch {
      // The next candidate.
    }
  }
  return undefined;
}

function* objectCandidates(text: string): Generator<string> {
  yield text;
  yield text.slice(0, text.indexOf('\n') >>> 0);
  const body = text.replace(/^\[\s*/, '');
  let tries = 0;
  for (let end = body.indexOf('}'); end >= 0 && tries < 200; end = body.indexOf('}', end + 1), tries++)
    yield body.slice(0, end + 1);
}

const has = (object: JsonObject, ...names: readonly string[]): boolean => names.every((name) => name in object);

/** What a JSON object looks like that no source reads. */
export function looksOfObject(object: JsonObject): string {
  for (const look of objectLooks) {
    const name = look(object);
    if (name !== undefined) return name;
  }
  const keys = Object.keys(object);
  if (keys.length === 0) return 'an empty JSON object';
  return `JSON with ${keys.slice(0, 6).map(shown).join(', ')}${keys.length > 6 ? ', ...' : ''}`;
}

const objectLooks: readonly ((object: JsonObject) => string | undefined)[] = [
  connectorWrapped,
  envelope,
  zeek,
  (object) =>
    typeof object['event_type'] === 'string' &&
    has(object, 'timestamp') &&
    /^(alert|anomaly|dns|drop|fileinfo|flow|ftp|http|krb5|mqtt|netflow|nfs|quic|rdp|rfb|sip|smb|smtp|snmp|ssh|stats|tftp|tls)$/.test(
      object['event_type'],
    )
      ? `Suricata EVE (${object['event_type']})`
      : undefined,
  microsoft,
  (object) => (object['kind'] === 'admin#reports#activity' ? 'Google Workspace audit activity' : undefined),
  (object) => (has(object, 'eventVersion', 'eventSource', 'awsRegion') ? 'AWS CloudTrail' : undefined),
  (object) =>
    has(object, 'class_uid', 'category_uid') ? `an OCSF event (class ${shown(object['class_uid'])})` : undefined,
  (object) => {
    const attributes = object['attributes'];
    if (typeof attributes !== 'object' || attributes === null) return undefined;
    const type = (attributes as JsonObject)['type'];
    return typeof type === 'string' ? `a Salesforce record export (${shown(type)}), which is no log` : undefined;
  },
];

/** Cribl and its like keep the vendor's record as text in `_raw`. */
function connectorWrapped(object: JsonObject): string | undefined {
  if (typeof object['_raw'] !== 'string') return undefined;
  const { _raw: raw, ...rest } = object;
  const inner = String(raw).startsWith('{') ? firstObject(String(raw)) : undefined;
  return inner === undefined ? looksOfObject(rest) : looksOfObject(inner);
}

function envelope(object: JsonObject): string | undefined {
  for (const name of ['records', 'Records', 'events', 'value', 'Results', 'items']) {
    const records = object[name];
    if (!Array.isArray(records)) continue;
    const first: unknown = records[0];
    if (typeof first === 'object' && first !== null) return looksOfObject(first as JsonObject);
  }
  return undefined;
}

/** Zeek's JSON logs name no log type unless Corelight adds `_path`; the columns tell. docs.zeek.org/en/master/logs */
function zeek(object: JsonObject): string | undefined {
  if (typeof object['_path'] === 'string' && has(object, 'ts')) return `Zeek ${shown(object['_path'])} log`;
  if (!has(object, 'ts')) return undefined;
  const type = zeekColumns.find(([, names]) => has(object, ...names));
  return type && `Zeek ${type[0]} log`;
}
const zeekColumns: readonly (readonly [string, readonly string[]])[] = [
  ['dns', ['id.orig_h', 'trans_id']],
  ['http', ['id.orig_h', 'trans_depth']],
  ['ssh', ['id.orig_h', 'auth_attempts']],
  ['ssh', ['id.orig_h', 'direction', 'client']],
  ['ssl', ['id.orig_h', 'cipher']],
  ['ssl', ['id.orig_h', 'established']],
  ['conn', ['id.orig_h', 'conn_state']],
  ['files', ['fuid', 'source']],
  ['x509', ['certificate.serial']],
  ['weird', ['name', 'uid', 'notice']],
  ['notice', ['note', 'msg']],
  ['', ['uid', 'id.orig_h']],
];

function microsoft(object: JsonObject): string | undefined {
  if (has(object, 'userPrincipalName', 'appDisplayName', 'createdDateTime')) return 'Microsoft Entra sign-ins';
  if (has(object, 'activityDisplayName', 'activityDateTime')) return 'Microsoft Entra audit log';
  if (has(object, 'CreationTime', 'Workload', 'Operation')) return 'Microsoft 365 audit log';
  if (has(object, 'category', 'operationName', 'resourceId'))
    return `Azure diagnostic log (${shown(object['category'])})`;
  return undefined;
}

function looksOfText(text: string): string {
  if (/^#separator /.test(text)) return `Zeek ${/^#path\s+(\S+)/m.exec(text)?.[1] ?? ''} log in tab-separated form`;
  if (/^\s*syntax\s*=\s*"proto[23]"/m.test(text)) return 'a protocol-buffer interface file';
  const columns = csvColumns(text);
  if (columns !== undefined)
    return `CSV with columns ${columns.slice(0, 6).map(shown).join(', ')}${columns.length > 6 ? ', ...' : ''}`;
  if (/^<\?xml|^\s*<[a-z!]/i.test(text)) return 'XML or HTML';
  if (/^(---\s*$|[\w.-]+:(\s|$))/m.test(text) && !/^\s*(import|function|const|export|#include)\b/m.test(text))
    return 'YAML';
  return `plain text beginning ${shown(text.trim().split('\n', 1)[0] ?? '')}`;
}

/** The first row's cells when it and the next have the same number of cells, and more than two. */
function csvColumns(text: string): readonly string[] | undefined {
  const header: string[] = [];
  const end = readCells(text, 0, true, header);
  if (end.kind !== 'complete' || header.length < 3) return undefined;
  if (end.next >= text.length) return header.every((cell) => /^[\w .-]+$/.test(cell)) ? header : undefined;
  const row: string[] = [];
  return readCells(text, end.next, true, row).kind === 'complete' && row.length === header.length ? header : undefined;
}

/** Names in logs are written by others: quoted, escaped and cut. */
const shown = (value: unknown): string => {
  const text = String(value);
  return /^[\w .@#-]{1,60}$/.test(text) ? text : JSON.stringify(text.slice(0, 60));
};
