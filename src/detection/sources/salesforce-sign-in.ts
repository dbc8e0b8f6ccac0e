import { z } from 'zod';
import type { Surroundings } from '#model/live-source.ts';
import { failure, type Result, success } from '#model/result.ts';
import { askVendor } from './ask-vendor.ts';
import { vendorAddress } from './vendor-address.ts';
import { readSigningKey, signJwt } from './vendor-token.ts';

const secret = z.string().min(1).meta({ secret: true });

/** The org's own address (My Domain), e.g. `https://house.my.salesforce.com`. */
export const salesforceInstanceUrl = vendorAddress.describe(
  'The address of the org (My Domain): https://house.my.salesforce.com',
);

/** How Cordon signs in: as the run-as user of an app, or as a user for whom the app's certificate vouches. */
export const salesforceSignIn = z
  .discriminatedUnion('grant', [
    z.strictObject({ grant: z.literal('client_credentials'), clientId: z.string().min(1), clientSecret: secret }),
    z.strictObject({
      grant: z.literal('jwt_bearer'),
      clientId: z.string().min(1),
      username: z.string().min(1),
      privateKey: secret.describe('PEM of the key whose certificate the app knows'),
      audience: z
        .url()
        .default('https://login.salesforce.com')
        .describe('https://test.salesforce.com for a sandbox, the address of the site for an Experience Cloud site'),
    }),
  ])
  .describe('How Cordon signs in to the CRM');

export interface SalesforceSession {
  readonly accessToken: string;
  /** 18 characters, begins with 00D. */
  readonly organizationId: string;
}

/** One sign-in for all streams of a source. */
export interface SalesforceSignIn {
  /** The session at hand, or a new one; streams that ask at once share one request. */
  readonly session: () => Promise<Result<SalesforceSession>>;
  /** The CRM refused this session: it is not handed out again. */
  readonly discard: (session: SalesforceSession) => void;
}

interface SignInSettings {
  readonly instanceUrl: string;
  readonly signIn: z.infer<typeof salesforceSignIn>;
}

/** No answer of the token endpoint takes longer, ms, its body included. */
const longestSignInMs = 30_000;

/**
 * Signs in when a session is first asked for, by OAuth 2.0 client credentials or a JWT (RFC 7523).
 * Salesforce Help, "OAuth 2.0 Client Credentials Flow", "OAuth 2.0 JWT Bearer Flow for Server-to-Server Integration".
 */
export function signInToSalesforce(settings: SignInSettings, surroundings: Surroundings): SalesforceSignIn {
  let current: Promise<Result<SalesforceSession>> | undefined;
  let held: SalesforceSession | undefined;
  const session = async (): Promise<Result<SalesforceSession>> => {
    current ??= openSession(settings, surroundings).then((opened) => {
      if (opened.ok) held = opened.value;
      else current = undefined;
      return opened;
    });
    return current;
  };
  const discard = (refused: SalesforceSession): void => {
    if (held === refused) [current, held] = [undefined, undefined];
  };
  return { session, discard };
}

const tokenAnswer = z.object({ access_token: z.string().min(1), id: z.string() });

async function openSession(
  { instanceUrl, signIn }: SignInSettings,
  { clock, signal }: Surroundings,
): Promise<Result<SalesforceSession>> {
  const form = formOf(signIn, clock());
  if (!form.ok) return form;
  const late = AbortSignal.any([signal, AbortSignal.timeout(longestSignInMs)]);
  const answer = await askVendor({
    vendor: 'Salesforce',
    url: `${instanceUrl}/services/oauth2/token`,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: form.value.toString(),
    signal: late,
    clock,
  });
  if (!answer.ok) {
    // The endpoint says 400 to wrong credentials, `{"error":"invalid_grant","error_description":"…"}`.
    const { failure: reason } = answer;
    return reason.kind === 'invalid'
      ? failure({ kind: 'refused', by: 'Salesforce', why: `the sign-in was answered with ${reason.found}` })
      : answer;
  }
  return readToken(answer.value);
}

async function readToken(answer: Response): Promise<Result<SalesforceSession>> {
  const told = tokenAnswer.safeParse(await answer.json().catch(() => undefined));
  // `https://login.salesforce.com/id/00D5j000000HouSEAA/0055j00000HouSEAA0`
  const organizationId = /\/id\/(00D\w{15})\//.exec(told.data?.id ?? '')?.[1];
  if (!told.success || organizationId === undefined)
    return failure({ kind: 'broken', by: 'Salesforce', why: 'its sign-in answered without access_token and id' });
  return success({ accessToken: told.data.access_token, organizationId });
}

function formOf(signIn: SignInSettings['signIn'], now: number): Result<URLSearchParams> {
  if (signIn.grant === 'client_credentials') {
    const { clientId, clientSecret } = signIn;
    return success(
      new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }),
    );
  }
  const assertion = signAssertion(signIn, now);
  if (assertion === undefined)
    return failure({ kind: 'invalid', where: 'signIn.privateKey', found: 'no private RSA key', expected: 'a PEM' });
  return success(new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }));
}

/** RS256 over `iss`, `sub`, `aud`, `exp`; the CRM takes none whose end lies more than 5 minutes ahead. */
function signAssertion(
  { clientId, username, audience, privateKey }: Extract<SignInSettings['signIn'], { grant: 'jwt_bearer' }>,
  now: number,
): string | undefined {
  const key = readSigningKey(privateKey);
  if (key?.asymmetricKeyType !== 'rsa') return undefined;
  return signJwt(key, { iss: clientId, sub: username, aud: audience, exp: Math.floor(now / 1000) + 180 });
}
