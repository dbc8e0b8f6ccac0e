import { hash, verify } from '@node-rs/argon2';
import { Secret, TOTP } from 'otpauth';
import type { StaffRecords } from '#model/records.ts';
import { failure, type Result, success } from '#model/result.ts';
import type { PasswordSetup } from '#model/wire.ts';
import type { Random } from './secrets.ts';

const stepSeconds = 30;
const shortest = 15;

/** argon2id with 19 MiB, 2 passes, 1 lane (OWASP Password Storage Cheat Sheet). 2 is the library's Argon2id. */
const cost = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The weaker way: a password and a time-based code (RFC 6238). Both can be phished; passkeys cannot. */
export interface Passwords {
  /** A new secret for an authenticator app; given out once, kept in memory under `purpose` until `prepare`. */
  setUp(email: string, purpose: string): PasswordSetup;
  /** The stored form, when the password is long enough and the code shows that the app holds the secret. */
  prepare(
    purpose: string,
    password: string,
    code: string,
  ): Promise<Result<{ readonly hash: string; readonly totpSecret: string; readonly lastTotpStep: number }>>;
  /** Whether password and code are right; a code is good once. Takes as long for people who do not exist. */
  check(personId: string | undefined, password: string, code: string): Promise<boolean>;
}

export function openPasswords(staff: StaffRecords, clock: () => number, random: Random): Passwords {
  const offered = new Map<string, string>();
  const mostOffered = 1_000;
  /** Two requests with one code at the same moment both read the store before either writes it. */
  const usedSteps = new Map<string, number>();
  const decoy = hash(Buffer.from(random(32)).toString('hex'), cost);

  /** The step of the code, if it is right for now or one step around it. */
  const stepOf = (secret: string, code: string): number | undefined => {
    const totp = new TOTP({ secret: Secret.fromBase32(secret), period: stepSeconds });
    const delta = totp.validate({ token: code, window: 1, timestamp: clock() });
    return delta === null ? undefined : Math.floor(clock() / 1000 / stepSeconds) + delta;
  };

  return {
    setUp(email, purpose) {
      const secret = new Secret({ buffer: new Uint8Array(random(20)).buffer });
      const [oldest] = offered.keys();
      if (offered.size >= mostOffered && oldest !== undefined) offered.delete(oldest);
      offered.set(purpose, secret.base32);
      const totp = new TOTP({ issuer: 'Cordon', label: email, secret, period: stepSeconds });
      return { otpauthUri: totp.toString(), secret: secret.base32 };
    },

    async prepare(purpose, password, code) {
      if (password.length < shortest) {
        const found = `${password.length} characters`;
        return failure({ kind: 'invalid', where: 'password', found, expected: `at least ${shortest} characters` });
      }
      const totpSecret = offered.get(purpose);
      const lastTotpStep = totpSecret && stepOf(totpSecret, code);
      if (totpSecret === undefined || typeof lastTotpStep !== 'number') {
        const expected = 'the six digits that the authenticator app shows now';
        return failure({ kind: 'invalid', where: 'code', found: 'another code', expected });
      }
      offered.delete(purpose);
      return success({ hash: await hash(password, cost), totpSecret, lastTotpStep });
    },

    async check(personId, password, code) {
      const stored = personId === undefined ? undefined : await staff.password(personId);
      const isRight = await verify(stored?.hash ?? (await decoy), password);
      if (!stored || personId === undefined || !isRight) return false;
      const step = stepOf(stored.totpSecret, code);
      const used = Math.max(stored.lastTotpStep, usedSteps.get(personId) ?? 0);
      if (step === undefined || step <= used) return false;
      usedSteps.set(personId, step);
      await staff.setPassword(personId, { ...stored, lastTotpStep: step });
      return true;
    },
  };
}
