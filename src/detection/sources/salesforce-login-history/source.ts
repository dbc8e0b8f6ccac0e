import { Fingerprint, seedOf } from '#lib/fingerprint.ts';
import { parseInstant } from '#lib/instant.ts';
import { toLongId } from '#lib/salesforce-id.ts';
import { parseZonedInstant } from '#lib/zoned-instant.ts';
import { Slots } from '#model/event.ts';
import type { CellsReader, Invalid, JsonObject, Reading, Source } from '#model/source.ts';
import { isObject, knownTextOf, textOf } from '../record-values.ts';
import { isMultiFactor, protocolOfLogin, setApp } from '../salesforce-words.ts';

/** Field names of the LoginHistory object by what the download of the Setup page calls them. */
const downloadNames: ReadonlyMap<string, string> = new Map<string, string>(
  Object.entries({
    'login time': 'LoginTime',
    'source ip': 'SourceIp',
    'login type': 'LoginType',
    'login subtype': 'LoginSubType',
    'client version': 'ClientVersion',
    'api type': 'ApiType',
    'api version': 'ApiVersion',
    'login url': 'LoginUrl',
    'user id': 'UserId',
    'country code': 'CountryIso',
    'http method': 'HttpMethod',
    'authentication method reference': 'AuthMethodReference',
    'tls protocol': 'TlsProtocol',
    'tls cipher suite': 'CipherSuite',
    'user name': 'Username',
  }),
);

const fields = [
  'Id',
  'UserId',
  'Username',
  'LoginTime',
  'LoginType',
  'LoginSubType',
  'Status',
  'SourceIp',
  'ForwardedForIp',
  'CountryIso',
  'Location',
  'Browser',
  'Platform',
  'Application',
  'ClientVersion',
  'ApiType',
  'ApiVersion',
  'LoginUrl',
  'AuthMethodReference',
  'HttpMethod',
] as const;
type Field = (typeof fields)[number];
const byLowerName = new Map<string, Field>(fields.map((field) => [field.toLowerCase(), field]));
const seeds = new Map(fields.map((field) => [field, seedOf(field)]));

function fieldOf(header: string): Field | undefined {
  const name = header
    .replace(/[\ufeff"]/g, '')
    .trim()
    .toLowerCase();
  return byLowerName.get((downloadNames.get(name) ?? name).toLowerCase());
}

type Login = (field: Field) => string | undefined;

/** The record's own id; a download from Setup has none, and is told apart by what it says. */
function keyOf(login: Login, time: number): string | Fingerprint {
  const id = login('Id');
  if (id !== undefined) return toLongId(id);
  const print = new Fingerprint(time);
  for (const field of fields) if (field !== 'LoginTime') print.add(seeds.get(field)!, login(field) ?? '');
  return print;
}

function readLogin(login: Login): Reading | Invalid {
  const loginTime = login('LoginTime') ?? '';
  if (loginTime === 'LoginTime' || loginTime === 'Login Time') return { invalid: 'stray header row' };
  const time = parseInstant(loginTime) ?? parseZonedInstant(loginTime);
  if (time === undefined)
    return {
      invalid: `LoginTime is "${loginTime.slice(0, 40)}", expected an ISO 8601 time or 12/31/2025, 1:02:03 PM PST`,
    };
  const slots = new Slots();
  slots.activity_name = 'login';
  slots['metadata.event_code'] = 'LoginHistory';
  slots['metadata.product.name'] = 'Salesforce';
  setStatus(slots, login('Status'));
  const userId = login('UserId');
  slots['actor.user.uid'] = userId === undefined ? undefined : toLongId(userId);
  slots['actor.user.name'] = login('Username')?.toLowerCase();
  slots['src_endpoint.ip'] = login('SourceIp');
  slots['src_endpoint.location.country'] = login('CountryIso') ?? login('Location');
  slots['http_request.user_agent'] = login('Browser');
  slots['http_request.http_method'] = login('HttpMethod');
  slots['api.service.name'] = login('ApiType');
  slots['api.version'] = login('ApiVersion');
  slots.auth_protocol = protocolOfLogin(login('LoginType'), login('LoginSubType'));
  slots['api.operation'] = login('LoginType');
  slots.is_mfa = isMultiFactor(login('AuthMethodReference'));
  setApp(slots, undefined, login('Application'));
  return { time, key: keyOf(login, time), slots };
}

function setStatus(slots: Slots, status: string | undefined): void {
  slots.status_id = status === undefined ? undefined : status === 'Success' ? 1 : 2;
  slots.status_detail = status;
}

function readCsv(header: readonly string[]): CellsReader | undefined {
  const positions = new Map<Field, number>();
  header.forEach((name, position) => {
    const field = fieldOf(name);
    if (field !== undefined && !positions.has(field)) positions.set(field, position);
  });
  const isLogins = positions.has('LoginTime') && (positions.has('LoginType') || positions.has('SourceIp'));
  if (!isLogins) return undefined;
  return (cells) => {
    if (cells.length !== header.length) return { invalid: `${cells.length} cells, expected ${header.length}` };
    return readLogin((field) => {
      const position = positions.get(field);
      return position === undefined ? undefined : knownTextOf(cells.at(position));
    });
  };
}

function acceptsObject(value: JsonObject): boolean {
  const attributes = value['attributes'];
  if (isObject(attributes) && attributes['type'] === 'LoginHistory') return true;
  return textOf(value['LoginTime']) !== undefined && ('LoginType' in value || 'SourceIp' in value);
}

/**
 * The sign-ins of six months, which every organisation has: records of LoginHistory, their CSV, and the CSV that the
 * Setup page Login History offers for download.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_loginhistory.htm
 */
export const source: Source = {
  name: 'salesforce-login-history',
  title: 'Salesforce login history',
  lag: 'minutes',
  longestLagMs: 15 * 60_000,
  readCsv,
  acceptsObject,
  readObject: (value) => readLogin((field) => knownTextOf(value[field])),
};
