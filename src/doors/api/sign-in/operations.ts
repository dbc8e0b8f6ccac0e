import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { z } from 'zod';
import { present } from '#lib/present.ts';
import type { FirstProof } from '#model/records.ts';
import { failure, type Result, success } from '#model/result.ts';
import { type Person, roles } from '#model/staff.ts';
import type { SessionView } from '#model/wire.ts';
import type { ApiFailure } from '../api-failure.ts';
import { type Call, nothing, type Operation, operation } from '../operation.ts';
import { passwordSetup, sessionView, welcomeView } from '../schemas.ts';
import type { Invitation } from './invitations.ts';

/** What authenticators say is checked by the WebAuthn library; here only that it is an object with an id. */
const credential = z.looseObject({ id: z.string().max(2048) });
const options = z.looseObject({ challenge: z.string() });
const token = z.object({ token: z.string().max(128) });
const name = z.string().trim().min(1).max(120);
const email = z.email().max(254).toLowerCase();
const newcomer = z.strictObject({ name, email: email.optional() });

async function viewSession(call: Call, person?: Person, csrf?: string): Promise<SessionView> {
  const { cordon, signIn } = call;
  return present({
    person: person && { ...person, permissions: roles[person.role] },
    csrf,
    ways: signIn.ways,
    needsOwner: await signIn.needsOwner(),
    demo: cordon.demo !== undefined,
    version: cordon.version,
  });
}

async function letIn(call: Call, person: Person, way: string): Promise<SessionView> {
  const { secret, csrf } = await call.signIn.sessions.start(person.id, way);
  call.browser.keepSession(secret);
  await call.cordon.record(person.id, 'sign-in', person.id, { way });
  return viewSession(call, person, csrf);
}

const recordFailure = (call: Call, account: string, way: string): Promise<void> =>
  call.cordon.record('-', 'sign-in.failed', account, { way, address: call.browser.address });

export const session = operation({
  summary: 'Who is signed in, and which ways in there are',
  answer: sessionView,
  async run(call) {
    const { session: secret } = call.browser;
    const found = secret === undefined ? undefined : await call.signIn.sessions.find(secret);
    return success(await viewSession(call, found?.person, found?.csrf));
  },
});

export const signOut = operation({
  summary: 'Ends this session',
  answer: nothing,
  async run({ browser, signIn, desk, asker }) {
    if (browser.session !== undefined) await signIn.sessions.end(browser.session);
    browser.forgetSession();
    await desk.record('sign-out', asker.id);
    return success({});
  },
});

export const passkeyOptions = operation({
  summary: 'A challenge for signing in with a passkey',
  answer: options,
  run: async ({ signIn, browser }) => forWire(await signIn.passkeys.authenticationOptions(browser.origin)),
});

export const signInByPasskey = operation({
  summary: 'Signs in with a passkey',
  body: z.strictObject({ response: credential }),
  answer: sessionView,
  async run(call) {
    const response = call.body.response as unknown as AuthenticationResponseJSON;
    const proven = await call.signIn.passkeys.authenticate(call.browser.origin, response);
    if (proven.ok) return success(await letIn(call, proven.value, 'passkey'));
    await recordFailure(call, proven.failure.account, 'passkey');
    return proven;
  },
});

export const signInByPassword = operation({
  summary: 'Signs in the weaker way: password and one-time code',
  body: z.strictObject({ email, password: z.string().max(1024), code: z.string().regex(/^\d{6}$/) }),
  answer: sessionView,
  async run(call) {
    const { email: address, password, code } = call.body;
    const { attempts, passwords, ways } = call.signIn;
    if (!ways.password) return switchedOff;
    const patience = attempts.mayTry(address);
    if (!patience.ok) return patience;
    // Counted before it is checked: many tries at one moment must not all be the first.
    attempts.failed(address);
    const person = await call.cordon.staff.personByEmail(address);
    const isRight = await passwords.check(person?.id, password, code);
    if (isRight && person && person.disabledAt === undefined) {
      attempts.succeeded(address);
      return success(await letIn(call, person, 'password'));
    }
    await recordFailure(call, person?.id ?? 'unknown', 'password');
    return failure({ kind: 'not-signed-in', why: 'E-mail, password and code do not belong together.' });
  },
});

const switchedOff: Result<never, ApiFailure> = failure({
  kind: 'refused',
  by: 'the configuration',
  why: 'signing in with a password is switched off (signIn.password)',
});

export const beginOidc: Operation = {
  kind: 'redirect',
  summary: 'Sends the browser to the sign-in provider',
  async run({ signIn, browser }) {
    const begun = await signIn.oidc?.begin(browser.origin);
    if (!begun?.ok) return '/sign-in?refused=provider';
    browser.keepJourney(begun.value.journey);
    return begun.value.to;
  },
};

