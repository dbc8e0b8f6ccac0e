import type { SQLOutputValue } from 'node:sqlite';
import { compileSender } from './compile-sender.ts';
import type { AccessToken, BrokerAct, Family, Integration, RefreshToken, Suspension } from './integration.ts';
import type { Way } from './registration.ts';

/** A row of the broker's own tables, as it wrote it. */
type Row = Record<string, SQLOutputValue>;

const textOf = (value: SQLOutputValue | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;
const numberOf = (value: SQLOutputValue | undefined): number | undefined =>
  typeof value === 'number' ? value : undefined;

/** What the broker wrote itself: JSON of the type asked for. */
const fromJson = <Value>(value: SQLOutputValue | undefined): Value => JSON.parse(String(value)) as Value;

const suspensionOf = (value: SQLOutputValue | undefined): Suspension | undefined =>
  typeof value === 'string' ? fromJson<Suspension>(value) : undefined;

export function toIntegration(row: Row): Integration {
  const settings = fromJson<Integration['settings']>(row['settings']);
  return {
    name: String(row['name']),
    organization: String(row['organization']),
    user: String(row['user']),
    username: String(row['username']),
    clientId: String(row['client_id']),
    registeredAt: Number(row['registered_at']),
    settings,
    sender: compileSender(settings.sender),
    grants: fromJson<Integration['grants']>(row['grants']),
    clientSecrets: fromJson<Integration['clientSecrets']>(row['client_secrets']),
    passwordHash: textOf(row['password_hash']),
    suspension: suspensionOf(row['suspension']),
  };
}

export const toFamily = (row: Row, integration: Integration): Family => ({
  id: String(row['id']),
  integration,
  way: String(row['way']) as Way,
  openedAt: Number(row['opened_at']),
  key: textOf(row['key']),
  suspension: suspensionOf(row['suspension']),
  endedAt: numberOf(row['ended_at']),
});

export const toAccessToken = (row: Row, family: Family): AccessToken => ({
  id: String(row['id']),
  hash: String(row['hash']),
  family,
  issuedAt: Number(row['issued_at']),
  expiresAt: Number(row['expires_at']),
  certificate: textOf(row['certificate']),
  key: textOf(row['key']),
  isRevoked: false,
  lastUsedAt: undefined,
  lastAddress: undefined,
});

export function toRefreshToken(row: Row): RefreshToken {
  const at = numberOf(row['replaced_at']);
  return {
    id: String(row['id']),
    hash: String(row['hash']),
    family: String(row['family']),
    issuedAt: Number(row['issued_at']),
    expiresAt: Number(row['expires_at']),
    replaced:
      at === undefined
        ? undefined
        : {
            at,
            sender: String(row['sender']),
            successor: String(row['successor']),
            answer: row['answer'] instanceof Uint8Array ? row['answer'] : new Uint8Array(),
          },
  };
}

export const toAct = (row: Row): BrokerAct => ({
  sequence: Number(row['sequence']),
  at: Number(row['at']),
  by: String(row['by_whom']),
  act: String(row['act']),
  subject: String(row['subject']),
  details: fromJson<Record<string, unknown>>(row['details']),
});
