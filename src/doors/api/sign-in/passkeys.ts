import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type { Passkey, StaffRecords } from '#model/records.ts';
import { failure, type Result, success } from '#model/result.ts';
import type { Person } from '#model/staff.ts';
import type { NotSignedIn } from '../api-failure.ts';
import type { Challenges } from './challenges.ts';

/** Passkeys (WebAuthn level 3): discoverable, with the user verified by the authenticator. */
export interface Passkeys {
  /** `purpose` ties the challenge to what it was asked for, e.g. one invitation. */
  registrationOptions(
    origin: string,
    owner: { readonly name: string; readonly email: string },
    purpose: string,
  ): Promise<Result<PublicKeyCredentialCreationOptionsJSON>>;
  /** The new passkey, not yet stored and belonging to nobody yet. */
  register(
    origin: string,
    response: RegistrationResponseJSON,
    purpose: string,
  ): Promise<Result<Omit<Passkey, 'personId'>>>;
  authenticationOptions(origin: string): Promise<Result<PublicKeyCredentialRequestOptionsJSON>>;
  /** Who proved to hold a passkey. A counter that went backwards means a copied authenticator and is refused. */
  authenticate(
    origin: string,
    response: AuthenticationResponseJSON,
  ): Promise<Result<Person, NotSignedIn & { readonly account: string }>>;
}

const signInPurpose = 'sign-in';

/** The relying party's id for an origin. Browsers give passkeys to names, `localhost` among them, not to addresses. */
function relyingPartyOf(origin: string): Result<string> {
  const { hostname, protocol } = new URL(origin);
  const isAddress = /^[\d.]+$|^\[/.test(hostname);
  if (!isAddress && (protocol === 'https:' || hostname === 'localhost')) return success(hostname);
  return failure({
    kind: 'invalid',
    where: 'the address of this page',
    found: origin,
    expected: 'a name with https, or http://localhost: browsers keep passkeys for names only',
  });
}

export function openPasskeys(staff: StaffRecords, clock: () => number, challenges: Challenges): Passkeys {
  return {
    async registrationOptions(origin, owner, purpose) {
      const party = relyingPartyOf(origin);
      if (!party.ok) return party;
      const options = await generateRegistrationOptions({
        rpName: 'Cordon',
        rpID: party.value,
        userName: owner.email,
        userDisplayName: owner.name,
        attestationType: 'none',
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      });
      challenges.give(options.challenge, purpose);
      return success(options);
    },

    async register(origin, response, purpose) {
      const refused = (found: string) =>
        failure({ kind: 'invalid' as const, where: 'passkey', found, expected: 'the answer to the latest challenge' });
      const party = relyingPartyOf(origin);
      if (!party.ok) return party;
      try {
        const { verified, registrationInfo } = await verifyRegistrationResponse({
          response,
          expectedChallenge: (challenge) => challenges.take(challenge, purpose),
          expectedOrigin: origin,
          expectedRPID: party.value,
          requireUserVerification: true,
        });
        if (!verified) return refused('an answer that does not verify');
        const { credential, credentialDeviceType } = registrationInfo;
        return success({
          id: credential.id,
          publicKey: credential.publicKey,
          counter: credential.counter,
          transports: credential.transports ?? [],
          name: credentialDeviceType === 'multiDevice' ? 'Synced passkey' : 'Passkey of one device',
          createdAt: clock(),
          lastUsedAt: undefined,
        });
      } catch {
        // The library throws for everything that does not verify; which check it was helps only an attacker.
        return refused('an answer that does not verify');
      }
    },

    async authenticationOptions(origin) {
      const party = relyingPartyOf(origin);
      if (!party.ok) return party;
      const options = await generateAuthenticationOptions({ rpID: party.value, userVerification: 'required' });
      challenges.give(options.challenge, signInPurpose);
      return success(options);
    },

    async authenticate(origin, response) {
      const refused = (account: string) =>
        failure({ kind: 'not-signed-in' as const, account, why: 'This passkey was not accepted. Try again.' });
      const party = relyingPartyOf(origin);
      const passkey = await staff.passkey(response.id);
      const person = passkey && (await staff.person(passkey.personId));
      if (!party.ok || !passkey || !person || person.disabledAt !== undefined) return refused(person?.id ?? 'unknown');
      try {
        const { verified, authenticationInfo } = await verifyAuthenticationResponse({
          response,
          expectedChallenge: (challenge) => challenges.take(challenge, signInPurpose),
          expectedOrigin: origin,
          expectedRPID: party.value,
          requireUserVerification: true,
          credential: {
            id: passkey.id,
            publicKey: new Uint8Array(passkey.publicKey),
            counter: passkey.counter,
          },
        });
        if (!verified) return refused(person.id);
        await staff.usedPasskey(passkey.id, authenticationInfo.newCounter, clock());
        return success(person);
      } catch {
        return refused(person.id);
      }
    },
  };
}