export const finishOidc: Operation = {
  kind: 'redirect',
  summary: 'Where the sign-in provider leads back to',
  async run(call) {
    const { signIn, browser } = call;
    const proven = await signIn.oidc?.finish(browser.origin, browser.target, browser.journey);
    browser.keepJourney(undefined);
    if (proven?.ok) {
      const { person, isNew } = proven.value;
      if (isNew) await call.cordon.record(person.id, 'staff.joined', person.id, { role: person.role, way: 'oidc' });
      await letIn(call, person, 'oidc');
      return '/';
    }
    await recordFailure(call, proven?.failure.account ?? 'unknown', 'oidc');
    return `/sign-in?refused=${encodeURIComponent(proven?.failure.why ?? 'Single sign-on is not set up.')}`;
  },
};

export const welcome = operation({
  summary: 'What a one-time link leads to',
  params: token,
  answer: welcomeView,
  async run({ signIn, params }) {
    const found = await signIn.invitations.find(params.token);
    if (!found.ok) return found;
    const { role, expiresAt, email: address } = found.value;
    return success(present({ role, expiresAt, email: address || undefined, password: signIn.ways.password }));
  },
});

/** The e-mail address of who accepts: the invited one, or the first owner's own word. */
function addressOf(invitation: Invitation, stated: string | undefined): Result<string> {
  const address = invitation.email || stated;
  return address
    ? success(address)
    : failure({ kind: 'invalid', where: 'email', found: 'nothing', expected: 'the address at which you work' });
}

export const welcomePasskeyOptions = operation({
  summary: 'A challenge for making the first passkey',
  params: token,
  body: newcomer,
  answer: options,
  async run({ signIn, params, body, browser }) {
    const found = await signIn.invitations.find(params.token);
    if (!found.ok) return found;
    const address = addressOf(found.value, body.email);
    if (!address.ok) return address;
    const owner = { name: body.name, email: address.value };
    return forWire(await signIn.passkeys.registrationOptions(browser.origin, owner, found.value.id));
  },
});

export const welcomePasskey = operation({
  summary: 'Accepts an invitation with a passkey',
  params: token,
  body: newcomer.extend({ response: credential }),
  answer: sessionView,
  async run(call) {
    const { signIn, params, body, browser } = call;
    const found = await signIn.invitations.find(params.token);
    if (!found.ok) return found;
    const address = addressOf(found.value, body.email);
    if (!address.ok) return address;
    const response = body.response as unknown as RegistrationResponseJSON;
    const passkey = await signIn.passkeys.register(browser.origin, response, found.value.id);
    if (!passkey.ok) return passkey;
    return accept(call, found.value, { name: body.name, email: address.value }, { passkey: passkey.value });
  },
});

export const welcomePasswordOptions = operation({
  summary: 'A secret for an authenticator app',
  params: token,
  body: z.strictObject({ email: email.optional() }),
  answer: passwordSetup,
  async run({ signIn, params, body }) {
    if (!signIn.ways.password) return switchedOff;
    const found = await signIn.invitations.find(params.token);
    if (!found.ok) return found;
    const address = addressOf(found.value, body.email);
    return address.ok ? success(signIn.passwords.setUp(address.value, found.value.id)) : address;
  },
});

export const welcomePassword = operation({
  summary: 'Accepts an invitation with a password and a one-time code, the weaker way',
  params: token,
  body: newcomer.extend({ password: z.string().max(1024), code: z.string().regex(/^\d{6}$/) }),
  answer: sessionView,
  async run(call) {
    const { signIn, params, body } = call;
    if (!signIn.ways.password) return switchedOff;
    const found = await signIn.invitations.find(params.token);
    if (!found.ok) return found;
    const address = addressOf(found.value, body.email);
    if (!address.ok) return address;
    const prepared = await signIn.passwords.prepare(found.value.id, body.password, body.code);
    if (!prepared.ok) return prepared;
    return accept(call, found.value, { name: body.name, email: address.value }, { password: prepared.value });
  },
});

async function accept(
  call: Call,
  invitation: Invitation,
  wish: { readonly name: string; readonly email: string },
  proof: FirstProof,
): Promise<Result<SessionView, ApiFailure>> {
  const accepted = await call.signIn.invitations.accept(invitation, wish, proof);
  if (!accepted.ok) return accepted;
  const person = accepted.value;
  const way = 'passkey' in proof ? 'passkey' : 'password';
  await call.cordon.record(person.id, 'staff.joined', person.id, { role: person.role, way });
  return success(await letIn(call, person, way));
}

/** The library's interfaces have no index signature; as plain JSON they are what the schema describes. */
const forWire = <Value extends { challenge: string }>(result: Result<Value>) =>
  result.ok ? success<{ challenge: string } & Record<string, unknown>>({ ...result.value }) : result;
