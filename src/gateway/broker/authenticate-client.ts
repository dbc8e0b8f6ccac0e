import type { CallHead } from '../call.ts';
import { hashOf, isHashOf } from './hashes.ts';
import type { HeldTokens } from './held-tokens.ts';
import type { Integration } from './integration.ts';

export interface Client {
  readonly integration: Integration;
  readonly clientSecret: string;
}

/** Compared with where no client has that id, so that the time does not tell. */
const nobody = hashOf('nobody');

/**
 * The integration that knows its client secret, sent as HTTP Basic or in the form, never both (RFC 6749 section 2.3.1).
 * Other `Authorization` schemes are passed over: nforce sends one of its own here.
 */
export function authenticateClient(
  held: HeldTokens,
  form: URLSearchParams,
  head: CallHead,
  now: number,
): Client | undefined {
  const basic = readBasic(head.headers.get('authorization'));
  if (basic === 'broken' || (basic !== undefined && form.has('client_secret'))) return undefined;
  const id = basic?.id ?? form.get('client_id') ?? '';
  const clientSecret = basic?.secret ?? form.get('client_secret') ?? '';
  if (basic !== undefined && form.has('client_id') && form.get('client_id') !== id) return undefined;
  const integration = held.byClientId.get(id);
  const accepted = (integration?.clientSecrets ?? []).filter(({ until }) => until === undefined || until > now);
  const matches = [nobody, ...accepted.map(({ hash }) => hash)].filter((hash) => isHashOf(clientSecret, hash));
  return integration !== undefined && matches.some((hash) => hash !== nobody)
    ? { integration, clientSecret }
    : undefined;
}

function readBasic(
  authorization: string | undefined,
): { readonly id: string; readonly secret: string } | 'broken' | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  if (colon < 0) return 'broken';
  try {
    return { id: decode(text.slice(0, colon)), secret: decode(text.slice(colon + 1)) };
  } catch {
    return 'broken';
  }
}

const decode = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));
