import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration as Client,
  calculatePKCECodeChallenge,
  discovery,
} from 'openid-client';
import type { Configuration } from '#configuration.ts';
import type { StaffRecords } from '#model/records.ts';
import { failure, type Result, success } from '#model/result.ts';
import type { Person, Role } from '#model/staff.ts';
import type { NotSignedIn } from '../api-failure.ts';
import { newSecret, type Random } from './secrets.ts';

const journeyMs = 10 * 60_000;
const mostJourneys = 10_000;
export const returnPath = '/api/sign-in/oidc/return';

type Settings = NonNullable<Configuration['signIn']['oidc']>;

/** OpenID Connect, authorization code with PKCE, state and nonce (OIDC Core 1.0 §3.1, RFC 7636). */
export interface Oidc {
  readonly name: string;
  /** Where to send the browser, and the secret it keeps meanwhile. */
  begin(origin: string): Promise<Result<{ readonly to: string; readonly journey: string }>>;
  /** Who came back. The provider must say that the e-mail is verified, and the person must be known or mapped. */
  finish(
    origin: string,
    target: string,
    journey: string | undefined,
  ): Promise<Result<Newcomer, NotSignedIn & { readonly account: string }>>;
}

interface Newcomer {
  readonly person: Person;
  /** Let in for the first time, by the mapping of groups. */
  readonly isNew: boolean;
}

interface Journey {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly expiresAt: number;
}

export function openOidc(
  settings: Settings,
  staff: StaffRecords,
  clock: () => number,
  random: Random,
  newId: () => string,
): Oidc {
  const journeys = new Map<string, Journey>();
  let client: Promise<Client> | undefined;
  const discover = (): Promise<Client> => {
    const issuer = new URL(settings.issuer);
    const isLocal = issuer.protocol === 'http:' && ['localhost', '127.0.0.1'].includes(issuer.hostname);
    client ??= discovery(issuer, settings.clientId, settings.clientSecret, undefined, {
      ...(isLocal && { execute: [allowInsecureRequests] }),
    });
    client.catch(() => {
      client = undefined;
    });
    return client;
  };
  const forgetOld = (): void => {
    for (const [secret, { expiresAt }] of journeys) {
      if (expiresAt > clock() && journeys.size < mostJourneys) break;
      journeys.delete(secret);
    }
  };

  return {
    name: settings.name,
    async begin(origin) {
      try {
        const provider = await discover();
        const [journey, state, nonce, verifier] = [1, 2, 3, 4].map(() => newSecret(random)) as [
          string,
          string,
          string,
          string,
        ];
        forgetOld();
        journeys.set(journey, { state, nonce, verifier, expiresAt: clock() + journeyMs });
        const to = buildAuthorizationUrl(provider, {
          redirect_uri: `${origin}${returnPath}`,
          scope: settings.roles ? 'openid email profile groups' : 'openid email profile',
          code_challenge: await calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
          state,
          nonce,
        });
        return success({ to: to.href, journey });
      } catch {
        return failure({ kind: 'later', afterMs: 10_000, why: `${settings.name} does not answer` });
      }
    },

    async finish(origin, target, journeySecret) {
      const refused = (why: string, account = 'unknown') => failure({ kind: 'not-signed-in' as const, why, account });
      const journey = journeySecret === undefined ? undefined : journeys.get(journeySecret);
      if (journeySecret !== undefined) journeys.delete(journeySecret);
      if (!journey || journey.expiresAt <= clock()) return refused('This sign-in took too long. Begin again.');
      const answer = await exchange(await discover(), new URL(target, origin), journey);
      if (!answer) return refused(`${settings.name} did not confirm this sign-in.`);
      const { email, email_verified: isVerified, name, groups } = answer;
      if (typeof email !== 'string' || isVerified !== true) {
        return refused(`${settings.name} does not say that your e-mail address is verified.`);
      }
      const found = await findOrAdmit(email.toLowerCase(), typeof name === 'string' ? name : email, groups);
      if (!found) return refused('You are not on the staff list. Ask an owner for an invitation.', email.toLowerCase());
      const { person } = found;
      return person.disabledAt === undefined ? success(found) : refused('This account was ended.', person.id);
    },
  };

  async function findOrAdmit(email: string, name: string, groups: unknown): Promise<Newcomer | undefined> {
    const known = await staff.personByEmail(email);
    if (known) return { person: known, isNew: false };
    const role = roleOf(settings.roles, groups);
    if (!role) return undefined;
    const person: Person = { id: newId(), name, email, role, createdAt: clock(), disabledAt: undefined };
    await staff.addPerson(person);
    return { person, isNew: true };
  }
}

/** The claims of the ID token, or undefined when any check of the exchange fails. */
async function exchange(client: Client, url: URL, { state, nonce, verifier }: Journey) {
  try {
    const tokens = await authorizationCodeGrant(client, url, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    });
    return tokens.claims();
  } catch {
    // The library throws for every refusal by the provider and every failed check alike.
    return undefined;
  }
}

/** The role of the first mapped group, in the order of the configuration. */
function roleOf(mapping: Readonly<Record<string, Role>> | undefined, groups: unknown): Role | undefined {
  const member = new Set(Array.isArray(groups) ? groups : []);
  return Object.entries(mapping ?? {}).find(([group]) => member.has(group))?.[1];
}
